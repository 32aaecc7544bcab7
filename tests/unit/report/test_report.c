/* SPDX-License-Identifier: MIT */
/* Single values: rates, thresholds, alerts, rules. */
#include "named.h"
#include "report_scene.h"

#include <errno.h>

static void the_first_read_has_values_but_no_rate_and_no_alert(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 1000, "0", DROPPED, 4000000000);
  assert_string_equal(values_of(report), "0/dropped=4000000000");
  assert_number(rate_of(report, "0", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  assert_int_equal(report_worst(report), THRESHOLD_OKAY);
}

static void take_value(void *data, const struct report_value *value) {
  *(struct report_value *)data = *value;
}

static void a_value_tells_all_that_a_frontend_needs(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  struct report_value value;
  scene_read(report, 0, "eth0", BYTES, 5e9);
  report_value_each(report, take_value, &value);
  assert_string_equal(value.instance, "eth0");
  assert_string_equal(value.type, "total_bytes");
  assert_string_equal(value.type_instance, "bytes");
  assert_ptr_equal(value.meter, report_meter(report, BYTES));
  assert_true(value.is_counter);
  assert_true(value.count == 5000000000);

  scene_read(report, 1, "eth0", SPEED, -2.5);
  report_value_each(report, take_value, &value);
  assert_string_equal(value.type, "gauge");
  assert_false(value.is_counter);
  assert_number(value.gauge, -2.5);
}

static void rates_are_per_second_of_the_interval(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 100, "0", PROCESSED, 1000);
  scene_read(report, 110, "0", PROCESSED, 1500);
  assert_number(rate_of(report, "0", PROCESSED), 50);
  scene_read(report, 110.5, "0", PROCESSED, 1501);
  assert_number(rate_of(report, "0", PROCESSED), 2);
  scene_read(report, 230.5, "0", PROCESSED, 1501);
  assert_number(rate_of(report, "0", PROCESSED), 0);
}

static void two_reads_at_one_moment_have_no_rate(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 100, "0", DROPPED, 0);
  scene_read(report, 110, "0", DROPPED, 0);
  scene_read(report, 110, "0", DROPPED, 5000);
  assert_number(rate_of(report, "0", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  scene_read(report, 105, "0", DROPPED, 9000);
  assert_number(rate_of(report, "0", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  assert_int_equal(count_of(report, "0", DROPPED), 9000);
}

static void a_wrap_of_32_bits_loses_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "0", DROPPED, 4294967295.0 - 99);
  scene_read(report, 10, "0", DROPPED, 500);
  assert_number(rate_of(report, "0", DROPPED), 60);
  assert_string_equal(values_of(report), "0/dropped=4294967796");
  assert_string_equal(alerts_of(report), "0/dropped okay>warning");
  assert_number(alert_of(report)->value, 60);
}

static void a_reset_makes_no_rate_and_raises_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "0", DROPPED, 3000000000);
  scene_read(report, 10, "0", DROPPED, 3000000005);
  scene_read(report, 20, "0", DROPPED, 7);
  assert_number(rate_of(report, "0", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  scene_read(report, 30, "0", DROPPED, 12);
  assert_number(rate_of(report, "0", DROPPED), 0.5);
  assert_string_equal(values_of(report), "0/dropped=3000000010");
  assert_string_equal(alerts_of(report), "");
}

static void a_reset_clears_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  double now = 0;
  scene_read(report, now, "0", DROPPED, 1000000);
  scene_read(report, now += 10, "0", DROPPED, 1000050);
  assert_string_equal(alerts_of(report), "0/dropped okay>warning");
  for (int i = 0; i < 5; ++i)
    scene_read(report, now += 10, "0", DROPPED, 1000050);
  scene_read(report, now += 10, "0", DROPPED, 0);
  assert_string_equal(alerts_of(report), "");
  assert_int_equal(report_worst(report), THRESHOLD_WARNING);
  scene_read(report, now += 10, "0", DROPPED, 0);
  assert_string_equal(alerts_of(report), "0/dropped warning>okay");
}

static void counters_of_64_bits_never_wrap(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "eth0", BYTES, 4294967290.0);
  scene_read(report, 10, "eth0", BYTES, 4294967300.0);
  assert_number(rate_of(report, "eth0", BYTES), 1);
  scene_read(report, 20, "eth0", BYTES, 10);
  assert_number(rate_of(report, "eth0", BYTES), NAN);
  scene_read(report, 30, "eth0", BYTES, 30);
  assert_number(rate_of(report, "eth0", BYTES), 2);
  assert_string_equal(values_of(report), "eth0/bytes=4294967320");
}

static void a_rebased_object_begins_anew(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "eth0", DROPPED, 100);
  scene_read(report, 10, "eth0", DROPPED, 110);
  report_begin(report, 20);
  struct report_object *object =
      report_object(report, NULL, NAMED("eth0"), false);
  report_object_rebase(object);
  report_counter(report, object, DROPPED, 1000000);
  report_end(report);
  assert_number(rate_of(report, "eth0", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  scene_read(report, 30, "eth0", DROPPED, 1000005);
  assert_number(rate_of(report, "eth0", DROPPED), 0.5);
  assert_string_equal(values_of(report), "eth0/dropped=115");
}

static void gauges_are_as_they_are(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", FILL, 12.5);
  assert_string_equal(values_of(report), "a/fill=12.5");
  assert_number(level_of(report, "a", FILL), 12.5);
  scene_read(report, 1, "a", FILL, 0);
  assert_string_equal(values_of(report), "a/fill=0");
  scene_read(report, 2, "a", FILL, 81);
  assert_string_equal(alerts_of(report), "a/fill okay>warning");
  assert_number(alert_of(report)->value, 81);
}

static void a_gauge_is_judged_at_its_first_reading(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", FILL, 99);
  assert_string_equal(alerts_of(report), "a/fill okay>failure");
}

static void what_is_no_number_is_no_value(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", FILL, 90);
  scene_read(report, 1, "a", FILL, NAN);
  assert_string_equal(values_of(report), "");
  assert_number(level_of(report, "a", FILL), NAN);
  for (double now = 2; now < 20; ++now) {
    scene_read(report, now, "a", FILL, NAN);
    assert_string_equal(alerts_of(report), "");
  }
  assert_int_equal(report_worst(report), THRESHOLD_WARNING);
}

static void what_was_not_read_has_neither_rate_nor_level(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  for (double now = 0; now < 20; now += 10) {
    report_begin(report, now);
    scene_tell(report, "a", DROPPED, now);
    scene_tell(report, "a", FILL, 5);
    report_end(report);
  }
  assert_number(rate_of(report, "a", DROPPED), 1);
  assert_number(rate_of(report, "a", PROCESSED), NAN);
  assert_number(level_of(report, "a", FILL), 5);
  assert_number(level_of(report, "a", SPEED), NAN);
  assert_number(rate_of(report, "a", 9999), NAN);

  scene_read(report, 20, "a", SPEED, 1);
  assert_number(rate_of(report, "a", DROPPED), NAN);
  assert_number(level_of(report, "a", FILL), NAN);
  assert_string_equal(values_of(report), "a/speed=1");
}

static void a_meter_that_is_not_mentioned_stays_as_it_is(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", FILL, 90);
  assert_string_equal(alerts_of(report), "a/fill okay>warning");
  for (double now = 1; now < 20; ++now) {
    scene_read(report, now, "a", SPEED, 1);
    assert_string_equal(alerts_of(report), "");
  }
  assert_int_equal(report_worst(report), THRESHOLD_WARNING);
}

static void a_meter_at_rest_counts_as_good(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", FILL, 90);
  for (double now = 1; now <= 6; ++now) {
    report_begin(report, now);
    report_idle(report, report_object(report, NULL, NAMED("a"), false), FILL);
    report_end(report);
    assert_string_equal(values_of(report), "");
    assert_string_equal(alerts_of(report),
                        now < 6 ? "" : "a/fill warning>okay");
  }
  assert_number(alert_of(report)->value, NAN);
  assert_false(alert_of(report)->vanished);
}

static void an_alert_tells_its_episode(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "3", DROPPED, 1000);
  scene_read(report, 10, "3", DROPPED, 1000);
  scene_read(report, 20, "3", DROPPED, 1050);
  const struct alert *alert = alert_of(report);
  assert_ptr_equal(alert->meter, report_meter(report, DROPPED));
  assert_string_equal(report_object_name(alert->object), "3");
  assert_string_equal(alert->instance, "3");
  assert_string_equal(alert->type_instance, "dropped");
  assert_int_equal(alert->before, THRESHOLD_OKAY);
  assert_int_equal(alert->state, THRESHOLD_WARNING);
  assert_false(alert->vanished);
  assert_number(alert->value, 5);
  assert_number(alert->limit, 1);
  assert_number(alert->limits->failure_max, 100);
  assert_number(alert->lasted, 10);
  assert_number(alert->quiet, 0);
  assert_int_equal(alert->lost, 50);
  assert_int_equal(alert->lost_quiet, 0);
  assert_number(alert->peak, 5);

  scene_read(report, 30, "3", DROPPED, 6050);
  alert = alert_of(report);
  assert_int_equal(alert->before, THRESHOLD_WARNING);
  assert_int_equal(alert->state, THRESHOLD_FAILURE);
  assert_number(alert->value, 500);
  assert_number(alert->limit, 100);
  assert_number(alert->lasted, 20);
  assert_int_equal(alert->lost, 5050);
  assert_number(alert->peak, 500);

  for (int i = 1; i <= 6; ++i) {
    assert_string_equal(i > 1 ? alerts_of(report) : "", "");
    scene_read(report, 30 + 10 * i, "3", DROPPED, 6050 + 5 * i);
  }
  alert = alert_of(report);
  assert_int_equal(alert->before, THRESHOLD_FAILURE);
  assert_int_equal(alert->state, THRESHOLD_OKAY);
  assert_false(alert->vanished);
  assert_number(alert->value, 0.5);
  assert_number(alert->limit, 100);
  assert_number(alert->lasted, 20);
  assert_number(alert->quiet, 60);
  assert_int_equal(alert->lost, 5080);
  assert_int_equal(alert->lost_quiet, 30);
  assert_number(alert->peak, 500);
}

static void each_episode_is_told_alone(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  uint64_t count = 0;
  double now = 0;
  scene_read(report, now, "3", DROPPED, 0);
  for (int episode = 1; episode <= 3; ++episode) {
    scene_read(report, now += 10, "3", DROPPED,
               (double)(count += 300 * (uint64_t)episode));
    assert_int_equal(alert_of(report)->lost, 300 * episode);
    for (int i = 0; i < 6; ++i)
      scene_read(report, now += 10, "3", DROPPED, (double)count);
    assert_string_equal(alerts_of(report), "3/dropped warning>okay");
    assert_int_equal(alert_of(report)->lost, 300 * episode);
    assert_int_equal(alert_of(report)->lost_quiet, 0);
    assert_number(alert_of(report)->peak, 30 * episode);
    assert_number(alert_of(report)->lasted, 10);
    assert_number(alert_of(report)->quiet, 60);
  }
}

static void an_episode_begins_with_the_first_bad_reading(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "dropped", NULL);
  rule->limits.hits = 3;
  rule->given = REPORT_HITS;
  scene_read(report, 0, "3", DROPPED, 0);
  scene_read(report, 10, "3", DROPPED, 0);
  scene_read(report, 20, "3", DROPPED, 90);
  scene_read(report, 30, "3", DROPPED, 180);
  assert_string_equal(alerts_of(report), "");
  scene_read(report, 40, "3", DROPPED, 270);
  assert_int_equal(alert_of(report)->lost, 270);
  assert_number(alert_of(report)->lasted, 30);
}

static void it_is_quiet_since_the_last_bad_reading_only(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const uint64_t gains[] = {0, 500, 7, 7, 300, 4, 4, 4, 4, 4, 4};
  uint64_t count = 0;
  for (size_t i = 0; i < COUNT_OF(gains); ++i)
    scene_read(report, 10.0 * (double)i, "3", DROPPED,
               (double)(count += gains[i]));
  assert_string_equal(alerts_of(report), "3/dropped warning>okay");
  assert_int_equal(alert_of(report)->lost, 500 + 7 + 7 + 300 + 6 * 4);
  assert_int_equal(alert_of(report)->lost_quiet, 6 * 4);
  assert_number(alert_of(report)->quiet, 60);
  assert_number(alert_of(report)->lasted, 40);
}

static void an_object_that_vanishes_while_raised_is_cleared(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "eth0", DROPPED, 0);
  scene_read(report, 10, "eth0", DROPPED, 5000);
  assert_string_equal(alerts_of(report), "eth0/dropped okay>failure");
  assert_int_equal(report_worst(report), THRESHOLD_FAILURE);

  scene_read_nothing(report, 20);
  assert_string_equal(alerts_of(report), "eth0/dropped failure>okay gone");
  const struct alert *alert = alert_of(report);
  assert_number(alert->value, NAN);
  assert_number(alert->limit, 100);
  assert_int_equal(alert->lost, 5000);
  assert_string_equal(alert->instance, "eth0");
  assert_string_equal(report_object_name(alert->object), "eth0");
  assert_int_equal(report_worst(report), THRESHOLD_OKAY);
  assert_string_equal(values_of(report), "");

  scene_read_nothing(report, 30);
  assert_string_equal(alerts_of(report), "");
  assert_null(report_object_find(report, NAMED("eth0")));
}

static void an_object_that_vanishes_while_okay_makes_no_alert(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "eth0", DROPPED, 0);
  scene_read(report, 10, "eth0", DROPPED, 1);
  scene_read_nothing(report, 20);
  assert_string_equal(alerts_of(report), "");
}

static void a_vanished_object_that_returns_is_a_new_one(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "eth0", DROPPED, 1000);
  scene_read(report, 10, "eth0", DROPPED, 1100);
  scene_read_nothing(report, 20);
  scene_read(report, 30, "eth0", DROPPED, 9000);
  assert_number(rate_of(report, "eth0", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  assert_string_equal(values_of(report), "eth0/dropped=9000");
}

static void a_persistent_object_keeps_its_baseline(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_persistent(report, true);
  scene_read(report, 0, "1", DROPPED, 1000);
  scene_read(report, 10, "1", DROPPED, 1050);
  assert_string_equal(alerts_of(report), "1/dropped okay>warning");
  scene_read_nothing(report, 20);
  assert_string_equal(alerts_of(report), "1/dropped warning>okay gone");
  assert_string_equal(values_of(report), "");
  assert_non_null(report_object_find(report, NAMED("1")));
  scene_read_nothing(report, 30);
  assert_string_equal(alerts_of(report), "");

  scene_read(report, 40, "1", DROPPED, 1080);
  assert_number(rate_of(report, "1", DROPPED), 1);
  assert_string_equal(values_of(report), "1/dropped=1080");
  assert_string_equal(alerts_of(report), "");
  assert_int_equal(report_worst(report), THRESHOLD_OKAY);
}

static void hits_begin_anew_for_what_vanished(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  report_set_persistent(report, true);
  struct report_rule *rule = scene_rule(scene, "fill", NULL);
  rule->limits.hits = 3;
  rule->given = REPORT_HITS;
  scene_read(report, 0, "a", FILL, 90);
  scene_read(report, 1, "a", FILL, 90);
  scene_read_nothing(report, 2);
  scene_read(report, 3, "a", FILL, 90);
  scene_read(report, 4, "a", FILL, 90);
  assert_string_equal(alerts_of(report), "");
  scene_read(report, 5, "a", FILL, 90);
  assert_string_equal(alerts_of(report), "a/fill okay>warning");
}

static void an_incomplete_read_clears_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "eth0", DROPPED, 0);
  scene_read(report, 10, "eth0", DROPPED, 50);
  for (double now = 20; now < 200; now += 10) {
    report_begin(report, now);
    report_set_incomplete(report);
    report_end(report);
    assert_string_equal(alerts_of(report), "");
    assert_int_equal(report_worst(report), THRESHOLD_WARNING);
    assert_string_equal(values_of(report), "");
  }
  assert_non_null(report_object_find(report, NAMED("eth0")));

  scene_read(report, 200, "eth0", DROPPED, 430);
  assert_number(rate_of(report, "eth0", DROPPED), 2);
  scene_read_nothing(report, 210);
  assert_string_equal(alerts_of(report), "eth0/dropped warning>okay gone");
}

static void an_incomplete_read_still_judges_what_it_found(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", FILL, 10);
  report_begin(report, 1);
  report_set_incomplete(report);
  scene_tell(report, "a", FILL, 99);
  report_end(report);
  assert_string_equal(alerts_of(report), "a/fill okay>failure");
  assert_string_equal(values_of(report), "a/fill=99");
}

static void alerts_come_in_the_order_in_which_they_arose(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  scene_tell(report, "c", FILL, 99);
  scene_tell(report, "a", FILL, 90);
  scene_tell(report, "b", FILL, 10);
  report_end(report);
  assert_string_equal(alerts_of(report),
                      "c/fill okay>failure, a/fill okay>warning");
  report_begin(report, 1);
  scene_tell(report, "b", FILL, 85);
  scene_tell(report, "c", FILL, 99);
  report_end(report);
  assert_string_equal(alerts_of(report),
                      "b/fill okay>warning, a/fill warning>okay gone");
}

static void the_worst_of_all_that_is_judged(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "fill", NULL);
  rule->limits.clear_hits = 1;
  rule->given = REPORT_CLEAR_HITS;
  static const struct {
    double a, b;
    enum threshold_state worst;
  } rows[] = {
      {0, 0, THRESHOLD_OKAY},      {90, 0, THRESHOLD_WARNING},
      {90, 99, THRESHOLD_FAILURE}, {0, 99, THRESHOLD_FAILURE},
      {99, 99, THRESHOLD_FAILURE}, {90, 90, THRESHOLD_WARNING},
      {0, 90, THRESHOLD_WARNING},  {0, 0, THRESHOLD_OKAY},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    report_begin(report, (double)i);
    scene_tell(report, "a", FILL, rows[i].a);
    scene_tell(report, "b", FILL, rows[i].b);
    report_end(report);
    CHECK(report_worst(report) == rows[i].worst, "row %zu", i);
  }
}

static void persist_repeats_the_alert_at_each_read(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "fill", NULL);
  rule->limits.persist = true;
  rule->limits.clear_hits = 1;
  rule->given = REPORT_PERSIST | REPORT_CLEAR_HITS;
  scene_read(report, 0, "a", FILL, 90);
  assert_string_equal(alerts_of(report), "a/fill okay>warning");
  scene_read(report, 1, "a", FILL, 91);
  assert_string_equal(alerts_of(report), "a/fill warning>warning");
  assert_number(alert_of(report)->value, 91);
  scene_read(report, 2, "a", FILL, 10);
  assert_string_equal(alerts_of(report), "a/fill warning>okay");
  scene_read(report, 3, "a", FILL, 10);
  assert_string_equal(alerts_of(report), "");
}

static void persist_ok_repeats_that_all_is_well(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "fill", NULL);
  rule->limits.persist_ok = true;
  rule->given = REPORT_PERSIST_OK;
  for (double now = 0; now < 3; ++now) {
    scene_read(report, now, "a", FILL, 10);
    assert_string_equal(alerts_of(report), "a/fill okay>okay");
  }
}

static void a_rule_lays_what_it_gives_over_the_limits(void **state) {
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
  scene_tell(report, "low", FILL, 50);
  scene_tell(report, "high", FILL, 85);
  scene_tell(report, "other", FILL, 85);
  report_end(report);
  assert_string_equal(alerts_of(report),
                      "low/fill okay>warning, other/fill okay>warning");
}

static void rules_go_by_the_key_of_a_meter(void **state) {
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

static void a_rule_can_take_the_built_in_limits_away(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "fill", NULL);
  rule->limits.warning_max = NAN;
  rule->limits.failure_max = NAN;
  rule->given = REPORT_WARNING_MAX | REPORT_FAILURE_MAX;
  scene_read(report, 0, "a", FILL, 1000);
  assert_string_equal(alerts_of(report), "");
}

static void minima_are_judged_too(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "processed", NULL);
  rule->limits.warning_min = 10;
  rule->given = REPORT_WARNING_MIN;
  scene_read(report, 0, "0", PROCESSED, 0);
  assert_string_equal(alerts_of(report), "");
  scene_read(report, 10, "0", PROCESSED, 100);
  assert_string_equal(alerts_of(report), "");
  scene_read(report, 20, "0", PROCESSED, 150);
  assert_string_equal(alerts_of(report), "0/processed okay>warning");
  assert_number(alert_of(report)->limit, 10);
  scene_read(report, 30, "0", PROCESSED, 150);
  assert_number(rate_of(report, "0", PROCESSED), 0);
}

static void hidden_meters_are_judged_but_not_sent(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_sending(report, DROPPED, METER_SENT_NEVER);
  report_set_sending(report, FILL, METER_SENT_NEVER);
  report_set_sending(report, 9999, METER_SENT_NEVER);
  for (double now = 0; now < 20; now += 10) {
    report_begin(report, now);
    scene_tell(report, "a", DROPPED, 5 * now);
    scene_tell(report, "a", FILL, 85);
    scene_tell(report, "a", SPEED, now);
    report_end(report);
    assert_string_equal(values_of(report),
                        now < 10 ? "a/speed=0" : "a/speed=10");
    assert_string_equal(alerts_of(report), now < 10 ? "a/fill okay>warning"
                                                    : "a/dropped okay>warning");
  }
  assert_number(rate_of(report, "a", DROPPED), 5);
  assert_number(level_of(report, "a", FILL), 85);
}

static void a_counter_can_wait_for_its_first_event(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_sending(report, DROPPED, METER_SENT_ONCE_COUNTED);
  static const struct {
    uint64_t dropped;
    const char *values;
  } reads[] = {
      {0, "a/fill=0"},
      {0, "a/fill=0"},
      {7, "a/dropped was=0 a/fill=0"},
      {7, "a/dropped=7 a/fill=0"},
      {9, "a/dropped=9 a/fill=0"},
      {9, "a/dropped=9 a/fill=0"},
      /* A reset is no new first event. */
      {0, "a/fill=0"},
      {0, "a/dropped=9 a/fill=0"},
      {3, "a/dropped=12 a/fill=0"},
  };
  for (size_t i = 0; i < COUNT_OF(reads); ++i) {
    report_begin(report, 10.0 * (double)i);
    scene_tell(report, "a", DROPPED, (double)reads[i].dropped);
    scene_tell(report, "a", FILL, 0);
    report_end(report);
    assert_string_equal(values_of(report), reads[i].values);
  }
}

/* What was there once goes on being sent, 0 or not. */
static void a_gauge_can_wait_until_it_is_something(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_sending(report, FILL, METER_SENT_ONCE_COUNTED);
  static const struct {
    double fill;
    const char *values;
  } reads[] = {{0, ""}, {0, ""}, {3, "a/fill=3"}, {0, "a/fill=0"}};
  for (size_t i = 0; i < COUNT_OF(reads); ++i) {
    report_begin(report, 10.0 * (double)i);
    scene_tell(report, "a", FILL, reads[i].fill);
    report_end(report);
    assert_string_equal(values_of(report), reads[i].values);
  }
}

static void one_that_has_counted_before_is_sent_at_once(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_sending(report, DROPPED, METER_SENT_ONCE_COUNTED);
  scene_read(report, 0, "a", DROPPED, 5);
  assert_string_equal(values_of(report), "a/dropped=5");
  scene_read(report, 10, "a", DROPPED, 5);
  assert_string_equal(values_of(report), "a/dropped=5");
}

/* The total's first event, and that of the member which brings it. */
static void totals_wait_for_their_first_event_too(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_sending(report, DROPPED, METER_SENT_ONCE_COUNTED);
  static const char *const values[] = {"", "", "/dropped was=0 a/dropped was=0",
                                       "/dropped=4 a/dropped=4"};
  for (unsigned i = 0; i < COUNT_OF(values); ++i) {
    report_begin(report, 10 * i);
    struct report_object *host = report_object(report, NULL, NAMED(""), false);
    struct report_object *a = report_object(report, host, NAMED("a"), false);
    struct report_object *b = report_object(report, host, NAMED("b"), false);
    report_counter(report, a, DROPPED, i >= 2 ? 4 : 0);
    report_counter(report, b, DROPPED, 0);
    report_end(report);
    assert_string_equal(values_of(report), values[i]);
  }
}

static void meters_are_found_by_their_keys(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  assert_int_equal(report_find_meter(report, "dropped"), DROPPED);
  assert_int_equal(report_find_meter(report, "octets"), BYTES);
  assert_int_equal(report_find_meter(report, "bytes"), -ENOENT);
  assert_int_equal(report_find_meter(report, ""), -ENOENT);
  assert_int_equal(report_find_meter(report, "new"), -ENOENT);
  int learned = report_learn(
      report,
      &(struct meter){.name = "new", .type = "derive", .kind = METER_GAUGE});
  assert_int_equal(report_find_meter(report, "new"), learned);
}

static void what_is_neither_sent_nor_judged_is_not_wanted(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  for (unsigned i = 0; i < METERS; ++i)
    assert_true(report_wants(report, i));
  for (unsigned i = 0; i < METERS; ++i)
    report_set_sending(report, i, METER_SENT_NEVER);
  /* These have limits of their own. */
  for (unsigned i = 0; i < METERS; ++i)
    CHECK(report_wants(report, i) == (i == DROPPED || i == FILL), "%s",
          meters[i].name);
  scene_rule(scene, "octets", "eth0");
  scene_rule(scene, "speed", NULL);
  for (unsigned i = 0; i < METERS; ++i)
    CHECK(report_wants(report, i) ==
              (i == DROPPED || i == FILL || i == BYTES || i == SPEED),
          "%s", meters[i].name);
  assert_false(report_wants(report, METERS));
}

static void counts_can_be_asked_for(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  uint64_t count = 77;
  scene_read(report, 0, "a", DROPPED, UINT32_MAX - 4.0);
  const struct report_object *object = report_object_find(report, NAMED("a"));
  assert_true(report_count(report, object, DROPPED, &count));
  assert_int_equal(count, UINT32_MAX - 4);
  scene_read(report, 10, "a", DROPPED, 5);
  assert_true(report_count(report, object, DROPPED, &count));
  /* Unwrapped, as it is sent. */
  assert_true(count == UINT64_C(0x100000005));

  count = 77;
  assert_false(report_count(report, object, PROCESSED, &count));
  assert_false(report_count(report, object, 9999, &count));
  assert_false(report_count(report, NULL, DROPPED, &count));
  scene_read(report, 20, "a", FILL, 5);
  assert_false(report_count(report, object, FILL, &count));
  /* Of an earlier read only. */
  assert_false(report_count(report, object, DROPPED, &count));
  assert_int_equal(count, 77);
}

static void an_object_is_here_in_the_read_that_mentions_it(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  assert_null(report_object_find(report, NAMED("a")));
  assert_false(report_object_is_present(report, NULL));
  report_set_persistent(report, true);
  report_begin(report, 0);
  const struct report_object *object =
      report_object(report, NULL, NAMED("a"), false);
  assert_true(report_object_is_present(report, object));
  report_end(report);
  assert_true(report_object_is_present(report, object));
  report_begin(report, 10);
  assert_ptr_equal(report_object_find(report, NAMED("a")), object);
  assert_false(report_object_is_present(report, object));
  report_object(report, NULL, NAMED("a"), true);
  assert_true(report_object_is_present(report, object));
  report_end(report);
}

static void a_counter_at_rest_has_no_value(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  for (int i = 0; i < 9; ++i) {
    report_begin(report, 10 * i);
    if (i < 2)
      scene_tell(report, "a", DROPPED, 50 * i);
    else
      report_idle(report, report_object(report, NULL, NAMED("a"), false),
                  DROPPED);
    report_end(report);
    assert_string_equal(alerts_of(report), i == 1   ? "a/dropped okay>warning"
                                           : i == 7 ? "a/dropped warning>okay"
                                                    : "");
    assert_string_equal(values_of(report), i == 0   ? "a/dropped=0"
                                           : i == 1 ? "a/dropped=50"
                                                    : "");
  }
}

static void a_rest_of_nothing_does_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  report_idle(report, NULL, FILL);
  report_idle(report, report_object(report, NULL, NAMED("a"), false), 9999);
  report_idle(report, report_object(report, NULL, NAMED("a"), false), SPEED);
  report_end(report);
  assert_string_equal(values_of(report), "");
  assert_string_equal(alerts_of(report), "");
}

/* What another meter tells already: it is sent, has a rate, and raises
 * nothing. */
static void a_counter_that_is_not_judged(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  for (int i = 0; i < 5; i++) {
    report_begin(report, 10 * i);
    struct report_object *object =
        report_object(report, NULL, NAMED("a"), false);
    if (i < 3)
      report_counter_unjudged(report, object, DROPPED, 5000 * (uint64_t)i);
    else
      report_counter(report, object, DROPPED, 5000 * (uint64_t)i);
    report_gauge(report, object, SPEED, 1);
    assert_int_equal(report_state(object, DROPPED),
                     i < 3 ? THRESHOLD_OKAY : THRESHOLD_FAILURE);
    assert_int_equal(report_state(object, SPEED), THRESHOLD_OKAY);
    assert_int_equal(report_state(object, FILL), THRESHOLD_OKAY);
    report_end(report);
    assert_int_equal(count_of(report, "a", DROPPED), 5000 * i);
    assert_number(rate_of(report, "a", DROPPED), i == 0 ? NAN : 500);
    assert_string_equal(alerts_of(report),
                        i == 3 ? "a/dropped okay>failure" : "");
  }
  assert_int_equal(report_state(NULL, DROPPED), THRESHOLD_OKAY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(the_first_read_has_values_but_no_rate_and_no_alert),
      SCENE_TEST(a_value_tells_all_that_a_frontend_needs),
      SCENE_TEST(rates_are_per_second_of_the_interval),
      SCENE_TEST(two_reads_at_one_moment_have_no_rate),
      SCENE_TEST(a_wrap_of_32_bits_loses_nothing),
      SCENE_TEST(a_reset_makes_no_rate_and_raises_nothing),
      SCENE_TEST(a_reset_clears_nothing),
      SCENE_TEST(counters_of_64_bits_never_wrap),
      SCENE_TEST(a_rebased_object_begins_anew),
      SCENE_TEST(gauges_are_as_they_are),
      SCENE_TEST(a_gauge_is_judged_at_its_first_reading),
      SCENE_TEST(what_is_no_number_is_no_value),
      SCENE_TEST(what_was_not_read_has_neither_rate_nor_level),
      SCENE_TEST(a_meter_that_is_not_mentioned_stays_as_it_is),
      SCENE_TEST(a_meter_at_rest_counts_as_good),
      SCENE_TEST(an_alert_tells_its_episode),
      SCENE_TEST(each_episode_is_told_alone),
      SCENE_TEST(an_episode_begins_with_the_first_bad_reading),
      SCENE_TEST(it_is_quiet_since_the_last_bad_reading_only),
      SCENE_TEST(an_object_that_vanishes_while_raised_is_cleared),
      SCENE_TEST(an_object_that_vanishes_while_okay_makes_no_alert),
      SCENE_TEST(a_vanished_object_that_returns_is_a_new_one),
      SCENE_TEST(a_persistent_object_keeps_its_baseline),
      SCENE_TEST(hits_begin_anew_for_what_vanished),
      SCENE_TEST(an_incomplete_read_clears_nothing),
      SCENE_TEST(an_incomplete_read_still_judges_what_it_found),
      SCENE_TEST(alerts_come_in_the_order_in_which_they_arose),
      SCENE_TEST(the_worst_of_all_that_is_judged),
      SCENE_TEST(persist_repeats_the_alert_at_each_read),
      SCENE_TEST(persist_ok_repeats_that_all_is_well),
      cmocka_unit_test(a_rule_lays_what_it_gives_over_the_limits),
      SCENE_TEST(later_rules_win_option_by_option),
      SCENE_TEST(rules_for_different_instances_of_one_meter),
      SCENE_TEST(rules_go_by_the_key_of_a_meter),
      SCENE_TEST(a_rule_can_take_the_built_in_limits_away),
      SCENE_TEST(minima_are_judged_too),
      SCENE_TEST(hidden_meters_are_judged_but_not_sent),
      SCENE_TEST(a_counter_can_wait_for_its_first_event),
      SCENE_TEST(a_gauge_can_wait_until_it_is_something),
      SCENE_TEST(one_that_has_counted_before_is_sent_at_once),
      SCENE_TEST(totals_wait_for_their_first_event_too),
      SCENE_TEST(meters_are_found_by_their_keys),
      SCENE_TEST(what_is_neither_sent_nor_judged_is_not_wanted),
      SCENE_TEST(counts_can_be_asked_for),
      SCENE_TEST(an_object_is_here_in_the_read_that_mentions_it),
      SCENE_TEST(a_counter_at_rest_has_no_value),
      SCENE_TEST(a_rest_of_nothing_does_nothing),
      SCENE_TEST(a_counter_that_is_not_judged),
  };
  return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
