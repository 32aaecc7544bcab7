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
  double last_bad;       /* when a limit was last breached */
  double peak;           /* the value furthest beyond a limit */
  uint64_t gained;       /* by the counter, since it began */
  uint64_t gained_quiet; /* of these, since last_bad */
};

/* A reading, made at now after one at before, in seconds. */
struct judge_reading {
  double value; /* a rate per second, or the gauge */
  double before;
  double now;
  bool is_rate;
  uint64_t gain; /* of the counter, between the two; 0 for a gauge */
};

/* Takes a reading. A rate breaches a maximum above 0 with two events or more: a
 * single one in a short interval is no rate. Returns the same as
 * threshold_update(). */
bool judge_update(struct judge *judge, const struct judge_reading *reading);

/* Takes a reading without traffic; see threshold_idle(). */
bool judge_idle(struct judge *judge, double now);

/* Returns true if nothing is raised or about to be, and gives the values that
 * leave it so: from *ret_min to *ret_max, well inside every limit. Taking one
 * of them, or a reading without traffic, would report nothing. */
bool judge_is_calm(const struct judge *judge, double *ret_min, double *ret_max);

/* Forgets state and episode. */
void judge_reset(struct judge *judge);

#endif
