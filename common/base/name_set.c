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
  char *name; /* what that was made from */
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

/* Puts the number behind what fits of the name. */
static void add_number(char ret[static METRIC_NAME_SIZE], const char *name,
                       unsigned number) {
  char suffix[16];
  int length = snprintf(suffix, sizeof(suffix), "_%u", number);
  snprintf(ret, METRIC_NAME_SIZE, "%.*s%s", METRIC_NAME_SIZE - 1 - length, name,
           suffix);
}

int name_set_add(struct name_set **set, const char *scope, const char *name,
                 char ret[static METRIC_NAME_SIZE]) {
  char first[METRIC_NAME_SIZE];
  char candidate[METRIC_NAME_SIZE];
  metric_name(first, name);
  strcpy(candidate, first);
  for (unsigned number = 2;; number++) {
    struct name_set *entry = make_entry(scope, candidate, name);
    if (entry == NULL)
      return -ENOMEM;
    struct name_set *taken = find(*set, entry->key);
    if (taken == NULL) {
      HASH_ADD_KEYPTR(hh, *set, entry->key, strlen(entry->key), entry);
      if (!HASH_ADDED(entry)) {
        free_entry(entry);
        return -ENOMEM;
      }
    } else {
      free_entry(entry);
    }
    if (taken == NULL || strcmp(taken->name, name) == 0) {
      strcpy(ret, candidate);
      return 0;
    }
    add_number(candidate, first, number);
  }
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
