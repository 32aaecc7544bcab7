/* SPDX-License-Identifier: MIT */
/* The meters of a report: those of a table, and those learned at run time. */
#ifndef METER_SET_H
#define METER_SET_H

#include "meter.h"

struct meter_set_entry;

/* A meter as every read looks it up. */
struct meter_set_row {
  const struct meter *meter;
  const char *instance; /* see meter_set_instance() */
  enum meter_sending sending;
};

struct meter_set {
  struct meter_set_row *rows; /* by index */
  size_t count;
  size_t room;
  struct meter_set_entry *by_key;
  struct name_set *instances;
};

/* Makes a set of the meters of a table, which must outlive it. Returns 0 or
 * -ENOMEM. */
int meter_set_new(struct meter_set **ret, const struct meter *meters,
                  size_t count);

/* Accepts NULL. */
void meter_set_free(struct meter_set *set);

/* Adds a deep copy of a meter. Returns its index, that of the meter with the
 * same key if there is one, or -ENOMEM. */
int meter_set_learn(struct meter_set *set, const struct meter *meter);

static inline size_t meter_set_count(const struct meter_set *set) {
  return set->count;
}

/* The meter at index, or NULL. */
static inline const struct meter *meter_set_get(const struct meter_set *set,
                                                unsigned index) {
  return index < set->count ? set->rows[index].meter : NULL;
}

/* The index of the meter with this key, or -ENOENT. */
int meter_set_find(const struct meter_set *set, const char *key);

/* When a meter's values are sent: METER_SENT_ALWAYS unless chosen otherwise. */
void meter_set_choose_sending(struct meter_set *set, unsigned index,
                              enum meter_sending sending);
static inline enum meter_sending meter_set_sending(const struct meter_set *set,
                                                   unsigned index) {
  return set->rows[index].sending;
}

/* The meter's name, safe and unique within its type: meters of different
 * objects can have the same name. */
static inline const char *meter_set_instance(const struct meter_set *set,
                                             unsigned index) {
  return set->rows[index].instance;
}

#endif
