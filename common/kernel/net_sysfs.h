/* SPDX-License-Identifier: MIT */
/* Facts about an interface that only sysfs exposes. A sysfs shows the network
 * namespace in which it was mounted; the index tells an interface from one of
 * the same name in another namespace. Source: net/core/net-sysfs.c. */
#ifndef NET_SYSFS_H
#define NET_SYSFS_H

#include <stdbool.h>
#include <stdint.h>

struct sysroot;

/* Sums over the transmit queues of an interface. */
struct net_sysfs_queues {
  unsigned count;
  bool has_timeouts; /* Linux 3.3 */
  uint64_t timeouts; /* resets by the watchdog */
  bool has_limits;   /* byte queue limits: Linux 3.3, if the driver uses them */
  uint64_t limit;    /* bytes that may be queued in the adapter */
  uint64_t inflight; /* bytes queued there now */
  bool has_stalls;   /* Linux 6.9 */
  uint64_t stalls;
};

/* Returns true if this sysfs shows the interface. */
bool net_sysfs_shows(const struct sysroot *root, const char *interface,
                     uint32_t index);

/* Returns true if the interface has a device, unlike one made by software. */
bool net_sysfs_has_device(const struct sysroot *root, const char *interface,
                          uint32_t index);

/* Reads the queues. Returns 0, or -errno: -ENOENT if this sysfs does not show
 * the interface; ret is then unchanged. */
int net_sysfs_read_queues(const struct sysroot *root, const char *interface,
                          uint32_t index, struct net_sysfs_queues *ret);

#endif
