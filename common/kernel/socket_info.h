/* SPDX-License-Identifier: MIT */
/* A socket, as sock_diag and /proc/net/udp describe it. */
#ifndef SOCKET_INFO_H
#define SOCKET_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct socket_info {
  uint8_t family;      /* AF_INET, AF_INET6, AF_UNIX */
  uint16_t protocol;   /* IPPROTO_TCP, ...; of AF_UNIX, SOCK_STREAM, ... */
  uint16_t port;       /* local */
  uint8_t address[16]; /* local, in network order; four bytes of AF_INET */
  uint32_t inode;      /* 0: no process has it */
  uint32_t uid;
  bool has_uid;    /* of AF_UNIX since Linux 5.2 */
  uint64_t cookie; /* no other socket of the namespace has the same; before
                      Linux 4.2 a closed socket's can be given out again */
  /* Of a listener: connections that wait for accept(), and the backlog. One
   * more than the backlog is taken. Of UDP: memory that waiting datagrams take,
   * and the size of the receive buffer, in bytes. */
  uint32_t queue;
  uint32_t limit;
  bool has_limit;
  uint32_t drops;   /* that the socket counted; wraps */
  bool has_drops;   /* since Linux 4.9; never of AF_UNIX, which drops nothing */
  const char *path; /* of AF_UNIX, as the kernel has it: an abstract one begins
                       with NUL; not terminated. It lives as long as the message
                       that it came in */
  size_t path_length;
};

/* Takes a socket; returns 0 or -errno. */
typedef int socket_info_taker(const struct socket_info *one, void *data);

#endif
