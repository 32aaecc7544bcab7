/* SPDX-License-Identifier: MIT */
/* The readings of a read, sent or not: for a frontend that shows a host at a
 * glance. */
#ifndef REPORT_READING_H
#define REPORT_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "labels.h"
#include "meter.h"

struct report;
struct report_object;

/* The pointers live until the next report_begin(). */
struct report_reading {
  const struct report_object *object;
  const struct labels *labels; /* of the object */
  const char *name;            /* the labels joined, "" for the host */
  const struct meter *meter;
  const char *type_instance; /* safe name of the meter */
  bool is_total;             /* adds up the readings of other objects */
  uint64_t count;            /* counters: unwrapped */
  uint64_t gained;           /* counters: since the read before */
  double rate;  /* counters: per second; NAN: not known, as at the first read */
  double gauge; /* gauges */
  enum threshold_state state; /* okay for what is not judged */
};

/* Hands over the readings of this read, by objects. */
void report_reading_each(const struct report *report,
                         void (*take)(void *data,
                                      const struct report_reading *reading),
                         void *data);

#endif
