/* SPDX-License-Identifier: MIT */
/* Counters: the kernel's number in, unwrapped and judged by its rate. Each at
 * most once a read and object: a second number is ignored, and ends a debug
 * build. In the read in which a counter was reset it has
 * neither rate nor value. Nothing happens if object is NULL. */
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

/* The same for a counter that this read may find for the first time, although
 * its value at the read before is known: the layer knew the object and did not
 * report it, or counts the events itself. If the report has no reading of it
 * yet, before is that reading: the gain since then belongs to this interval,
 * is judged in this read, and is not given again in the next one. The value
 * that is sent is before, with the time of the read before, so that stores see
 * the gain as well. Otherwise, and in the report's first read, before is
 * ignored. before > raw: the counter was reset, raw is its baseline. */
void report_counter_since(struct report *report, struct report_object *object,
                          unsigned meter, uint64_t before, uint64_t raw);

/* The same for a counter that is not judged for now: too little happens for it
 * to matter, or another meter is raised for it. It counts as within limits. */
void report_counter_unjudged(struct report *report,
                             struct report_object *object, unsigned meter,
                             uint64_t raw);
void report_counter_since_unjudged(struct report *report,
                                   struct report_object *object, unsigned meter,
                                   uint64_t before, uint64_t raw);

#endif
