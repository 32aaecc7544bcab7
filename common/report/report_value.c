/* SPDX-License-Identifier: MIT */
#include "report_value.h"

#include "report_state.h"

static bool omits_zeros(const struct report *report,
                        const struct report_object *object,
                        const struct report_cell *cell) {
  return object->omits_zeros ||
         meter_set_sending(report->meters, cell->index) ==
             METER_SENT_ONCE_COUNTED;
}

/* Not sent, because it was always 0 so far. */
static bool is_omitted(const struct report *report,
                       const struct report_object *object,
                       const struct report_cell *cell) {
  bool was_nonzero = meter_is_counter(cell->meter) ? cell->counter.total > 0
                                                   : cell->was_nonzero;
  return !was_nonzero && omits_zeros(report, object, cell);
}

/* The first event of a counter that was not sent while it was 0. Its value
 * waits for the next read: two values at once can overtake each other. */
static bool is_first_event(const struct report *report,
                           const struct report_object *object,
                           const struct report_cell *cell) {
  return meter_is_counter(cell->meter) && cell->gain > 0 &&
         cell->gain == cell->counter.total && !isnan(cell->rate) &&
         omits_zeros(report, object, cell);
}

static bool is_sent(const struct report *report,
                    const struct report_object *object,
                    const struct report_cell *cell) {
  return cell->read == report->read && cell->has_value &&
         meter_set_sending(report->meters, cell->index) != METER_SENT_NEVER &&
         !is_omitted(report, object, cell);
}

static struct report_value value_of(const struct report *report,
                                    const struct report_object *object,
                                    const struct report_cell *cell) {
  const struct meter *meter = cell->meter;
  bool is_first = is_first_event(report, object, cell);
  return (struct report_value){
      .labels = &object->labels,
      .instance = object->instance,
      .type = meter->type,
      .type_instance = meter_set_instance(report->meters, cell->index),
      .is_counter = meter_is_counter(meter),
      .is_of_previous_read = is_first,
      .count = is_first ? 0 : cell->counter.total,
      .gauge = cell->gauge,
      .meter = meter,
  };
}

void report_value_each(const struct report *report,
                       void (*take)(void *data,
                                    const struct report_value *value),
                       void *data) {
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) {
    if (object->is_hidden || object->read != report->read)
      continue;
    for (size_t i = 0; i < object->cell_count; i++) {
      const struct report_cell *cell = &object->cells[i];
      if (!is_sent(report, object, cell))
        continue;
      struct report_value value = value_of(report, object, cell);
      take(data, &value);
    }
  }
}
