/* SPDX-License-Identifier: MIT */
#include "interface_table.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct interface_table *table,
                   struct interface_entry *entry) {
  HASH_DEL(table->entries, entry);
  if (table->clear != NULL)
    table->clear(entry);
  free(entry);
}

static struct interface_entry *make(struct interface_table *table,
                                    const struct interface_choice *choice,
                                    const struct sysroot *root,
                                    const struct link_stats_one *link) {
  struct interface_entry *entry = calloc(1, table->entry_size);
  if (entry == NULL)
    return NULL;
  entry->index = link->index;
  memcpy(entry->name, link->name, sizeof(entry->name));
  entry->link = link;
  entry->is_wanted = interface_choice_selects(choice, root, link);
  entry->is_software = !interface_choice_has_device(root, link);
  HASH_ADD(hh, table->entries, index, sizeof(entry->index), entry);
  if (!HASH_ADDED(entry)) {
    free(entry);
    return NULL;
  }
  if (table->init != NULL)
    table->init(entry);
  return entry;
}

static bool forget_missing(struct interface_table *table) {
  bool has_forgotten = false;
  struct interface_entry *entry, *next;
  HASH_ITER(hh, table->entries, entry, next) {
    if (entry->seen == table->read)
      continue;
    has_forgotten = has_forgotten || entry->is_wanted;
    forget(table, entry);
  }
  return has_forgotten;
}

/* The kernel lists interfaces in one order, mostly: tries the entry that
 * follows the last one. */
static struct interface_entry *find_next(const struct interface_table *table,
                                         struct interface_entry *next,
                                         uint32_t index) {
  return next != NULL && next->index == index
             ? next
             : interface_table_find(table, index);
}

bool interface_table_update(struct interface_table *table,
                            const struct interface_choice *choice,
                            const struct sysroot *root,
                            const struct link_stats *links, bool is_complete) {
  bool has_changed = false;
  struct interface_entry *next = table->entries;
  table->read++;
  for (size_t i = 0; i < links->count; i++) {
    const struct link_stats_one *link = &links->items[i];
    struct interface_entry *entry = find_next(table, next, link->index);
    next = NULL;
    if (entry != NULL && strcmp(entry->name, link->name) != 0) {
      has_changed = has_changed || entry->is_wanted;
      forget(table, entry);
      entry = NULL;
    }
    if (entry == NULL) {
      entry = make(table, choice, root, link);
      if (entry == NULL)
        continue;
      has_changed = has_changed || entry->is_wanted;
    }
    entry->link = link;
    entry->seen = table->read;
    next = entry->hh.next;
  }
  if (is_complete && forget_missing(table))
    has_changed = true;
  return has_changed;
}

struct interface_entry *
interface_table_find(const struct interface_table *table, uint32_t index) {
  struct interface_entry *entry;
  HASH_FIND(hh, table->entries, &index, sizeof(index), entry);
  return entry;
}

void interface_table_free(struct interface_table *table) {
  struct interface_entry *entry, *next;
  HASH_ITER(hh, table->entries, entry, next) forget(table, entry);
}
