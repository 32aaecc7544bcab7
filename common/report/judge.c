/* SPDX-License-Identifier: MIT */
#include "judge.h"

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

static void note_breach(struct judge *judge, double value, double before,
                        double now) {
  if (!judge->in_episode) {
    judge->in_episode = true;
    judge->began = before;
    judge->gained = 0;
    judge->peak = value;
  }
  if (is_worse(&judge->limits, value, judge->peak))
    judge->peak = value;
  judge->last_bad = now;
  judge->gained_quiet = 0;
}

/* Ends the episode if nothing is raised any more. Its figures stay until the
 * next one. */
static void end_episode(struct judge *judge) {
  if (judge->threshold.state == THRESHOLD_OKAY)
    judge->in_episode = false;
}

bool judge_update(struct judge *judge, double value, uint64_t gain,
                  double before, double now) {
  if (isnan(value))
    return false;
  bool bad = threshold_level(&judge->limits, value) != THRESHOLD_OKAY;
  if (bad)
    note_breach(judge, value, before, now);
  if (judge->in_episode) {
    judge->gained += gain;
    if (!bad)
      judge->gained_quiet += gain;
  }
  bool is_reported = threshold_update(&judge->threshold, &judge->limits, value);
  if (!bad)
    end_episode(judge);
  return is_reported;
}

bool judge_idle(struct judge *judge) {
  bool is_reported = threshold_idle(&judge->threshold, &judge->limits);
  end_episode(judge);
  return is_reported;
}

void judge_reset(struct judge *judge) {
  *judge = (struct judge){.limits = judge->limits};
}
