/* SPDX-License-Identifier: MIT */
/* A search for the sources of an adapter, in progress. */
#ifndef NIC_FINDER_H
#define NIC_FINDER_H

#include "nic_sources.h"

struct nic_finder {
  const struct nic_names *names;
  uint64_t qstats;
  uint32_t *hashes;  /* of the names: nic_match_hash() */
  bool *has_row;     /* of the names: a row matches */
  bool *has_counter; /* of the table's rows: the adapter has such a counter */

  struct nic_source *items;
  const struct nic_row **rows; /* of the items; NULL: guessed */
  size_t count, room, row_room;

  uint32_t *conditions;
  size_t condition_count, condition_room;
  uint8_t groups[NIC_CHOICES];
  unsigned choice_count;
};

/* Adds a source and its row, which can be NULL. Returns 0 or -ENOMEM. */
int nic_finder_add(struct nic_finder *finder, const struct nic_source *source,
                   const struct nic_row *row);

/* Whether a name is a counter, not a queue's number, and in reach of a source's
 * index. */
bool nic_finder_can_use(const struct nic_finder *finder, size_t name);

/* The index of a counter's name, or NIC_NONE. */
uint32_t nic_finder_name(const struct nic_finder *finder, const char *name);

#endif
