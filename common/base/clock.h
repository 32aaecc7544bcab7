/* SPDX-License-Identifier: MIT */
/* A clock that never goes back, and timers for what is read again from time to
 * time. */
#ifndef CLOCK_H
#define CLOCK_H

#include <math.h>
#include <stdbool.h>

/* How long a reading of something that rarely changes, such as a setting, is
 * good for, in seconds. */
#define CLOCK_REFRESH_SECONDS 60

/* Seconds since some point in the past; clock_gettime(CLOCK_MONOTONIC). */
double clock_monotonic_seconds(void);

/* Seconds for which the calling thread ran;
 * clock_gettime(CLOCK_THREAD_CPUTIME_ID). */
double clock_thread_seconds(void);

/* Seconds since the host started, those in which it slept included;
 * clock_gettime(CLOCK_BOOTTIME). */
double clock_uptime_seconds(void);

/* When something was last refreshed, in seconds; NAN: never. */
struct clock_refresh {
  double last;
};

#define CLOCK_REFRESH_NEVER ((struct clock_refresh){.last = NAN})

/* Whether CLOCK_REFRESH_SECONDS have passed since the last refresh. */
static inline bool clock_refresh_is_due(const struct clock_refresh *refresh,
                                        double now) {
  return !(now - refresh->last < CLOCK_REFRESH_SECONDS);
}

/* Makes the next look due at once. */
static inline void clock_refresh_expire(struct clock_refresh *refresh) {
  refresh->last = NAN;
}

/* Records a refresh. */
static inline void clock_refresh_done(struct clock_refresh *refresh,
                                      double now) {
  refresh->last = now;
}

#endif
