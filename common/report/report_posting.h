/* SPDX-License-Identifier: MIT */
/* What the counters of a read gained, for the ledger, and the judging of those
 * that are less exact than others: by what the ledger finds to be explained by
 * nothing more exact. */
#ifndef REPORT_POSTING_H
#define REPORT_POSTING_H

#include <stdbool.h>

struct report;
struct report_object;
struct report_cell;

/* Whether the cell is judged only once the ledger knows its rest. */
bool report_posting_is_awaited(const struct report *report,
                               const struct report_cell *cell);

/* Notes the gain of a cell's reading, if its meter has a bucket. */
void report_posting_add(struct report *report, struct report_object *object,
                        const struct report_cell *cell);

/* Judges the cells whose rest was awaited. */
void report_posting_judge(struct report *report);

#endif
