/* SPDX-License-Identifier: MIT */
/* Sums over the TCP connections of a namespace: of all, and of each port that
 * listens. */
#ifndef SOCK_CONNECTIONS_H
#define SOCK_CONNECTIONS_H

#include "sock_state.h"

/* Begins a read of space->connections, if an option asks for connections. */
void sock_connections_begin(const struct sock_backlog *sock,
                            struct sock_space *space);

/* Reads the connections. To be called once connections->listening is filled.
 * Problems are logged once. */
void sock_connections_read(const struct sock_backlog *sock,
                           struct sock_space *space);

/* The connections of a group's port in this read, or NULL. */
const struct sock_traffic *
sock_connections_find(const struct sock_space *space,
                      const struct sock_group *group);

/* How many half-open connections a group's listeners hold before they answer
 * with SYN cookies or not at all. space->connections must not be NULL. */
uint64_t sock_connections_syn_limit(const struct sock_space *space,
                                    const struct sock_group *group);

/* Frees connections, which may be NULL. */
void sock_connections_free(struct sock_connections *connections);

#endif
