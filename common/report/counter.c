/* SPDX-License-Identifier: MIT */
#include "counter.h"

/* Whether a 32-bit counter can have gone back by wrapping. */
static bool can_have_wrapped(uint64_t gain, double elapsed) {
  return gain <= INT32_MAX && (double)gain <= COUNTER_FASTEST * elapsed;
}

enum counter_step counter_update(struct counter *counter, unsigned bits,
                                 uint64_t raw, double elapsed,
                                 uint64_t *ret_gain) {
  if (bits == 32)
    raw &= UINT32_MAX;
  uint64_t before = counter->raw;
  *ret_gain = 0;
  counter->raw = raw;
  if (!counter->started) {
    counter->started = true;
    counter->rebased = false;
    counter->total = raw;
    return COUNTER_FIRST;
  }
  if (counter->rebased) {
    counter->rebased = false;
    return COUNTER_RESET;
  }

  uint64_t gain = raw - before;
  if (raw < before) {
    gain &= UINT32_MAX;
    if (bits != 32 || !can_have_wrapped(gain, elapsed))
      return COUNTER_RESET;
  }
  counter->total += gain;
  *ret_gain = gain;
  return COUNTER_GAINED;
}
