/* SPDX-License-Identifier: MIT */
/* Judges the readings of cells and notes the alerts. */
#ifndef REPORT_JUDGE_H
#define REPORT_JUDGE_H

struct report;
struct report_object;
struct report_cell;

/* Judges a reading of a cell that is value (a rate, or the gauge) and follows
 * the reading at before. */
void report_judge_value(struct report *report,
                        const struct report_object *object,
                        struct report_cell *cell, double value, double before);

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
