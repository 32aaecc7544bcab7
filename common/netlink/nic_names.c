/* SPDX-License-Identifier: MIT */
#include "nic_names.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

/* A name in use, and how often the driver gave it. */
struct taken {
  UT_hash_handle hh;
  const char *name;
  unsigned times;
};

/* The part of vmxnet3's list that belongs to one queue: a heading that is not a
 * counter, followed by indented names. */
struct section {
  const char *heading;
  const char *prefix;
  unsigned count; /* headings so far */
};

enum { SECTIONS = 2 };

/* Copies a name without the blanks around it, made printable. Returns true if
 * it was indented. */
static bool tidy(const char *raw, char *ret) {
  size_t start = 0, length = strnlen(raw, NIC_NAME_RAW);
  while (start < length && raw[start] == ' ')
    start++;
  while (length > start && raw[length - 1] == ' ')
    length--;
  for (size_t i = start; i < length; i++) {
    bool printable = raw[i] >= ' ' && raw[i] <= '~';
    ret[i - start] = printable ? raw[i] : '?';
  }
  ret[length - start] = '\0';
  return start > 0;
}

static struct taken *find(struct taken *taken, const char *name) {
  struct taken *found;
  HASH_FIND_STR(taken, name, found);
  return found;
}

/* Makes a name unique and marks it as in use. */
static int take(struct taken **all, struct taken *entry, char *name) {
  struct taken *first = find(*all, name);
  char numbered[NIC_NAME_SIZE];
  while (first != NULL) {
    int length = snprintf(numbered, sizeof(numbered), "%.*s_%u",
                          NIC_NAME_SIZE - 12, name, ++first->times);
    if (find(*all, numbered) == NULL) {
      memcpy(name, numbered, (size_t)length + 1);
      break;
    }
  }
  entry->name = name;
  entry->times = 1;
  HASH_ADD_KEYPTR(hh, *all, entry->name, strlen(entry->name), entry);
  return HASH_ADDED(entry) ? 0 : -ENOMEM;
}

static void name_one(const char *raw, struct section *sections,
                     struct section **inside, struct nic_name *ret) {
  char tidied[NIC_NAME_RAW + 1];
  bool indented = tidy(raw, tidied);
  if (!indented)
    *inside = NULL;
  for (size_t i = 0; i < SECTIONS; i++) {
    if (!indented && strcmp(tidied, sections[i].heading) == 0) {
      *inside = &sections[i];
      sections[i].count++;
      ret->is_number = true;
    }
  }
  if (tidied[0] == '\0')
    snprintf(ret->name, sizeof(ret->name), "unnamed");
  else if (indented && *inside != NULL)
    snprintf(ret->name, sizeof(ret->name), "%s_%u_%s", (*inside)->prefix,
             (*inside)->count - 1, tidied);
  else
    snprintf(ret->name, sizeof(ret->name), "%s", tidied);
}

int nic_names_set(struct nic_names *ret, const char *raw, size_t count) {
  struct section sections[SECTIONS] = {
      {.heading = "Rx Queue#", .prefix = "rx_queue"},
      {.heading = "Tx Queue#", .prefix = "tx_queue"},
  };
  struct section *inside = NULL;
  struct taken *all = NULL;
  int r = 0;
  struct nic_name *items = calloc(count + 1, sizeof(*items));
  struct taken *taken = calloc(count + 1, sizeof(*taken));
  if (items == NULL || taken == NULL)
    r = -ENOMEM;
  for (size_t i = 0; r == 0 && i < count; i++) {
    name_one(raw + i * NIC_NAME_RAW, sections, &inside, &items[i]);
    r = take(&all, &taken[i], items[i].name);
    nic_queue_parse(items[i].name, &items[i].queue);
  }
  HASH_CLEAR(hh, all);
  free(taken);
  if (r < 0) {
    free(items);
    return r;
  }
  nic_names_free(ret);
  *ret = (struct nic_names){.items = items, .count = count};
  return 0;
}

void nic_names_free(struct nic_names *names) {
  free(names->items);
  *names = (struct nic_names){.items = NULL};
}
