/* SPDX-License-Identifier: MIT */
/* An adapter's own statistics, by ethtool's ioctl: the only way to them. No
 * capability is needed. Source: net/ethtool/ioctl.c. */
#ifndef ETHTOOL_STATS_H
#define ETHTOOL_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "nic_names.h"

struct ethtool_statistics {
  char driver[32]; /* as GDRVINFO says; "": it does not */
  size_t count;
  void *names; /* the kernel's answers, as they were asked for; there is room */
  void *values; /* for more than count */
  size_t room;
};

/* Opens what the ioctls go through, in the calling thread's network namespace.
 * Returns a descriptor or -errno. */
int ethtool_open(void);

/* Asks for one thing by a struct of linux/ethtool.h, which begins with its
 * command. Returns 0 or -errno: -EOPNOTSUPP where the driver does not do that,
 * -ENODEV when there is no such interface any more. */
int ethtool_ask(int fd, const char *interface, void *request);

/* Reads driver and names, of which there are none if the driver has no
 * statistics. Returns 0 or -errno; nothing is known then. */
int ethtool_stats_read_names(struct ethtool_statistics *stats, int fd,
                             const char *interface);

/* The names: count times NIC_NAME_RAW bytes, perhaps without terminators. */
const char *ethtool_stats_names(const struct ethtool_statistics *stats);

/* Reads as many values as there are names, into *ret, which holds until the
 * next call. Returns 0; -EAGAIN when there are more or fewer of them now, or
 * none for the moment: the names have to be read again; or another -errno. */
int ethtool_stats_read(struct ethtool_statistics *stats, int fd,
                       const char *interface, const uint64_t **ret);

void ethtool_stats_free(struct ethtool_statistics *stats);

#endif
