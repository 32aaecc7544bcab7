/* SPDX-License-Identifier: MIT */
#include "report_object.h"

#include <stdlib.h>
#include <string.h>

#include "report_state.h"

static void free_object(struct report *report, struct report_object *object) {
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

void report_object_remove(struct report *report, struct report_object *object) {
  HASH_DEL(report->objects, object);
  free_object(report, object);
}

static unsigned hash_of(const struct report *report, const char *name,
                        size_t length) {
  return (unsigned)keyed_hash_bytes(&report->hash, name, length);
}

static struct report_object *find(const struct report *report, const char *name,
                                  size_t length, unsigned hash) {
  struct report_object *object;
  HASH_FIND_BYHASHVALUE(hh, report->objects, name, length, hash, object);
  return object;
}

/* Reads mention objects in the order in which they appeared, mostly: tries the
 * one that follows the last one. */
static struct report_object *guess(const struct report *report,
                                   const char *name, size_t length) {
  struct report_object *next = report->next;
  bool is_right = next != NULL && next->hh.keylen == length &&
                  memcmp(next->name, name, length) == 0;
  return is_right ? next : NULL;
}

const struct report_object *report_object_find(const struct report *report,
                                               const struct labels *labels) {
  char name[LABELS_NAME_SIZE];
  size_t length = labels_join(labels, name, sizeof(name));
  return find(report, name, length, hash_of(report, name, length));
}

struct report_object *report_object_mentioned(struct report *report,
                                              const struct labels *labels) {
  char name[LABELS_NAME_SIZE];
  size_t length = labels_join(labels, name, sizeof(name));
  struct report_object *object =
      find(report, name, length, hash_of(report, name, length));
  return report_object_is_present(report, object) ? object : NULL;
}

static struct report_object *make_object(struct report *report,
                                         const struct labels *labels,
                                         const char *name, size_t length,
                                         unsigned hash) {
  struct report_object *object = calloc(1, sizeof(*object));
  if (object == NULL)
    return NULL;
  object->name = strdup(name);
  if (object->name == NULL ||
      labels_copy(&object->labels, &object->label_block, labels) < 0 ||
      name_set_add(&report->instances, "", name, object->instance) < 0)
    goto fail;
  HASH_ADD_KEYPTR_BYHASHVALUE(hh, report->objects, object->name, length, hash,
                              object);
  if (HASH_ADDED(object))
    return object;

fail:
  free_object(report, object);
  return NULL;
}

static void mention(const struct report *report, struct report_object *object) {
  if (object->read != report->read) {
    object->read_before = object->read;
    object->was_hidden = object->is_hidden && object->read + 1 == report->read;
  }
  object->is_gone = false;
  object->read = report->read;
}

struct report_object *report_object(struct report *report,
                                    struct report_object *parent,
                                    const struct labels *labels, bool hidden) {
  char name[LABELS_NAME_SIZE];
  size_t length = labels_join(labels, name, sizeof(name));
  struct report_object *object = guess(report, name, length);
  if (object == NULL) {
    unsigned hash = hash_of(report, name, length);
    object = find(report, name, length, hash);
    if (object == NULL)
      object = make_object(report, labels, name, length, hash);
  }
  if (object == NULL)
    return NULL;
  report->next = object->hh.next;
  mention(report, object);
  object->parent = parent;
  object->is_hidden = hidden;
  return object;
}

static bool is_same(const char *label, const char *other) {
  return label == other ||
         (label != NULL && other != NULL && strcmp(label, other) == 0);
}

void report_object_keep(struct report *report, const char *netns,
                        const char *protocol) {
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next)
  if (!object->is_gone && is_same(object->labels.netns, netns) &&
      (protocol == NULL || is_same(object->labels.protocol, protocol)))
    mention(report, object);
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

void report_object_set_part(struct report_object *object, bool is_part) {
  if (object != NULL)
    object->is_part = is_part;
}

void report_object_set_users(struct report_object *object, bool is_users) {
  if (object != NULL)
    object->is_users = is_users;
}

bool report_object_is_users(const struct report_object *object) {
  return object->is_users;
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
