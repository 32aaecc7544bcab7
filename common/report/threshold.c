/* SPDX-License-Identifier: MIT */
#include "threshold.h"

/* Comparisons with NAN are false: a limit that does not exist is never breached
 * and always kept. */
static bool breached(double max, double min, double value) {
  return value > max || value < min;
}

static bool kept(double max, double min, double hysteresis, double value) {
  return !(value > max - hysteresis) && !(value < min + hysteresis);
}

bool threshold_exists(const struct threshold_limits *limits) {
  return !isnan(limits->warning_max) || !isnan(limits->failure_max) ||
         !isnan(limits->warning_min) || !isnan(limits->failure_min);
}

enum threshold_state threshold_level(const struct threshold_limits *limits,
                                     double value) {
  if (breached(limits->failure_max, limits->failure_min, value))
    return THRESHOLD_FAILURE;
  if (breached(limits->warning_max, limits->warning_min, value))
    return THRESHOLD_WARNING;
  return THRESHOLD_OKAY;
}

/* How many values in a row are needed: at least one. */
static unsigned needed(unsigned hits) { return hits > 0 ? hits : 1; }

/* Counts one more in a row, or starts over. */
static void count(unsigned *counter, bool one_more) {
  if (!one_more)
    *counter = 0;
  else if (*counter < ~0u)
    (*counter)++;
}

/* Whether so many good values in a row, since the last other one, end a state.
 * Reads are not exact to the millisecond. */
static bool is_over(const struct threshold_limits *limits, unsigned clear,
                    double seconds) {
  return clear >= needed(limits->clear_hits) &&
         round(seconds) >= THRESHOLD_CLEAR_SECONDS;
}

static enum threshold_state next_state(const struct threshold *threshold,
                                       const struct threshold_limits *limits,
                                       double now) {
  unsigned hits = needed(limits->hits);
  bool warning_ends =
      is_over(limits, threshold->warning_clear, now - threshold->warning_time);
  bool failure_ends =
      is_over(limits, threshold->failure_clear, now - threshold->failure_time);

  if (threshold->failure_hits >= hits)
    return THRESHOLD_FAILURE;
  switch (threshold->state) {
  case THRESHOLD_FAILURE:
    if (!failure_ends)
      return THRESHOLD_FAILURE;
    return warning_ends ? THRESHOLD_OKAY : THRESHOLD_WARNING;
  case THRESHOLD_WARNING:
    return warning_ends ? THRESHOLD_OKAY : THRESHOLD_WARNING;
  case THRESHOLD_OKAY:
    break;
  }
  return threshold->warning_hits >= hits ? THRESHOLD_WARNING : THRESHOLD_OKAY;
}

/* A value: the state that it calls for alone, and whether it keeps the limits
 * with the hysteresis. */
struct step {
  enum threshold_state level;
  bool keeps_failure;
  bool keeps_warning;
};

static bool take(struct threshold *threshold,
                 const struct threshold_limits *limits, struct step step,
                 double now) {
  bool keeps_both = step.keeps_failure && step.keeps_warning;
  count(&threshold->failure_hits, step.level == THRESHOLD_FAILURE);
  count(&threshold->warning_hits, step.level != THRESHOLD_OKAY);
  count(&threshold->failure_clear, step.keeps_failure);
  count(&threshold->warning_clear, keeps_both);
  if (!step.keeps_failure)
    threshold->failure_time = now;
  if (!keeps_both)
    threshold->warning_time = now;

  enum threshold_state before = threshold->state;
  threshold->state = next_state(threshold, limits, now);
  if (threshold->state != before)
    return true;
  return threshold->state == THRESHOLD_OKAY ? limits->persist_ok
                                            : limits->persist;
}

bool threshold_update(struct threshold *threshold,
                      const struct threshold_limits *limits, double value,
                      double now) {
  if (isnan(value))
    return false;
  const struct step step = {
      .level = threshold_level(limits, value),
      .keeps_failure = kept(limits->failure_max, limits->failure_min,
                            limits->hysteresis, value),
      .keeps_warning = kept(limits->warning_max, limits->warning_min,
                            limits->hysteresis, value),
  };
  return take(threshold, limits, step, now);
}

bool threshold_idle(struct threshold *threshold,
                    const struct threshold_limits *limits, double now) {
  const struct step step = {.keeps_failure = true, .keeps_warning = true};
  return take(threshold, limits, step, now);
}

double threshold_limit(const struct threshold_limits *limits,
                       enum threshold_state state, double value) {
  if (state == THRESHOLD_OKAY)
    return NAN;
  bool failure = state == THRESHOLD_FAILURE;
  double max = failure ? limits->failure_max : limits->warning_max;
  double min = failure ? limits->failure_min : limits->warning_min;
  if (isnan(max) || value < min)
    return min;
  return max;
}

const char *threshold_state_name(enum threshold_state state) {
  switch (state) {
  case THRESHOLD_OKAY:
    return "okay";
  case THRESHOLD_WARNING:
    return "warning";
  case THRESHOLD_FAILURE:
    return "failure";
  }
  return "unknown";
}
