/* SPDX-License-Identifier: MIT */
/* The queues between the stack and the adapter's ring, by rtnetlink: the root
 * of each interface, as tc -s qdisc shows it. A root's numbers include all
 * queues below it: mq adds up its children on each request
 * (net/sched/sch_mq.c), and a parent also counts what its children refuse or
 * drop later (qdisc_tree_reduce_backlog(), net/sched/sch_api.c). */
#ifndef QDISC_STATS_H
#define QDISC_STATS_H

#include <stddef.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

enum qdisc_unit { QDISC_NO_LIMIT, QDISC_PACKETS, QDISC_BYTES };

struct qdisc_stats_one {
  uint32_t index;  /* of the interface */
  uint32_t handle; /* named as parent by its children */
  char kind[16];   /* "fq_codel"; for mq, the kind of its children */
  uint32_t limit;  /* of one queue */
  enum qdisc_unit limit_unit;
  uint32_t drops; /* packets; wraps at 32 bits */
  uint32_t
      requeues;     /* packets put back for lack of room in the ring: no loss */
  uint32_t packets; /* waiting now */
  uint32_t bytes;   /* waiting now */
};

/* All zero is the empty list. */
struct qdisc_stats {
  struct qdisc_stats_one *items; /* in ascending order of index */
  size_t count;
  size_t room;
};

/* Reads the root queues of all interfaces that have one, reusing the memory.
 * Returns as link_stats_read(). */
int qdisc_stats_read(struct netlink *netlink, struct qdisc_stats *stats);
void qdisc_stats_free(struct qdisc_stats *stats);

/* Takes one message of the answer. Returns 0, -ENOMEM or -EBADMSG. */
int qdisc_stats_take(const struct nlmsghdr *message, void *stats);

/* Returns the root queue of an interface, or NULL. */
const struct qdisc_stats_one *qdisc_stats_find(const struct qdisc_stats *stats,
                                               uint32_t index);

#endif
