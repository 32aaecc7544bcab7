/* SPDX-License-Identifier: MIT */
/* A kernel whose answer to a question is the input. The target is linked with
 * mnl_socket_sendto() and mnl_socket_recvfrom() wrapped. */
#ifndef FUZZ_NETLINK_ANSWER_H
#define FUZZ_NETLINK_ANSWER_H

#include "fuzz.h"

#include <errno.h>

#include "netlink.h"

/* What was not received yet. */
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

/* The kernel says nothing more after it. */
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

/* The input is the answer to the next question, on no socket at all. Messages
 * with the sequence number 0 belong to it. */
static inline void fuzz_await(struct netlink *netlink,
                              struct fuzz_input input) {
  netlink->sequence = UINT32_MAX;
  netlink->is_stuck = false;
  fuzz_waiting = input;
}

#endif
