/* SPDX-License-Identifier: MIT */
#include "judge.h"

/* How far value is beyond what is allowed, whichever way that is. */
static double distance_out(const struct threshold_limits *limits,
                           double value) {
  double limit = threshold_limit(limits, threshold_level(limits, value), value);
  return fabs(value - limit);
}

static void note_breach(struct judge *judge, double value, double before,
                        double now) {
  if (!judge->in_episode) {
    judge->in_episode = true;
    judge->began = before;
    judge->gained = 0;
    judge->peak = value;
  }
  if (distance_out(&judge->limits, value) >
      distance_out(&judge->limits, judge->peak))
    judge->peak = value;
  judge->last_bad = now;
  judge->gained_quiet = 0;
}

/* An episode is over when nothing is raised and nothing is wrong. Its figures
 * stand until the next one. */
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
  bool tell = threshold_update(&judge->threshold, &judge->limits, value);
  if (!bad)
    end_episode(judge);
  return tell;
}

bool judge_rest(struct judge *judge) {
  bool tell = threshold_rest(&judge->threshold, &judge->limits);
  end_episode(judge);
  return tell;
}

void judge_reset(struct judge *judge) {
  *judge = (struct judge){.limits = judge->limits};
}
