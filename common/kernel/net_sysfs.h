/* SPDX-License-Identifier: MIT */
/* What sysfs alone tells of an interface. It shows the network namespace in
 * which it was mounted: an interface of the same name in another one is told
 * apart by its index. Source: net/core/net-sysfs.c. */
#ifndef NET_SYSFS_H
#define NET_SYSFS_H

#include <stdbool.h>
#include <stdint.h>

struct sysroot;

/* The transmit queues of an interface, added up. */
struct net_sysfs_queues {
  unsigned count;
  bool has_timeouts; /* Linux 3.3 */
  uint64_t timeouts; /* resets by the watchdog */
  bool has_limits; /* byte queue limits: Linux 3.3, where the driver does so */
  uint64_t limit;  /* bytes that may be on their way to the adapter */
  uint64_t inflight; /* bytes that are, now */
  bool has_stalls;   /* Linux 6.9 */
  uint64_t stalls;
};

/* True if this sysfs shows the interface. */
bool net_sysfs_shows(const struct sysroot *root, const char *interface,
                     uint32_t index);

/* True if the interface has a device, that is, is not made by software. */
bool net_sysfs_has_device(const struct sysroot *root, const char *interface,
                          uint32_t index);

/* Reads the queues. Returns 0, or -errno: -ENOENT where this sysfs does not
 * show the interface; ret is then unchanged. */
int net_sysfs_read_queues(const struct sysroot *root, const char *interface,
                          uint32_t index, struct net_sysfs_queues *ret);

#endif
