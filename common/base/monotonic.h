/* SPDX-License-Identifier: MIT */
/* A clock that never goes back. */
#ifndef MONOTONIC_H
#define MONOTONIC_H

#include <time.h>

/* Returns seconds since some moment before the program began. */
static inline double monotonic_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif
