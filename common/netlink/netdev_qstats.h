/* SPDX-License-Identifier: MIT */
/* Statistics of an adapter's queues under uniform names, by the generic netlink
 * family "netdev" (Linux 6.9). Few drivers have them. Needs no capability.
 * Source: net/core/netdev-genl.c, Documentation/netlink/specs/netdev.yaml. */
#ifndef NETDEV_QSTATS_H
#define NETDEV_QSTATS_H

#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

/* Attributes of linux/netdev.h, which Debian 12 lacks. */
enum netdev_qstats_attribute {
  NETDEV_QSTATS_IFINDEX = 1,
  NETDEV_QSTATS_RX_PACKETS = 8,
  NETDEV_QSTATS_TX_PACKETS = 10,
};

/* One more than the highest attribute kept. */
#define NETDEV_QSTATS_ATTRIBUTES 48

/* One device: the sum over all queues it has had since its start. */
struct netdev_qstats_one {
  uint32_t index;   /* of the interface */
  uint64_t present; /* bit N: attribute N is reported */
  uint64_t values[NETDEV_QSTATS_ATTRIBUTES];
};

/* All zero is the empty list. */
struct netdev_qstats {
  struct netdev_qstats_one *items;
  size_t count;
  size_t room;
};

/* Reads all devices that have such statistics, reusing the memory. Returns 0;
 * -EOPNOTSUPP if the kernel lacks the command; or another -errno. */
int netdev_qstats_read(struct netlink *netlink, uint16_t family,
                       struct netdev_qstats *stats);
void netdev_qstats_free(struct netdev_qstats *stats);

/* Takes one message of that answer. Returns 0, -ENOMEM or -EBADMSG. */
int netdev_qstats_take(const struct nlmsghdr *message, void *stats);

/* Returns the statistics of an interface, or NULL. */
const struct netdev_qstats_one *
netdev_qstats_find(const struct netdev_qstats *stats, uint32_t index);

#endif
