/* SPDX-License-Identifier: MIT */
/* Reading all listeners and UDP sockets of a namespace into its table.
 * Source: sock_diag (net/ipv4/inet_diag.c, net/unix/diag.c), or /proc/net/udp
 * and its like where the kernel has no udp_diag. */
#ifndef SOCK_SOURCES_H
#define SOCK_SOURCES_H

#include "sock_state.h"

/* Reads every source and adds the ports of TCP listeners to listening, which
 * may be NULL. Returns 0, or -errno where no source could be read. Problems are
 * logged once. */
int sock_sources_read(struct sock_backlog *sock, struct sock_space *space,
                      struct port_set *listening);

/* Whether this read got sockets of a kind, even if there are none. */
bool sock_sources_have(const struct sock_space *space, enum sock_kind kind);

/* Whether the namespace can have TCP connections. */
bool sock_sources_may_have_connections(const struct sock_space *space);

/* Closes the files of a namespace's sources. */
void sock_sources_close(struct sock_space *space);

#endif
