/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "random.h"
#include "threshold.h"

/* The values in the rows below. The limits are 10 and 20; the hysteresis, if
 * there is one, is 3. */
static double value_of(char letter) {
  switch (letter) {
  case 'o':
    return 5; /* well inside */
  case 'x':
    return 9; /* inside the warning limit by less than the hysteresis */
  case 'w':
    return 15; /* a warning, well inside the failure limit */
  case 'y':
    return 19; /* a warning, inside the failure limit by less than that */
  case 'f':
    return 25; /* a failure */
  case '-':
    return NAN;
  default:
    fail_msg("no value is called %c", letter);
    return 0;
  }
}

/* The letter for a state: a capital if it was reported. */
static char letter_of(enum threshold_state state, bool reported) {
  return (reported ? "OWF" : "owf")[state];
}

/* A row's values, and the state after each. '_' is an idle reading. */
struct row {
  const char *what;
  unsigned hits, clear_hits;
  double hysteresis;
  const char *values;
  const char *states;
};

static const struct row rows[] = {
    /* From each state with each kind of value; one hit is enough. */
    {"okay stays", 1, 1, 0, "oo", "oo"},
    {"okay to warning", 1, 1, 0, "w", "W"},
    {"okay to failure", 1, 1, 0, "f", "F"},
    {"okay, no value", 1, 1, 0, "--", "oo"},
    {"okay, idle", 1, 1, 0, "__", "oo"},
    {"warning stays", 1, 1, 0, "ww", "Ww"},
    {"warning to okay", 1, 1, 0, "wo", "WO"},
    {"warning to failure", 1, 1, 0, "wf", "WF"},
    {"warning, no value", 1, 1, 0, "w--", "Www"},
    {"warning, idle", 1, 1, 0, "w_", "WO"},
    {"failure stays", 1, 1, 0, "ff", "Ff"},
    {"failure to warning", 1, 1, 0, "fw", "FW"},
    {"failure to okay", 1, 1, 0, "fo", "FO"},
    {"failure, no value", 1, 1, 0, "f--", "Fff"},
    {"failure, idle", 1, 1, 0, "f_", "FO"},
    {"all the way up and down", 1, 1, 0, "owfwo", "oWFWO"},

    /* Exactly as many in a row as configured. */
    {"hits 2", 2, 1, 0, "www", "oWw"},
    {"hits 3", 3, 1, 0, "wwwo", "ooWO"},
    {"hits 3 to failure", 3, 1, 0, "fff", "ooF"},
    {"a row is broken by a good value", 3, 1, 0, "wwowwow", "ooooooo"},
    {"and begins again", 3, 1, 0, "wwowww", "oooooW"},
    {"a row of failures is broken by a warning", 2, 1, 0, "fwfw", "oWww"},
    {"failures count as warnings", 2, 1, 0, "wf", "oW"},
    {"and a failure needs its own hits", 2, 1, 0, "wfwff", "oWwwF"},
    {"from warning too", 3, 1, 0, "wwwffwfff", "ooWwwwwwF"},
    {"no value does not break a row of hits", 3, 1, 0, "w-w--w", "oooooW"},
    {"idle breaks a row of hits", 2, 1, 0, "w_w_", "oooo"},
    {"clear hits 3", 1, 3, 0, "wooo", "WwwO"},
    {"clear hits 3 from failure", 1, 3, 0, "fooo", "FffO"},
    {"a row of good values is broken", 1, 3, 0, "woowooo", "WwwwwwO"},
    {"no value does not break it", 1, 3, 0, "wo-o--o", "WwwwwwO"},
    {"idle counts as a good value", 1, 3, 0, "w_o_", "WwwO"},
    {"failure ends in warning", 1, 3, 0, "fwww", "FffW"},
    {"which has its own row", 1, 3, 0, "fwowooo", "FffWwwO"},
    {"good values count for both limits", 1, 3, 0, "fwooo", "FffWO"},
    {"failure goes straight to okay", 1, 3, 0, "ffooo", "FfffO"},
    {"a failure breaks the warning's row too", 1, 2, 0, "wofoo", "WwFfO"},
    {"hits 2, clear hits 2", 2, 2, 0, "wwfffwwoow", "oWwFffWwOo"},

    /* With hysteresis, a breach ends only well inside the limit. */
    {"without hysteresis the edge is inside", 1, 1, 0, "wx", "WO"},
    {"with it the edge clears nothing", 1, 1, 3, "wxxo", "WwwO"},
    {"nor does it raise anything", 1, 1, 3, "oxxx", "oooo"},
    {"it breaks a row of hits", 2, 1, 3, "wxwx", "oooo"},
    {"it breaks a row of good values", 1, 2, 3, "woxoo", "WwwwO"},
    {"failure has its own", 1, 1, 3, "fyyw", "FffW"},
    {"the edge of failure is a warning", 1, 1, 3, "oyyy", "oWww"},
    {"from failure by way of the edge", 1, 1, 3, "fxo", "FWO"},
    {"which keeps the failure limit", 1, 2, 3, "fxxoo", "FfWwO"},
};

/* The same row works with maxima, minima or both. */
enum side { SIDE_MAX, SIDE_MIN, SIDE_BOTH, SIDES };

static struct threshold_limits limits_of(const struct row *row,
                                         enum side side) {
  struct threshold_limits limits = THRESHOLD_NONE;
  limits.hits = row->hits;
  limits.clear_hits = row->clear_hits;
  limits.hysteresis = row->hysteresis;
  if (side != SIDE_MIN) {
    limits.warning_max = 10;
    limits.failure_max = 20;
  }
  if (side != SIDE_MAX) {
    limits.warning_min = -10;
    limits.failure_min = -20;
  }
  return limits;
}

static void every_transition(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    const struct row *row = &rows[i];
    for (enum side side = 0; side < SIDES; ++side) {
      struct threshold_limits limits = limits_of(row, side);
      struct threshold threshold = {0};
      char states[32] = "";
      for (size_t j = 0; row->values[j] != '\0'; ++j) {
        double now = 10.0 * (double)j;
        bool reported;
        if (row->values[j] == '_')
          reported = threshold_idle(&threshold, &limits, now);
        else
          reported =
              threshold_update(&threshold, &limits,
                               side == SIDE_MIN ? -value_of(row->values[j])
                                                : value_of(row->values[j]),
                               now);
        states[j] = letter_of(threshold.state, reported);
      }
      CHECK(strcmp(states, row->states) == 0,
            "%s (side %d): %s gave %s, not %s", row->what, side, row->values,
            states, row->states);
    }
  }
}

#define HISTORY_MOST 200

/* The reference: keeps every value, and counts again from the first at each. */
struct history {
  double values[HISTORY_MOST];
  double times[HISTORY_MOST];
  size_t count;
  enum threshold_state state;
};

static bool breaches(double max, double min, double value) {
  return (!isnan(max) && value > max) || (!isnan(min) && value < min);
}

static bool well_inside(double max, double min, double hysteresis,
                        double value) {
  return (isnan(max) || value <= max - hysteresis) &&
         (isnan(min) || value >= min + hysteresis);
}

static enum threshold_state history_take(struct history *history,
                                         const struct threshold_limits *limits,
                                         double value, double now) {
  if (isnan(value))
    return history->state;
  history->times[history->count] = now;
  history->values[history->count++] = value;
  unsigned warnings = 0, failures = 0, no_warnings = 0, no_failures = 0;
  double last_warning = 0, last_failure = 0;
  for (size_t i = 0; i < history->count; ++i) {
    double one = history->values[i];
    bool failure = breaches(limits->failure_max, limits->failure_min, one);
    bool warning =
        failure || breaches(limits->warning_max, limits->warning_min, one);
    bool no_failure = well_inside(limits->failure_max, limits->failure_min,
                                  limits->hysteresis, one);
    bool no_warning =
        no_failure && well_inside(limits->warning_max, limits->warning_min,
                                  limits->hysteresis, one);
    failures = failure ? failures + 1 : 0;
    warnings = warning ? warnings + 1 : 0;
    no_failures = no_failure ? no_failures + 1 : 0;
    no_warnings = no_warning ? no_warnings + 1 : 0;
    last_failure = no_failure ? last_failure : history->times[i];
    last_warning = no_warning ? last_warning : history->times[i];
  }
  bool no_failure_left =
      no_failures >= limits->clear_hits && now - last_failure >= 10;
  bool no_warning_left =
      no_warnings >= limits->clear_hits && now - last_warning >= 10;
  if (failures >= limits->hits)
    history->state = THRESHOLD_FAILURE;
  else if (history->state == THRESHOLD_FAILURE) {
    if (no_failure_left)
      history->state = no_warning_left ? THRESHOLD_OKAY : THRESHOLD_WARNING;
  } else if (history->state == THRESHOLD_WARNING) {
    if (no_warning_left)
      history->state = THRESHOLD_OKAY;
  } else if (warnings >= limits->hits)
    history->state = THRESHOLD_WARNING;
  return history->state;
}

static double maybe(struct random *random, double limit) {
  return random_below(random, 4) == 0 ? NAN : limit;
}

static void any_history_is_judged_as_documented(void **state) {
  (void)state;
  struct random random = {6};
  for (int round = 0; round < 4000; ++round) {
    struct threshold_limits limits = {
        .warning_max = maybe(&random, 10),
        .failure_max = maybe(&random, 20),
        .warning_min = maybe(&random, -10),
        .failure_min = maybe(&random, -20),
        .hysteresis = (double)random_below(&random, 3) * 2.5,
        .hits = 1 + (unsigned)random_below(&random, 3),
        .clear_hits = 1 + (unsigned)random_below(&random, 4),
    };
    struct threshold threshold = {0};
    struct history history = {0};
    double value = 0, now = 0;
    for (int i = 0; i < HISTORY_MOST; ++i) {
      now += (double)random_below(&random, 12);
      if (random_below(&random, 3) == 0)
        value = (double)random_below(&random, 55) - 27;
      double taken = random_below(&random, 9) == 0 ? NAN : value;
      enum threshold_state before = history.state;
      enum threshold_state wanted = history_take(&history, &limits, taken, now);
      bool reported = threshold_update(&threshold, &limits, taken, now);
      CHECK(threshold.state == wanted, "round %d, value %d (%g): %s, not %s",
            round, i, taken, threshold_state_name(threshold.state),
            threshold_state_name(wanted));
      CHECK(reported == (wanted != before), "round %d, value %d: reported %d",
            round, i, reported);
    }
  }
}

static void persist_reports_each_value(void **state) {
  (void)state;
  static const struct {
    bool persist, persist_ok;
    const char *values, *states;
  } persisting[] = {
      {false, false, "oowwffoo", "ooWwFfOo"},
      {true, false, "oowwffoo", "ooWWFFOo"},
      {true, true, "oowwffoo", "OOWWFFOO"},
      {false, true, "oowwffoo", "OOWwFfOO"},
      {true, true, "o-w-f-", "OoWwFf"},
      {true, true, "_w_f__", "OWOFOO"},
  };
  for (size_t i = 0; i < COUNT_OF(persisting); ++i) {
    struct threshold_limits limits = THRESHOLD_NONE;
    limits.warning_max = 10;
    limits.failure_max = 20;
    limits.clear_hits = 1;
    limits.persist = persisting[i].persist;
    limits.persist_ok = persisting[i].persist_ok;
    struct threshold threshold = {0};
    char states[16] = "";
    for (size_t j = 0; persisting[i].values[j] != '\0'; ++j) {
      char letter = persisting[i].values[j];
      double now = 10.0 * (double)j;
      bool reported = letter == '_' ? threshold_idle(&threshold, &limits, now)
                                    : threshold_update(&threshold, &limits,
                                                       value_of(letter), now);
      states[j] = letter_of(threshold.state, reported);
    }
    CHECK(strcmp(states, persisting[i].states) == 0, "row %zu: %s, not %s", i,
          states, persisting[i].states);
  }
}

static void persist_reports_while_it_waits_to_clear(void **state) {
  (void)state;
  struct threshold_limits limits = THRESHOLD_NONE;
  limits.warning_max = 10;
  limits.clear_hits = 3;
  limits.persist = true;
  struct threshold threshold = {0};
  assert_true(threshold_update(&threshold, &limits, 11, 10));
  assert_true(threshold_update(&threshold, &limits, 1, 20));
  assert_true(threshold_update(&threshold, &limits, 1, 30));
  assert_int_equal(threshold.state, THRESHOLD_WARNING);
  assert_true(threshold_update(&threshold, &limits, 1, 40));
  assert_int_equal(threshold.state, THRESHOLD_OKAY);
  assert_false(threshold_update(&threshold, &limits, 1, 50));
}

static void a_value_alone_has_a_level(void **state) {
  (void)state;
  static const struct {
    double warning_max, failure_max, warning_min, failure_min, value;
    enum threshold_state level;
  } levels[] = {
      {10, 20, NAN, NAN, 10, THRESHOLD_OKAY},
      {10, 20, NAN, NAN, 10.001, THRESHOLD_WARNING},
      {10, 20, NAN, NAN, 20, THRESHOLD_WARNING},
      {10, 20, NAN, NAN, 20.001, THRESHOLD_FAILURE},
      {10, 20, NAN, NAN, -1e9, THRESHOLD_OKAY},
      {10, 20, NAN, NAN, INFINITY, THRESHOLD_FAILURE},
      {10, 20, NAN, NAN, NAN, THRESHOLD_OKAY},
      {NAN, NAN, 5, 2, 5, THRESHOLD_OKAY},
      {NAN, NAN, 5, 2, 4.999, THRESHOLD_WARNING},
      {NAN, NAN, 5, 2, 2, THRESHOLD_WARNING},
      {NAN, NAN, 5, 2, 1.999, THRESHOLD_FAILURE},
      {NAN, NAN, 5, 2, 1e9, THRESHOLD_OKAY},
      {NAN, NAN, 5, 2, -INFINITY, THRESHOLD_FAILURE},
      {NAN, 20, NAN, NAN, 15, THRESHOLD_OKAY},
      {NAN, 20, NAN, NAN, 21, THRESHOLD_FAILURE},
      {10, NAN, NAN, NAN, 1e9, THRESHOLD_WARNING},
      {10, 20, -10, -20, 0, THRESHOLD_OKAY},
      {10, 20, -10, -20, -11, THRESHOLD_WARNING},
      {10, 20, -10, -20, -21, THRESHOLD_FAILURE},
      {0, NAN, NAN, NAN, 0, THRESHOLD_OKAY},
      {0, NAN, NAN, NAN, 1e-9, THRESHOLD_WARNING},
      {NAN, NAN, NAN, NAN, 1e9, THRESHOLD_OKAY},
      {NAN, NAN, NAN, NAN, NAN, THRESHOLD_OKAY},
  };
  for (size_t i = 0; i < COUNT_OF(levels); ++i) {
    struct threshold_limits limits = THRESHOLD_NONE;
    limits.warning_max = levels[i].warning_max;
    limits.failure_max = levels[i].failure_max;
    limits.warning_min = levels[i].warning_min;
    limits.failure_min = levels[i].failure_min;
    limits.hits = 5;
    limits.hysteresis = 3;
    enum threshold_state level = threshold_level(&limits, levels[i].value);
    CHECK(level == levels[i].level, "row %zu: %s", i,
          threshold_state_name(level));
  }
}

static void each_state_has_its_limit(void **state) {
  (void)state;
  static const struct {
    double warning_max, failure_max, warning_min, failure_min;
    enum threshold_state state;
    double value, limit;
  } limited[] = {
      {10, 20, -10, -20, THRESHOLD_OKAY, 0, NAN},
      {10, 20, -10, -20, THRESHOLD_OKAY, 30, NAN},
      {10, 20, -10, -20, THRESHOLD_WARNING, 15, 10},
      {10, 20, -10, -20, THRESHOLD_WARNING, -15, -10},
      {10, 20, -10, -20, THRESHOLD_WARNING, 25, 10},
      {10, 20, -10, -20, THRESHOLD_WARNING, 0, 10},
      {10, 20, -10, -20, THRESHOLD_WARNING, NAN, 10},
      {10, 20, -10, -20, THRESHOLD_FAILURE, 25, 20},
      {10, 20, -10, -20, THRESHOLD_FAILURE, -25, -20},
      {10, 20, -10, -20, THRESHOLD_FAILURE, 0, 20},
      {10, 20, -10, -20, THRESHOLD_FAILURE, NAN, 20},
      {NAN, NAN, -10, -20, THRESHOLD_WARNING, 0, -10},
      {NAN, NAN, -10, -20, THRESHOLD_FAILURE, NAN, -20},
      {NAN, 20, NAN, NAN, THRESHOLD_WARNING, 25, NAN},
      {10, NAN, NAN, NAN, THRESHOLD_FAILURE, 25, NAN},
      {10, NAN, NAN, -20, THRESHOLD_FAILURE, 25, -20},
      {NAN, NAN, NAN, NAN, THRESHOLD_FAILURE, 25, NAN},
  };
  for (size_t i = 0; i < COUNT_OF(limited); ++i) {
    struct threshold_limits limits = THRESHOLD_NONE;
    limits.warning_max = limited[i].warning_max;
    limits.failure_max = limited[i].failure_max;
    limits.warning_min = limited[i].warning_min;
    limits.failure_min = limited[i].failure_min;
    double limit = threshold_limit(&limits, limited[i].state, limited[i].value);
    double wanted = limited[i].limit;
    CHECK(isnan(wanted) ? isnan(limit) : limit == wanted,
          "row %zu: %g instead of %g", i, limit, wanted);
  }
}

static void limits_exist_if_one_does(void **state) {
  (void)state;
  struct threshold_limits none = THRESHOLD_NONE;
  assert_false(threshold_exists(&none));
  none.hysteresis = 5;
  none.persist_ok = true;
  assert_false(threshold_exists(&none));
  struct threshold_limits limits = THRESHOLD_NONE;
  limits.warning_max = 0;
  assert_true(threshold_exists(&limits));
  limits = none;
  limits.failure_max = 1;
  assert_true(threshold_exists(&limits));
  limits = none;
  limits.warning_min = -1;
  assert_true(threshold_exists(&limits));
  limits = none;
  limits.failure_min = 1;
  assert_true(threshold_exists(&limits));
  assert_true(threshold_exists(THRESHOLD_ABOVE(1, NAN)));
}

static void without_limits_nothing_is_raised(void **state) {
  (void)state;
  struct threshold_limits limits = THRESHOLD_NONE;
  struct threshold threshold = {0};
  static const double values[] = {0, 1e300, -1e300, INFINITY, -INFINITY, NAN};
  for (size_t i = 0; i < COUNT_OF(values); ++i) {
    assert_false(threshold_update(&threshold, &limits, values[i], 10));
    assert_int_equal(threshold.state, THRESHOLD_OKAY);
  }
}

static void a_failure_limit_alone_knows_no_warning(void **state) {
  (void)state;
  struct threshold_limits limits = *THRESHOLD_ABOVE(NAN, 20);
  struct threshold threshold = {0};
  limits.clear_hits = 2;
  assert_false(threshold_update(&threshold, &limits, 19, 10));
  assert_true(threshold_update(&threshold, &limits, 21, 20));
  assert_int_equal(threshold.state, THRESHOLD_FAILURE);
  assert_false(threshold_update(&threshold, &limits, 19, 30));
  assert_true(threshold_update(&threshold, &limits, 19, 40));
  assert_int_equal(threshold.state, THRESHOLD_OKAY);
}

static void the_tables_raise_at_once_and_clear_slowly(void **state) {
  (void)state;
  const struct threshold_limits *limits = THRESHOLD_ABOVE(1, 100);
  struct threshold threshold = {0};
  assert_false(threshold_update(&threshold, limits, 1, 10));
  assert_true(threshold_update(&threshold, limits, 1.5, 20));
  assert_int_equal(threshold.state, THRESHOLD_WARNING);
  for (int i = 3; i < 8; ++i)
    assert_false(threshold_update(&threshold, limits, 0, 10 * i));
  assert_true(threshold_update(&threshold, limits, 0, 80));
  assert_int_equal(threshold.state, THRESHOLD_OKAY);
}

static void clearing_takes_ten_seconds_at_least(void **state) {
  (void)state;
  static const struct {
    unsigned clear_hits;
    double interval;
    double cleared; /* after the last bad value */
  } cases[] = {
      {6, 1, 10},  {1, 1, 10},        {6, 0.1, 9.5}, {6, 10, 60},
      {1, 10, 10}, {1, 9.999, 9.999}, {6, 60, 360},  {1, 60, 60},
  };
  for (size_t i = 0; i < COUNT_OF(cases); ++i) {
    struct threshold_limits limits = *THRESHOLD_ABOVE(1, 100);
    limits.clear_hits = cases[i].clear_hits;
    struct threshold threshold = {0};
    double now = 1000, bad = now;
    assert_true(threshold_update(&threshold, &limits, 5, now));
    while (threshold.state != THRESHOLD_OKAY)
      threshold_update(&threshold, &limits, 0, now += cases[i].interval);
    CHECK(fabs(now - bad - cases[i].cleared) < 0.001, "row %zu: %g s", i,
          now - bad);
  }
}

static void the_ten_seconds_start_over_with_each_bad_value(void **state) {
  (void)state;
  struct threshold_limits limits = *THRESHOLD_ABOVE(1, 100);
  limits.clear_hits = 1;
  struct threshold threshold = {0};
  assert_true(threshold_update(&threshold, &limits, 5, 0));
  assert_false(threshold_update(&threshold, &limits, 0, 8));
  assert_false(threshold_update(&threshold, &limits, 5, 9));
  assert_false(threshold_idle(&threshold, &limits, 15));
  assert_false(threshold_update(&threshold, &limits, 0, 18));
  assert_true(threshold_idle(&threshold, &limits, 19));
}

static void states_have_names(void **state) {
  (void)state;
  assert_string_equal(threshold_state_name(THRESHOLD_OKAY), "okay");
  assert_string_equal(threshold_state_name(THRESHOLD_WARNING), "warning");
  assert_string_equal(threshold_state_name(THRESHOLD_FAILURE), "failure");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_transition),
      cmocka_unit_test(any_history_is_judged_as_documented),
      cmocka_unit_test(persist_reports_each_value),
      cmocka_unit_test(persist_reports_while_it_waits_to_clear),
      cmocka_unit_test(a_value_alone_has_a_level),
      cmocka_unit_test(each_state_has_its_limit),
      cmocka_unit_test(limits_exist_if_one_does),
      cmocka_unit_test(without_limits_nothing_is_raised),
      cmocka_unit_test(a_failure_limit_alone_knows_no_warning),
      cmocka_unit_test(the_tables_raise_at_once_and_clear_slowly),
      cmocka_unit_test(clearing_takes_ten_seconds_at_least),
      cmocka_unit_test(the_ten_seconds_start_over_with_each_bad_value),
      cmocka_unit_test(states_have_names),
  };
  return cmocka_run_group_tests_name("threshold", tests, NULL, NULL);
}
