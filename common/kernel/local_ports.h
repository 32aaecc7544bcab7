/* SPDX-License-Identifier: MIT */
/* The ports that the kernel assigns to outgoing connections, and when it reuses
 * those in TIME_WAIT. Source: net/ipv4/sysctl_net_ipv4.c, and tcp_twsk_unique()
 * of net/ipv4/tcp_ipv4.c. */
#ifndef LOCAL_PORTS_H
#define LOCAL_PORTS_H

#include "cpulist.h"
#include "port_set.h"

/* net.ipv4.tcp_tw_reuse: which connections in TIME_WAIT make way for a new one
 * to the same peer, once they are old enough. */
enum local_ports_reuse {
  LOCAL_PORTS_REUSE_NONE,
  LOCAL_PORTS_REUSE_ALL,
  LOCAL_PORTS_REUSE_LOOPBACK, /* the default, since Linux 4.19 */
};

/* All zero is no range and no reuse. */
struct local_ports {
  struct port_set range;        /* net.ipv4.ip_local_port_range without
                                   net.ipv4.ip_local_reserved_ports */
  enum local_ports_reuse reuse; /* none while tcp_timestamps is off */
  uint32_t reuse_delay;         /* milliseconds in TIME_WAIT before reuse */
  struct cpulist reserved;      /* ports, written like a list of CPUs */
};

/* Reads the settings of the calling thread's network namespace, reusing memory.
 * Settings that older kernels lack count as their behaviour. Returns 0;
 * -EBADMSG for an invalid range; or another -errno; the range is then empty. */
int local_ports_read(const struct sysroot *root, struct local_ports *ports);

void local_ports_free(struct local_ports *ports);

#endif
