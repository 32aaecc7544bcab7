/* SPDX-License-Identifier: MIT */
/* What the counters of a network adapter mean: one name for one cause, whatever
 * the driver calls it, and each packet in one place only. The facts are in
 * nic_table.tsv. */
#ifndef NIC_COUNTERS_H
#define NIC_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nic_cause.h"

struct nic_names;

/* "ring_full" and the like; the direction is not part of it. */
const char *nic_cause_name(enum nic_cause cause);

/* One number that tells about a cause. A number can be here twice: added to one
 * cause, and subtracted from another that contains it (counted and minus).
 * There can be thousands. */
struct nic_source {
  enum nic_place place : 8;
  enum nic_cause cause : 8;
  uint16_t index;
  uint8_t bits; /* 32 or 64: where it wraps */
  bool counted; /* in the cause's sum; else another source tells the same */
  bool minus;   /* to be subtracted in that sum */
};

struct nic_sources {
  struct nic_source *items;
  size_t count;
  bool is_known; /* the table knows the driver */
};

/* Finds what tells about the losses of an adapter. driver is what ethtool's
 * GDRVINFO says; names are those of its statistics; qstats has bit N set if
 * qstats-get tells attribute N. For a driver that is not in the table, the
 * standard members of rtnl_link_stats64 count for what if_link.h says they
 * are, and names that look like a loss are unclassified.
 * Returns 0 or -ENOMEM; sources is then unchanged. */
int nic_counters_find(const char *driver, const struct nic_names *names,
                      uint64_t qstats, struct nic_sources *ret);
void nic_sources_free(struct nic_sources *sources);

/* The name of a member of rtnl_link_stats64, "rx_missed_errors", or NULL. */
const char *nic_link_member(unsigned index);

#endif
