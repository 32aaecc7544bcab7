/* SPDX-License-Identifier: MIT */
#include "report_total.h"

#include "report_cell.h"
#include "report_judge.h"
#include "report_state.h"

/* The cell that adds up this one, or NULL. */
static struct report_cell *take_total(struct report *report,
                                      const struct report_object *member,
                                      const struct report_cell *cell) {
  if (cell->meter->total == METER_TOTAL_NONE || member->parent == NULL)
    return NULL;
  return report_cell_take(report, member->parent, cell->index, true);
}

void report_total_add_counter(struct report *report,
                              const struct report_object *member,
                              const struct report_cell *cell,
                              enum counter_step step) {
  struct report_cell *total = take_total(report, member, cell);
  if (total == NULL)
    return;
  total->has_value = true;
  bool is_new = step == COUNTER_FIRST || cell->begins_before;
  bool begins_together = is_new && total->first_read == report->read;
  total->counter.total += begins_together ? cell->counter.total : cell->gain;
  /* At its first reading a total has a value and no gain, as any counter. */
  if (total->first_read != report->read)
    total->gain += cell->gain;
}

void report_total_add_gauge(struct report *report,
                            const struct report_object *member,
                            const struct report_cell *cell) {
  struct report_cell *total = take_total(report, member, cell);
  if (total == NULL)
    return;
  double value = cell->gauge;
  bool is_first = !total->has_value;
  total->has_value = true;
  total->was_nonzero = total->was_nonzero || value != 0;
  if (is_first)
    total->gauge = value;
  else if (cell->meter->total == METER_TOTAL_SUM)
    total->gauge += value;
  else if (value > total->gauge)
    total->gauge = value;
}

static void judge_cell(struct report *report,
                       const struct report_object *object,
                       struct report_cell *cell) {
  double before = cell->time;
  cell->time = report->now;
  if (meter_is_counter(cell->meter))
    report_judge_counter(report, object, cell, true);
  else
    report_judge_gauge(report, object, cell, before, true);
}

void report_total_judge(struct report *report, struct report_object *object) {
  if (!object->has_totals)
    return;
  for (size_t i = 0; i < object->cell_count; i++) {
    struct report_cell *cell = &object->cells[i];
    if (cell->is_total && cell->read == report->read)
      judge_cell(report, object, cell);
  }
}
