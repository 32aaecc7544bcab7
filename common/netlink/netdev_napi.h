/* SPDX-License-Identifier: MIT */
/* The kernel's own word on which interrupt serves which queues of an interface
 * (Linux 6.8): by the generic netlink family "netdev", where the driver tells.
 * Source: net/core/netdev-genl.c, Documentation/netlink/specs/netdev.yaml. No
 * capability is needed. */
#ifndef NETDEV_NAPI_H
#define NETDEV_NAPI_H

#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

/* No queue, no interrupt. */
#define NETDEV_NAPI_NONE UINT32_MAX

/* What polls queues. */
struct netdev_napi_one {
  uint32_t index; /* of the interface */
  uint32_t id;
  uint32_t irq; /* or NETDEV_NAPI_NONE: not each driver tells */
  uint32_t pid; /* of the thread that polls; 0: the softirq does */
  uint32_t rx_queue, tx_queue; /* the lowest ones, or NETDEV_NAPI_NONE */
};

/* All zero is the empty list. */
struct netdev_napi {
  struct netdev_napi_one *items;
  size_t count;
  size_t room;
};

/* Reads those of all interfaces in the socket's network namespace, reusing the
 * memory. Returns 0; -EOPNOTSUPP where the kernel does not know the command; or
 * another -errno, and the list can then be incomplete: -EINTR says that
 * something changed meanwhile. */
int netdev_napi_read(struct netlink *netlink, uint16_t family,
                     struct netdev_napi *napi);
void netdev_napi_free(struct netdev_napi *napi);

/* Take one message of the answers: first all that tell what polls, then all
 * that tell the queues. Return 0, -ENOMEM, or -EBADMSG. */
int netdev_napi_take(const struct nlmsghdr *message, void *napi);
int netdev_napi_take_queue(const struct nlmsghdr *message, void *napi);

#endif
