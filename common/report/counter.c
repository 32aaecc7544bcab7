/* SPDX-License-Identifier: MIT */
#include "counter.h"

#include <math.h>

static uint64_t range_of(unsigned bits) {
  return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

/* The most that a 32-bit counter can have gained. Without a rate of its own to
 * compare with, a long time allows any gain, and a reset would pass for a wrap:
 * then it is nothing. */
static double most_gain(const struct counter *counter, double elapsed) {
  double most = COUNTER_FASTEST * elapsed;
  if (!counter->has_gained)
    return most < INT32_MAX ? most : 0;
  double usual = COUNTER_FACTOR * counter->fastest * elapsed;
  double burst = COUNTER_BURST * fmin(elapsed, COUNTER_BURST_SECONDS);
  return fmin(most, fmax(usual, burst));
}

/* Whether a counter can have gone back by wrapping. */
static bool can_have_wrapped(const struct counter *counter, unsigned bits,
                             uint64_t gain, double elapsed) {
  if (bits > 32 || gain > range_of(bits) / 2)
    return false;
  return bits < 32 || (double)gain <= most_gain(counter, elapsed);
}

static void note_rate(struct counter *counter, uint64_t gain, double elapsed) {
  if (!(elapsed > 0))
    return;
  double rate = (double)gain / elapsed;
  if (!counter->has_gained || rate > counter->fastest)
    counter->fastest = rate;
  counter->has_gained = true;
}

enum counter_step counter_update(struct counter *counter, unsigned bits,
                                 uint64_t raw, double elapsed,
                                 uint64_t *ret_gain) {
  raw &= range_of(bits);
  uint64_t before = counter->raw;
  *ret_gain = 0;
  counter->raw = raw;
  if (!counter->started) {
    *counter = (struct counter){.raw = raw, .total = raw, .started = true};
    return COUNTER_FIRST;
  }
  if (counter->rebased) {
    counter->rebased = false;
    counter->has_gained = false;
    return COUNTER_RESET;
  }

  uint64_t gain = (raw - before) & range_of(bits);
  if (raw < before && !can_have_wrapped(counter, bits, gain, elapsed))
    return COUNTER_RESET;
  note_rate(counter, gain, elapsed);
  counter->total += gain;
  *ret_gain = gain;
  return COUNTER_GAINED;
}
