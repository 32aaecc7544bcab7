/* SPDX-License-Identifier: MIT */
/* Which interrupt serves which queues of an interface, by the generic netlink
 * family "netdev" (Linux 6.8). Not all drivers report it. Needs no capability.
 * Source: net/core/netdev-genl.c, Documentation/netlink/specs/netdev.yaml. */
#ifndef NETDEV_NAPI_H
#define NETDEV_NAPI_H

#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

/* No queue, no interrupt. */
#define NETDEV_NAPI_NONE UINT32_MAX

/* One NAPI instance, which polls one or more queues. */
struct netdev_napi_one {
  uint32_t index; /* of the interface */
  uint32_t id;
  uint32_t irq; /* NETDEV_NAPI_NONE: not reported */
  uint32_t pid; /* of the thread that polls; 0: the softirq polls */
  uint32_t rx_queue, tx_queue; /* the lowest ones, or NETDEV_NAPI_NONE */
};

/* All zero is the empty list. */
struct netdev_napi {
  struct netdev_napi_one *items;
  size_t count;
  size_t room;
};

/* Reads the instances of all interfaces in the socket's network namespace,
 * reusing the memory. Returns 0; -EOPNOTSUPP if the kernel lacks the command;
 * -EINTR if something changed during the read; or another -errno. After an
 * error the list may be incomplete. */
int netdev_napi_read(struct netlink *netlink, uint16_t family,
                     struct netdev_napi *napi);
void netdev_napi_free(struct netdev_napi *napi);

/* Take one message: all instances first, then all queues. Return 0, -ENOMEM or
 * -EBADMSG. */
int netdev_napi_take(const struct nlmsghdr *message, void *napi);
int netdev_napi_take_queue(const struct nlmsghdr *message, void *napi);

#endif
