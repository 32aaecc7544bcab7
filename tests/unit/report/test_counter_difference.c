/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "counter_difference.h"
#include "random.h"

static uint64_t update(struct counter_difference *difference, uint64_t whole,
                       uint64_t parts) {
  return counter_difference_update(difference, whole, parts);
}

static void begins_with_the_first_difference(void **state) {
  (void)state;
  assert_int_equal(update(&(struct counter_difference){0}, 1500, 1000), 500);
  assert_int_equal(update(&(struct counter_difference){0}, 1000, 1000), 0);
  assert_int_equal(update(&(struct counter_difference){0}, 1000, 1064), 0);
}

static void a_gain_counts_at_the_second_reading(void **state) {
  (void)state;
  struct counter_difference difference = {0};
  update(&difference, 1500, 1000);
  assert_int_equal(update(&difference, 1530, 1010), 500);
  assert_int_equal(update(&difference, 1530, 1010), 520);
  assert_int_equal(update(&difference, 1530, 1010), 520);
}

/* Each reading shows the gain of the one before. */
static void a_steady_gain_keeps_its_rate(void **state) {
  (void)state;
  struct counter_difference difference = {0};
  update(&difference, 0, 0);
  for (uint64_t i = 1; i < 100; i++)
    assert_int_equal(update(&difference, 150 * i, 50 * i), 100 * (i - 1));
}

/* A poll of 64 packets comes between the two counts now and then. */
static void parts_that_run_ahead_make_no_gain(void **state) {
  (void)state;
  static const uint64_t skews[] = {0, 64, 0, 0, 64, 0, 64, 64, 0};
  struct counter_difference difference = {0};
  uint64_t parts = 1000000;
  for (size_t i = 0; i < COUNT_OF(skews); i++) {
    assert_int_equal(update(&difference, parts + 500 - skews[i], parts), 500);
    parts += 1000000;
  }
}

static void noise_around_zero_makes_no_gain(void **state) {
  (void)state;
  static const int64_t noise[] = {0, 40, -30, 20, -10, 35, 0, 25, -5, 30, 0};
  struct counter_difference difference = {0};
  for (size_t i = 0; i < COUNT_OF(noise); i++) {
    uint64_t parts = 100000 * (i + 1);
    assert_int_equal(
        update(&difference, (uint64_t)((int64_t)parts + noise[i]), parts), 0);
  }
}

static void a_loss_counts_in_spite_of_noise(void **state) {
  (void)state;
  static const int64_t noise[] = {0, -40, 30, -20, 10, -35, 0, -25, 5, 0, 0};
  struct counter_difference difference = {0};
  uint64_t total = 0;
  for (size_t i = 0; i < COUNT_OF(noise); i++) {
    uint64_t parts = 100000 * (i + 1), lost = i < 9 ? 1000 * i : 8000;
    total = update(&difference, (uint64_t)((int64_t)(parts + lost) + noise[i]),
                   parts);
    assert_in_range(total, i < 2 ? 0 : 1000 * (i - 1) - 1000, lost + 40);
  }
  assert_int_equal(total, 8000);
}

static void a_reset_is_a_new_baseline(void **state) {
  (void)state;
  static const struct {
    const char *what;
    uint64_t whole, parts;
  } rows[] = {
      {"both", 10, 4}, {"the whole", 100, 5000}, {"the parts", 6000, 4}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct counter_difference difference = {0};
    update(&difference, 5000, 4000);
    CHECK(update(&difference, rows[i].whole, rows[i].parts) == 1000, "%s",
          rows[i].what);
    update(&difference, rows[i].whole + 7, rows[i].parts);
    CHECK(update(&difference, rows[i].whole + 7, rows[i].parts) == 1007, "%s",
          rows[i].what);
  }
}

static void the_total_never_exceeds_the_largest_difference(void **state) {
  (void)state;
  struct random random = {9};
  for (int round = 0; round < 200; round++) {
    struct counter_difference difference = {0};
    uint64_t whole = random_below(&random, 1000), parts = 0, before = 0;
    int64_t largest = 0;
    for (int i = 0; i < 200; i++) {
      whole += random_below(&random, 100);
      parts += random_below(&random, 100);
      int64_t now = (int64_t)whole - (int64_t)parts;
      largest = now > largest ? now : largest;
      uint64_t total = update(&difference, whole, parts);
      assert_true(total >= before && (int64_t)total <= largest);
      before = total;
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(begins_with_the_first_difference),
      cmocka_unit_test(a_gain_counts_at_the_second_reading),
      cmocka_unit_test(a_steady_gain_keeps_its_rate),
      cmocka_unit_test(parts_that_run_ahead_make_no_gain),
      cmocka_unit_test(noise_around_zero_makes_no_gain),
      cmocka_unit_test(a_loss_counts_in_spite_of_noise),
      cmocka_unit_test(a_reset_is_a_new_baseline),
      cmocka_unit_test(the_total_never_exceeds_the_largest_difference),
  };
  return cmocka_run_group_tests_name("counter_difference", tests, NULL, NULL);
}
