/* SPDX-License-Identifier: MIT */
/* Bounds the new series of a report: a store keeps each name for long, and
 * local users choose names. An object whose series are new is hidden until
 * there are tokens for them; it is judged all the same. Objects of the first
 * read, and names that were sent before, need none. */
#ifndef REPORT_ADMISSION_H
#define REPORT_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>

#include "report_names.h"

struct report;

/* Objects that wait. */
struct report_waiting {
  size_t count;
  size_t users;        /* of these, made by ordinary users */
  const char *example; /* the name of one, until the next read; NULL: none */
};

void report_admission_init(struct report_admission *admission,
                           bool host_is_starting);

/* Hides the new objects of this read for which there are no tokens. To be
 * called between report_end() and report_value_each(). */
void report_admission_decide(struct report *report, struct report_waiting *ret);

#endif
