/* SPDX-License-Identifier: MIT */
#include "name_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "keyed_hash.h"

struct entry {
  UT_hash_handle hh;
  char *key;  /* scope, a blank, the safe name */
  char *name; /* the name that was made safe */
};

struct name_set {
  struct entry *entries;
  struct keyed_hash hash;
};

static void free_entry(struct entry *entry) {
  if (entry == NULL)
    return;
  free(entry->key);
  free(entry->name);
  free(entry);
}

static struct entry *make_entry(const char *scope, const char *safe_name,
                                const char *name) {
  struct entry *entry = calloc(1, sizeof(*entry));
  if (entry == NULL)
    return NULL;
  entry->name = strdup(name);
  if (asprintf(&entry->key, "%s %s", scope, safe_name) < 0)
    entry->key = NULL;
  if (entry->name != NULL && entry->key != NULL)
    return entry;
  free_entry(entry);
  return NULL;
}

static unsigned hash_of(const struct name_set *set, const char *key,
                        size_t length) {
  return (unsigned)keyed_hash_bytes(&set->hash, key, length);
}

static struct entry *find(const struct name_set *set, const char *key) {
  struct entry *found;
  size_t length = strlen(key);
  HASH_FIND_BYHASHVALUE(hh, set->entries, key, length,
                        hash_of(set, key, length), found);
  return found;
}

static int add_entry(struct name_set *set, struct entry *entry) {
  size_t length = strlen(entry->key);
  HASH_ADD_KEYPTR_BYHASHVALUE(hh, set->entries, entry->key, length,
                              hash_of(set, entry->key, length), entry);
  return HASH_ADDED(entry) ? 0 : -ENOMEM;
}

/* Adds a name as safe_name if no other name of the scope has that. Returns 0,
 * also if it was added before, -EEXIST or -ENOMEM. */
static int try_add(struct name_set *set, const char *scope,
                   const char *safe_name, const char *name) {
  struct entry *entry = make_entry(scope, safe_name, name);
  if (entry == NULL)
    return -ENOMEM;
  const struct entry *other = find(set, entry->key);
  int r;
  if (other == NULL) {
    r = add_entry(set, entry);
    if (r == 0)
      return 0;
  } else {
    r = strcmp(other->name, name) == 0 ? 0 : -EEXIST;
  }
  free_entry(entry);
  return r;
}

static struct name_set *make_set(void) {
  struct name_set *set = calloc(1, sizeof(*set));
  if (set != NULL)
    keyed_hash_init(&set->hash);
  return set;
}

int name_set_add(struct name_set **set, const char *scope, const char *name,
                 char ret[static METRIC_NAME_SIZE]) {
  char safe_name[METRIC_NAME_SIZE];
  if (*set == NULL)
    *set = make_set();
  if (*set == NULL)
    return -ENOMEM;
  metric_name(safe_name, name);
  int r = try_add(*set, scope, safe_name, name);
  for (unsigned number = 1; r == -EEXIST; number++) {
    metric_name_hashed(safe_name, name, number);
    r = try_add(*set, scope, safe_name, name);
  }
  if (r == 0)
    strcpy(ret, safe_name);
  return r;
}

void name_set_remove(struct name_set **set, const char *scope,
                     const char *safe_name) {
  if (*set == NULL)
    return;
  struct entry *wanted = make_entry(scope, safe_name, "");
  if (wanted == NULL)
    return;
  struct entry *found = find(*set, wanted->key);
  free_entry(wanted);
  if (found != NULL) {
    HASH_DEL((*set)->entries, found);
    free_entry(found);
  }
}

void name_set_free(struct name_set **set) {
  struct entry *entry, *next;
  if (*set == NULL)
    return;
  HASH_ITER(hh, (*set)->entries, entry, next) {
    HASH_DEL((*set)->entries, entry);
    free_entry(entry);
  }
  free(*set);
  *set = NULL;
}
