/* SPDX-License-Identifier: MIT */
/* Requests by netlink whose answers are thrown away. */
#ifndef BENCH_NETLINK_H
#define BENCH_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "bench.h"
#include "netlink.h"

/* What the plugins receive into. */
#define BENCH_BUFFER_SIZE 32768

/* The kernel ends a dump by such a message, which stands alone or last. */
static inline bool bench_is_end(const uint8_t *buffer, size_t length) {
  struct nlmsghdr first, last;
  size_t end = (size_t)mnl_nlmsg_size(sizeof(int));
  if (length < end)
    return true;
  memcpy(&first, buffer, sizeof(first));
  memcpy(&last, buffer + length - end, sizeof(last));
  return first.nlmsg_type == NLMSG_ERROR ||
         (last.nlmsg_type == NLMSG_DONE && last.nlmsg_len == end);
}

static inline void bench_ask(struct netlink *netlink,
                             const struct nlmsghdr *request) {
  int fd = mnl_socket_get_fd(netlink->socket);
  ssize_t n = mnl_socket_sendto(netlink->socket, request, request->nlmsg_len);
  do {
    if (n >= 0)
      n = recv(fd, netlink->buffer, BENCH_BUFFER_SIZE, 0);
    if (n < 0)
      bench_die("netlink");
  } while (!bench_is_end(netlink->buffer, (size_t)n));
}

#endif
