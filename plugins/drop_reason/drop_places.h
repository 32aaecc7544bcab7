/* SPDX-License-Identifier: MIT */
/* The kernel's functions in which packets are dropped, by name, and which are
 * the busiest. */
#ifndef DROP_PLACES_H
#define DROP_PLACES_H

#include "drop_counts.h"
#include "kallsyms.h"
#include "modules.h"

struct sysroot;

/* A function, all its places together. */
struct drop_place {
  UT_hash_handle hh; /* by name */
  char name[KALLSYMS_NAME_SIZE];
  uint64_t count;
  uint64_t gained; /* in the last read */
  double weight;   /* what it gained lately: older reads count less and less */
  bool is_new;     /* there since the last read */
};

/* All zero is empty. */
struct drop_places {
  struct drop_place *places;
  struct drop_location *locations;
  struct drop_place **busiest; /* the busiest ones first */
  size_t count, room;
  struct modules modules;
};

/* Takes what counts holds after a read. Places that are new are looked up in
 * /proc/kallsyms, all in one pass; ones that are not to be found there are
 * together in one with the name "unknown", and packets whose place was not kept
 * in "other". Returns 0, -ENOMEM, or kallsyms_find()'s -errno: all new ones are
 * then unknown. */
int drop_places_take(struct drop_places *places, const struct sysroot *root,
                     const struct drop_counts *counts);

/* The name of the function that an address is in. Looks for it if need be;
 * "unknown" where there is none. It lives as long as places. */
const char *drop_places_name(struct drop_places *places,
                             const struct sysroot *root, uint64_t location);

void drop_places_free(struct drop_places *places);

#endif
