/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include "random.h"
#include "unit.h"

static struct judge make_judge(void) {
  return (struct judge){.limits = {.warning_max = 5,
                                   .failure_max = 20,
                                   .warning_min = NAN,
                                   .failure_min = NAN,
                                   .hits = 1,
                                   .clear_hits = 2}};
}

/* Takes a reading of a gauge. */
static bool update(struct judge *judge, double value, uint64_t gain,
                   double before, double now) {
  return judge_update(
      judge, &(struct judge_reading){
                 .value = value, .gain = gain, .before = before, .now = now});
}

/* Takes a reading of a counter, one second after the one before. */
static bool update_rate(struct judge *judge, uint64_t gain, double now) {
  return judge_update(judge, &(struct judge_reading){.value = (double)gain,
                                                     .gain = gain,
                                                     .before = now - 1,
                                                     .now = now,
                                                     .is_rate = true});
}

static void the_peak_is_the_worst_value_of_all_levels(void **state) {
  (void)state;
  struct judge judge = make_judge();
  update(&judge, 19, 0, 0, 10);
  assert_true(judge.peak == 19);
  update(&judge, 30, 0, 10, 20);
  assert_true(judge.peak == 30);
  update(&judge, 19, 0, 20, 30);
  update(&judge, 25, 0, 30, 40);
  assert_true(judge.peak == 30);
}

static void an_episode_ends_when_its_alert_clears(void **state) {
  (void)state;
  struct judge judge = make_judge();
  assert_true(update(&judge, 10, 100, 0, 10));
  assert_false(update(&judge, 0, 1, 10, 20));
  assert_true(update(&judge, 0, 2, 20, 30));
  assert_int_equal(judge.gained, 103);
  assert_int_equal(judge.gained_quiet, 3);
  /* The next one has its own figures. */
  assert_true(update(&judge, 10, 50, 30, 40));
  assert_int_equal(judge.gained, 50);
  assert_true(judge.began == 30);
}

static void idle_counts_as_a_good_value(void **state) {
  (void)state;
  struct judge judge = make_judge();
  update(&judge, 10, 0, 0, 10);
  assert_false(judge_idle(&judge, 20));
  assert_true(judge_idle(&judge, 30));
  assert_int_equal(judge.threshold.state, THRESHOLD_OKAY);
  assert_false(judge.in_episode);
}

static void a_rate_takes_two_events(void **state) {
  (void)state;
  struct judge judge = {.limits = *THRESHOLD_ABOVE(0.5, 1)};
  for (int now = 1; now < 20; now++)
    assert_false(update_rate(&judge, 1, now));
  assert_true(update_rate(&judge, 2, 20));
  assert_int_equal(judge.threshold.state, THRESHOLD_FAILURE);
  assert_int_equal(judge.gained, 2);
  /* Single events are as good as none. */
  for (int now = 21; now < 30; now++)
    assert_false(update_rate(&judge, 1, now));
  assert_true(update_rate(&judge, 1, 30));
  assert_int_equal(judge.gained_quiet, 10);
}

static void with_a_limit_of_zero_one_event_is_enough(void **state) {
  (void)state;
  struct judge judge = {.limits = *THRESHOLD_ABOVE(0, 0.5)};
  assert_true(update_rate(&judge, 1, 1));
  assert_int_equal(judge.threshold.state, THRESHOLD_WARNING);
}

static void a_minimum_is_judged_with_any_number_of_events(void **state) {
  (void)state;
  struct judge judge = {.limits = THRESHOLD_NONE};
  judge.limits.warning_min = 2;
  assert_true(update_rate(&judge, 0, 1));
  assert_int_equal(judge.threshold.state, THRESHOLD_WARNING);
}

static void a_gauge_is_no_rate(void **state) {
  (void)state;
  struct judge judge = make_judge();
  assert_true(update(&judge, 6, 0, 0, 10));
}

/* A limit in steps of a half, or none. */
static double random_limit(struct random *random, double from) {
  if (random_below(random, 3) == 0)
    return (double)NAN;
  return from + (double)random_below(random, 6) / 2;
}

static struct threshold_limits random_limits(struct random *random) {
  return (struct threshold_limits){
      .warning_max = random_limit(random, 4),
      .failure_max = random_limit(random, 4),
      .warning_min = random_limit(random, 0),
      .failure_min = random_limit(random, 0),
      .hysteresis = (double)random_below(random, 4) / 2,
      .hits = (unsigned)random_below(random, 3),
      .clear_hits = (unsigned)random_below(random, 4),
      .persist = random_below(random, 4) == 0,
      .persist_ok = random_below(random, 8) == 0,
  };
}

/* A judge that is not shown what leaves it calm reports the same as one that
 * is shown everything. */
static void calm_values_need_not_be_shown(void **state) {
  (void)state;
  struct random random = {3};
  size_t left_out = 0;
  for (unsigned history = 0; history < 2000; history++) {
    struct judge whole = {.limits = random_limits(&random)}, brief = whole;
    double now = 0;
    for (unsigned i = 0; i < 60; i++) {
      double before = now, min = 0, max = 0;
      now += 1 + (double)random_below(&random, 9);
      bool is_idle = random_below(&random, 6) == 0;
      const struct judge_reading reading = {
          .value = (double)random_below(&random, 17) / 2,
          .before = before,
          .now = now,
          .is_rate = random_below(&random, 2) == 0,
          .gain = random_below(&random, 4)};
      bool is_left_out =
          judge_is_calm(&brief, &min, &max) &&
          (is_idle || (reading.value >= min && reading.value <= max));
      bool is_reported =
          is_idle ? judge_idle(&whole, now) : judge_update(&whole, &reading);
      left_out += is_left_out;
      if (is_left_out)
        assert_false(is_reported);
      else if (is_idle)
        assert_int_equal(judge_idle(&brief, now), is_reported);
      else
        assert_int_equal(judge_update(&brief, &reading), is_reported);
      assert_int_equal(brief.threshold.state, whole.threshold.state);
      if (is_reported) {
        assert_true(brief.began == whole.began && brief.peak == whole.peak &&
                    brief.last_bad == whole.last_bad);
        assert_int_equal(brief.gained, whole.gained);
        assert_int_equal(brief.gained_quiet, whole.gained_quiet);
      }
    }
  }
  assert_true(left_out > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_peak_is_the_worst_value_of_all_levels),
      cmocka_unit_test(an_episode_ends_when_its_alert_clears),
      cmocka_unit_test(idle_counts_as_a_good_value),
      cmocka_unit_test(a_rate_takes_two_events),
      cmocka_unit_test(with_a_limit_of_zero_one_event_is_enough),
      cmocka_unit_test(a_minimum_is_judged_with_any_number_of_events),
      cmocka_unit_test(a_gauge_is_no_rate),
      cmocka_unit_test(calm_values_need_not_be_shown),
  };
  return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
