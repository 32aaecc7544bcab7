/* SPDX-License-Identifier: MIT */
/* A judged value: its limits, its state, and the episode in which it is beyond
 * them, from the last good reading to the last bad one. */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdint.h>

#include "threshold.h"

struct judge {
  struct threshold_limits limits;
  struct threshold threshold;
  bool in_episode;       /* a limit was breached; it may not be raised yet */
  double began;          /* when the last good reading was */
  double last_bad;       /* when the last reading was that breached a limit */
  double peak;           /* the value furthest beyond a limit */
  uint64_t gained;       /* by the counter, since it began */
  uint64_t gained_quiet; /* of these, since last_bad */
};

/* Takes a reading made at now, after one at before. value is compared with the
 * limits; gain is the counter's, 0 for a gauge. Returns as threshold_update()
 * does. */
bool judge_update(struct judge *judge, double value, uint64_t gain,
                  double before, double now);

/* Takes a reading without traffic; see threshold_idle(). */
bool judge_idle(struct judge *judge);

/* Forgets state and episode. */
void judge_reset(struct judge *judge);

#endif
