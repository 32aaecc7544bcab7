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

static enum threshold_state next_state(const struct threshold *threshold,
                                       const struct threshold_limits *limits) {
  unsigned hits = needed(limits->hits);
  unsigned clear_hits = needed(limits->clear_hits);
  bool warning_ends = threshold->warning_clear >= clear_hits;
  bool failure_ends = threshold->failure_clear >= clear_hits;

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

/* Takes a value of a level; it may keep the limits with the hysteresis. */
static bool take(struct threshold *threshold,
                 const struct threshold_limits *limits,
                 enum threshold_state level, bool keeps_failure,
                 bool keeps_warning) {
  count(&threshold->failure_hits, level == THRESHOLD_FAILURE);
  count(&threshold->warning_hits, level != THRESHOLD_OKAY);
  count(&threshold->failure_clear, keeps_failure);
  count(&threshold->warning_clear, keeps_failure && keeps_warning);

  enum threshold_state before = threshold->state;
  threshold->state = next_state(threshold, limits);
  if (threshold->state != before)
    return true;
  return threshold->state == THRESHOLD_OKAY ? limits->persist_ok
                                            : limits->persist;
}

bool threshold_update(struct threshold *threshold,
                      const struct threshold_limits *limits, double value) {
  if (isnan(value))
    return false;
  return take(
      threshold, limits, threshold_level(limits, value),
      kept(limits->failure_max, limits->failure_min, limits->hysteresis, value),
      kept(limits->warning_max, limits->warning_min, limits->hysteresis,
           value));
}

bool threshold_idle(struct threshold *threshold,
                    const struct threshold_limits *limits) {
  return take(threshold, limits, THRESHOLD_OKAY, true, true);
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
