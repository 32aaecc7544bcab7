/* SPDX-License-Identifier: MIT */
#include "counter_difference.h"

static int64_t min_of(int64_t left, int64_t right) {
  return left < right ? left : right;
}

/* Counts what was open at the last reading and still is. */
static void count(struct counter_difference *difference, int64_t gain) {
  int64_t open = difference->open + gain;
  int64_t confirmed = min_of(difference->open, open);
  if (confirmed > 0) {
    difference->total += (uint64_t)confirmed;
    open -= confirmed;
  }
  difference->open = open;
}

uint64_t counter_difference_update(struct counter_difference *difference,
                                   uint64_t whole, uint64_t parts) {
  if (!difference->started) {
    difference->started = true;
    if (whole > parts)
      difference->total = whole - parts;
    else
      difference->open = (int64_t)(whole - parts);
  } else if (whole < difference->whole || parts < difference->parts) {
    difference->open = 0;
  } else {
    count(difference, (int64_t)(whole - difference->whole) -
                          (int64_t)(parts - difference->parts));
  }
  difference->whole = whole;
  difference->parts = parts;
  return difference->total;
}
