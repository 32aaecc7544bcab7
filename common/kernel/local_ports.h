/* SPDX-License-Identifier: MIT */
/* The ports that the kernel gives to connections which ask for none, and what
 * it does with those that were used a moment ago. Source: net/ipv4/
 * sysctl_net_ipv4.c, and tcp_twsk_unique() of net/ipv4/tcp_ipv4.c. */
#ifndef LOCAL_PORTS_H
#define LOCAL_PORTS_H

#include "cpulist.h"
#include "port_set.h"

struct sysroot;

/* net.ipv4.tcp_tw_reuse: whose TIME_WAIT is given up for a new connection to
 * the same peer, once it is old enough. */
enum local_ports_reuse {
  LOCAL_PORTS_REUSE_NONE,
  LOCAL_PORTS_REUSE_ALL,
  LOCAL_PORTS_REUSE_LOOPBACK, /* since Linux 4.19, which begins with it */
};

/* All zero has no range, and gives nothing up. */
struct local_ports {
  struct port_set range;        /* net.ipv4.ip_local_port_range without
                                   net.ipv4.ip_local_reserved_ports */
  enum local_ports_reuse reuse; /* none while tcp_timestamps is off */
  uint32_t reuse_delay;         /* milliseconds: so old it has to be */
  struct cpulist reserved;      /* a list of ports, whatever it is named */
};

/* Reads the settings of the calling thread's network namespace, reusing the
 * memory of ports from call to call. Returns 0, or -errno where there is no
 * range, or none that is one; ports has none then. Other settings that cannot
 * be read are taken for those of old kernels. */
int local_ports_read(const struct sysroot *root, struct local_ports *ports);

void local_ports_free(struct local_ports *ports);

#endif
