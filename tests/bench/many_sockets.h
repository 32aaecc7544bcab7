/* SPDX-License-Identifier: MIT */
/* As many sockets as a great host has, on the loopback device. */
#ifndef MANY_SOCKETS_H
#define MANY_SOCKETS_H

struct many_sockets {
  unsigned listeners;   /* of TCP, each at a port of its own */
  unsigned udp;         /* the same of UDP */
  unsigned connections; /* to these listeners; each end is one */
};

/* What is measured. */
#define MANY_LISTENERS 39000
#define MANY_UDP 39000
#define MANY_CONNECTIONS 97000

/* Makes them in the network namespace of this process, for which it sets the
 * loopback device up. Other processes hold them, which end with this one.
 * Returns 0 or -errno. */
int many_sockets_make(const struct many_sockets *many);

#endif
