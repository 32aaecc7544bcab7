/* SPDX-License-Identifier: MIT */
/* Sums over sockets. */
#ifndef SOCK_SUMS_H
#define SOCK_SUMS_H

#include "sock_diag.h"

/* All but drops and has_drops begin anew in each read. */
struct sock_sums {
  unsigned sockets;
  uint64_t queue;  /* connections, or bytes */
  uint64_t limit;  /* the same unit */
  double percent;  /* the fullest socket's; NAN: no socket has a limit */
  bool has_limit;  /* every socket has one */
  bool has_drops;  /* some socket has a count */
  uint64_t drops;  /* never goes back */
  uint64_t gained; /* drops since the read before */
};

/* Begins a read. */
void sock_sums_begin(struct sock_sums *sums);

/* Adds a socket, except its drops. percent is sock_sums_percent() of it. */
void sock_sums_add(struct sock_sums *sums, const struct socket_info *one,
                   double percent);

/* How full a queue is, in percent: 100 when the next connection or datagram is
 * lost, and 99 at most for an accept queue that has room. NAN: no limit. */
double sock_sums_percent(const struct socket_info *one);

#endif
