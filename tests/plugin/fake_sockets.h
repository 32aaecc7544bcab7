/* SPDX-License-Identifier: MIT */
/* A kernel with sockets, for programs linked with $(wrap_sockets). It answers
 * inet_diag and unix_diag from a table that the test changes between reads. */
#ifndef FAKE_SOCKETS_H
#define FAKE_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_SOCKETS 20480

struct fake_socket {
  uint64_t cookie; /* 0: unused */
  int family;      /* AF_INET, AF_INET6, AF_UNIX */
  int protocol;    /* IPPROTO_TCP, ...; 0 for AF_UNIX */
  int state;       /* TCP_LISTEN, TCP_CLOSE, TCP_SYN_RECV, ... */
  uint16_t port;
  const char *address; /* NULL: any */
  const char *peer;    /* of a connection */
  uint16_t peer_port;
  uint32_t expires;
  uint8_t retransmits;
  uint32_t inode, uid, queue, limit, drops;
  bool no_memory; /* drops and sizes of buffers are not sent */
  const char *path;
  size_t path_length;
  const char *netns; /* NULL: the host's */
};

struct fake_socket_kernel {
  struct fake_socket sockets[FAKE_SOCKETS];
  size_t count;
  bool no_tcp, no_udp, no_udplite, no_unix; /* no such module */
  bool no_unix_uid;                         /* as before Linux 5.2 */
  int error;           /* positive errno of each dump; 0: none */
  bool is_interrupted; /* each dump says so and has all sockets twice */
  const char *stuck;   /* a namespace whose socket is not answered once */
  unsigned open;       /* netlink sockets */
  unsigned requests;
  unsigned half_open_requests;
  unsigned connection_requests; /* of states other than those and LISTEN */
  int connection_error;         /* positive errno of these; 0: none */
};

extern struct fake_socket_kernel fake_sockets;

/* Starts anew without sockets. */
void fake_sockets_reset(void);

/* Each makes a socket with its own cookie and inode. */
struct fake_socket *fake_socket_tcp(uint16_t port, uint32_t limit);
struct fake_socket *fake_socket_udp(uint16_t port, uint32_t limit);
struct fake_socket *fake_socket_unix(const char *path, uint32_t limit);
/* Makes a TCP connection of IPv4 from 192.0.2.1 to 192.0.2.2. Its Recv-Q is
 * queue, its Send-Q limit. */
struct fake_socket *fake_socket_connection(int state, uint16_t port,
                                           uint16_t peer_port);
void fake_socket_close(struct fake_socket *socket);

#endif
