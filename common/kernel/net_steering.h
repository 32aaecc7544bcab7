/* SPDX-License-Identifier: MIT */
/* How the work of an interface is steered to CPUs, as sysfs tells: its queues,
 * their masks, and the CPUs that are near to its device. sysfs shows the
 * network namespace in which it was mounted (see net_sysfs.h). Source:
 * net/core/net-sysfs.c; Documentation/networking/scaling.rst. */
#ifndef NET_STEERING_H
#define NET_STEERING_H

#include "cpulist.h"

struct sysroot;

/* All zero is the empty one; its sets keep their memory from read to read. */
struct net_steering {
  unsigned rx_queues, tx_queues; /* that sysfs shows: those in use */
  unsigned rps_queues;  /* receive queues whose RPS mask is not empty */
  struct cpulist rps;   /* the CPUs in any of these masks */
  uint64_t rfs_flows;   /* rps_flow_cnt, of all queues */
  unsigned xps_queues;  /* transmit queues with a mask that is not
                           empty; a device with one queue has none */
  struct cpulist xps;   /* the CPUs in any of these masks */
  int node;             /* the device's NUMA node; -1: none */
  struct cpulist local; /* the CPUs near to it; empty without a node */
};

/* Returns 0, or -errno: -ENOENT where this sysfs does not show the interface.
 * steering is then empty. Not for the steady state: opens files for each
 * queue. */
int net_steering_read(const struct sysroot *root, const char *interface,
                      uint32_t index, struct net_steering *steering);

void net_steering_free(struct net_steering *steering);

#endif
