/* SPDX-License-Identifier: MIT */
/* A driver's list of statistics, and what they mean. Built completely before it
 * replaces the old one. */
#ifndef NIC_LAYOUT_H
#define NIC_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ethtool_stats.h"
#include "nic_names.h"
#include "nic_tally.h"

/* One of the driver's own counters, sent under its own name. */
struct nic_raw {
  unsigned index; /* of the counter */
  unsigned meter;
};

/* All zero is empty. */
struct nic_layout {
  struct ethtool_statistics statistics;
  struct nic_names names;
  struct nic_sources sources;
  struct nic_tally tally;
  struct nic_raw *raw; /* with room for all names */
  size_t raw_count;
};

/* Builds the layout of statistics, whose names have been read, and takes them
 * over. qstats has bit N set if qstats-get reports attribute N. What an unknown
 * driver of a software interface counts in the standard statistics is not
 * counted: nothing says what it is. Returns 0 or -ENOMEM; statistics are then
 * still the caller's. */
int nic_layout_new(struct nic_layout *ret,
                   struct ethtool_statistics *statistics, uint64_t qstats,
                   bool is_software);
void nic_layout_free(struct nic_layout *layout);

/* Whether a driver's name and statistics are those of the layout. */
bool nic_layout_fits(const struct nic_layout *layout,
                     const struct ethtool_statistics *statistics);

/* The name of a source, as the driver or the kernel calls it. */
const char *nic_layout_name(const struct nic_layout *layout,
                            const struct nic_source *source);

#endif
