/* SPDX-License-Identifier: MIT */
/* Why UDP sockets of a namespace lost datagrams. A socket counts all causes in
 * one number; /proc/net/snmp and snmp6 count them apart, for all sockets
 * (net/ipv4/udp.c, __udp_queue_rcv_skb() and udp_queue_rcv_one_skb()). */
#ifndef SOCK_UDP_ERRORS_H
#define SOCK_UDP_ERRORS_H

#include "sock_state.h"

/* Reads the counters for the first time. */
void sock_udp_errors_start(const struct sock_backlog *sock,
                           struct sock_space *space);

/* Reads them again if UDP sockets lost something in this read. */
void sock_udp_errors_read(const struct sock_backlog *sock,
                          struct sock_space *space);

/* The cause of most losses between the last two looks. */
enum sock_udp_cause sock_udp_errors_cause(const struct sock_space *space);

void sock_udp_errors_free(struct sock_udp_errors *errors);

#endif
