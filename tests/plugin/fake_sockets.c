/* SPDX-License-Identifier: MIT */
#include "fake_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fake_connect.h"
#include "fake_netns.h"
#include "temp_tree.h"

/* Missing in older kernel headers. */
#define DIAG_UID 7 /* UNIX_DIAG_UID */

/* The answer to a request waits here until it is asked for. */
struct mnl_socket {
  char netns[64]; /* where it was opened */
  uint8_t *answer;
  size_t length, at, room;
};

struct fake_socket_kernel fake_sockets;
static uint64_t last_cookie;

void fake_sockets_reset(void) { fake_sockets = (struct fake_socket_kernel){0}; }

static struct fake_socket *add(int family, int protocol, int state) {
  if (fake_sockets.count == FAKE_SOCKETS)
    temp_tree_die("room for sockets");
  struct fake_socket *socket = &fake_sockets.sockets[fake_sockets.count++];
  last_cookie++;
  *socket = (struct fake_socket){.cookie = last_cookie,
                                 .inode = 1000 + (uint32_t)last_cookie,
                                 .family = family,
                                 .protocol = protocol,
                                 .state = state};
  return socket;
}

struct fake_socket *fake_socket_tcp(uint16_t port, uint32_t limit) {
  struct fake_socket *socket = add(AF_INET, IPPROTO_TCP, TCP_LISTEN);
  socket->port = port;
  socket->limit = limit;
  return socket;
}

struct fake_socket *fake_socket_udp(uint16_t port, uint32_t limit) {
  struct fake_socket *socket = add(AF_INET, IPPROTO_UDP, TCP_CLOSE);
  socket->port = port;
  socket->limit = limit;
  return socket;
}

struct fake_socket *fake_socket_unix(const char *path, uint32_t limit) {
  struct fake_socket *socket = add(AF_UNIX, 0, TCP_LISTEN);
  socket->path = path;
  socket->path_length = strlen(path) + 1;
  socket->limit = limit;
  return socket;
}

struct fake_socket *fake_socket_connection(int state, uint16_t port,
                                           uint16_t peer_port) {
  struct fake_socket *socket = add(AF_INET, IPPROTO_TCP, state);
  socket->port = port;
  socket->address = "192.0.2.1";
  socket->peer = "192.0.2.2";
  socket->peer_port = peer_port;
  return socket;
}

void fake_socket_close(struct fake_socket *socket) { socket->cookie = 0; }

static struct nlmsghdr *begin_message(struct mnl_socket *socket,
                                      const struct nlmsghdr *request,
                                      uint16_t type) {
  if (socket->room < socket->length + 1024) {
    socket->room = 2 * socket->room + 65536;
    socket->answer = realloc(socket->answer, socket->room);
    if (socket->answer == NULL)
      temp_tree_die("realloc");
  }
  memset(socket->answer + socket->length, 0, 1024);
  struct nlmsghdr *message =
      mnl_nlmsg_put_header(socket->answer + socket->length);
  message->nlmsg_type = type;
  message->nlmsg_seq = request->nlmsg_seq;
  message->nlmsg_flags = NLM_F_MULTI;
  if (fake_sockets.is_interrupted)
    message->nlmsg_flags |= NLM_F_DUMP_INTR;
  return message;
}

static void end_message(struct mnl_socket *socket,
                        const struct nlmsghdr *message) {
  socket->length += (size_t)MNL_ALIGN((int)message->nlmsg_len);
}

static void put_cookie(uint32_t to[2], uint64_t cookie) {
  to[0] = (uint32_t)cookie;
  to[1] = (uint32_t)(cookie >> 32);
}

static void put_inet(struct mnl_socket *socket, const struct nlmsghdr *request,
                     const struct fake_socket *one) {
  struct nlmsghdr *message =
      begin_message(socket, request, SOCK_DIAG_BY_FAMILY);
  struct inet_diag_msg *body =
      mnl_nlmsg_put_extra_header(message, sizeof(*body));
  bool is_udp = one->protocol != IPPROTO_TCP;
  body->idiag_family = (uint8_t)one->family;
  body->idiag_state = (uint8_t)one->state;
  body->id.idiag_sport = htons(one->port);
  if (one->address != NULL)
    inet_pton(one->family, one->address, body->id.idiag_src);
  if (one->peer != NULL)
    inet_pton(one->family, one->peer, body->id.idiag_dst);
  body->id.idiag_dport = htons(one->peer_port);
  body->idiag_expires = one->expires;
  body->idiag_retrans = one->retransmits;
  put_cookie(body->id.idiag_cookie, one->cookie);
  body->idiag_rqueue = one->queue;
  body->idiag_wqueue = is_udp ? 0 : one->limit;
  body->idiag_uid = one->uid;
  body->idiag_inode = one->inode;
  const struct inet_diag_req_v2 *asked = mnl_nlmsg_get_payload(request);
  bool is_asked = (asked->idiag_ext & 1 << (INET_DIAG_SKMEMINFO - 1)) != 0;
  uint32_t memory[SK_MEMINFO_VARS] = {[SK_MEMINFO_RMEM_ALLOC] = one->queue,
                                      [SK_MEMINFO_RCVBUF] =
                                          is_udp ? one->limit : 131072,
                                      [SK_MEMINFO_DROPS] = one->drops};
  if (is_asked && !one->no_memory)
    mnl_attr_put(message, INET_DIAG_SKMEMINFO, sizeof(memory), memory);
  end_message(socket, message);
}

static void put_unix(struct mnl_socket *socket, const struct nlmsghdr *request,
                     const struct fake_socket *one) {
  struct nlmsghdr *message =
      begin_message(socket, request, SOCK_DIAG_BY_FAMILY);
  struct unix_diag_msg *body =
      mnl_nlmsg_put_extra_header(message, sizeof(*body));
  body->udiag_family = AF_UNIX;
  body->udiag_type = SOCK_STREAM;
  body->udiag_state = (uint8_t)one->state;
  body->udiag_ino = one->inode;
  put_cookie(body->udiag_cookie, one->cookie);
  const struct unix_diag_rqlen length = {one->queue, one->limit};
  mnl_attr_put(message, UNIX_DIAG_NAME, one->path_length, one->path);
  mnl_attr_put(message, UNIX_DIAG_RQLEN, sizeof(length), &length);
  if (!fake_sockets.no_unix_uid)
    mnl_attr_put_u32(message, DIAG_UID, one->uid);
  end_message(socket, message);
}

static bool is_missing(int family, int protocol) {
  if (family == AF_UNIX)
    return fake_sockets.no_unix;
  if (protocol == IPPROTO_TCP)
    return fake_sockets.no_tcp;
  return protocol == IPPROTO_UDP ? fake_sockets.no_udp
                                 : fake_sockets.no_udplite;
}

static int answer(struct mnl_socket *socket, const struct nlmsghdr *request) {
  const struct inet_diag_req_v2 *inet = mnl_nlmsg_get_payload(request);
  const struct unix_diag_req *local = mnl_nlmsg_get_payload(request);
  int family = inet->sdiag_family;
  int protocol = family == AF_UNIX ? 0 : inet->sdiag_protocol;
  uint32_t states =
      family == AF_UNIX ? local->udiag_states : inet->idiag_states;
  fake_sockets.requests++;
  fake_sockets.half_open_requests += states == 1 << TCP_SYN_RECV;
  bool is_connections =
      protocol == IPPROTO_TCP && (states & 1 << TCP_ESTABLISHED) != 0;
  fake_sockets.connection_requests += is_connections;
  if (is_missing(family, protocol))
    return ENOENT;
  if (is_connections && fake_sockets.connection_error != 0)
    return fake_sockets.connection_error;
  if (fake_sockets.error != 0)
    return fake_sockets.error;
  for (int rounds = fake_sockets.is_interrupted ? 2 : 1; rounds > 0; rounds--)
    for (size_t i = 0; i < fake_sockets.count; i++) {
      const struct fake_socket *one = &fake_sockets.sockets[i];
      if (one->cookie == 0 || one->family != family ||
          one->protocol != protocol || (states >> one->state & 1) == 0 ||
          strcmp(one->netns != NULL ? one->netns : "", socket->netns) != 0)
        continue;
      if (family == AF_UNIX)
        put_unix(socket, request, one);
      else
        put_inet(socket, request, one);
    }
  return 0;
}

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags);
int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid);
int __wrap_mnl_socket_close(struct mnl_socket *socket);
int __wrap_mnl_socket_get_fd(const struct mnl_socket *socket);
ssize_t __wrap_mnl_socket_sendto(struct mnl_socket *socket, const void *request,
                                 size_t length);
ssize_t __wrap_mnl_socket_recvfrom(struct mnl_socket *socket, void *buffer,
                                   size_t size);
int __wrap_setsockopt(int fd, int level, int name, const void *value,
                      socklen_t size);

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags) {
  (void)flags;
  if (bus != NETLINK_SOCK_DIAG)
    temp_tree_die("a socket of sock_diag");
  struct mnl_socket *socket = calloc(1, sizeof(*socket));
  if (socket == NULL)
    return NULL;
  strcpy(socket->netns, fake_netns.inside);
  fake_sockets.open++;
  return socket;
}

int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned groups,
                           pid_t pid) {
  (void)socket;
  (void)groups;
  (void)pid;
  return 0;
}

int __wrap_mnl_socket_close(struct mnl_socket *socket) {
  free(socket->answer);
  free(socket);
  fake_sockets.open--;
  return 0;
}

int __wrap_mnl_socket_get_fd(const struct mnl_socket *socket) {
  (void)socket;
  return -1;
}

/* There is nobody to wait for. */
int __wrap_setsockopt(int fd, int level, int name, const void *value,
                      socklen_t size) {
  (void)fd;
  (void)level;
  (void)name;
  (void)value;
  (void)size;
  return 0;
}

ssize_t __wrap_mnl_socket_sendto(struct mnl_socket *socket, const void *request,
                                 size_t length) {
  socket->length = socket->at = 0;
  int error = answer(socket, request);
  struct nlmsghdr *done = begin_message(socket, request, NLMSG_DONE);
  int *code = mnl_nlmsg_put_extra_header(done, sizeof(*code));
  *code = -error;
  end_message(socket, done);
  return (ssize_t)length;
}

/* As many whole messages as fit. */
ssize_t __wrap_mnl_socket_recvfrom(struct mnl_socket *socket, void *buffer,
                                   size_t size) {
  if (fake_sockets.stuck != NULL &&
      strcmp(fake_sockets.stuck, socket->netns) == 0) {
    fake_sockets.stuck = NULL;
    errno = EAGAIN;
    return -1;
  }
  size_t length = 0;
  while (socket->at + length < socket->length) {
    const struct nlmsghdr *message =
        (const void *)(socket->answer + socket->at + length);
    size_t next = (size_t)MNL_ALIGN((int)message->nlmsg_len);
    if (length + next > size)
      break;
    length += next;
  }
  memcpy(buffer, socket->answer + socket->at, length);
  socket->at += length;
  return (ssize_t)length;
}
