/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include "unit.h"

static struct judge percent(void) {
  return (struct judge){.limits = {.warning_max = 5,
                                   .failure_max = 20,
                                   .warning_min = NAN,
                                   .failure_min = NAN,
                                   .hits = 1,
                                   .clear_hits = 2}};
}

static void the_peak_is_the_worst_value_of_all_levels(void **state) {
  (void)state;
  struct judge judge = percent();
  judge_update(&judge, 19, 0, 0, 10);
  assert_true(judge.peak == 19);
  judge_update(&judge, 30, 0, 10, 20);
  assert_true(judge.peak == 30);
  judge_update(&judge, 19, 0, 20, 30);
  judge_update(&judge, 25, 0, 30, 40);
  assert_true(judge.peak == 30);
}

static void an_episode_ends_when_its_alert_clears(void **state) {
  (void)state;
  struct judge judge = percent();
  assert_true(judge_update(&judge, 10, 100, 0, 10));
  assert_false(judge_update(&judge, 0, 1, 10, 20));
  assert_true(judge_update(&judge, 0, 2, 20, 30));
  assert_int_equal(judge.gained, 103);
  assert_int_equal(judge.gained_quiet, 3);
  /* The next one has its own figures. */
  assert_true(judge_update(&judge, 10, 50, 30, 40));
  assert_int_equal(judge.gained, 50);
  assert_true(judge.began == 30);
}

static void idle_counts_as_a_good_value(void **state) {
  (void)state;
  struct judge judge = percent();
  judge_update(&judge, 10, 0, 0, 10);
  assert_false(judge_idle(&judge));
  assert_true(judge_idle(&judge));
  assert_int_equal(judge.threshold.state, THRESHOLD_OKAY);
  assert_false(judge.in_episode);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_peak_is_the_worst_value_of_all_levels),
      cmocka_unit_test(an_episode_ends_when_its_alert_clears),
      cmocka_unit_test(idle_counts_as_a_good_value),
  };
  return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
