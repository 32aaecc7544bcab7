/* SPDX-License-Identifier: MIT */
/* The queues between the stack and the adapter's ring, by rtnetlink: what tc -s
 * qdisc shows of each interface's root. Its numbers contain those of everything
 * below it: mq adds up its children when it is asked (net/sched/sch_mq.c), and
 * a parent counts the packets that its child refuses or drops later
 * (qdisc_tree_reduce_backlog(), net/sched/sch_api.c). */
#ifndef QDISC_STATS_H
#define QDISC_STATS_H

#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

enum qdisc_unit { QDISC_NO_LIMIT, QDISC_PACKETS, QDISC_BYTES };

struct qdisc_stats_one {
  uint32_t index;  /* of the interface */
  uint32_t handle; /* that its children name */
  char kind[16];   /* "fq_codel"; of mq, its children's */
  uint32_t limit;  /* of one queue, as far as it says */
  enum qdisc_unit limit_unit;
  uint32_t drops;      /* packets; 32 bits in the kernel, and wraps */
  uint32_t overlimits; /* events, no loss */
  uint32_t requeues;   /* packets that the adapter had no room for: no loss */
  uint32_t packets;    /* waiting now */
  uint32_t bytes;      /* waiting now */
};

struct qdisc_stats {
  struct qdisc_stats_one *items; /* in ascending order of index */
  size_t count;
  size_t room;
};

/* Reads the root queues of all interfaces that have one, reusing the memory.
 * Returns as link_stats_read(). */
int qdisc_stats_read(struct netlink *netlink, struct qdisc_stats *stats);
void qdisc_stats_free(struct qdisc_stats *stats);

/* Takes one message of that answer. Returns 0, -ENOMEM, or -EBADMSG. */
int qdisc_stats_take(const struct nlmsghdr *message, void *stats);

/* The queue of an interface, or NULL. */
const struct qdisc_stats_one *qdisc_stats_find(const struct qdisc_stats *stats,
                                               uint32_t index);

#endif
