/* SPDX-License-Identifier: MIT */
/* A kernel counter that is read now and then: its gain since the last reading,
 * and a 64-bit count that never goes back. */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/* All zero is a counter that was never read. */
struct counter {
  uint64_t total; /* first reading plus all gains */
  uint64_t raw;   /* as last read */
  bool started;
  bool rebased;
};

enum counter_step {
  COUNTER_FIRST,  /* the first reading: nothing to compare with */
  COUNTER_GAINED, /* the gain is known, a wrap included */
  COUNTER_RESET,  /* it went back, or was rebased: the gain is unknown, and
                     this reading is the new baseline */
};

/* No CPU takes in more packets or interrupts a second than this. A 32-bit
 * counter that seems to have gained more by wrapping, or more than half of its
 * range, was reset instead. */
#define COUNTER_FASTEST 50e6

/* Takes a reading of a counter of 32 or 64 bits, elapsed seconds after the one
 * before. Of a raw reading with more bits, the lower ones count: the sum of
 * several counters of 32 bits is one as well. *ret_gain is 0 unless the step is
 * COUNTER_GAINED. A 64-bit counter never wraps: one that goes back was reset.
 */
enum counter_step counter_update(struct counter *counter, unsigned bits,
                                 uint64_t raw, double elapsed,
                                 uint64_t *ret_gain);

/* Makes the next reading a new baseline: the object was replaced by another of
 * the same name. */
static inline void counter_rebase(struct counter *counter) {
  counter->rebased = true;
}

#endif
