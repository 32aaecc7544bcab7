/* SPDX-License-Identifier: MIT */
/* The BPF maps in which the program of drop_program.h counts: one of places,
 * and one of reasons for the packets that the first has no room for. */
#ifndef DROP_MAPS_H
#define DROP_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drop_program.h"

/* Keys that are read at once. */
#define DROP_MAPS_BATCH 64

/* A counter. */
struct drop_row {
  struct drop_key key; /* location 0: unknown, from the map of reasons */
  uint64_t count;      /* packets since the start; never goes back */
};

struct drop_maps {
  int places, spill; /* descriptors; -1: closed */
  uint32_t reasons;  /* that the map of reasons counts separately */
  bool is_full;      /* the map of places was found full, as of the last read */

  struct drop_row *rows; /* as of the last read */
  size_t row_count, row_room;

  /* Private to drop_maps.c. */
  size_t cpus; /* numbers in each value */
  bool reads_one_by_one;
  struct drop_key *keys; /* a batch */
  uint64_t *values;
  uint64_t *spilled; /* by reason; the last one counts all others */
  uint64_t spilled_total;
};

#define DROP_MAPS                                                              \
  (struct drop_maps) { .places = -1, .spill = -1 }

/* Creates the maps: places is how many combinations of place, reason,
 * protocol and owner are counted separately. Returns 0, or -errno with
 * *ret_failure, a static string, naming what failed. */
int drop_maps_open(struct drop_maps *maps, unsigned places, uint32_t reasons,
                   const char **ret_failure);

/* Reads all counters into rows. unnamed is the reason of those that the map of
 * reasons counts together. Returns 0 or -errno. Allocates nothing unless there
 * are more rows than ever before. */
int drop_maps_read(struct drop_maps *maps, uint32_t unnamed);

/* Removes a key from the map of places, which makes room for another one.
 * Returns 0 and the packets that it had come to, or -errno; -ENOENT if it is
 * not there. */
int drop_maps_forget(struct drop_maps *maps, const struct drop_key *key,
                     uint64_t *ret);

/* Lets all CPUs try again to add keys to the map of places. Returns 0 or
 * -errno.
 */
int drop_maps_reopen(struct drop_maps *maps);

/* Closes the maps and frees the memory. */
void drop_maps_close(struct drop_maps *maps);

#endif
