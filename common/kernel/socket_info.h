/* SPDX-License-Identifier: MIT */
/* A socket, as sock_diag and /proc/net/udp describe it. */
#ifndef SOCKET_INFO_H
#define SOCKET_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct socket_info {
  uint8_t family;      /* AF_INET, AF_INET6, AF_UNIX */
  uint16_t protocol;   /* IPPROTO_TCP, ...; for AF_UNIX, SOCK_STREAM, ... */
  uint16_t port;       /* local */
  uint8_t address[16]; /* local, in network order; four bytes for AF_INET */
  uint32_t inode;      /* 0: no process has it open */
  uint32_t uid;
  bool has_uid;    /* for AF_UNIX since Linux 5.2 */
  uint64_t cookie; /* unique in the namespace; before Linux 4.2 a new socket can
                      get that of a closed one */
  /* Of a listener: connections waiting for accept(), and the backlog, which the
   * kernel exceeds by one. Of UDP: memory of the waiting datagrams, and the
   * size of the receive buffer, in bytes. */
  uint32_t queue;
  uint32_t limit;
  bool has_limit;
  uint32_t drops; /* sk_drops; wraps */
  bool has_drops; /* since Linux 4.9; never for AF_UNIX, which drops nothing */
  const char *path; /* of AF_UNIX, not terminated; an abstract one begins with
                       NUL. Valid as long as the message */
  size_t path_length;
};

/* Takes a socket. Returns 0 or -errno. */
typedef int socket_info_taker(const struct socket_info *one, void *data);

#endif
