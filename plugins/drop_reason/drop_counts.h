/* SPDX-License-Identifier: MIT */
/* The counts of drop_trace.h, summed by reason and by class, and the gains of
 * the last read. */
#ifndef DROP_COUNTS_H
#define DROP_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "drop_facts.h"
#include "drop_maps.h"
#include "drop_names.h"
#include "hash.h"

struct drop_reason {
  UT_hash_handle hh; /* by name */
  char name[DROP_NAME_SIZE];
  enum drop_class class;
  int meter;       /* its index in drop_meters; -1: not in the table */
  unsigned number; /* from 0, in the order in which they appeared */
  uint64_t count;
  uint64_t gained; /* in the last read */
};

/* An alert about what no other layer explains comes up to so many reads after
 * the packets. */
#define DROP_EARLIER 2

/* One combination of place, reason, protocol, namespace and interface. */
struct drop_entry {
  UT_hash_handle hh; /* by key */
  struct drop_key key;
  struct drop_reason *reason;
  uint64_t count;
  uint64_t gained;
  uint64_t earlier[DROP_EARLIER]; /* gained in the reads before, newest first */
  double active; /* the read that last gained, in monotonic seconds */
};

/* All zero is empty. */
struct drop_counts {
  /* Derives the reason of a key whose reason the kernel does not give: its
   * name, or NULL. May be NULL. */
  const char *(*derive)(void *data, const struct drop_key *key);
  void *derive_data;

  struct drop_reason *reasons; /* in the order in which they appeared */
  struct drop_entry *entries;
  uint64_t classes[DROP_CLASSES];
};

/* Adds all reasons that the kernel names, with a count of 0. Returns 0 or
 * -ENOMEM. */
int drop_counts_add_known(struct drop_counts *counts,
                          const struct drop_names *names);

/* Updates the counts from the rows of a read at now, in monotonic seconds.
 * Returns 0 or -ENOMEM; rows for
 * which there was no memory are counted in a later read. Allocates nothing for
 * known rows. */
int drop_counts_update(struct drop_counts *counts,
                       const struct drop_names *names,
                       const struct drop_row *rows, size_t count, double now);

/* Forgets a key whose row was removed after it had come to count packets. Those
 * that it gained since the last update are still counted. The sums stay; a row
 * with this key begins with 0 again. */
void drop_counts_forget(struct drop_counts *counts, struct drop_entry *entry,
                        uint64_t count);

/* What entries are compared by. */
enum drop_aspect {
  DROP_BY_PLACE, /* and protocol; entries without a place do not take part */
  DROP_BY_NETNS,
  DROP_BY_DEVICE, /* and namespace */
};

/* An entry of the place, the namespace or the interface that had most of a
 * reason's packets in the last read, or in the newest of the DROP_EARLIER reads
 * before it that had any; NULL if none had, or no memory. */
const struct drop_entry *drop_counts_busiest(const struct drop_counts *counts,
                                             const struct drop_reason *reason,
                                             enum drop_aspect aspect);

/* Whether an earlier read had this key. */
bool drop_counts_has(const struct drop_counts *counts,
                     const struct drop_key *key);

/* The reason with this name, or NULL. */
struct drop_reason *drop_counts_find(const struct drop_counts *counts,
                                     const char *name);

void drop_counts_free(struct drop_counts *counts);

#endif
