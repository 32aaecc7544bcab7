/* SPDX-License-Identifier: MIT */
#include "report_gauge.h"

#include "report_cell.h"
#include "report_judge.h"
#include "report_state.h"
#include "report_total.h"

static void take(struct report *report, struct report_object *object,
                 unsigned meter, double value, bool is_judged) {
  if (isnan(value))
    return;
  struct report_cell *cell = report_cell_take(report, object, meter, false);
  if (cell == NULL)
    return;
  double before = cell->time;
  cell->time = report->now;
  cell->gauge = value;
  cell->has_value = true;
  cell->was_nonzero = cell->was_nonzero || value != 0;
  report_judge_gauge(report, object, cell, before, is_judged);
  report_total_add_gauge(report, object, cell);
}

void report_gauge(struct report *report, struct report_object *object,
                  unsigned meter, double value) {
  take(report, object, meter, value, true);
}

void report_gauge_unjudged(struct report *report, struct report_object *object,
                           unsigned meter, double value) {
  take(report, object, meter, value, false);
}
