/* SPDX-License-Identifier: MIT */
/* An adapter's own statistics, which only ethtool's ioctl exposes. Needs no
 * capability. Source: net/ethtool/ioctl.c. */
#ifndef ETHTOOL_STATS_H
#define ETHTOOL_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "nic_names.h"

/* All zero is empty. */
struct ethtool_statistics {
  char driver[32]; /* from GDRVINFO; "": not reported */
  size_t count;
  void *names;  /* the kernel's answers, in buffers with room */
  void *values; /* for more than count */
  size_t room;
};

/* Reads the driver's name and the names of its statistics; count is 0 if it has
 * none. fd is from ethtool_ioctl_open(). Returns 0 or -errno; count is then 0.
 */
int ethtool_stats_read_names(struct ethtool_statistics *stats, int fd,
                             const char *interface);

/* Returns the names: count times NIC_NAME_RAW bytes, not all terminated. NULL
 * before the first successful read. */
const char *ethtool_stats_names(const struct ethtool_statistics *stats);

/* Reads one value per name into *ret, valid until the next call. Returns 0;
 * -EAGAIN if the number of statistics has changed, so that the names must be
 * read again; -EOPNOTSUPP if there are none; or another -errno. */
int ethtool_stats_read(struct ethtool_statistics *stats, int fd,
                       const char *interface, const uint64_t **ret);

void ethtool_stats_free(struct ethtool_statistics *stats);

#endif
