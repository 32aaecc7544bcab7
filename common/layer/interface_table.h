/* SPDX-License-Identifier: MIT */
/* What a layer knows of each network interface, from read to read. The layer's
 * own struct begins with a struct interface_entry. */
#ifndef INTERFACE_TABLE_H
#define INTERFACE_TABLE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash.h"
#include "interface_choice.h"

struct interface_entry {
  UT_hash_handle hh; /* by index */
  uint32_t index;
  char name[IFNAMSIZ];
  const struct link_stats_one *link; /* of the last list with the interface,
                                        valid until the next */
  uint64_t seen;                     /* the number of the read with that list */
  bool is_wanted;                    /* the user's choice selects it */
  bool is_software;                  /* it has no device: software made it */
};

/* All zero, except for the first three members, is the empty table. */
struct interface_table {
  size_t entry_size; /* of the layer's own struct, which begins as all zero */
  void (*init)(struct interface_entry *entry);  /* a new entry; or NULL */
  void (*clear)(struct interface_entry *entry); /* frees what an entry owns; or
                                                   NULL */
  struct interface_entry *entries;
  uint64_t read; /* the number of the last read, from 1 */
};

/* Takes the list of a read: finds or makes an entry for each interface. One
 * that was renamed is another interface. If the list is complete, forgets those
 * that are not in it. Interfaces for which there is no memory are left out
 * until the next read. Returns whether a wanted interface is new or forgotten.
 */
bool interface_table_update(struct interface_table *table,
                            const struct interface_choice *choice,
                            const struct sysroot *root,
                            const struct link_stats *links, bool is_complete);

/* The entry of an interface, or NULL. */
struct interface_entry *
interface_table_find(const struct interface_table *table, uint32_t index);

/* Whether the interface is wanted and in the list of the last read. */
static inline bool
interface_table_is_current(const struct interface_table *table,
                           const struct interface_entry *entry) {
  return entry->is_wanted && entry->seen == table->read;
}

/* Forgets all interfaces. */
void interface_table_free(struct interface_table *table);

#endif
