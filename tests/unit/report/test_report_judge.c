/* SPDX-License-Identifier: MIT */
/* Thresholds, episodes, alerts, objects that vanish. */
#include "report_scene.h"

static void an_alert_describes_its_episode(void **state) {
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

static void each_episode_has_its_own_figures(void **state) {
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

static void quiet_begins_after_the_last_bad_reading(void **state) {
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

static void a_vanished_object_returns_as_a_new_one(void **state) {
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

static void hits_start_over_after_an_object_vanished(void **state) {
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
  scene_give(report, "a", FILL, 99);
  report_end(report);
  assert_string_equal(alerts_of(report), "a/fill okay>failure");
  assert_string_equal(values_of(report), "a/fill=99");
}

static void alerts_come_in_the_order_in_which_they_arose(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  scene_give(report, "c", FILL, 99);
  scene_give(report, "a", FILL, 90);
  scene_give(report, "b", FILL, 10);
  report_end(report);
  assert_string_equal(alerts_of(report),
                      "c/fill okay>failure, a/fill okay>warning");
  report_begin(report, 1);
  scene_give(report, "b", FILL, 85);
  scene_give(report, "c", FILL, 99);
  report_end(report);
  assert_string_equal(alerts_of(report),
                      "b/fill okay>warning, a/fill warning>okay gone");
}

static void the_worst_state_is_known(void **state) {
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
    report_begin(report, 10.0 * (double)i);
    scene_give(report, "a", FILL, rows[i].a);
    scene_give(report, "b", FILL, rows[i].b);
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
  scene_read(report, 10, "a", FILL, 91);
  assert_string_equal(alerts_of(report), "a/fill warning>warning");
  assert_number(alert_of(report)->value, 91);
  scene_read(report, 20, "a", FILL, 10);
  assert_string_equal(alerts_of(report), "a/fill warning>okay");
  scene_read(report, 30, "a", FILL, 10);
  assert_string_equal(alerts_of(report), "");
}

static void persist_ok_repeats_the_okay_at_each_read(void **state) {
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

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(an_alert_describes_its_episode),
      SCENE_TEST(each_episode_has_its_own_figures),
      SCENE_TEST(an_episode_begins_with_the_first_bad_reading),
      SCENE_TEST(quiet_begins_after_the_last_bad_reading),
      SCENE_TEST(an_object_that_vanishes_while_raised_is_cleared),
      SCENE_TEST(an_object_that_vanishes_while_okay_makes_no_alert),
      SCENE_TEST(a_vanished_object_returns_as_a_new_one),
      SCENE_TEST(a_persistent_object_keeps_its_baseline),
      SCENE_TEST(hits_start_over_after_an_object_vanished),
      SCENE_TEST(an_incomplete_read_clears_nothing),
      SCENE_TEST(an_incomplete_read_still_judges_what_it_found),
      SCENE_TEST(alerts_come_in_the_order_in_which_they_arose),
      SCENE_TEST(the_worst_state_is_known),
      SCENE_TEST(persist_repeats_the_alert_at_each_read),
      SCENE_TEST(persist_ok_repeats_the_okay_at_each_read),
      SCENE_TEST(minima_are_judged_too),
  };
  return cmocka_run_group_tests_name("report_judge", tests, NULL, NULL);
}
