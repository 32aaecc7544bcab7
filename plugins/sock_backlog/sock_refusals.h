/* SPDX-License-Identifier: MIT */
/* Tells refused connections from the other packets that a TCP listener drops.
 *
 * A listener's drops (sk_drops) also count RSTs, repeated SYNs, what a socket
 * filter refuses, and a last ACK twice; TcpExt ListenDrops of /proc/net/netstat
 * counts each refused connection once, for all listeners of the namespace
 * (net/ipv4/tcp_input.c and tcp_ipv4.c, tcp_listendrop()). So listeners share
 * what ListenDrops gained: full queues first, then those that dropped most.
 * This is exact where one listener drops at a time. */
#ifndef SOCK_REFUSALS_H
#define SOCK_REFUSALS_H

#include "sock_state.h"

/* Reads the count for the first time, so that a gain can be told later. */
void sock_refusals_start(const struct sock_backlog *sock,
                         struct sock_space *space);

/* Enters the refused connections of this read into the table. To be called
 * after the dumps of listeners. Where ListenDrops cannot be read, every drop
 * counts as a refusal. */
void sock_refusals_settle(const struct sock_backlog *sock,
                          struct sock_space *space);

void sock_refusals_free(struct sock_refusals *refusals);

#endif
