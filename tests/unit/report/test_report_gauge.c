/* SPDX-License-Identifier: MIT */
/* Gauges: values and NAN. */
#include "report_scene.h"

static void gauges_are_sent_as_they_are(void **state) {
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

static void nan_is_no_value(void **state) {
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

/* A share is known from the second read on, and is over the time between. */
static void a_gauge_of_a_known_object_began_at_the_read_before(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", SPEED, 1);
  report_begin(report, 10);
  scene_give(report, "a", FILL, 99);
  scene_give(report, "new", FILL, 99);
  report_end(report);
  size_t count;
  const struct alert *alerts = report_alerts(report, &count);
  assert_int_equal(count, 2);
  assert_number(alerts[0].lasted, 10);
  assert_number(alerts[1].lasted, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(gauges_are_sent_as_they_are),
      SCENE_TEST(a_gauge_is_judged_at_its_first_reading),
      SCENE_TEST(nan_is_no_value),
      SCENE_TEST(a_gauge_of_a_known_object_began_at_the_read_before),
  };
  return cmocka_run_group_tests_name("report_gauge", tests, NULL, NULL);
}
