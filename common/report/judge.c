/* SPDX-License-Identifier: MIT */
#include "judge.h"

/* A rate takes this many events. */
#define RATE_EVENTS 2

/* Whether value is further beyond its limit than peak. Distances compare only
 * within one level: a failure has another limit. */
static bool is_worse(const struct threshold_limits *limits, double value,
                     double peak) {
  enum threshold_state level = threshold_level(limits, value);
  enum threshold_state before = threshold_level(limits, peak);
  if (level != before)
    return level > before;
  return fabs(value - threshold_limit(limits, level, value)) >
         fabs(peak - threshold_limit(limits, level, peak));
}

static void note_breach(struct judge *judge,
                        const struct judge_reading *reading) {
  if (!judge->in_episode) {
    judge->in_episode = true;
    judge->began = reading->before;
    judge->gained = 0;
    judge->peak = reading->value;
  }
  if (is_worse(&judge->limits, reading->value, judge->peak))
    judge->peak = reading->value;
  judge->last_bad = reading->now;
  judge->gained_quiet = 0;
}

/* Ends the episode if nothing is raised any more. Its figures stay until the
 * next one. */
static void end_episode(struct judge *judge) {
  if (judge->threshold.state == THRESHOLD_OKAY)
    judge->in_episode = false;
}

/* The limits for this reading. */
static struct threshold_limits limits_for(const struct judge *judge,
                                          const struct judge_reading *reading) {
  struct threshold_limits limits = judge->limits;
  if (!reading->is_rate || reading->gain >= RATE_EVENTS)
    return limits;
  if (limits.warning_max > 0)
    limits.warning_max = NAN;
  if (limits.failure_max > 0)
    limits.failure_max = NAN;
  return limits;
}

bool judge_update(struct judge *judge, const struct judge_reading *reading) {
  if (isnan(reading->value))
    return false;
  struct threshold_limits limits = limits_for(judge, reading);
  bool is_bad = threshold_level(&limits, reading->value) != THRESHOLD_OKAY;
  if (is_bad)
    note_breach(judge, reading);
  if (judge->in_episode) {
    judge->gained += reading->gain;
    if (!is_bad)
      judge->gained_quiet += reading->gain;
  }
  bool is_reported = threshold_update(&judge->threshold, &limits,
                                      reading->value, reading->now);
  if (!is_bad)
    end_episode(judge);
  return is_reported;
}

bool judge_idle(struct judge *judge, double now) {
  bool is_reported = threshold_idle(&judge->threshold, &judge->limits, now);
  end_episode(judge);
  return is_reported;
}

bool judge_is_calm(const struct judge *judge, double *ret_min,
                   double *ret_max) {
  const struct threshold_limits *limits = &judge->limits;
  const struct threshold *threshold = &judge->threshold;
  if (threshold->state != THRESHOLD_OKAY || threshold->warning_hits > 0 ||
      threshold->failure_hits > 0 || judge->in_episode || limits->persist_ok)
    return false;
  /* fmin() and fmax() leave out a limit that does not exist. */
  double max = fmin(limits->warning_max, limits->failure_max);
  double min = fmax(limits->warning_min, limits->failure_min);
  *ret_max = isnan(max) ? (double)INFINITY : max - limits->hysteresis;
  *ret_min = isnan(min) ? (double)-INFINITY : min + limits->hysteresis;
  return true;
}

void judge_reset(struct judge *judge) {
  *judge = (struct judge){.limits = judge->limits};
}
