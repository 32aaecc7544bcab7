/* SPDX-License-Identifier: MIT */
/* Counters: the kernel's number in, unwrapped and judged by its rate. Each at
 * most once a read and object: a second number is ignored, and ends a debug
 * build. In the read in which a counter was reset it has neither rate nor
 * value. Nothing happens if object is NULL. */
#ifndef REPORT_COUNTER_H
#define REPORT_COUNTER_H

#include <stdint.h>

struct report;
struct report_object;

void report_counter(struct report *report, struct report_object *object,
                    unsigned meter, uint64_t raw);

/* The same with the counter's own width of 1 to 64 bits: under one name,
 * drivers count in several. A sum of 32-bit counters wraps at 32 bits too. */
void report_counter_of(struct report *report, struct report_object *object,
                       unsigned meter, uint64_t raw, unsigned bits);

/* The same for a counter that may be new to the report although its value at
 * the read before is known: the layer had not shown the object yet, or counts
 * the events itself. If the report has no reading of it, before is that
 * reading: the gain since then is judged in this read, as its own interval's.
 * Stores are sent before, with the time of the read before, and the gain with
 * the next value. If the report has a reading, and in its first read, before is
 * ignored; before above raw is ignored too, because the counter was reset. */
void report_counter_since(struct report *report, struct report_object *object,
                          unsigned meter, uint64_t before, uint64_t raw);

/* The same for a counter that is not judged this time: too little happens for
 * it to matter, or another meter is raised for it. It counts as within limits.
 */
void report_counter_since_unjudged(struct report *report,
                                   struct report_object *object, unsigned meter,
                                   uint64_t before, uint64_t raw);

#endif
