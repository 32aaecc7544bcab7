/* SPDX-License-Identifier: MIT */
#include "counter.h"

/* Whether a counter can have gone back by wrapping after its highest value. */
static bool can_have_wrapped(uint64_t gain, uint64_t highest, double elapsed) {
  return gain <= highest / 2 && (double)gain <= COUNTER_FASTEST * elapsed;
}

enum counter_step counter_update(struct counter *counter, unsigned bits,
                                 uint64_t raw, double elapsed,
                                 uint64_t *ret_gain) {
  uint64_t highest = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
  raw &= highest;
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
    gain &= highest;
    if (bits == 64 || !can_have_wrapped(gain, highest, elapsed))
      return COUNTER_RESET;
  }
  counter->total += gain;
  *ret_gain = gain;
  return COUNTER_GAINED;
}
