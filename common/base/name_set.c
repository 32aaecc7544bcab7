/* SPDX-License-Identifier: MIT */
#include "name_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

struct name_set {
  UT_hash_handle hh;
  char *key;  /* scope, a blank, the safe name */
  char *name; /* the name that was made safe */
};

static void free_entry(struct name_set *entry) {
  if (entry == NULL)
    return;
  free(entry->key);
  free(entry->name);
  free(entry);
}

static struct name_set *make_entry(const char *scope, const char *safe_name,
                                   const char *name) {
  struct name_set *entry = calloc(1, sizeof(*entry));
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

static struct name_set *find(struct name_set *set, const char *key) {
  struct name_set *found;
  HASH_FIND_STR(set, key, found);
  return found;
}

/* Adds a name as safe_name if no other name of the scope has that. Returns 0,
 * also if it was added before, -EEXIST or -ENOMEM. */
static int try_add(struct name_set **set, const char *scope,
                   const char *safe_name, const char *name) {
  struct name_set *entry = make_entry(scope, safe_name, name);
  if (entry == NULL)
    return -ENOMEM;
  struct name_set *other = find(*set, entry->key);
  int r = other == NULL || strcmp(other->name, name) == 0 ? 0 : -EEXIST;
  if (other == NULL) {
    HASH_ADD_KEYPTR(hh, *set, entry->key, strlen(entry->key), entry);
    if (HASH_ADDED(entry))
      return 0;
    r = -ENOMEM;
  }
  free_entry(entry);
  return r;
}

int name_set_add(struct name_set **set, const char *scope, const char *name,
                 char ret[static METRIC_NAME_SIZE]) {
  char safe_name[METRIC_NAME_SIZE];
  metric_name(safe_name, name);
  int r = try_add(set, scope, safe_name, name);
  for (unsigned number = 1; r == -EEXIST; number++) {
    metric_name_hashed(safe_name, name, number);
    r = try_add(set, scope, safe_name, name);
  }
  if (r == 0)
    strcpy(ret, safe_name);
  return r;
}

void name_set_remove(struct name_set **set, const char *scope,
                     const char *safe_name) {
  struct name_set *wanted = make_entry(scope, safe_name, "");
  if (wanted == NULL)
    return;
  struct name_set *found = find(*set, wanted->key);
  free_entry(wanted);
  if (found != NULL) {
    HASH_DEL(*set, found);
    free_entry(found);
  }
}

void name_set_free(struct name_set **set) {
  struct name_set *entry, *next;
  HASH_ITER(hh, *set, entry, next) {
    HASH_DEL(*set, entry);
    free_entry(entry);
  }
}
