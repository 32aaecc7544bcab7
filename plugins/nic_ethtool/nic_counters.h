/* SPDX-License-Identifier: MIT */
/* What the counters of a network adapter mean: one name for one cause, whatever
 * the driver calls it, and each packet in one place. The facts are in
 * nic_table.tsv. */
#ifndef NIC_COUNTERS_H
#define NIC_COUNTERS_H

#include <stdint.h>

#include "nic_sources.h"

struct nic_names;

/* Finds the sources of an adapter. driver is what ethtool's GDRVINFO returns;
 * names are those of its statistics; qstats has bit N set if qstats-get reports
 * attribute N. For a driver without rows, the standard members of
 * rtnl_link_stats64 count as if_link.h documents them, and names that look like
 * a loss count as unclassified. Frees what ret held. Returns 0, or -ENOMEM; ret
 * is then unchanged. */
int nic_counters_find(const char *driver, const struct nic_names *names,
                      uint64_t qstats, struct nic_sources *ret);

#endif
