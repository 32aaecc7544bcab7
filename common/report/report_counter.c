/* SPDX-License-Identifier: MIT */
#include "report_counter.h"

#include "report_cell.h"
#include "report_judge.h"
#include "report_state.h"
#include "report_total.h"

static void take(struct report *report, struct report_object *object,
                 unsigned meter, uint64_t raw, unsigned bits, bool is_judged) {
  struct report_cell *cell = report_cell_take(report, object, meter, false);
  if (cell == NULL)
    return;
  double before = cell->time;
  double elapsed = report->now - before;
  enum counter_step step =
      counter_update(&cell->counter, bits, raw, elapsed, &cell->gain);
  cell->time = report->now;
  cell->rate = step == COUNTER_GAINED ? counter_rate(cell->gain, elapsed) : NAN;
  /* After a reset the gain is not known. Without a value now, the next one
   * spreads the gain since over both intervals. */
  cell->has_value = step != COUNTER_RESET;
  if (is_judged)
    report_judge_value(report, object, cell, cell->rate, before);
  else
    report_judge_idle(report, object, cell, cell->rate);
  report_total_add_counter(report, object, cell, step);
}

static unsigned bits_of(const struct report *report, unsigned index) {
  const struct meter *meter = meter_set_get(report->meters, index);
  return meter != NULL && meter->kind == METER_COUNTER32 ? 32 : 64;
}

void report_counter_of(struct report *report, struct report_object *object,
                       unsigned meter, uint64_t raw, unsigned bits) {
  take(report, object, meter, raw, bits, true);
}

void report_counter(struct report *report, struct report_object *object,
                    unsigned meter, uint64_t raw) {
  take(report, object, meter, raw, bits_of(report, meter), true);
}

void report_counter_unjudged(struct report *report,
                             struct report_object *object, unsigned meter,
                             uint64_t raw) {
  take(report, object, meter, raw, bits_of(report, meter), false);
}
