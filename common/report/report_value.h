/* SPDX-License-Identifier: MIT */
/* The values of a read, for a frontend to send. */
#ifndef REPORT_VALUE_H
#define REPORT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "labels.h"
#include "meter.h"

struct report;
struct report_object;

struct report_value {
  const struct labels *labels; /* of the object */
  const char *instance;        /* safe name of the object, "" for the host */
  const char *type;
  const char *type_instance; /* safe name of the meter */
  bool is_counter;
  bool is_of_previous_read; /* to be sent with that read's time */
  uint64_t count;           /* counters: unwrapped, never goes back */
  double gauge;             /* gauges */
  const struct meter *meter;
};

/* How many values of an object this read has to send. */
size_t report_value_count(const struct report *report,
                          const struct report_object *object);

/* Hands over the values of this read, by objects, in the order in which these
 * and their meters first appeared. */
void report_value_each(const struct report *report,
                       void (*take)(void *data,
                                    const struct report_value *value),
                       void *data);

#endif
