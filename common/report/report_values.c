/* SPDX-License-Identifier: MIT */
/* What can be asked of a report once it is filled. */
#include <string.h>

#include "report_private.h"

/* A cell that the current read mentions, or NULL. */
static const struct cell *current(const struct report *report,
                                  const struct report_object *object,
                                  unsigned meter) {
  const struct cell *cell = report_cell_find(object, meter);
  return cell != NULL && cell->read == report->read ? cell : NULL;
}

double report_now(const struct report *report) { return report->now; }

double report_rate(const struct report *report,
                   const struct report_object *object, unsigned meter) {
  const struct cell *cell = current(report, object, meter);
  return cell != NULL ? cell->rate : NAN;
}

enum threshold_state report_state(const struct report_object *object,
                                  unsigned meter) {
  const struct cell *cell = report_cell_find(object, meter);
  return cell != NULL && cell->judge != NULL ? cell->judge->threshold.state
                                             : THRESHOLD_OKAY;
}

double report_level(const struct report *report,
                    const struct report_object *object, unsigned meter) {
  const struct cell *cell = current(report, object, meter);
  return cell != NULL ? cell->gauge : NAN;
}

bool report_count(const struct report *report,
                  const struct report_object *object, unsigned meter,
                  uint64_t *ret) {
  const struct cell *cell = current(report, object, meter);
  if (cell == NULL || !meter_is_counter(cell->about))
    return false;
  *ret = cell->counter.total;
  return true;
}

bool report_has_rule(const struct report *report, unsigned meter) {
  const struct meter *about = meter_set_get(report->meters, meter);
  for (size_t i = 0; about != NULL && i < report->rule_count; i++)
    if (strcmp(report->rules[i].meter, meter_key(about)) == 0)
      return true;
  return false;
}

bool report_wants(const struct report *report, unsigned meter) {
  const struct meter *about = meter_set_get(report->meters, meter);
  if (about == NULL)
    return false;
  return about->limits != NULL ||
         meter_set_sending(report->meters, meter) != METER_SENT_NEVER ||
         report_has_rule(report, meter);
}

const struct report_object *report_object_find(const struct report *report,
                                               const struct labels *labels) {
  return report_objects_find(report, labels);
}

bool report_object_is_present(const struct report *report,
                              const struct report_object *object) {
  return object != NULL && object->read == report->read;
}

const struct labels *report_object_labels(const struct report_object *object) {
  return &object->labels;
}

const char *report_object_name(const struct report_object *object) {
  return object->name;
}

const char *report_object_instance(const struct report_object *object) {
  return object->instance;
}

static bool waits(const struct report *report,
                  const struct report_object *object, const struct cell *cell) {
  return object->omits_zeros ||
         meter_set_sending(report->meters, cell->meter) ==
             METER_SENT_ONCE_COUNTED;
}

/* Held back, because it has been nothing but 0 yet. */
static bool is_held_back(const struct report *report,
                         const struct report_object *object,
                         const struct cell *cell) {
  bool is_nothing = meter_is_counter(cell->about) ? cell->counter.total == 0
                                                  : !cell->was_something;
  return is_nothing && waits(report, object, cell);
}

/* The first event of a counter that was held back. Its value has to wait for
 * the next read: two at once can overtake each other on their way. */
static bool is_first_event(const struct report *report,
                           const struct report_object *object,
                           const struct cell *cell) {
  return meter_is_counter(cell->about) && cell->gain > 0 &&
         cell->gain == cell->counter.total && !isnan(cell->rate) &&
         waits(report, object, cell);
}

static void give_object(const struct report *report,
                        const struct report_object *object,
                        void (*take)(void *, const struct report_value *),
                        void *data) {
  for (size_t i = 0; i < object->cell_count; i++) {
    const struct cell *cell = &object->cells[i];
    if (cell->read != report->read || !cell->sendable ||
        meter_set_sending(report->meters, cell->meter) == METER_SENT_NEVER ||
        is_held_back(report, object, cell))
      continue;
    const struct meter *about = cell->about;
    bool is_of_previous_read = is_first_event(report, object, cell);
    struct report_value value = {
        .labels = &object->labels,
        .instance = object->instance,
        .type = about->type,
        .type_instance = meter_set_instance(report->meters, cell->meter),
        .is_counter = meter_is_counter(about),
        .is_of_previous_read = is_of_previous_read,
        .count = is_of_previous_read ? 0 : cell->counter.total,
        .gauge = cell->gauge,
        .meter = about,
    };
    take(data, &value);
  }
}

void report_value_each(const struct report *report,
                       void (*take)(void *data,
                                    const struct report_value *value),
                       void *data) {
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) {
    if (!object->hidden && object->read == report->read)
      give_object(report, object, take, data);
  }
}

const struct alert *report_alerts(const struct report *report,
                                  size_t *ret_count) {
  *ret_count = report->alert_count;
  return report->alerts;
}

enum threshold_state report_worst(const struct report *report) {
  if (report->raised[THRESHOLD_FAILURE] > 0)
    return THRESHOLD_FAILURE;
  return report->raised[THRESHOLD_WARNING] > 0 ? THRESHOLD_WARNING
                                               : THRESHOLD_OKAY;
}

size_t report_meter_count(const struct report *report) {
  return meter_set_count(report->meters);
}

const struct meter *report_meter(const struct report *report, unsigned meter) {
  return meter_set_get(report->meters, meter);
}
