/* SPDX-License-Identifier: MIT */
/* The interface through which the smallest packets fit. */
#ifndef SNMP_MTU_H
#define SNMP_MTU_H

#include <net/if.h>
#include <stdint.h>

struct sysroot;

struct snmp_mtu {
  char interface[IF_NAMESIZE];
  uint64_t bytes;
};

/* Finds the interface with the smallest MTU, except loopback and interfaces
 * that are down, in the namespace that sysfs shows. Returns 0; -ENOENT if all
 * have the same MTU; or another -errno. Source: net/core/net-sysfs.c. */
int snmp_mtu_find_smallest(const struct sysroot *root, struct snmp_mtu *ret);

#endif
