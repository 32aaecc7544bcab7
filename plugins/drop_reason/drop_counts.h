/* SPDX-License-Identifier: MIT */
/* What drop_trace.h counted, added up by reason and by class of reasons, and
 * what of it came with the last read. */
#ifndef DROP_COUNTS_H
#define DROP_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "drop_facts.h"
#include "drop_trace.h"
#include "hash.h"

struct drop_reason {
  UT_hash_handle hh; /* by name */
  char name[DROP_NAME_SIZE];
  enum drop_class class;
  int meter; /* its index in drop_meters, or -1: the table does not know it */
  uint64_t count;
  uint64_t gained; /* of these, in the last read */
  bool is_new;     /* the kernel did not name it, and it came with that read */
};

/* One combination of place, reason and protocol. */
struct drop_entry {
  UT_hash_handle hh; /* by key */
  struct drop_key key;
  struct drop_reason *reason;
  uint64_t count;
  uint64_t gained;
};

/* All zero is empty. */
struct drop_counts {
  struct drop_reason *reasons; /* in the order of their appearance */
  struct drop_entry *entries;
  uint64_t classes[DROP_CLASSES];
};

/* Knows all reasons that the kernel names, though they did not happen yet.
 * Returns 0 or -ENOMEM. */
int drop_counts_expect(struct drop_counts *counts,
                       const struct drop_names *names);

/* Takes what was read. Returns 0 or -ENOMEM; what was not taken then is taken
 * with the next read. Allocates nothing for what was there before. */
int drop_counts_take(struct drop_counts *counts, const struct drop_names *names,
                     const struct drop_row *rows, size_t count);

/* Where most of a reason's packets of the last read were dropped, or NULL where
 * it had none or its places are not known. */
const struct drop_entry *drop_counts_busiest(const struct drop_counts *counts,
                                             const struct drop_reason *reason);

/* The reason with this name, or NULL. */
struct drop_reason *drop_counts_find(const struct drop_counts *counts,
                                     const char *name);

void drop_counts_free(struct drop_counts *counts);

#endif
