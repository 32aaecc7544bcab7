/* SPDX-License-Identifier: MIT */
/* Sockets and their queues, by sock_diag: what ss -ltnm, ss -lunm and ss -lx
 * show, for the network namespace in which the netlink socket was opened. Needs
 * no privilege. Source: net/ipv4/inet_diag.c, tcp_diag.c, udp_diag.c,
 * net/mptcp/mptcp_diag.c and net/unix/diag.c. */
#ifndef SOCK_DIAG_H
#define SOCK_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "socket_info.h"

struct netlink;
struct nlmsghdr;

/* Bits of socket states, numbered as in include/net/tcp_states.h. An
 * unconnected UDP socket is in state CLOSE. Any TCP state but LISTEN makes the
 * kernel walk all connections. */
#define SOCK_DIAG_SYN_RECV (UINT32_C(1) << 3)
#define SOCK_DIAG_LISTEN (UINT32_C(1) << 10)
#define SOCK_DIAG_ANY_UDP (UINT32_C(1) << 1 | UINT32_C(1) << 7)
/* ESTABLISHED to CLOSING, without CLOSE and LISTEN. */
#define SOCK_DIAG_CONNECTIONS UINT32_C(0xb7e)

#define SOCK_DIAG_MPTCP 262

/* A TCP connection. Addresses are IPv6; an IPv4 address is mapped
 * (::ffff:192.0.2.1), whatever the family of the socket. The queues are 0 in
 * SYN_RECV and TIME_WAIT, where the kernel has no full socket. */
struct sock_diag_connection {
  uint8_t state;      /* TCP_ESTABLISHED, ... as in netinet/tcp.h */
  uint16_t port;      /* local */
  uint16_t peer_port; /* remote */
  uint8_t address[16];
  uint8_t peer[16];
  uint32_t receive_queue; /* Recv-Q: bytes waiting for the application */
  uint32_t send_queue;    /* Send-Q: bytes not acknowledged, sent or not */
  uint32_t expires;       /* milliseconds left on the timer; TIME_WAIT begins
                             with 60000 */
  uint8_t retransmits; /* of the segment sent last; of a SYN-ACK in SYN_RECV */
};

/* Takes a connection. Returns 0 or -errno. */
typedef int
sock_diag_connection_taker(const struct sock_diag_connection *connection,
                           void *data);

/* Dumps the sockets of a family (AF_INET or AF_INET6) and protocol that are in
 * one of these states. netlink is open for NETLINK_SOCK_DIAG. A socket may be
 * repeated or missing if others come and go during the dump. An MPTCP listener
 * also appears among those of TCP, with the same queue.
 * Returns as netlink_ask(); -ENOENT if the kernel has no diag module for the
 * protocol, which it would have loaded on demand. */
int sock_diag_inet(struct netlink *netlink, uint8_t family, uint16_t protocol,
                   uint32_t states, socket_info_taker *take, void *data);

/* Dumps the TCP connections of a family in these states. Returns as
 * sock_diag_inet(). */
int sock_diag_connections(struct netlink *netlink, uint8_t family,
                          uint32_t states, sock_diag_connection_taker *take,
                          void *data);

/* Dumps the UNIX sockets that listen. Returns as sock_diag_inet(). */
int sock_diag_unix(struct netlink *netlink, socket_info_taker *take,
                   void *data);

/* Parse one message of an answer. Return 0, -EBADMSG, or -ENOMSG for a message
 * of another kind; ret is then unchanged. */
int sock_diag_parse_inet(const struct nlmsghdr *message, uint16_t protocol,
                         struct socket_info *ret);
int sock_diag_parse_unix(const struct nlmsghdr *message,
                         struct socket_info *ret);
int sock_diag_parse_connection(const struct nlmsghdr *message,
                               struct sock_diag_connection *ret);

#endif
