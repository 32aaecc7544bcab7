/* SPDX-License-Identifier: MIT */
/* One value under judgement: its limits, its state, and the episode in which it
 * was out of bounds, from the last good reading to the last bad one. */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdint.h>

#include "threshold.h"

struct judge {
  struct threshold_limits limits;
  struct threshold threshold;
  bool in_episode; /* a limit was breached; perhaps nothing is raised yet */
  double began;    /* when the last good reading was */
  double last_bad; /* when the last reading was that breached a limit */
  double peak;     /* the value that was furthest out */
  uint64_t gained; /* by the counter, since it began */
  uint64_t gained_quiet; /* of these, since last_bad */
};

/* Takes a reading: value is what the limits are for, gain what the counter
 * gained (0 for a gauge), now and before when this reading and the one before
 * were made. Returns as threshold_update() does. */
bool judge_update(struct judge *judge, double value, uint64_t gain,
                  double before, double now);

/* A reading in which nothing happened; see threshold_idle(). */
bool judge_idle(struct judge *judge);

/* Forgets state and episode. */
void judge_reset(struct judge *judge);

#endif
