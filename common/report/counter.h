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
  double fastest; /* gain per second of any reading */
  bool started;
  bool has_gained; /* fastest is known */
  bool rebased;
};

enum counter_step {
  COUNTER_FIRST,  /* the first reading: nothing to compare with */
  COUNTER_GAINED, /* the gain is known, a wrap included */
  COUNTER_RESET,  /* it went back, or was rebased: the gain is unknown, and
                     this reading is the new baseline */
};

/* No CPU takes in more packets or interrupts a second than this. */
#define COUNTER_FASTEST 50e6

/* Once a counter has gained, its next gain is at most this many times its
 * fastest, or that of a burst. */
#define COUNTER_FACTOR 16
#define COUNTER_BURST 1e5 /* per second */
#define COUNTER_BURST_SECONDS 60

/* Takes a reading of a counter of 1 to 64 bits, elapsed seconds after the one
 * before. Of a raw reading with more bits, the lower ones count: the sum of
 * several counters of 32 bits is one as well. *ret_gain is 0 unless the step is
 * COUNTER_GAINED.
 * A 32-bit counter that goes back wrapped if its gain is then at most half of
 * its range and within the rates above; otherwise it was reset. One with more
 * bits never wraps. One with fewer wraps often: it was reset only if the gain
 * exceeds half of its range. */
enum counter_step counter_update(struct counter *counter, unsigned bits,
                                 uint64_t raw, double elapsed,
                                 uint64_t *ret_gain);

/* Makes the next reading a new baseline: the object was replaced by another of
 * the same name. */
static inline void counter_rebase(struct counter *counter) {
  counter->rebased = true;
}

#endif
