/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "report_private.h"

void report_object_free(struct report *report, struct report_object *object) {
  for (size_t i = 0; i < object->cell_count; i++)
    free(object->cells[i].judge);
  if (object->instance[0] != '\0')
    name_set_remove(&report->instances, "", object->instance);
  free(object->cells);
  free(object->slots);
  free(object->name);
  free(object->label_block);
  free(object);
}

static struct report_object *find(const struct report *report, const char *name,
                                  size_t length) {
  struct report_object *object;
  HASH_FIND(hh, report->objects, name, length, object);
  return object;
}

struct report_object *report_objects_find(const struct report *report,
                                          const struct labels *labels) {
  char name[LABELS_NAME_SIZE];
  size_t length = labels_join(labels, name, sizeof(name));
  return find(report, name, length);
}

static struct report_object *make_object(struct report *report,
                                         const struct labels *labels,
                                         const char *name) {
  struct report_object *object = calloc(1, sizeof(*object));
  if (object == NULL)
    return NULL;
  object->name = strdup(name);
  if (object->name == NULL ||
      labels_copy(&object->labels, &object->label_block, labels) < 0 ||
      name_set_add(&report->instances, "", name, object->instance) < 0)
    goto fail;
  HASH_ADD_KEYPTR(hh, report->objects, object->name, strlen(object->name),
                  object);
  if (HASH_ADDED(object))
    return object;

fail:
  report_object_free(report, object);
  return NULL;
}

struct report_object *report_object(struct report *report,
                                    struct report_object *parent,
                                    const struct labels *labels, bool hidden) {
  char name[LABELS_NAME_SIZE];
  size_t length = labels_join(labels, name, sizeof(name));
  struct report_object *object = find(report, name, length);
  if (object == NULL)
    object = make_object(report, labels, name);
  if (object == NULL)
    return NULL;
  object->parent = parent;
  object->hidden = hidden;
  object->gone = false;
  object->read = report->read;
  return object;
}

static bool make_slot(struct report_object *object, unsigned meter) {
  if (meter < object->slot_count)
    return true;
  size_t count = (size_t)meter + 1;
  uint16_t *slots = realloc(object->slots, count * sizeof(*slots));
  if (slots == NULL)
    return false;
  for (size_t i = object->slot_count; i < count; i++)
    slots[i] = CELL_NONE;
  object->slots = slots;
  object->slot_count = count;
  return true;
}

struct cell *report_cell_find(const struct report_object *object,
                              unsigned meter) {
  if (object == NULL || meter >= object->slot_count ||
      object->slots[meter] == CELL_NONE)
    return NULL;
  return &object->cells[object->slots[meter]];
}

/* Whether a rule is about this cell. A total adds up what is judged already: it
 * is judged only by a rule that names its object word for word. */
static bool rule_fits(const struct report_rule *rule, const char *key,
                      const struct report_object *object, bool is_total) {
  if (strcmp(rule->meter, key) != 0)
    return false;
  if (is_total)
    return match_exact(&rule->instances, object->name);
  return match_selects(&rule->instances, false, object->name);
}

/* Finds out what a new cell is judged by. False when there is no memory. */
static bool add_judge(const struct report *report,
                      const struct report_object *object, struct cell *cell) {
  const struct meter *meter = cell->about;
  struct threshold_limits limits = THRESHOLD_NONE;
  if (meter->limits != NULL && !cell->is_total)
    limits = *meter->limits;
  for (size_t i = 0; i < report->rule_count; i++)
    if (rule_fits(&report->rules[i], meter_key(meter), object, cell->is_total))
      report_rule_apply(&report->rules[i], &limits);
  if (!threshold_exists(&limits))
    return true;
  cell->judge = calloc(1, sizeof(*cell->judge));
  if (cell->judge == NULL)
    return false;
  cell->judge->limits = limits;
  return true;
}

static struct cell *make_cell(struct report *report,
                              struct report_object *object, unsigned meter,
                              bool is_total) {
  size_t count = object->cell_count;
  if (meter >= meter_set_count(report->meters) || count == CELL_NONE ||
      !make_slot(object, meter))
    return NULL;
  struct cell *cells = realloc(object->cells, (count + 1) * sizeof(*cells));
  if (cells == NULL)
    return NULL;
  object->cells = cells;
  struct cell *cell = &cells[count];
  *cell = (struct cell){.meter = meter,
                        .about = meter_set_get(report->meters, meter),
                        .is_total = is_total,
                        .first_read = report->read,
                        .time = report->now,
                        .rate = NAN,
                        .gauge = NAN};
  if (!add_judge(report, object, cell))
    return NULL;
  object->has_totals = object->has_totals || is_total;
  object->slots[meter] = (uint16_t)object->cell_count++;
  return cell;
}

struct cell *report_cell_take(struct report *report,
                              struct report_object *object, unsigned meter,
                              bool is_total) {
  struct cell *cell = report_cell_find(object, meter);
  if (cell == NULL && object != NULL)
    cell = make_cell(report, object, meter, is_total);
  if (cell == NULL || cell->read == report->read)
    return cell;
  cell->read = report->read;
  cell->sendable = false;
  cell->gain = 0;
  cell->gauge = NAN;
  return cell;
}

void report_object_rebase(struct report_object *object) {
  if (object == NULL)
    return;
  for (size_t i = 0; i < object->cell_count; i++)
    counter_rebase(&object->cells[i].counter);
}

void report_object_omit_zeros(struct report_object *object, bool omits_zeros) {
  if (object != NULL)
    object->omits_zeros = omits_zeros;
}
