/* SPDX-License-Identifier: MIT */
/* CPUs that receive the packets of an interface by RPS, and CPUs close to its
 * device. sysfs shows the network namespace in which it was mounted (see
 * net_sysfs.h). Source: net/core/net-sysfs.c;
 * Documentation/networking/scaling.rst. */
#ifndef NET_STEERING_H
#define NET_STEERING_H

#include "cpulist.h"

/* All zero is empty. The sets keep their memory from read to read. */
struct net_steering {
  struct cpulist rps;   /* the RPS masks of all receive queues, united */
  struct cpulist local; /* on the device's NUMA node; empty without a node */
};

/* Reads both sets. Opens files for each queue: not for every read. Returns 0,
 * or -errno: -ENOENT if this sysfs does not show the interface; the sets are
 * then empty. */
int net_steering_read(const struct sysroot *root, const char *interface,
                      uint32_t index, struct net_steering *steering);

void net_steering_free(struct net_steering *steering);

#endif
