/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <math.h>

#include "counter.h"
#include "random.h"

#define TWO32 UINT64_C(4294967296)

static void one_reading_after_another(void **state) {
  (void)state;
  static const struct {
    const char *what;
    unsigned bits;
    uint64_t before, now;
    double elapsed;
    enum counter_step step;
    uint64_t gain;
  } rows[] = {
      {"nothing happened", 32, 500, 500, 1, COUNTER_GAINED, 0},
      {"gained", 32, 500, 512, 1, COUNTER_GAINED, 12},
      {"gained from zero", 32, 0, 1, 1, COUNTER_GAINED, 1},
      {"gained the most without wrapping", 32, 0, TWO32 - 1, 1, COUNTER_GAINED,
       TWO32 - 1},
      {"wrapped by one", 32, TWO32 - 1, 0, 1, COUNTER_GAINED, 1},
      {"wrapped", 32, TWO32 - 0x100, 0x100, 1, COUNTER_GAINED, 0x200},
      {"wrapped at 1.4 million a second", 32, TWO32 - 1000000, 400000, 1,
       COUNTER_GAINED, 1400000},
      {"wrapped as fast as can be", 32, TWO32 - 25000000, 25000000, 1,
       COUNTER_GAINED, 50000000},
      {"wrapped faster than can be", 32, TWO32 - 25000000, 25000001, 1,
       COUNTER_RESET, 0},
      {"the same in two seconds", 32, TWO32 - 25000000, 25000001, 2,
       COUNTER_GAINED, 50000001},
      {"wrapped during a pause", 32, 4000000000, 1000000000, 42, COUNTER_GAINED,
       TWO32 - 3000000000},
      {"may have been reset during a long one", 32, 4000000000, 1000000000, 60,
       COUNTER_RESET, 0},
      {"16 bits: wrapped", 16, 65000, 100, 10, COUNTER_GAINED, 636},
      {"16 bits: wrapped after a long pause", 16, 65000, 100, 3600,
       COUNTER_GAINED, 636},
      {"16 bits: was reset", 16, 20000, 0, 10, COUNTER_RESET, 0},
      {"48 bits: went back", 48, UINT64_C(1) << 47, 5, 10, COUNTER_RESET, 0},
      {"was reset during a long pause", 32, 1000000, 0, 600, COUNTER_RESET, 0},
      {"was reset to zero", 32, 1000000, 0, 1, COUNTER_RESET, 0},
      {"was reset and went on", 32, 1000000, 999999, 1, COUNTER_RESET, 0},
      {"was reset after ten seconds", 32, 3000000000, 7, 10, COUNTER_RESET, 0},
      {"wrapped in no time at all", 32, TWO32 - 1, 0, 0, COUNTER_RESET, 0},
      {"wrapped while time went back", 32, TWO32 - 1, 0, -5, COUNTER_RESET, 0},
      {"16 bits: wrapped", 16, 65530, 4, 10, COUNTER_GAINED, 10},
      {"16 bits: more than half its range", 16, 40000, 7300, 10, COUNTER_RESET,
       0},
      {"16 bits: bits above are ignored", 16, 5, 65536 + 9, 10, COUNTER_GAINED,
       4},
      {"64 bits: gained beyond 32", 64, TWO32 - 1, TWO32 + 1, 1, COUNTER_GAINED,
       2},
      {"64 bits: gained much", 64, 0, UINT64_C(1) << 60, 1, COUNTER_GAINED,
       UINT64_C(1) << 60},
      {"64 bits: went back where 32 would wrap", 64, TWO32 - 1, 0, 1,
       COUNTER_RESET, 0},
      {"64 bits: never wraps", 64, UINT64_MAX, 0, 1, COUNTER_RESET, 0},
      {"64 bits: went back by one", 64, 8, 7, 1000, COUNTER_RESET, 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct counter counter = {0};
    uint64_t gain = 99;
    enum counter_step step =
        counter_update(&counter, rows[i].bits, rows[i].before, 1, &gain);
    CHECK(step == COUNTER_FIRST && gain == 0, "%s: first", rows[i].what);
    CHECK(counter.total == rows[i].before, "%s: first total", rows[i].what);

    gain = 99;
    step = counter_update(&counter, rows[i].bits, rows[i].now, rows[i].elapsed,
                          &gain);
    CHECK(step == rows[i].step, "%s: step %d", rows[i].what, step);
    CHECK(gain == rows[i].gain, "%s: gain %llu", rows[i].what,
          (unsigned long long)gain);
    CHECK(counter.total == rows[i].before + rows[i].gain, "%s: total %llu",
          rows[i].what, (unsigned long long)counter.total);
  }
}

static void a_reset_is_the_new_baseline(void **state) {
  (void)state;
  struct counter counter = {0};
  uint64_t gain;
  counter_update(&counter, 32, 1000, 1, &gain);
  counter_update(&counter, 32, 1500, 1, &gain);
  assert_int_equal(counter_update(&counter, 32, 20, 1, &gain), COUNTER_RESET);
  assert_int_equal(counter_update(&counter, 32, 25, 1, &gain), COUNTER_GAINED);
  assert_int_equal(gain, 5);
  assert_int_equal(counter.total, 1505);
}

/* From the second gain on, the counter's own rate tells a wrap from a reset. */
static void a_wrap_fits_the_rate_so_far(void **state) {
  (void)state;
  static const struct {
    const char *what;
    uint64_t readings[3], now;
    double elapsed;
    enum counter_step step;
  } rows[] = {
      {"a reset of an idle counter, 60 s apart",
       {3000000000, 3000000000, 3000000000},
       5,
       60,
       COUNTER_RESET},
      {"the same after a day",
       {3000000000, 3000000000, 3000000000},
       5,
       86400,
       COUNTER_RESET},
      {"a reset of a counter of 10,000/s",
       {3000000000, 3000600000, 3001200000},
       400000,
       60,
       COUNTER_RESET},
      {"a wrap of a busy counter",
       {1800000000, 3000000000, 4200000000},
       1105032704,
       60,
       COUNTER_GAINED},
      {"a wrap of a slow counter",
       {4294967000, 4294967100, 4294967200},
       4,
       60,
       COUNTER_GAINED},
      {"a burst across the wrap",
       {4294967000, 4294967100, 4294967200},
       5000000,
       60,
       COUNTER_GAINED},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct counter counter = {0};
    uint64_t gain;
    for (size_t j = 0; j < 3; ++j)
      counter_update(&counter, 32, rows[i].readings[j], rows[i].elapsed, &gain);
    CHECK(counter_update(&counter, 32, rows[i].now, rows[i].elapsed, &gain) ==
              rows[i].step,
          "%s", rows[i].what);
  }
}

static void a_sum_of_narrow_counters_wraps_as_they_do(void **state) {
  (void)state;
  struct counter counter = {0};
  uint64_t gain, rows[4] = {TWO32 - 10, TWO32 - 20, 4000000000, 7};
  counter_update(&counter, 32, rows[0] + rows[1] + rows[2] + rows[3], 10,
                 &gain);
  for (int i = 0; i < 4; i++)
    rows[i] = (uint32_t)(rows[i] + 15);
  assert_int_equal(counter_update(&counter, 32,
                                  rows[0] + rows[1] + rows[2] + rows[3], 10,
                                  &gain),
                   COUNTER_GAINED);
  assert_int_equal(gain, 60);
}

static void wraps_add_up_beyond_32_bits(void **state) {
  (void)state;
  struct counter counter = {0};
  uint64_t gain;
  uint64_t truth = 12345;
  counter_update(&counter, 32, truth, 1, &gain);
  for (int i = 0; i < 1000; ++i) {
    truth += 40000000;
    assert_int_equal(counter_update(&counter, 32, (uint32_t)truth, 1, &gain),
                     COUNTER_GAINED);
    assert_int_equal(gain, 40000000);
  }
  assert_true(truth > 9 * TWO32);
  assert_int_equal(counter.total, truth);
}

static void after_a_rebase_any_reading_is_a_new_baseline(void **state) {
  (void)state;
  static const uint64_t rows[] = {0, 149, 150, 151, 9000};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct counter counter = {0};
    uint64_t gain;
    counter_update(&counter, 32, 100, 1, &gain);
    counter_update(&counter, 32, 150, 1, &gain);
    counter_rebase(&counter);
    gain = 99;
    assert_int_equal(counter_update(&counter, 32, rows[i], 1, &gain),
                     COUNTER_RESET);
    assert_int_equal(gain, 0);
    assert_int_equal(counter.total, 150);
    assert_int_equal(counter_update(&counter, 32, rows[i] + 3, 1, &gain),
                     COUNTER_GAINED);
    assert_int_equal(gain, 3);
    assert_int_equal(counter.total, 153);
  }
}

static void a_rebase_before_the_first_reading_changes_nothing(void **state) {
  (void)state;
  struct counter counter = {0};
  uint64_t gain = 99;
  counter_rebase(&counter);
  assert_int_equal(counter_update(&counter, 64, 7, 1, &gain), COUNTER_FIRST);
  assert_int_equal(gain, 0);
  assert_int_equal(counter.total, 7);
  assert_int_equal(counter_update(&counter, 64, 9, 1, &gain), COUNTER_GAINED);
  assert_int_equal(counter.total, 9);
}

static void the_total_never_goes_back(void **state) {
  (void)state;
  struct random random = {3};
  for (int round = 0; round < 500; ++round) {
    unsigned bits = round % 2 == 0 ? 32 : 64;
    struct counter counter = {0};
    uint64_t before = 0, gain;
    for (int i = 0; i < 200; ++i) {
      uint64_t raw = random_next(&random) >> (bits == 32 ? 32 : 10);
      double elapsed = (double)random_below(&random, 100) - 2;
      enum counter_step step =
          counter_update(&counter, bits, raw, elapsed, &gain);
      if (i > 0) {
        assert_true(counter.total >= before);
        assert_true(counter.total - before == gain);
        assert_true(step == COUNTER_GAINED || gain == 0);
      }
      before = counter.total;
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_reading_after_another),
      cmocka_unit_test(a_reset_is_the_new_baseline),
      cmocka_unit_test(a_wrap_fits_the_rate_so_far),
      cmocka_unit_test(a_sum_of_narrow_counters_wraps_as_they_do),
      cmocka_unit_test(wraps_add_up_beyond_32_bits),
      cmocka_unit_test(after_a_rebase_any_reading_is_a_new_baseline),
      cmocka_unit_test(a_rebase_before_the_first_reading_changes_nothing),
      cmocka_unit_test(the_total_never_goes_back),
  };
  return cmocka_run_group_tests_name("counter", tests, NULL, NULL);
}
