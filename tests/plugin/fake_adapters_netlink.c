/* SPDX-License-Identifier: MIT */
/* The sockets through which the fake kernel answers. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_adapters.h"
#include "fake_connect.h"
#include "fake_generic.h"
#include "fake_links.h"
#include "temp_tree.h"

/* The answer to a request waits here until it is received. */
struct mnl_socket {
  int bus;
  bool is_joined; /* to a multicast group */
  int fds[2];     /* what select() and recv() see */
  struct fake_answer answer;
  size_t at; /* what of the answer was received */
};

static int answer(struct fake_answer *answer, const struct nlmsghdr *request) {
  switch (request->nlmsg_type) {
  case RTM_GETLINK:
    return fake_links_answer(answer, request);
  case RTM_GETSTATS:
    return fake_links_answer_statistics(answer, request);
  case RTM_GETQDISC:
    return fake_links_answer_qdiscs(answer, request);
  case GENL_ID_CTRL:
    return fake_generic_answer_family(answer, request);
  case FAKE_ETHTOOL_FAMILY:
    return fake_generic_answer_ethtool(answer, request);
  case FAKE_NETDEV_FAMILY:
    return fake_generic_answer_netdev(answer, request);
  default:
    return EOPNOTSUPP;
  }
}

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags);
int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid);
int __wrap_mnl_socket_close(struct mnl_socket *socket);
int __wrap_mnl_socket_get_fd(const struct mnl_socket *socket);
int __wrap_mnl_socket_setsockopt(struct mnl_socket *socket, int type,
                                 void *value, socklen_t length);
ssize_t __wrap_mnl_socket_sendto(struct mnl_socket *socket, const void *request,
                                 size_t length);
ssize_t __wrap_mnl_socket_recvfrom(struct mnl_socket *socket, void *buffer,
                                   size_t size);

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags) {
  struct mnl_socket *made = calloc(1, sizeof(*made));
  if (made == NULL ||
      socketpair(AF_UNIX, SOCK_DGRAM | flags, 0, made->fds) != 0)
    temp_tree_die("socketpair");
  made->bus = bus;
  return made;
}

int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid) {
  (void)socket;
  (void)groups;
  (void)pid;
  return 0;
}

int __wrap_mnl_socket_close(struct mnl_socket *socket) {
  close(socket->fds[0]);
  close(socket->fds[1]);
  free(socket->answer.bytes);
  free(socket);
  return 0;
}

static void announce(const struct mnl_socket *socket) {
  if (send(socket->fds[1], "news", 4, 0) != 4)
    temp_tree_die("send");
}

static uint64_t hash(uint64_t hash, const void *bytes, size_t size) {
  const uint8_t *at = bytes;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ at[i]) * 1099511628211U;
  return hash;
}

/* A hash of everything that rtnetlink announces. */
static uint64_t hash_interfaces(void) {
  uint64_t h = 0;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++) {
    const struct fake_adapter *adapter = &fake_kernel.adapters[i];
    h = hash(h, &adapter->index, sizeof(adapter->index));
    h = hash(h, adapter->name, sizeof(adapter->name));
    h = hash(h, &adapter->txqueuelen, sizeof(adapter->txqueuelen));
    h = hash(h, &adapter->carrier_changes, sizeof(adapter->carrier_changes));
  }
  return h;
}

static void announce_interfaces(const struct mnl_socket *socket) {
  uint64_t interfaces = hash_interfaces();
  if (interfaces == fake_kernel.interfaces)
    return;
  fake_kernel.interfaces = interfaces;
  if (fake_kernel.silences == 0)
    announce(socket);
  else
    fake_kernel.silences--;
}

/* Sends announcements before recv() is called. */
int __wrap_mnl_socket_get_fd(const struct mnl_socket *socket) {
  if (!socket->is_joined)
    return socket->fds[0];
  if (socket->bus == NETLINK_ROUTE)
    announce_interfaces(socket);
  for (; socket->bus == NETLINK_GENERIC && fake_kernel.announced > 0;
       fake_kernel.announced--)
    announce(socket);
  return socket->fds[0];
}

int __wrap_mnl_socket_setsockopt(struct mnl_socket *socket, int type,
                                 void *value, socklen_t length) {
  (void)value;
  (void)length;
  socket->is_joined = socket->is_joined || type == NETLINK_ADD_MEMBERSHIP;
  return 0;
}

ssize_t __wrap_mnl_socket_sendto(struct mnl_socket *socket, const void *request,
                                 size_t length) {
  socket->answer.length = socket->at = 0;
  fake_answer_finish(&socket->answer, request,
                     answer(&socket->answer, request));
  return (ssize_t)length;
}

/* As many whole messages as fit. One that does not is lost. */
ssize_t __wrap_mnl_socket_recvfrom(struct mnl_socket *socket, void *buffer,
                                   size_t size) {
  size_t length = 0;
  while (socket->at + length < socket->answer.length) {
    const struct nlmsghdr *message =
        (const void *)(socket->answer.bytes + socket->at + length);
    size_t next = (size_t)MNL_ALIGN((int)message->nlmsg_len);
    if (length == 0 && next > size) {
      socket->at += next;
      errno = ENOSPC;
      return -1;
    }
    if (length + next > size)
      break;
    length += next;
  }
  memcpy(buffer, socket->answer.bytes + socket->at, length);
  socket->at += length;
  return (ssize_t)length;
}
