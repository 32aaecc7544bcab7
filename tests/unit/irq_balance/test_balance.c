/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "balance.h"
#include "cpulist.h"

#define NONE ((double)NAN)

static bool is_about(double value, double expected) {
  if (isnan(expected))
    return isnan(value);
  return fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected));
}

static struct cpulist list_of(const char *text) {
  struct cpulist list = {0};
  if (text != NULL)
    assert_int_equal(cpulist_add(&list, scan_text(text, strlen(text)), NULL),
                     0);
  return list;
}

static void known_distributions(void **state) {
  (void)state;
  static const struct {
    const char *what;
    double gains[8];
    size_t count;
    const char *allowed;
    size_t queues;
    const char *local;
    struct balance expected;
  } rows[] = {
      {"even",
       {10, 10, 10, 10},
       4,
       NULL,
       4,
       NULL,
       {40, 0, 0.25, 0.25, 1, 4, NONE}},
      {"all on one of four",
       {0, 0, 80, 0},
       4,
       NULL,
       4,
       "0-1",
       {80, 2, 1, 0.25, 4, 1, 1}},
      {"two queues of four CPUs, even",
       {50, 0, 50, 0},
       4,
       NULL,
       2,
       "0-1",
       {100, 0, 0.5, 0.5, 1, 2, 0.5}},
      {"one of two allowed has three quarters",
       {0, 75, 25, 0},
       4,
       "1-2",
       0,
       "0,1",
       {100, 1, 0.75, 0.5, 1.5, 1.6, 0.25}},
      {"the queues are more than the allowed CPUs",
       {30, 10},
       2,
       "0-1",
       16,
       "0-1",
       {40, 0, 0.75, 0.5, 1.5, 1.6, 0}},
      {"a single queue", {0, 9}, 2, NULL, 1, NULL, {9, 1, 1, 1, 1, 1, NONE}},
      {"more CPUs work than are allowed",
       {10, 10},
       2,
       "1",
       4,
       NULL,
       {20, 0, 0.5, 1, 0.5, 2, NONE}},
      {"one CPU", {7}, 1, NULL, 0, NULL, {7, 0, 1, 1, 1, 1, NONE}},
      {"nothing",
       {0, 0},
       2,
       NULL,
       2,
       "0",
       {0, BALANCE_NO_CPU, NONE, 0.5, NONE, NONE, NONE}},
      {"no CPU",
       {0},
       0,
       NULL,
       2,
       "0",
       {0, BALANCE_NO_CPU, NONE, NONE, NONE, NONE, NONE}},
      {"an empty list is none",
       {1, 1},
       2,
       "",
       0,
       "",
       {2, 0, 0.5, 0.5, 1, 2, NONE}},
      {"no number counts as 0",
       {NONE, -5, (double)INFINITY, 6, 2},
       5,
       NULL,
       2,
       "4",
       {8, 3, 0.75, 0.5, 1.5, 1.6, 0.75}},
      {"very large numbers",
       {DBL_MAX / 4, DBL_MAX / 4},
       2,
       NULL,
       2,
       NULL,
       {DBL_MAX / 2, 0, 0.5, 0.5, 1, 2, NONE}},
      {"very small numbers",
       {DBL_MIN, DBL_MIN},
       2,
       NULL,
       2,
       NULL,
       {2 * DBL_MIN, 0, 0.5, 0.5, 1, 2, NONE}},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct cpulist allowed = list_of(rows[i].allowed);
    struct cpulist local = list_of(rows[i].local);
    struct balance balance =
        balance_of(NULL, rows[i].gains, rows[i].count,
                   rows[i].allowed != NULL ? &allowed : NULL, rows[i].queues,
                   rows[i].local != NULL ? &local : NULL);
    const struct balance *expected = &rows[i].expected;
    CHECK(is_about(balance.total, expected->total), "%s: total %g",
          rows[i].what, balance.total);
    CHECK(balance.busiest_cpu == expected->busiest_cpu, "%s: CPU %u",
          rows[i].what, balance.busiest_cpu);
    CHECK(is_about(balance.busiest_share, expected->busiest_share),
          "%s: busiest share %g", rows[i].what, balance.busiest_share);
    CHECK(is_about(balance.fair_share, expected->fair_share),
          "%s: fair share %g", rows[i].what, balance.fair_share);
    CHECK(is_about(balance.imbalance, expected->imbalance), "%s: imbalance %g",
          rows[i].what, balance.imbalance);
    CHECK(is_about(balance.effective_cpus, expected->effective_cpus),
          "%s: effective CPUs %g", rows[i].what, balance.effective_cpus);
    CHECK(is_about(balance.remote_share, expected->remote_share),
          "%s: remote share %g", rows[i].what, balance.remote_share);
    cpulist_free(&allowed);
    cpulist_free(&local);
  }
}

static void cpus_have_numbers_of_their_own(void **state) {
  (void)state;
  static const uint32_t cpus[] = {8, 2, 5};
  static const double gains[] = {3, 3, 2};
  struct cpulist local = list_of("8");
  struct balance balance = balance_of(cpus, gains, 3, NULL, 0, &local);
  assert_int_equal(balance.busiest_cpu, 2);
  assert_true(is_about(balance.remote_share, 5.0 / 8));
  assert_true(is_about(balance.fair_share, 1.0 / 3));
  cpulist_free(&local);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_distributions),
      cmocka_unit_test(cpus_have_numbers_of_their_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
