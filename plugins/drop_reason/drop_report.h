/* SPDX-License-Identifier: MIT */
/* Reports the classes, the reasons and the busiest places. */
#ifndef DROP_REPORT_H
#define DROP_REPORT_H

#include "drop_layer.h"
#include "drop_trace.h"

/* Reports the counts of the last read, and what it could not count. */
void drop_report(struct drop_layer *drop, const struct drop_trace_gaps *gaps,
                 struct report *report);

#endif
