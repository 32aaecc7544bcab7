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

/* Whether a counter's series begins with a gain: it was not sent while it was
 * 0 or its object hidden, or its first reading was that of the read before.
 * Then the value of that read is sent, and this one waits for the next: two
 * values at once can overtake each other. */
static bool begins_with_gain(const struct report *report,
                             const struct report_object *object,
                             const struct report_cell *cell) {
  if (!meter_is_counter(cell->meter) || cell->gain == 0)
    return false;
  return cell->begins_before || (object->was_hidden && cell->is_consecutive) ||
         (cell->gain == cell->counter.total &&
          omits_zeros(report, object, cell));
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
  bool is_before = begins_with_gain(report, object, cell);
  return (struct report_value){
      .labels = &object->labels,
      .instance = object->instance,
      .type = meter->type,
      .type_instance = meter_set_instance(report->meters, cell->index),
      .is_counter = meter_is_counter(meter),
      .is_of_previous_read = is_before,
      .count = cell->counter.total - (is_before ? cell->gain : 0),
      .gauge = cell->gauge,
      .meter = meter,
  };
}

size_t report_value_count(const struct report *report,
                          const struct report_object *object) {
  size_t count = 0;
  for (size_t i = 0; i < object->cell_count; i++)
    count += is_sent(report, object, &object->cells[i]);
  return count;
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
