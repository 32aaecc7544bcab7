/* SPDX-License-Identifier: MIT */
/* Gauges: judged and sent as they are. Each at most once a read and object, as
 * a counter. NAN is no value: the meter is as if it was not mentioned. Nothing
 * happens if object is NULL. */
#ifndef REPORT_GAUGE_H
#define REPORT_GAUGE_H

struct report;
struct report_object;

void report_gauge(struct report *report, struct report_object *object,
                  unsigned meter, double value);

/* The same for a gauge that is not judged this time: too little happens for it
 * to matter, or another meter is raised for it. It counts as within limits. */
void report_gauge_unjudged(struct report *report, struct report_object *object,
                           unsigned meter, double value);

#endif
