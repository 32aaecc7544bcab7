/* SPDX-License-Identifier: MIT */
/* The kernel's own statistics of an adapter's queues (Linux 6.9), in the few
 * drivers that have them: uniform names instead of each driver's. By the
 * generic netlink family "netdev"; source: net/core/netdev-genl.c and
 * Documentation/netlink/specs/netdev.yaml. No capability is needed. */
#ifndef NETDEV_QSTATS_H
#define NETDEV_QSTATS_H

#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

/* The numbers of the attributes that are used here (linux/netdev.h, which
 * Debian 12 does not have yet). */
enum netdev_qstats_attribute {
  NETDEV_QSTATS_IFINDEX = 1,
  NETDEV_QSTATS_RX_PACKETS = 8,
  NETDEV_QSTATS_TX_PACKETS = 10,
};

/* Attributes from here on are not known to this. */
#define NETDEV_QSTATS_ATTRIBUTES 48

/* One device, all of its queues together: what these numbers were at its start
 * and whatever queues it had since. */
struct netdev_qstats_one {
  uint32_t index; /* of the interface */
  uint64_t told;  /* bit N: attribute N is told */
  uint64_t values[NETDEV_QSTATS_ATTRIBUTES];
};

struct netdev_qstats {
  struct netdev_qstats_one *items;
  size_t count;
  size_t room;
};

/* Reads all devices that have such statistics, reusing the memory. Returns 0;
 * -EOPNOTSUPP where the kernel does not know the command; or another -errno. */
int netdev_qstats_read(struct netlink *netlink, uint16_t family,
                       struct netdev_qstats *stats);
void netdev_qstats_free(struct netdev_qstats *stats);

/* Takes one message of that answer. Returns 0, -ENOMEM, or -EBADMSG. */
int netdev_qstats_take(const struct nlmsghdr *message, void *stats);

/* The device's, or NULL. */
const struct netdev_qstats_one *
netdev_qstats_find(const struct netdev_qstats *stats, uint32_t index);

#endif
