/* SPDX-License-Identifier: MIT */
/* The kernel functions that drop packets, by name, the busiest ones first. */
#ifndef DROP_PLACES_H
#define DROP_PLACES_H

#include "drop_counts.h"
#include "kallsyms.h"
#include "modules.h"

struct sysroot;

/* A function with all its places. */
struct drop_place {
  UT_hash_handle hh; /* by name */
  char name[KALLSYMS_NAME_SIZE];
  uint64_t count;
  uint64_t gained; /* in the last read */
  double weight;   /* sum of its gains; older ones fade */
};

/* All zero is empty. */
struct drop_places {
  struct drop_place *places;
  struct drop_location *locations;
  struct drop_place **busiest; /* the busiest ones first */
  size_t count, room;
  struct modules modules;
};

/* Updates the places from counts, after a read. Looks up new places in
 * /proc/kallsyms, all in one pass. Places not found there are summed as
 * "unknown", packets without a place as "other". Returns 0, -ENOMEM, or the
 * -errno of kallsyms_find(): all new places are then unknown. */
int drop_places_update(struct drop_places *places, const struct sysroot *root,
                       const struct drop_counts *counts);

/* Looks up the places of rows that are new, all in one pass, for
 * drop_places_find(). Returns as drop_places_update(). */
int drop_places_learn(struct drop_places *places, const struct sysroot *root,
                      const struct drop_row *rows, size_t count);

/* The name of the function that contains an address which was looked up, or
 * NULL. */
const char *drop_places_find(const struct drop_places *places,
                             uint64_t location);

/* The name of the function that contains an address, looked up if it is new;
 * "unknown" if there is none. Lives as long as places. */
const char *drop_places_name(struct drop_places *places,
                             const struct sysroot *root, uint64_t location);

void drop_places_free(struct drop_places *places);

#endif
