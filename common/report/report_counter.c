/* SPDX-License-Identifier: MIT */
#include "report_counter.h"

#include "report_cell.h"
#include "report_judge.h"
#include "report_posting.h"
#include "report_state.h"
#include "report_total.h"

struct reading {
  uint64_t raw;
  unsigned bits;
  bool is_judged;
  bool has_before;
  uint64_t before; /* at the read before this one */
};

/* Makes the value at the read before the first reading of a new cell. */
static void begin_before(const struct report *report, struct report_cell *cell,
                         const struct reading *reading) {
  if (!reading->has_before || cell->counter.started || report->read < 2 ||
      reading->before > reading->raw)
    return;
  counter_update(&cell->counter, reading->bits, reading->before, 0,
                 &cell->gain);
  cell->time = report->previous;
  cell->window_begin = report->previous;
  cell->begins_before = true;
}

static bool goes_back(const struct report_cell *cell,
                      const struct reading *reading) {
  return cell->counter.started && reading->raw < cell->counter.raw;
}

/* Takes the reading into the counter. If a counter of the object was reset in
 * this read, each one that goes back was: none of them wrapped. */
static enum counter_step update(const struct report *report,
                                struct report_object *object,
                                struct report_cell *cell,
                                const struct reading *reading) {
  bool is_back = goes_back(cell, reading);
  if (is_back && object->reset_read == report->read)
    counter_rebase(&cell->counter);
  enum counter_step step =
      counter_update(&cell->counter, reading->bits, reading->raw,
                     report->now - cell->time, &cell->gain);
  if (is_back && step == COUNTER_RESET)
    object->reset_read = report->read;
  cell->time = report->now;
  return step;
}

static void take(struct report *report, struct report_object *object,
                 unsigned meter, const struct reading *reading) {
  struct report_cell *cell = report_cell_take(report, object, meter, false);
  if (cell == NULL)
    return;
  begin_before(report, cell, reading);
  enum counter_step step = update(report, object, cell, reading);
  /* After a reset the gain is not known. Without a value now, the next one
   * spreads the gain since over both intervals. */
  cell->has_value = step != COUNTER_RESET;
  if (step == COUNTER_GAINED && reading->is_judged &&
      report_posting_is_awaited(report, cell))
    report_judge_await(report, cell);
  else if (step == COUNTER_GAINED)
    report_judge_counter(report, object, cell, reading->is_judged);
  else
    report_judge_restart(report, object, cell, reading->is_judged);
  report_posting_add(report, object, cell);
  report_total_add_counter(report, object, cell, step);
}

static unsigned bits_of(const struct report *report, unsigned index) {
  const struct meter *meter = meter_set_get(report->meters, index);
  return meter != NULL && meter->kind == METER_COUNTER32 ? 32 : 64;
}

void report_counter_of(struct report *report, struct report_object *object,
                       unsigned meter, uint64_t raw, unsigned bits) {
  take(report, object, meter,
       &(struct reading){.raw = raw, .bits = bits, .is_judged = true});
}

void report_counter(struct report *report, struct report_object *object,
                    unsigned meter, uint64_t raw) {
  report_counter_of(report, object, meter, raw, bits_of(report, meter));
}

void report_counter_since(struct report *report, struct report_object *object,
                          unsigned meter, uint64_t before, uint64_t raw) {
  take(report, object, meter,
       &(struct reading){.raw = raw,
                         .bits = bits_of(report, meter),
                         .is_judged = true,
                         .has_before = true,
                         .before = before});
}

void report_counter_since_unjudged(struct report *report,
                                   struct report_object *object, unsigned meter,
                                   uint64_t before, uint64_t raw) {
  take(report, object, meter,
       &(struct reading){.raw = raw,
                         .bits = bits_of(report, meter),
                         .has_before = true,
                         .before = before});
}
