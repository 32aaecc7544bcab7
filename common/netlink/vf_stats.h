/* SPDX-License-Identifier: MIT */
/* What an adapter's physical function counts for its virtual functions, by
 * rtnetlink (Linux 4.18 for drops). The virtual functions themselves may belong
 * to guests. Needs no capability. Source: net/core/rtnetlink.c,
 * rtnl_fill_vfinfo(). */
#ifndef VF_STATS_H
#define VF_STATS_H

#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

struct vf_stats_one {
  uint32_t vf; /* its number */
  uint64_t rx_dropped, tx_dropped;
};

/* All zero is the empty list. */
struct vf_stats {
  struct vf_stats_one *items;
  size_t count;
  size_t room;
};

/* Reads the virtual functions of an interface, reusing the memory. One whose
 * drops the driver does not count is left out. Returns 0 or -errno; count is
 * then 0. */
int vf_stats_read(struct netlink *netlink, uint32_t index,
                  struct vf_stats *stats);
void vf_stats_free(struct vf_stats *stats);

/* Takes the message of that answer. Returns 0, -ENOMEM or -EBADMSG. */
int vf_stats_take(const struct nlmsghdr *message, void *stats);

#endif
