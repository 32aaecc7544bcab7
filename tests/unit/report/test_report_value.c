/* SPDX-License-Identifier: MIT */
/* The values that a frontend sends. */
#include "report_scene.h"

static void take_value(void *data, const struct report_value *value) {
  *(struct report_value *)data = *value;
}

static void a_value_has_all_that_a_frontend_needs(void **state) {
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

static void hidden_meters_are_judged_but_not_sent(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_sending(report, DROPPED, METER_SENT_NEVER);
  report_set_sending(report, FILL, METER_SENT_NEVER);
  report_set_sending(report, 9999, METER_SENT_NEVER);
  for (double now = 0; now < 20; now += 10) {
    report_begin(report, now);
    scene_give(report, "a", DROPPED, 5 * now);
    scene_give(report, "a", FILL, 85);
    scene_give(report, "a", SPEED, now);
    report_end(report);
    assert_string_equal(values_of(report),
                        now < 10 ? "a/speed=0" : "a/speed=10");
    assert_string_equal(alerts_of(report), now < 10 ? "a/fill okay>warning"
                                                    : "a/dropped okay>warning");
  }
  assert_number(rate_of(report, "a", DROPPED), 5);
  assert_number(level_of(report, "a", FILL), 85);
}

static void a_counter_can_be_sent_from_its_first_event_on(void **state) {
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
      /* A reset does not begin the series again. */
      {0, "a/fill=0"},
      {0, "a/dropped=9 a/fill=0"},
      {3, "a/dropped=12 a/fill=0"},
  };
  for (size_t i = 0; i < COUNT_OF(reads); ++i) {
    report_begin(report, 10.0 * (double)i);
    scene_give(report, "a", DROPPED, (double)reads[i].dropped);
    scene_give(report, "a", FILL, 0);
    report_end(report);
    assert_string_equal(values_of(report), reads[i].values);
  }
}

/* After that, zeros are sent too. */
static void a_gauge_can_be_sent_from_its_first_nonzero_value_on(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_sending(report, FILL, METER_SENT_ONCE_COUNTED);
  static const struct {
    double fill;
    const char *values;
  } reads[] = {{0, ""}, {0, ""}, {3, "a/fill=3"}, {0, "a/fill=0"}};
  for (size_t i = 0; i < COUNT_OF(reads); ++i) {
    report_begin(report, 10.0 * (double)i);
    scene_give(report, "a", FILL, reads[i].fill);
    report_end(report);
    assert_string_equal(values_of(report), reads[i].values);
  }
}

static void a_hidden_object_is_shown_with_its_gain(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const struct {
    bool hidden;
    uint64_t dropped;
    const char *values;
  } reads[] = {
      {true, 100, ""},
      {true, 100, ""},
      {false, 107, "a/dropped was=100"},
      {false, 109, "a/dropped=109"},
      {true, 109, ""},
      {false, 109, "a/dropped=109"},
      {true, 120, ""},
      {false, 121, "a/dropped was=120"},
  };
  for (size_t i = 0; i < COUNT_OF(reads); ++i) {
    report_begin(report, 10.0 * (double)i);
    report_counter(report,
                   report_object(report, NULL, NAMED("a"), reads[i].hidden),
                   DROPPED, reads[i].dropped);
    report_end(report);
    assert_string_equal(values_of(report), reads[i].values);
  }
}

/* It may have gained before the read that left it out. */
static void after_a_gap_a_value_is_of_this_read(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const uint64_t dropped[] = {100, 0, 107};
  for (unsigned i = 0; i < COUNT_OF(dropped); ++i) {
    report_begin(report, 10 * i);
    struct report_object *object =
        report_object(report, NULL, NAMED("a"), i < 2);
    if (i != 1)
      report_counter(report, object, DROPPED, dropped[i]);
    report_end(report);
  }
  assert_string_equal(values_of(report), "a/dropped=107");
}

static void a_counter_above_zero_is_sent_at_once(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_sending(report, DROPPED, METER_SENT_ONCE_COUNTED);
  scene_read(report, 0, "a", DROPPED, 5);
  assert_string_equal(values_of(report), "a/dropped=5");
  scene_read(report, 10, "a", DROPPED, 5);
  assert_string_equal(values_of(report), "a/dropped=5");
}

/* The first event of a total and of its member. */
static void a_total_can_be_sent_from_its_first_event_on(void **state) {
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

static void values_come_in_order_of_first_appearance(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  scene_give(report, "b", FILL, 1);
  scene_give(report, "a", SPEED, 2);
  scene_give(report, "b", DROPPED, 3);
  scene_give(report, "a", BACKLOG, 4);
  report_end(report);
  assert_string_equal(values_of(report),
                      "b/fill=1 b/dropped=3 a/speed=2 a/backlog=4");
  report_begin(report, 1);
  scene_give(report, "c", SPEED, 0);
  scene_give(report, "a", SPEED, 2);
  scene_give(report, "b", DROPPED, 3);
  scene_give(report, "b", SPEED, 5);
  scene_give(report, "b", FILL, 1);
  report_end(report);
  assert_string_equal(values_of(report),
                      "b/fill=1 b/dropped=3 b/speed=5 a/speed=2 c/speed=0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_value_has_all_that_a_frontend_needs),
      SCENE_TEST(hidden_meters_are_judged_but_not_sent),
      SCENE_TEST(a_counter_can_be_sent_from_its_first_event_on),
      SCENE_TEST(a_gauge_can_be_sent_from_its_first_nonzero_value_on),
      SCENE_TEST(a_hidden_object_is_shown_with_its_gain),
      SCENE_TEST(after_a_gap_a_value_is_of_this_read),
      SCENE_TEST(a_counter_above_zero_is_sent_at_once),
      SCENE_TEST(a_total_can_be_sent_from_its_first_event_on),
      SCENE_TEST(values_come_in_order_of_first_appearance),
  };
  return cmocka_run_group_tests_name("report_value", tests, NULL, NULL);
}
