/* SPDX-License-Identifier: MIT */
/* A fake kernel that answers each request with the input. The target wraps
 * mnl_socket_sendto() and mnl_socket_recvfrom(). */
#ifndef FUZZ_NETLINK_ANSWER_H
#define FUZZ_NETLINK_ANSWER_H

#include "fuzz.h"

#include <errno.h>

#include "netlink.h"

/* The part not received yet. */
static struct fuzz_input fuzz_waiting;

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket,
                                 const void *request, size_t length);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket,
                                   void *buffer, size_t size);

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket,
                                 const void *request, size_t length) {
  (void)socket;
  FUZZ_EXPECT(((const struct nlmsghdr *)request)->nlmsg_len == length);
  FUZZ_EXPECT(length <= NETLINK_REQUEST_SIZE);
  return (ssize_t)length;
}

/* After the input, nothing more arrives. */
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket,
                                   void *buffer, size_t size) {
  (void)socket;
  if (fuzz_waiting.data == NULL) {
    errno = EAGAIN;
    return -1;
  }
  FUZZ_EXPECT(fuzz_waiting.size <= size);
  if (fuzz_waiting.size > 0)
    memcpy(buffer, fuzz_waiting.data, fuzz_waiting.size);
  fuzz_waiting.data = NULL;
  return (ssize_t)fuzz_waiting.size;
}

/* Makes the input the answer to the next request, without a socket. Its
 * messages have the sequence number 0. */
static inline void fuzz_await(struct netlink *netlink,
                              struct fuzz_input input) {
  netlink->sequence = UINT32_MAX;
  netlink->is_stuck = false;
  fuzz_waiting = input;
}

#endif
