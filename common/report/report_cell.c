/* SPDX-License-Identifier: MIT */
#include "report_cell.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "report_state.h"

struct report_cell *report_cell_find(const struct report_object *object,
                                     unsigned meter) {
  if (object == NULL || meter >= object->slot_count ||
      object->slots[meter] == REPORT_NO_CELL)
    return NULL;
  return &object->cells[object->slots[meter]];
}

const struct report_cell *
report_cell_current(const struct report *report,
                    const struct report_object *object, unsigned meter) {
  const struct report_cell *cell = report_cell_find(object, meter);
  return cell != NULL && cell->read == report->read ? cell : NULL;
}

static bool make_slot(struct report_object *object, unsigned meter) {
  while (object->slot_count <= meter) {
    uint16_t *slots = array_room(object->slots, &object->slot_room,
                                 object->slot_count, sizeof(*slots));
    if (slots == NULL)
      return false;
    object->slots = slots;
    slots[object->slot_count++] = REPORT_NO_CELL;
  }
  return true;
}

static bool make_room(struct report_object *object) {
  struct report_cell *cells = array_room(object->cells, &object->cell_room,
                                         object->cell_count, sizeof(*cells));
  if (cells == NULL)
    return false;
  object->cells = cells;
  return true;
}

/* Whether a rule is for this cell. A total is judged only by a rule that gives
 * its object's name word for word: its members are judged already. */
static bool rule_applies(const struct report_rule *rule,
                         const struct report_object *object,
                         const struct report_cell *cell) {
  if (strcmp(rule->meter, meter_key(cell->meter)) != 0)
    return false;
  if (cell->is_total)
    return match_exact(&rule->instances, object->name);
  return match_selects(&rule->instances, false, object->name);
}

/* Gives a new cell a judge if it has limits. False when there is no memory. */
static bool add_judge(const struct report *report,
                      const struct report_object *object,
                      struct report_cell *cell) {
  struct threshold_limits limits = THRESHOLD_NONE;
  if (cell->meter->limits != NULL && !cell->is_total)
    limits = *cell->meter->limits;
  for (size_t i = 0; i < report->rule_count; i++)
    if (rule_applies(&report->rules[i], object, cell))
      report_rule_apply(&report->rules[i], &limits);
  if (!threshold_exists(&limits))
    return true;
  cell->judge = calloc(1, sizeof(*cell->judge));
  if (cell->judge == NULL)
    return false;
  cell->judge->limits = limits;
  return true;
}

/* When a new cell's reading before would have been: at the read before, if that
 * knew the object. */
static double begin_of(const struct report *report,
                       const struct report_object *object) {
  bool is_known =
      object->read_before > 0 && object->read_before + 1 == report->read;
  return is_known ? report->previous : report->now;
}

static struct report_cell *make_cell(const struct report *report,
                                     struct report_object *object,
                                     unsigned meter, bool is_total) {
  if (meter >= meter_set_count(report->meters) ||
      object->cell_count == REPORT_NO_CELL || !make_slot(object, meter) ||
      !make_room(object))
    return NULL;
  struct report_cell *cell = &object->cells[object->cell_count];
  *cell = (struct report_cell){.index = meter,
                               .meter = meter_set_get(report->meters, meter),
                               .is_total = is_total,
                               .first_read = report->read,
                               .time = begin_of(report, object),
                               .window_begin = report->now,
                               .rate = NAN,
                               .gauge = NAN};
  if (!add_judge(report, object, cell))
    return NULL;
  object->has_totals = object->has_totals || is_total;
  object->slots[meter] = (uint16_t)object->cell_count++;
  return cell;
}

struct report_cell *report_cell_take(struct report *report,
                                     struct report_object *object,
                                     unsigned meter, bool is_total) {
  struct report_cell *cell = report_cell_find(object, meter);
  if (cell == NULL && object != NULL)
    cell = make_cell(report, object, meter, is_total);
  if (cell == NULL)
    return NULL;
  if (cell->read == report->read) {
    bool is_another_member = is_total && cell->is_total;
    assert(is_another_member);
    return is_another_member ? cell : NULL;
  }
  cell->is_consecutive = cell->read + 1 == report->read;
  cell->read = report->read;
  cell->has_value = false;
  cell->begins_before = false;
  cell->gain = 0;
  cell->gauge = NAN;
  return cell;
}
