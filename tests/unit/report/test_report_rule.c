/* SPDX-License-Identifier: MIT */
/* Rules: whose limits they replace, and which. */
#include "report_scene.h"

static void a_rule_replaces_the_limits_it_gives(void **state) {
  (void)state;
  const struct threshold_limits from = {.warning_max = 1,
                                        .failure_max = 2,
                                        .warning_min = 3,
                                        .failure_min = 4,
                                        .hysteresis = 5,
                                        .hits = 6,
                                        .clear_hits = 7,
                                        .persist = true,
                                        .persist_ok = true};
  for (unsigned given = 0; given < 1 << 9; ++given) {
    const struct report_rule rule = {.limits = from, .given = given};
    struct threshold_limits limits = {.warning_max = -1,
                                      .failure_max = -2,
                                      .warning_min = -3,
                                      .failure_min = -4,
                                      .hysteresis = 50,
                                      .hits = 60,
                                      .clear_hits = 70};
    report_rule_apply(&rule, &limits);
    assert_number(limits.warning_max, given & REPORT_WARNING_MAX ? 1.0 : -1.0);
    assert_number(limits.failure_max, given & REPORT_FAILURE_MAX ? 2.0 : -2.0);
    assert_number(limits.warning_min, given & REPORT_WARNING_MIN ? 3.0 : -3.0);
    assert_number(limits.failure_min, given & REPORT_FAILURE_MIN ? 4.0 : -4.0);
    assert_number(limits.hysteresis, given & REPORT_HYSTERESIS ? 5.0 : 50.0);
    assert_int_equal(limits.hits, given & REPORT_HITS ? 6 : 60);
    assert_int_equal(limits.clear_hits, given & REPORT_CLEAR_HITS ? 7 : 70);
    assert_int_equal(limits.persist, (given & REPORT_PERSIST) != 0);
    assert_int_equal(limits.persist_ok, (given & REPORT_PERSIST_OK) != 0);
  }
}

static void later_rules_win_option_by_option(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *all = scene_rule(scene, "fill", NULL);
  all->limits.warning_max = 50;
  all->limits.clear_hits = 2;
  all->given = REPORT_WARNING_MAX | REPORT_CLEAR_HITS;
  struct report_rule *some = scene_rule(scene, "fill", "/^[ab]$/");
  some->limits.failure_max = 70;
  some->limits.hysteresis = 4;
  some->given = REPORT_FAILURE_MAX | REPORT_HYSTERESIS;
  struct report_rule *one = scene_rule(scene, "fill", "b");
  one->limits.warning_max = 20;
  one->limits.failure_max = NAN;
  one->given = REPORT_WARNING_MAX | REPORT_FAILURE_MAX;
  struct report_rule *other = scene_rule(scene, "speed", NULL);
  other->limits.warning_max = 0;
  other->given = REPORT_WARNING_MAX;

  static const struct {
    const char *name;
    double warning_max, failure_max, hysteresis;
  } rows[] = {{"a", 50, 70, 4}, {"b", 20, NAN, 4}, {"c", 50, 95, 0}};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    scene_read(report, (double)i, rows[i].name, FILL, 1000);
    size_t count;
    const struct alert *alert = report_alerts(report, &count);
    assert_true(count > 0);
    const struct threshold_limits *limits = alert->limits;
    assert_number(limits->warning_max, rows[i].warning_max);
    assert_number(limits->failure_max, rows[i].failure_max);
    assert_number(limits->hysteresis, rows[i].hysteresis);
    assert_int_equal(limits->clear_hits, 2);
    assert_int_equal(limits->hits, 1);
  }
}

static void rules_for_different_instances_of_one_meter(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *low = scene_rule(scene, "fill", "low");
  low->limits.warning_max = 10;
  low->given = REPORT_WARNING_MAX;
  struct report_rule *high = scene_rule(scene, "fill", "high");
  high->limits.warning_max = 90;
  high->given = REPORT_WARNING_MAX;
  report_begin(report, 0);
  scene_give(report, "low", FILL, 50);
  scene_give(report, "high", FILL, 85);
  scene_give(report, "other", FILL, 85);
  report_end(report);
  assert_string_equal(alerts_of(report),
                      "low/fill okay>warning, other/fill okay>warning");
}

static void rules_name_a_meter_by_its_key(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *by_name = scene_rule(scene, "bytes", NULL);
  by_name->limits.warning_max = 0;
  by_name->given = REPORT_WARNING_MAX;
  scene_read(report, 0, "a", BYTES, 0);
  scene_read(report, 1, "a", BYTES, 100);
  assert_string_equal(alerts_of(report), "");
  struct report_rule *by_key = scene_rule(scene, "octets", NULL);
  by_key->limits.warning_max = 0;
  by_key->given = REPORT_WARNING_MAX;
  scene_read(report, 2, "b", BYTES, 0);
  scene_read(report, 3, "b", BYTES, 100);
  assert_string_equal(alerts_of(report), "b/bytes okay>warning");
}

static void a_rule_can_remove_the_built_in_limits(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "fill", NULL);
  rule->limits.warning_max = NAN;
  rule->limits.failure_max = NAN;
  rule->given = REPORT_WARNING_MAX | REPORT_FAILURE_MAX;
  scene_read(report, 0, "a", FILL, 1000);
  assert_string_equal(alerts_of(report), "");
}

static void rules_apply_to_learned_meters(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "rx_missed", NULL);
  rule->limits.warning_max = 3;
  rule->given = REPORT_WARNING_MAX;
  report_begin(report, 0);
  int index = report_learn(report, &(struct meter){.name = "rx_missed",
                                                   .type = "gauge",
                                                   .kind = METER_GAUGE});
  report_gauge(report, report_object(report, NULL, NAMED("a"), false),
               (unsigned)index, 4);
  report_end(report);
  assert_string_equal(alerts_of(report), "a/rx_missed okay>warning");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_rule_replaces_the_limits_it_gives),
      SCENE_TEST(later_rules_win_option_by_option),
      SCENE_TEST(rules_for_different_instances_of_one_meter),
      SCENE_TEST(rules_name_a_meter_by_its_key),
      SCENE_TEST(a_rule_can_remove_the_built_in_limits),
      SCENE_TEST(rules_apply_to_learned_meters),
  };
  return cmocka_run_group_tests_name("report_rule", tests, NULL, NULL);
}
