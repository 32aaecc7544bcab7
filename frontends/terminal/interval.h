/* SPDX-License-Identifier: MIT */
/* Sleeping until the next read. */
#ifndef INTERVAL_H
#define INTERVAL_H

/* Sleeps until a time of clock_monotonic_seconds(). Returns 0, or -EINTR if a
 * signal was handled before. */
int interval_sleep_until(double when);

#endif
