/* SPDX-License-Identifier: MIT */
/* The numbers that say something about an adapter's losses. */
#ifndef NIC_SOURCES_H
#define NIC_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nic_row.h"

/* No counter, no source. */
#define NIC_NONE UINT32_MAX

/* A number that says something about a cause. A number can be here several
 * times: added to one cause, and subtracted from another that contains it. */
struct nic_source {
  enum nic_place place : 8;
  enum nic_cause cause : 8;
  enum nic_rule rule : 8;
  uint8_t bits;    /* width at which it wraps: 16, 32 or 64 */
  uint8_t facts;   /* NIC_OF_... */
  uint8_t choice;  /* of a NIC_MOST rule: the row, in choices */
  bool is_counted; /* by its rule; else other sources count these packets */
  bool is_guessed; /* from its name; no row of the table has it */
  uint16_t index;  /* of the number in its place */
  uint32_t events_like; /* NIC_OF_EVENTS holds while the adapter's own counter
                           of this index is equal; NIC_NONE: always */
  uint32_t moved_from;  /* of a NIC_UNLESS rule: the source that counts the same
                           number otherwise, or NIC_NONE */
  uint32_t condition;   /* of a NIC_UNLESS rule: first index in conditions */
  uint32_t condition_count;
};

/* Rows that NIC_MOST chooses from, for one adapter. */
#define NIC_CHOICES 16

/* All zero is empty. */
struct nic_sources {
  struct nic_source *items;
  size_t count;                /* there can be thousands */
  uint32_t *conditions;        /* sources that NIC_UNLESS rules look at */
  uint8_t groups[NIC_CHOICES]; /* of each choice: the first of its group */
  unsigned choice_count;
  bool is_known; /* the table has rows for the driver */
};

void nic_sources_free(struct nic_sources *sources);

/* The name of a member of rtnl_link_stats64, "rx_missed_errors", or NULL. */
const char *nic_sources_link_member(unsigned index);

#endif
