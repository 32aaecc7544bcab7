/* SPDX-License-Identifier: MIT */
/* Sockets and their queues, by sock_diag: what ss -ltnm, ss -lunm and ss -lx
 * show. It needs no privilege, and tells of the network namespace in which the
 * netlink socket was opened. Source: net/ipv4/inet_diag.c, tcp_diag.c,
 * udp_diag.c, net/mptcp/mptcp_diag.c and net/unix/diag.c. */
#ifndef SOCK_DIAG_H
#define SOCK_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "socket_info.h"

struct netlink;
struct nlmsghdr;

/* States, as bits; the numbers are the kernel's (include/net/tcp_states.h). Of
 * UDP, sockets that are bound and not connected have the state of closed
 * ones. Other states than LISTEN have the kernel walk all connections. */
#define SOCK_DIAG_SYN_RECV (UINT32_C(1) << 3)
#define SOCK_DIAG_LISTEN (UINT32_C(1) << 10)
#define SOCK_DIAG_ANY_UDP (UINT32_C(1) << 1 | UINT32_C(1) << 7)
/* ESTABLISHED to CLOSING, without CLOSE and LISTEN. */
#define SOCK_DIAG_CONNECTIONS UINT32_C(0xb7e)

#define SOCK_DIAG_MPTCP 262

/* A TCP connection. Addresses are those of IPv6; one of IPv4 is written as
 * ::ffff:192.0.2.1, whichever family its socket has. Of one that is half open
 * (SYN_RECV) or only remembered (TIME_WAIT) the kernel has no more than that:
 * its queues are empty. */
struct sock_diag_connection {
  uint8_t state;      /* TCP_ESTABLISHED, ... as in netinet/tcp.h */
  uint16_t port;      /* local */
  uint16_t peer_port; /* remote */
  uint8_t address[16];
  uint8_t peer[16];
  uint32_t receive_queue; /* Recv-Q: bytes that wait for the application */
  uint32_t send_queue;    /* Send-Q: bytes that the peer did not acknowledge,
                             sent or not */
  uint32_t expires;       /* milliseconds left; of TIME_WAIT, of its 60000 */
};

/* Takes a connection; returns 0 or -errno, as for netlink_ask(). */
typedef int
sock_diag_connection_taker(const struct sock_diag_connection *connection,
                           void *data);

/* Asks a socket of NETLINK_SOCK_DIAG for the sockets of a family (AF_INET or
 * AF_INET6) and protocol that are in one of these states. A socket can be told
 * twice, or be left out, when others come and go meanwhile. An MPTCP listener
 * is among those of TCP as well, with the same queue.
 * Returns as netlink_ask(): 0; -ENOENT where the kernel lacks what tells of the
 * protocol, which it would have loaded by itself; -EINTR, all having been
 * taken. */
int sock_diag_inet(struct netlink *netlink, uint8_t family, uint16_t protocol,
                   uint32_t states, socket_info_taker *take, void *data);

/* The TCP connections of a family's sockets that are in one of these states,
 * with the same results. One can be told twice, or be left out, when others
 * come and go meanwhile. */
int sock_diag_connections(struct netlink *netlink, uint8_t family,
                          uint32_t states, sock_diag_connection_taker *take,
                          void *data);

/* The same of UNIX sockets that listen. */
int sock_diag_unix(struct netlink *netlink, socket_info_taker *take,
                   void *data);

/* What one message of such an answer says. Returns 0, -EBADMSG, or -ENOMSG for
 * a message of another kind; ret is then unchanged. */
int sock_diag_parse_inet(const struct nlmsghdr *message, uint16_t protocol,
                         struct socket_info *ret);
int sock_diag_parse_unix(const struct nlmsghdr *message,
                         struct socket_info *ret);
int sock_diag_parse_connection(const struct nlmsghdr *message,
                               struct sock_diag_connection *ret);

#endif
