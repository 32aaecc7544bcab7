/* SPDX-License-Identifier: MIT */
#include "interval.h"

#include <math.h>
#include <time.h>

int interval_sleep_until(double when) {
  double whole = floor(when);
  const struct timespec end = {.tv_sec = (time_t)whole,
                               .tv_nsec = (long)((when - whole) * 1e9)};
  return -clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
}
