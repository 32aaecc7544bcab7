/* SPDX-License-Identifier: MIT */
#include "report_reading.h"

#include "report_object.h"
#include "report_state.h"

static struct report_reading reading_of(const struct report *report,
                                        const struct report_object *object,
                                        const struct report_cell *cell) {
  const struct judge *judge = cell->judge;
  return (struct report_reading){
      .object = object,
      .labels = &object->labels,
      .name = object->name,
      .meter = cell->meter,
      .type_instance = meter_set_instance(report->meters, cell->index),
      .is_total = cell->is_total,
      .count = cell->counter.total,
      .gained = cell->gain,
      .rate = meter_is_counter(cell->meter) ? cell->rate : NAN,
      .gauge = cell->gauge,
      .state = judge != NULL ? judge->threshold.state : THRESHOLD_OKAY,
  };
}

void report_reading_each(const struct report *report,
                         void (*take)(void *data,
                                      const struct report_reading *reading),
                         void *data) {
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) {
    if (!report_object_is_present(report, object))
      continue;
    for (size_t i = 0; i < object->cell_count; i++) {
      const struct report_cell *cell = &object->cells[i];
      if (cell->read != report->read || !cell->has_value)
        continue;
      struct report_reading reading = reading_of(report, object, cell);
      take(data, &reading);
    }
  }
}
