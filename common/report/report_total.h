/* SPDX-License-Identifier: MIT */
/* Totals: meters of an object that add up those of its members. */
#ifndef REPORT_TOTAL_H
#define REPORT_TOTAL_H

#include "counter.h"

struct report;
struct report_object;
struct report_cell;

/* Adds the reading of a member's cell to its parent's total, if there is one.
 * A counter adds its gain, or its first reading if the total begins with it: a
 * member that appears later adds only its gains from then on. */
void report_total_add_counter(struct report *report,
                              const struct report_object *member,
                              const struct report_cell *cell,
                              enum counter_step step);
void report_total_add_gauge(struct report *report,
                            const struct report_object *member,
                            const struct report_cell *cell);

/* Judges the totals of an object, once all members are added. */
void report_total_judge(struct report *report, struct report_object *object);

#endif
