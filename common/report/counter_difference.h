/* SPDX-License-Identifier: MIT */
/* A counter that is the difference of two others: of one that counts a whole,
 * and of the parts to leave out ("drops, without those of XDP").
 *
 * The kernel does not count both at one moment, so that a difference of their
 * values goes up and down by a batch of packets. Here it is made from what both
 * gained. A gain of the whole counts once two readings in a row show that the
 * parts did not gain the same: noise between two readings neither adds nor
 * removes anything, and a true gain counts one reading later. */
#ifndef COUNTER_DIFFERENCE_H
#define COUNTER_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero was never read. */
struct counter_difference {
  uint64_t total; /* never goes back */
  uint64_t whole; /* as last read */
  uint64_t parts;
  int64_t open; /* gain not counted yet; below 0: the parts are ahead */
  bool started;
};

/* Takes a reading: the whole, and the sum of its parts, each as a count that
 * does not wrap. Returns the total, which begins with the first difference, or
 * with 0 if the parts exceed the whole. If one of both goes back, it was reset:
 * this reading is the new baseline, and the total stays. */
uint64_t counter_difference_update(struct counter_difference *difference,
                                   uint64_t whole, uint64_t parts);

#endif
