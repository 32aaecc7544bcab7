/* SPDX-License-Identifier: MIT */
/* Counters: rates, wraps, resets, known baselines. */
#include "report_scene.h"

#include "random.h"

static void the_first_read_has_values_but_no_rate_and_no_alert(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 1000, "0", DROPPED, 4000000000);
  assert_string_equal(values_of(report), "0/dropped=4000000000");
  assert_number(rate_of(report, "0", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  assert_int_equal(report_worst(report), THRESHOLD_OKAY);
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

static void a_count_is_the_unwrapped_value(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  uint64_t count = 77;
  scene_read(report, 0, "a", DROPPED, UINT32_MAX - 4.0);
  const struct report_object *object = report_object_find(report, NAMED("a"));
  assert_true(report_count(report, object, DROPPED, &count));
  assert_int_equal(count, UINT32_MAX - 4);
  scene_read(report, 10, "a", DROPPED, 5);
  assert_true(report_count(report, object, DROPPED, &count));
  /* Unwrapped, as in the value that is sent. */
  assert_true(count == UINT64_C(0x100000005));

  count = 77;
  assert_false(report_count(report, object, PROCESSED, &count));
  assert_false(report_count(report, object, 9999, &count));
  assert_false(report_count(report, NULL, DROPPED, &count));
  scene_read(report, 20, "a", FILL, 5);
  assert_false(report_count(report, object, FILL, &count));
  /* Read earlier, and not in this read. */
  assert_false(report_count(report, object, DROPPED, &count));
  assert_int_equal(count, 77);
}

static void an_idle_counter_has_no_value(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  for (int i = 0; i < 9; ++i) {
    report_begin(report, 10 * i);
    if (i < 2)
      scene_give(report, "a", DROPPED, 50 * i);
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

static void an_unjudged_counter_is_sent_and_raises_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  for (int i = 0; i < 5; i++) {
    report_begin(report, 10 * i);
    struct report_object *object =
        report_object(report, NULL, NAMED("a"), false);
    if (i < 3)
      report_counter_since_unjudged(report, object, DROPPED, 5000 * (uint64_t)i,
                                    5000 * (uint64_t)i);
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

/* Reads the counter of "a", with its value at the read before. */
static void read_since(struct report *report, double now, uint64_t before,
                       uint64_t raw) {
  report_begin(report, now);
  report_counter_since(report, report_object(report, NULL, NAMED("a"), false),
                       DROPPED, before, raw);
  report_end(report);
}

static void a_known_baseline_gives_the_first_gain_at_once(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read_nothing(report, 0);
  read_since(report, 10, 5000, 5012);
  assert_number(rate_of(report, "a", DROPPED), 1.2);
  assert_string_equal(alerts_of(report), "a/dropped okay>warning");
  assert_int_equal(alert_of(report)->lost, 12);
  assert_number(alert_of(report)->lasted, 10);
  assert_string_equal(values_of(report), "a/dropped was=5000");
}

static void the_first_gain_is_not_given_again(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read_nothing(report, 0);
  uint64_t lost = 6;
  read_since(report, 10, 0, lost);
  for (int i = 2; i < 6; i++) {
    uint64_t before = lost;
    read_since(report, 10 * i, before, lost += 6);
    assert_number(rate_of(report, "a", DROPPED), 0.6);
    assert_string_equal(alerts_of(report), "");
    assert_int_equal(count_of(report, "a", DROPPED), lost);
  }
}

static void a_baseline_is_for_the_first_reading_alone(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", DROPPED, 100);
  read_since(report, 10, 0, 105);
  assert_number(rate_of(report, "a", DROPPED), 0.5);
  assert_string_equal(values_of(report), "a/dropped=105");
}

static void the_first_read_has_no_read_before(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  read_since(report, 1000, 0, 70000);
  assert_number(rate_of(report, "a", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  assert_string_equal(values_of(report), "a/dropped=70000");
}

static void a_baseline_above_the_reading_is_none(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read_nothing(report, 0);
  read_since(report, 10, 700, 3);
  assert_number(rate_of(report, "a", DROPPED), NAN);
  assert_string_equal(alerts_of(report), "");
  assert_string_equal(values_of(report), "a/dropped=3");
}

static void without_a_first_gain_the_value_is_of_this_read(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read_nothing(report, 0);
  read_since(report, 10, 700, 700);
  assert_number(rate_of(report, "a", DROPPED), 0);
  assert_string_equal(values_of(report), "a/dropped=700");
}

static void an_unjudged_first_gain_raises_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read_nothing(report, 0);
  report_begin(report, 10);
  report_counter_since_unjudged(
      report, report_object(report, NULL, NAMED("a"), false), DROPPED, 0, 5000);
  report_end(report);
  assert_number(rate_of(report, "a", DROPPED), 500);
  assert_string_equal(alerts_of(report), "");
}

static void a_reset_after_a_minute_is_no_wrap(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const uint64_t raws[] = {3000000000, 3000000000, 5, 5};
  for (size_t i = 0; i < COUNT_OF(raws); i++) {
    scene_read(report, 60.0 * (double)i, "3", DROPPED, (double)raws[i]);
    assert_string_equal(alerts_of(report), "");
  }
  assert_int_equal(count_of(report, "3", DROPPED), 3000000000);
}

/* A busy counter may have wrapped, were it not for the other one. */
static void counters_of_an_object_are_reset_together(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const struct {
    uint64_t dropped, processed;
  } reads[] = {{100, 2700000000}, {100, 3300000000}, {0, 200000000}};
  for (size_t i = 0; i < COUNT_OF(reads); i++) {
    report_begin(report, 60.0 * (double)i);
    scene_give(report, "3", DROPPED, (double)reads[i].dropped);
    scene_give(report, "3", PROCESSED, (double)reads[i].processed);
    scene_give(report, "4", PROCESSED, (double)reads[i].processed);
    report_end(report);
  }
  assert_number(rate_of(report, "3", PROCESSED), NAN);
  assert_number(rate_of(report, "4", PROCESSED),
                (4294967296.0 - 3100000000) / 60);
}

/* Reads the counter of "3" at these times; the alerts of each read. */
struct timed_read {
  double now;
  uint64_t count;
  double rate;
  const char *alerts;
};

static void read_in_time(struct report *report, const struct timed_read *reads,
                         size_t count) {
  for (size_t i = 0; i < count; i++) {
    scene_read(report, reads[i].now, "3", DROPPED, (double)reads[i].count);
    CHECK(is_number(rate_of(report, "3", DROPPED), reads[i].rate),
          "read %zu: rate %g", i, rate_of(report, "3", DROPPED));
    CHECK(strcmp(alerts_of(report), reads[i].alerts) == 0, "read %zu: %s", i,
          alerts_of(report));
    assert_int_equal(count_of(report, "3", DROPPED), reads[i].count);
  }
}

/* Others held the threads that read, and the next read keeps to the grid. */
static void a_read_soon_after_a_late_one_is_judged_with_the_next(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const struct timed_read reads[] = {
      {0, 0, NAN, ""},  {10, 0, 0, ""},      {29.95, 0, 0, ""},
      {30, 6, NAN, ""}, {39.95, 6, 0.6, ""},
  };
  report_set_interval(report, 10);
  read_in_time(report, reads, COUNT_OF(reads));
}

static void no_loss_between_two_reads_is_left_out(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const struct timed_read reads[] = {
      {0, 0, NAN, ""},
      {10, 0, 0, ""},
      {19.5, 19, 2, "3/dropped okay>warning"},
      {20, 1000, NAN, ""},
      {22, 2000, NAN, ""},
      {25, 5519, 1000, "3/dropped warning>failure"},
  };
  report_set_interval(report, 10);
  read_in_time(report, reads, COUNT_OF(reads));
  assert_int_equal(alert_of(report)->lost, 5519);
  assert_number(alert_of(report)->lasted, 15);
}

static void half_an_interval_is_long_enough(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const struct timed_read reads[] = {
      {0, 0, NAN, ""},
      {5, 50, 10, "3/dropped okay>warning"},
      {9.5, 50, NAN, ""},
      {10, 50, 0, ""},
  };
  report_set_interval(report, 10);
  read_in_time(report, reads, COUNT_OF(reads));
}

/* Reads with an interval of a second are never exactly a second apart. */
static void a_packet_now_and_then_is_no_rate(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  struct random random = {12};
  double now = 1000;
  unsigned lost = 0;
  report_set_interval(report, 1);
  for (int i = 0; i < 600; i++) {
    now += 0.999 + (double)random_below(&random, 2001) * 1e-6;
    lost += i % 20 == 10;
    scene_read(report, now, "3", DROPPED, lost);
    assert_string_equal(alerts_of(report), "");
  }
}

static void a_total_is_judged_over_half_an_interval_too(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "dropped", "");
  rule->limits.warning_max = 1;
  rule->given = REPORT_WARNING_MAX;
  static const struct {
    double now, lost, rate;
  } reads[] = {
      {0, 0, NAN}, {10, 0, 0}, {29.95, 0, 0}, {30, 6, NAN}, {39.95, 6, 0.6}};
  report_set_interval(report, 10);
  for (size_t i = 0; i < COUNT_OF(reads); i++) {
    report_begin(report, reads[i].now);
    struct report_object *host = report_object(report, NULL, NAMED(""), false);
    report_counter(report, report_object(report, host, NAMED("0"), false),
                   DROPPED, (uint64_t)reads[i].lost);
    report_end(report);
    assert_number(rate_of(report, "", DROPPED), reads[i].rate);
    assert_string_equal(alerts_of(report), "");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(the_first_read_has_values_but_no_rate_and_no_alert),
      SCENE_TEST(rates_are_per_second_of_the_interval),
      SCENE_TEST(two_reads_at_one_moment_have_no_rate),
      SCENE_TEST(a_wrap_of_32_bits_loses_nothing),
      SCENE_TEST(a_reset_makes_no_rate_and_raises_nothing),
      SCENE_TEST(a_reset_clears_nothing),
      SCENE_TEST(counters_of_64_bits_never_wrap),
      SCENE_TEST(a_rebased_object_begins_anew),
      SCENE_TEST(a_count_is_the_unwrapped_value),
      SCENE_TEST(an_idle_counter_has_no_value),
      SCENE_TEST(an_unjudged_counter_is_sent_and_raises_nothing),
      SCENE_TEST(a_known_baseline_gives_the_first_gain_at_once),
      SCENE_TEST(the_first_gain_is_not_given_again),
      SCENE_TEST(a_baseline_is_for_the_first_reading_alone),
      SCENE_TEST(the_first_read_has_no_read_before),
      SCENE_TEST(a_baseline_above_the_reading_is_none),
      SCENE_TEST(without_a_first_gain_the_value_is_of_this_read),
      SCENE_TEST(an_unjudged_first_gain_raises_nothing),
      SCENE_TEST(a_reset_after_a_minute_is_no_wrap),
      SCENE_TEST(counters_of_an_object_are_reset_together),
      SCENE_TEST(a_read_soon_after_a_late_one_is_judged_with_the_next),
      SCENE_TEST(no_loss_between_two_reads_is_left_out),
      SCENE_TEST(half_an_interval_is_long_enough),
      SCENE_TEST(a_packet_now_and_then_is_no_rate),
      SCENE_TEST(a_total_is_judged_over_half_an_interval_too),
  };
  return cmocka_run_group_tests_name("report_counter", tests, NULL, NULL);
}
