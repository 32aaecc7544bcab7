/* SPDX-License-Identifier: MIT */
/* Network interfaces and their standard statistics, by rtnetlink. The kernel's
 * documentation recommends it over /proc/net/dev, which adds up different kinds
 * of loss, and over sysfs, which collects all statistics for each file. Source:
 * net/core/rtnetlink.c, include/uapi/linux/if_link.h. */
#ifndef LINK_STATS_H
#define LINK_STATS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

/* Members of struct rtnl_link_stats64, up to rx_otherhost_dropped (Linux
 * 5.19). */
#define LINK_STATS_MEMBERS 25

/* Positions of some members. */
enum link_stats_member {
  LINK_STATS_RX_PACKETS = 0,
  LINK_STATS_TX_PACKETS = 1,
  LINK_STATS_RX_ERRORS = 4,
  LINK_STATS_TX_ERRORS = 5,
  LINK_STATS_RX_DROPPED = 6,
  LINK_STATS_TX_DROPPED = 7,
};

struct link_stats_one {
  uint32_t index;
  char name[IFNAMSIZ];
  char kind[16];   /* "veth", "bond"; "": not a software interface */
  bool has_device; /* the kernel names its parent device (Linux 5.14) */
  char parent[32]; /* that name, "0000:03:00.1", or "" */
  uint8_t
      port[32]; /* IFLA_PHYS_PORT_ID: the same for all functions of a port */
  uint8_t port_length; /* 0: the driver does not identify the port */
  uint32_t txqueuelen;
  uint32_t carrier_changes;
  bool has_carrier_changes; /* Linux 3.15 */
  unsigned count;           /* of stats that this kernel has */
  uint64_t stats[LINK_STATS_MEMBERS];
};

/* All zero is the empty list. */
struct link_stats {
  struct link_stats_one *items;
  size_t count;
  size_t room;
};

/* Reads all interfaces of the socket's namespace into stats, reusing its
 * memory. Returns 0; -EINTR if interfaces changed during the read, so that some
 * may be missing; or another -errno, and stats is then incomplete. */
int link_stats_read(struct netlink *netlink, struct link_stats *stats);

/* Renews stats and count of each interface in the list. Returns 0; -ESTALE if
 * the interfaces are no longer those in the list; -EOPNOTSUPP before Linux 4.7;
 * or as link_stats_read(). After an error the list has to be read. */
int link_stats_renew(struct netlink *netlink, struct link_stats *stats);

void link_stats_free(struct link_stats *stats);

/* Takes one message of the list. Returns 0, -ENOMEM or -EBADMSG. */
int link_stats_take(const struct nlmsghdr *message, void *stats);

/* A renewal in progress. It begins with each interface's count at 0. */
struct link_stats_renewal {
  struct link_stats *stats;
  size_t next;  /* index of the interface expected next */
  size_t count; /* of interfaces renewed so far */
};

/* Takes one message of a renewal. Returns 0, -ESTALE or -EBADMSG. */
int link_stats_take_renewed(const struct nlmsghdr *message, void *renewal);

#endif
