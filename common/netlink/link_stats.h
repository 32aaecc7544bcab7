/* SPDX-License-Identifier: MIT */
/* Network interfaces and their standard statistics, by rtnetlink: what the
 * kernel's documentation prefers to /proc/net/dev, which adds up losses of
 * different kinds, and to sysfs, which collects everything for each file.
 * Source: net/core/rtnetlink.c, include/uapi/linux/if_link.h. */
#ifndef LINK_STATS_H
#define LINK_STATS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

/* How many numbers struct rtnl_link_stats64 has, up to rx_otherhost_dropped
 * (Linux 5.19). */
#define LINK_STATS_MEMBERS 25

/* The positions of some of them. */
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
  char kind[16];   /* "veth", "bond"; "": not made by software */
  bool has_device; /* it names a parent device (Linux 5.14) */
  uint32_t txqueuelen;
  uint32_t carrier_changes;
  bool has_carrier_changes; /* Linux 3.15 */
  unsigned count;           /* of stats: what this kernel tells */
  uint64_t stats[LINK_STATS_MEMBERS];
};

struct link_stats {
  struct link_stats_one *items;
  size_t count;
  size_t room;
};

/* Reads all interfaces of the socket's namespace into stats, reusing its
 * memory. Returns 0; -EINTR when interfaces changed meanwhile, so that some can
 * be missing; or another -errno, and stats is then of no use. */
int link_stats_read(struct netlink *netlink, struct link_stats *stats);

/* Reads only stats and count of each, anew. Returns 0; -ESTALE when there are
 * other interfaces than those in the list; -EOPNOTSUPP before Linux 4.7; or as
 * link_stats_read(). Where it is not 0, the list has to be read. */
int link_stats_renew(struct netlink *netlink, struct link_stats *stats);

void link_stats_free(struct link_stats *stats);

/* Takes one message of the list. Returns 0, -ENOMEM, or -EBADMSG. */
int link_stats_take(const struct nlmsghdr *message, void *stats);

/* Statistics that are being read anew; at first no one has any. */
struct link_stats_renewal {
  struct link_stats *stats;
  size_t next;  /* where the next interface stands, most likely */
  size_t count; /* of interfaces so far */
};

/* Takes one message of them. Returns 0, -ESTALE, or -EBADMSG. */
int link_stats_take_renewed(const struct nlmsghdr *message, void *renewal);

#endif
