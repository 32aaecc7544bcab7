/* SPDX-License-Identifier: MIT */
/* The cells of an object, one a meter. */
#ifndef REPORT_CELL_H
#define REPORT_CELL_H

#include <stdbool.h>

struct report;
struct report_object;
struct report_cell;

/* The cell of a meter, or NULL. Accepts NULL. */
struct report_cell *report_cell_find(const struct report_object *object,
                                     unsigned meter);

/* The same, if this read mentions it. */
const struct report_cell *
report_cell_current(const struct report *report,
                    const struct report_object *object, unsigned meter);

/* Finds or makes the cell and begins its reading. A total is taken once for
 * each member, any other cell once a read. Returns NULL when there is no
 * memory, for an object or a meter that does not exist, and for a cell that
 * this read has taken already, unless a debug build ends there. */
struct report_cell *report_cell_take(struct report *report,
                                     struct report_object *object,
                                     unsigned meter, bool is_total);

#endif
