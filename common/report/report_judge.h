/* SPDX-License-Identifier: MIT */
/* Judges the readings of cells and notes the alerts. */
#ifndef REPORT_JUDGE_H
#define REPORT_JUDGE_H

#include <stdbool.h>

struct report;
struct report_object;
struct report_cell;

/* Judges the value of a gauge, or has it count as within the limits. */
void report_judge_gauge(struct report *report,
                        const struct report_object *object,
                        struct report_cell *cell, double before,
                        bool is_judged);

/* Adds the gain of a counter's cell to its window, from the last reading that
 * was judged until now. A window of half an interval or more is judged, or
 * counts as within the limits, and the next one begins; a shorter one has no
 * rate. */
void report_judge_counter(struct report *report,
                          const struct report_object *object,
                          struct report_cell *cell, bool is_judged);

/* The same for a counter that is judged by report_judge_rest() instead. */
void report_judge_await(struct report *report, struct report_cell *cell);

/* Judges the rest that gathered in the window of a counter's cell that ended
 * with this read, if one did. */
void report_judge_rest(struct report *report,
                       const struct report_object *object,
                       struct report_cell *cell);

/* Begins the window of a counter's cell now, after a reading without a gain. */
void report_judge_restart(struct report *report,
                          const struct report_object *object,
                          struct report_cell *cell, bool is_judged);

/* Takes a reading that counts as within the limits. value is for its alert;
 * NAN: there is none. */
void report_judge_idle(struct report *report,
                       const struct report_object *object,
                       struct report_cell *cell, double value);

/* Clears what is raised of an object that is gone. */
void report_judge_vanished(struct report *report,
                           const struct report_object *object,
                           struct report_cell *cell);

#endif
