/* SPDX-License-Identifier: MIT */
/* The growth of an adapter's counters, read by read, and what it adds to each
 * cause. */
#ifndef NIC_TALLY_H
#define NIC_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nic_sources.h"
#include "nic_sum.h"

/* The numbers of one place. values is NULL where nothing was read. */
struct nic_numbers {
  const uint64_t *values;
  size_t count;
};

/* One read of an adapter. */
struct nic_reading {
  struct nic_numbers places[NIC_PLACES];
  double now;             /* seconds of a clock that never goes back */
  uint64_t backlog_drops; /* packets that the stack dropped since the last read
                             and that no interface has taken off yet */
};

/* Sources that follow each other and have their numbers in one place. */
struct nic_run {
  enum nic_place place;
  uint32_t end; /* the first source of the next run */
};

/* All zero is empty. */
struct nic_tally {
  struct nic_sum sums[NIC_CAUSE_COUNT];
  uint32_t causes;     /* bit N: some counter counts for cause N... */
  uint32_t own_causes; /* ...and no other interface counts it */
  uint32_t present;    /* those that the last read had all counters of */

  /* By index of the source. */
  uint16_t *indexes; /* in its place: what each read needs of it */
  uint64_t *last;    /* as last read */
  uint64_t *gains;   /* growth at the last read */
  uint64_t *shares;  /* what of that counts for the source's cause */
  uint32_t *twins;   /* of a guessed counter: the source that has shown the same
                        value, or NIC_NONE */
  bool has_gains;    /* some gain is not 0 */
  struct nic_run *runs;
  size_t run_count;

  uint8_t excluded; /* NIC_OF_...: another interface counts such counters */
  uint8_t needs[NIC_CAUSE_COUNT]; /* places that a cause depends on, as bits */
  size_t rooms[NIC_PLACES];       /* numbers of a place that sources need */
  double read_at[NIC_PLACES];
};

/* Returns 0 or -ENOMEM. */
int nic_tally_new(struct nic_tally *ret, const struct nic_sources *sources);
void nic_tally_free(struct nic_tally *tally);

/* Sets which shared counters another interface counts. */
void nic_tally_exclude(struct nic_tally *tally,
                       const struct nic_sources *sources, uint8_t facts);

/* Takes a read. What counters have come to when they are first seen counts as
 * growth, so that a sum begins at the kernel's own number. A cause waits for
 * the next read if not all the places it depends on were read. */
void nic_tally_take(struct nic_tally *tally, const struct nic_sources *sources,
                    struct nic_reading *reading);

/* Whether a source counts events at present: an event can be many packets. */
bool nic_tally_is_events(const struct nic_source *source,
                         const struct nic_reading *reading);

#endif
