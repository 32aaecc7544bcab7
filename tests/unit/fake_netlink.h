/* SPDX-License-Identifier: MIT */
/* A fake kernel at the other end of a netlink socket, for programs linked with
 * $(wrap_netlink). Exactly one file of the program includes this. Between
 * fake_netlink_open() and fake_netlink_close() a function of the test answers
 * each request; otherwise the real kernel does. */
#ifndef FAKE_NETLINK_H
#define FAKE_NETLINK_H

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "fake_connect.h"
#include "netlink.h"
#include "netlink_message.h"

struct fake_netlink {
  void (*answer)(const struct nlmsghdr *request); /* NULL: none is open */
  int fd;                                         /* the kernel's end */
  union netlink_message request;                  /* the last one */
  unsigned requests;
  uint8_t datagram[131072]; /* what was added and not sent yet */
  size_t length;
  /* Positive errno values, each for the next call. */
  int open_error, bind_error, send_error, receive_error;
};

static struct fake_netlink fake_netlink;

static inline bool fake_netlink_fails(int *error) {
  errno = *error;
  *error = 0;
  return errno != 0;
}

/* Declarations for -Wl,--wrap. */
struct mnl_socket *__real_mnl_socket_open2(int bus, int flags);
int __real_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid);
ssize_t __real_mnl_socket_sendto(const struct mnl_socket *socket,
                                 const void *request, size_t length);
ssize_t __real_mnl_socket_recvfrom(const struct mnl_socket *socket,
                                   void *buffer, size_t size);
struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags);
int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid);
ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket,
                                 const void *request, size_t length);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket,
                                   void *buffer, size_t size);

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags) {
  int fds[2];
  if (fake_netlink.answer == NULL)
    return __real_mnl_socket_open2(bus, flags);
  if (fake_netlink_fails(&fake_netlink.open_error))
    return NULL;
  assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | flags, 0, fds), 0);
  fake_netlink.fd = fds[1];
  return mnl_socket_fdopen(fds[0]);
}

int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid) {
  if (fake_netlink.answer == NULL)
    return __real_mnl_socket_bind(socket, groups, pid);
  return fake_netlink_fails(&fake_netlink.bind_error) ? -1 : 0;
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket,
                                 const void *request, size_t length) {
  if (fake_netlink.answer == NULL)
    return __real_mnl_socket_sendto(socket, request, length);
  if (fake_netlink_fails(&fake_netlink.send_error))
    return -1;
  assert_true(length <= sizeof(fake_netlink.request));
  memcpy(&fake_netlink.request, request, length);
  assert_int_equal(fake_netlink.request.header.nlmsg_len, length);
  fake_netlink.requests++;
  fake_netlink.answer(&fake_netlink.request.header);
  return (ssize_t)length;
}

/* Replaces a function that accepts only addresses of netlink. */
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket,
                                   void *buffer, size_t size) {
  if (fake_netlink.answer == NULL)
    return __real_mnl_socket_recvfrom(socket, buffer, size);
  if (fake_netlink_fails(&fake_netlink.receive_error))
    return -1;
  ssize_t n = recv(mnl_socket_get_fd(socket), buffer, size, MSG_TRUNC);
  if (n <= (ssize_t)size)
    return n;
  errno = ENOSPC;
  return -1;
}

/* Opens a socket that waits at most 20 ms for an answer. */
static inline void
fake_netlink_open(struct netlink *netlink,
                  void (*answer)(const struct nlmsghdr *request)) {
  const struct timeval timeout = {.tv_usec = 20000};
  fake_netlink = (struct fake_netlink){.answer = answer};
  assert_int_equal(netlink_open(netlink, NETLINK_ROUTE), 0);
  assert_int_equal(setsockopt(mnl_socket_get_fd(netlink->socket), SOL_SOCKET,
                              SO_RCVTIMEO, &timeout, sizeof(timeout)),
                   0);
}

static inline void fake_netlink_close(struct netlink *netlink) {
  netlink_close(netlink);
  close(fake_netlink.fd);
  fake_netlink = (struct fake_netlink){0};
}

/* Adds bytes to the next datagram. */
static inline void fake_netlink_add_bytes(const void *bytes, size_t length) {
  assert_true(fake_netlink.length + length <= sizeof(fake_netlink.datagram));
  memcpy(fake_netlink.datagram + fake_netlink.length, bytes, length);
  fake_netlink.length += length;
}

static inline void fake_netlink_send(void) {
  assert_int_equal(send(fake_netlink.fd, fake_netlink.datagram,
                        fake_netlink.length, MSG_DONTWAIT),
                   fake_netlink.length);
  fake_netlink.length = 0;
}

/* Adds a message of the answer to a request. */
static inline void fake_netlink_add(const struct nlmsghdr *request,
                                    struct nlmsghdr *message) {
  message->nlmsg_seq = request->nlmsg_seq;
  fake_netlink_add_bytes(message, (size_t)MNL_ALIGN((int)message->nlmsg_len));
}

/* Adds the end of a dump. */
static inline void fake_netlink_add_done(const struct nlmsghdr *request,
                                         uint16_t flags, int error) {
  union netlink_message message;
  struct nlmsghdr *done =
      message_begin(&message, NLMSG_DONE, &error, sizeof(error));
  done->nlmsg_flags = flags;
  fake_netlink_add(request, done);
}

/* Adds an acknowledgement, or with an error a refusal. */
static inline void fake_netlink_add_error(const struct nlmsghdr *request,
                                          int error) {
  union netlink_message message;
  struct nlmsgerr body = {.error = error, .msg = *request};
  fake_netlink_add(request,
                   message_begin(&message, NLMSG_ERROR, &body, sizeof(body)));
}

#endif
