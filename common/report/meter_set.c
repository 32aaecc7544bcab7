/* SPDX-License-Identifier: MIT */
#include "meter_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "hash.h"
#include "name_set.h"

struct meter_set_entry {
  UT_hash_handle hh;
  struct meter *copy; /* if it was learned; NULL: it is in a table */
  char instance[METRIC_NAME_SIZE];
  unsigned index;
};

/* The offsets of a meter's strings. */
static const size_t strings[] = {
    offsetof(struct meter, name),    offsetof(struct meter, key),
    offsetof(struct meter, type),    offsetof(struct meter, unit),
    offsetof(struct meter, part_of), offsetof(struct meter, verb),
    offsetof(struct meter, place),   offsetof(struct meter, setting),
    offsetof(struct meter, advice),  offsetof(struct meter, source),
    offsetof(struct meter, help),    offsetof(struct meter, no_bucket),
};
#define STRING_COUNT (sizeof(strings) / sizeof(strings[0]))

static char **string_of(struct meter *meter, size_t i) {
  return (char **)((char *)meter + strings[i]);
}

static void free_copy(struct meter *copy) {
  if (copy == NULL)
    return;
  for (size_t i = 0; i < STRING_COUNT; i++)
    free(*string_of(copy, i));
  free((void *)copy->limits);
  free(copy);
}

static struct meter *copy_meter(const struct meter *meter) {
  struct meter *copy = malloc(sizeof(*copy));
  if (copy == NULL)
    return NULL;
  *copy = *meter;
  copy->limits = NULL;
  bool is_complete = true;
  for (size_t i = 0; i < STRING_COUNT; i++) {
    char **string = string_of(copy, i);
    if (*string != NULL) {
      *string = strdup(*string);
      is_complete = is_complete && *string != NULL;
    }
  }
  if (meter->limits != NULL) {
    struct threshold_limits *limits = malloc(sizeof(*limits));
    if (limits != NULL)
      *limits = *meter->limits;
    copy->limits = limits;
    is_complete = is_complete && limits != NULL;
  }
  if (is_complete)
    return copy;
  free_copy(copy);
  return NULL;
}

static void free_entry(struct meter_set_entry *entry) {
  if (entry == NULL)
    return;
  free_copy(entry->copy);
  free(entry);
}

static bool make_room(struct meter_set *set) {
  struct meter_set_row *rows =
      array_room(set->rows, &set->room, set->count, sizeof(*rows));
  if (rows != NULL)
    set->rows = rows;
  return rows != NULL;
}

/* Adds a meter and takes over copy, which may be NULL. On failure that still
 * belongs to the caller. */
static int add(struct meter_set *set, const struct meter *meter,
               struct meter *copy) {
  struct meter_set_entry *entry = calloc(1, sizeof(*entry));
  if (entry == NULL || !make_room(set))
    goto fail;
  entry->index = (unsigned)set->count;
  if (name_set_add(&set->instances, meter->type, meter->name, entry->instance) <
      0)
    goto fail;
  const char *key = meter_key(meter);
  HASH_ADD_KEYPTR(hh, set->by_key, key, strlen(key), entry);
  if (!HASH_ADDED(entry))
    goto fail;
  entry->copy = copy;
  set->rows[set->count++] = (struct meter_set_row){
      .meter = meter,
      .instance = entry->instance,
      .sending = METER_SENT_ALWAYS,
  };
  return (int)entry->index;

fail:
  free_entry(entry);
  return -ENOMEM;
}

int meter_set_new(struct meter_set **ret, const struct meter *meters,
                  size_t count) {
  struct meter_set *set = calloc(1, sizeof(*set));
  if (set == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < count; i++) {
    int r = add(set, &meters[i], NULL);
    if (r < 0) {
      meter_set_free(set);
      return r;
    }
  }
  *ret = set;
  return 0;
}

void meter_set_free(struct meter_set *set) {
  if (set == NULL)
    return;
  struct meter_set_entry *entry, *next;
  HASH_ITER(hh, set->by_key, entry, next) {
    HASH_DEL(set->by_key, entry);
    free_entry(entry);
  }
  free(set->rows);
  name_set_free(&set->instances);
  free(set);
}

int meter_set_find(const struct meter_set *set, const char *key) {
  struct meter_set_entry *found;
  HASH_FIND_STR(set->by_key, key, found);
  return found != NULL ? (int)found->index : -ENOENT;
}

int meter_set_learn(struct meter_set *set, const struct meter *meter) {
  int known = meter_set_find(set, meter_key(meter));
  if (known >= 0)
    return known;

  struct meter *copy = copy_meter(meter);
  if (copy == NULL)
    return -ENOMEM;
  int r = add(set, copy, copy);
  if (r < 0)
    free_copy(copy);
  return r;
}

void meter_set_choose_sending(struct meter_set *set, unsigned index,
                              enum meter_sending sending) {
  if (index < set->count)
    set->rows[index].sending = sending;
}
