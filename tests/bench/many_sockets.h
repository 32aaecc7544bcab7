/* SPDX-License-Identifier: MIT */
/* As many sockets as a large host has, on the loopback device. */
#ifndef MANY_SOCKETS_H
#define MANY_SOCKETS_H

/* Each number is rounded down to a multiple of 200. */
struct many_sockets {
  unsigned listeners;   /* of TCP, each at a port of its own */
  unsigned udp;         /* the same of UDP */
  unsigned connections; /* to these listeners; each end is one */
};

/* The numbers that the benches use. */
#define MANY_LISTENERS 39000
#define MANY_UDP 39000
#define MANY_CONNECTIONS 97000

/* Makes the sockets in this process's network namespace, whose loopback device
 * it brings up. They belong to child processes that end with this one. Returns
 * 0 or -errno: -EINVAL for more than the numbers above, or connections without
 * listeners. */
int many_sockets_make(const struct many_sockets *many);

#endif
