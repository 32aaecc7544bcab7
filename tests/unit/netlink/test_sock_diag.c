/* SPDX-License-Identifier: MIT */
#include "fake_netlink.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/un.h>

#include "allocations.h"
#include "sock_diag.h"

/* More words than the newest kernel has. */
#define FUTURE_WORDS 16

static const uint32_t memory[FUTURE_WORDS] = {
    [SK_MEMINFO_RMEM_ALLOC] = 1664, [SK_MEMINFO_RCVBUF] = 2304,
    [SK_MEMINFO_BACKLOG] = 7,       [SK_MEMINFO_DROPS] = 4000000000,
    [SK_MEMINFO_DROPS + 1] = 99,
};

static struct inet_diag_msg listener(void) {
  struct inet_diag_msg body = {.idiag_family = AF_INET,
                               .idiag_state = TCP_LISTEN,
                               .idiag_rqueue = 5,
                               .idiag_wqueue = 4,
                               .idiag_uid = 33,
                               .idiag_inode = 4711};
  body.id.idiag_sport = htons(443);
  body.id.idiag_cookie[0] = 0xfffffffe;
  body.id.idiag_cookie[1] = 2;
  inet_pton(AF_INET, "192.0.2.1", body.id.idiag_src);
  return body;
}

static struct nlmsghdr *compose(union netlink_message *message,
                                const struct inet_diag_msg *body,
                                size_t words) {
  struct nlmsghdr *begun =
      message_begin(message, SOCK_DIAG_BY_FAMILY, body, sizeof(*body));
  mnl_attr_put_u8(begun, INET_DIAG_SHUTDOWN, 0);
  mnl_attr_put(begun, INET_DIAG_SKMEMINFO, words * sizeof(memory[0]), memory);
  return begun;
}

/* The result of the parser that message_take() calls. */
struct parsed {
  uint16_t protocol;
  struct socket_info one;
  char path[256];
};

static int parse_inet(const struct nlmsghdr *message, void *data) {
  struct parsed *parsed = data;
  return sock_diag_parse_inet(message, parsed->protocol, &parsed->one);
}

static int parse_unix(const struct nlmsghdr *message, void *data) {
  struct parsed *parsed = data;
  int r = sock_diag_parse_unix(message, &parsed->one);
  if (r == 0)
    memcpy(parsed->path, parsed->one.path, parsed->one.path_length);
  return r;
}

static void a_listener(void **state) {
  (void)state;
  union netlink_message message;
  const struct inet_diag_msg body = listener();
  struct parsed parsed = {.protocol = IPPROTO_TCP};
  assert_int_equal(
      message_take(compose(&message, &body, 9), parse_inet, &parsed), 0);
  const struct socket_info *one = &parsed.one;
  assert_int_equal(one->family, AF_INET);
  assert_int_equal(one->protocol, IPPROTO_TCP);
  assert_int_equal(one->port, 443);
  assert_memory_equal(one->address, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0",
                      16);
  assert_int_equal(one->inode, 4711);
  assert_true(one->has_uid);
  assert_int_equal(one->uid, 33);
  assert_true(one->cookie == UINT64_C(0x2fffffffe));
  assert_int_equal(one->queue, 5);
  assert_true(one->has_limit);
  assert_int_equal(one->limit, 4);
  assert_true(one->has_drops);
  assert_true(one->drops == 4000000000);
}

static void an_ipv6_udp_socket(void **state) {
  (void)state;
  static const uint16_t protocols[] = {IPPROTO_UDP, IPPROTO_UDPLITE};
  for (size_t i = 0; i < COUNT_OF(protocols); i++) {
    union netlink_message message;
    struct inet_diag_msg body = listener();
    body.idiag_family = AF_INET6;
    body.idiag_state = TCP_CLOSE;
    body.idiag_rqueue = 1664;
    body.idiag_wqueue = 12345; /* what it sends */
    inet_pton(AF_INET6, "2001:db8::1", body.id.idiag_src);
    struct parsed parsed = {.protocol = protocols[i]};
    assert_int_equal(
        message_take(compose(&message, &body, 9), parse_inet, &parsed), 0);
    assert_int_equal(parsed.one.queue, 1664);
    assert_int_equal(parsed.one.limit, 2304);
    assert_memory_equal(parsed.one.address, body.id.idiag_src, 16);
  }
}

/* Linux 3.10 to 4.6 have fewer words, future kernels may have more. */
static void skmeminfo_of_any_length(void **state) {
  (void)state;
  for (size_t words = 0; words <= FUTURE_WORDS; words++) {
    union netlink_message message;
    struct inet_diag_msg body = listener();
    body.idiag_state = TCP_CLOSE;
    struct parsed parsed = {.protocol = IPPROTO_UDP};
    assert_int_equal(
        message_take(compose(&message, &body, words), parse_inet, &parsed), 0);
    CHECK(parsed.one.has_limit == (words > SK_MEMINFO_RCVBUF), "%zu", words);
    CHECK(parsed.one.limit == (words > SK_MEMINFO_RCVBUF ? 2304 : 0), "%zu",
          words);
    CHECK(parsed.one.has_drops == (words > SK_MEMINFO_DROPS), "%zu", words);
    CHECK(parsed.one.drops == (words > SK_MEMINFO_DROPS ? 4000000000 : 0),
          "%zu", words);
  }
}

static void a_message_can_end_anywhere(void **state) {
  (void)state;
  union netlink_message message;
  const struct inet_diag_msg body = listener();
  struct nlmsghdr *begun = compose(&message, &body, 9);
  uint32_t whole = begun->nlmsg_len;
  for (uint32_t length = NLMSG_HDRLEN; length <= whole; length++) {
    struct parsed parsed = {.protocol = IPPROTO_TCP};
    begun->nlmsg_len = length;
    int r = message_take(begun, parse_inet, &parsed);
    bool is_long_enough = length >= NLMSG_HDRLEN + sizeof(body);
    CHECK(r == (is_long_enough ? 0 : -EBADMSG), "%u bytes: %d", length, r);
    CHECK(parsed.one.port == (is_long_enough ? 443 : 0), "%u bytes", length);
    CHECK(parsed.one.has_drops == (length == whole), "%u bytes", length);
  }
}

static void false_lengths(void **state) {
  (void)state;
  static const uint16_t lengths[] = {0, 3, 41, 0x0fff, 0xffff};
  for (size_t i = 0; i < COUNT_OF(lengths); i++) {
    union netlink_message message;
    const struct inet_diag_msg body = listener();
    struct nlmsghdr *begun =
        message_begin(&message, SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
    message_put_lie(begun, INET_DIAG_SKMEMINFO, memory, 36, lengths[i]);
    struct parsed parsed = {.protocol = IPPROTO_TCP};
    assert_int_equal(message_take(begun, parse_inet, &parsed), 0);
    CHECK(!parsed.one.has_drops, "length %u", lengths[i]);
  }
}

static void malformed_sockets_are_refused(void **state) {
  (void)state;
  static const uint8_t families[] = {0, AF_UNIX, 3, 255};
  union netlink_message message;
  for (size_t i = 0; i < COUNT_OF(families); i++) {
    struct inet_diag_msg body = listener();
    body.idiag_family = families[i];
    struct parsed parsed = {.one = {.port = 77}};
    int r = message_take(compose(&message, &body, 9), parse_inet, &parsed);
    CHECK(r == -EBADMSG, "family %u: %d", families[i], r);
    assert_int_equal(parsed.one.port, 77);
  }
  const struct inet_diag_msg body = listener();
  struct parsed parsed = {.one = {.port = 77}};
  compose(&message, &body, 9)->nlmsg_type = 21;
  assert_int_equal(message_take(&message.header, parse_inet, &parsed), -ENOMSG);
  assert_int_equal(message_take(&message.header, parse_unix, &parsed), -ENOMSG);
  assert_int_equal(parsed.one.port, 77);
}

static int parse_connection(const struct nlmsghdr *message, void *data) {
  return sock_diag_parse_connection(message, data);
}

static struct inet_diag_msg a_connection_message(void) {
  struct inet_diag_msg body = {.idiag_family = AF_INET,
                               .idiag_state = TCP_ESTABLISHED,
                               .idiag_rqueue = 4000000000,
                               .idiag_wqueue = 17,
                               .idiag_expires = 59001,
                               .idiag_retrans = 3};
  body.id.idiag_sport = htons(443);
  body.id.idiag_dport = htons(50000);
  inet_pton(AF_INET, "192.0.2.1", body.id.idiag_src);
  inet_pton(AF_INET, "192.0.2.2", body.id.idiag_dst);
  /* The bytes behind an IPv4 address are not part of it. */
  body.id.idiag_src[3] = body.id.idiag_dst[1] = 77;
  return body;
}

static void a_connection(void **state) {
  (void)state;
  union netlink_message message;
  struct inet_diag_msg body = a_connection_message();
  struct sock_diag_connection found;
  memset(&found, 0xa5, sizeof(found));
  struct nlmsghdr *begun =
      message_begin(&message, SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
  assert_int_equal(message_take(begun, parse_connection, &found), 0);
  assert_int_equal(found.state, TCP_ESTABLISHED);
  assert_int_equal(found.port, 443);
  assert_int_equal(found.peer_port, 50000);
  assert_memory_equal(found.address,
                      "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x01", 16);
  assert_memory_equal(found.peer,
                      "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x02", 16);
  assert_true(found.receive_queue == 4000000000);
  assert_int_equal(found.send_queue, 17);
  assert_int_equal(found.expires, 59001);
  assert_int_equal(found.retransmits, 3);

  body.idiag_family = AF_INET6;
  inet_pton(AF_INET6, "2001:db8::1", body.id.idiag_src);
  inet_pton(AF_INET6, "::ffff:192.0.2.2", body.id.idiag_dst);
  begun = message_begin(&message, SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
  assert_int_equal(message_take(begun, parse_connection, &found), 0);
  assert_memory_equal(found.address, body.id.idiag_src, 16);
  assert_memory_equal(found.peer, body.id.idiag_dst, 16);
}

static void malformed_connections_are_refused(void **state) {
  (void)state;
  union netlink_message message;
  struct inet_diag_msg body = a_connection_message();
  struct sock_diag_connection found = {.port = 77};
  struct nlmsghdr *begun =
      message_begin(&message, SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
  uint32_t whole = begun->nlmsg_len;
  for (uint32_t length = NLMSG_HDRLEN; length < whole; length++) {
    begun->nlmsg_len = length;
    assert_int_equal(message_take(begun, parse_connection, &found), -EBADMSG);
  }
  begun->nlmsg_len = whole;
  begun->nlmsg_type = 21;
  assert_int_equal(message_take(begun, parse_connection, &found), -ENOMSG);
  body.idiag_family = AF_UNIX;
  begun = message_begin(&message, SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
  assert_int_equal(message_take(begun, parse_connection, &found), -EBADMSG);
  assert_int_equal(found.port, 77);
}

static struct nlmsghdr *begin_unix(union netlink_message *message) {
  const struct unix_diag_msg body = {.udiag_family = AF_UNIX,
                                     .udiag_type = SOCK_SEQPACKET,
                                     .udiag_state = TCP_LISTEN,
                                     .udiag_ino = 815,
                                     .udiag_cookie = {9, 1}};
  return message_begin(message, SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
}

static void a_unix_listener(void **state) {
  (void)state;
  static const struct {
    size_t size;
    const char *path;
  } rows[] = {
      {0, ""},
      {14, "/run/some.sock"},
      {15, "/run/some.sock"},
      {6, "\0abc\0d"},
      {108, "\0"
            "12345678901234567890123456789012345678901234567890"
            "123456789012345678901234567890123456789012345678901234567"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    union netlink_message message;
    struct nlmsghdr *begun = begin_unix(&message);
    const struct unix_diag_rqlen length = {2, 1};
    mnl_attr_put(begun, UNIX_DIAG_NAME, rows[i].size, rows[i].path);
    mnl_attr_put(begun, UNIX_DIAG_RQLEN, sizeof(length), &length);
    mnl_attr_put_u32(begun, UNIX_DIAG_UID, 1000);
    struct parsed parsed = {.protocol = 0};
    assert_int_equal(message_take(begun, parse_unix, &parsed), 0);
    const struct socket_info *one = &parsed.one;
    assert_int_equal(one->family, AF_UNIX);
    assert_int_equal(one->protocol, SOCK_SEQPACKET);
    assert_int_equal(one->inode, 815);
    assert_true(one->cookie == UINT64_C(0x100000009));
    assert_int_equal(one->queue, 2);
    assert_int_equal(one->limit, 1);
    assert_true(one->has_limit);
    assert_false(one->has_drops);
    assert_true(one->has_uid);
    assert_int_equal(one->uid, 1000);
    assert_int_equal(one->path_length, rows[i].size);
    assert_memory_equal(parsed.path, rows[i].path, rows[i].size);
  }
}

static void an_old_kernels_unix_listener(void **state) {
  (void)state;
  union netlink_message message;
  struct parsed parsed = {.protocol = 0};
  struct nlmsghdr *begun = begin_unix(&message);
  mnl_attr_put(begun, UNIX_DIAG_RQLEN, 7, "\1\0\0\0\2\0\0");
  assert_int_equal(message_take(begun, parse_unix, &parsed), 0);
  assert_false(parsed.one.has_uid);
  assert_false(parsed.one.has_limit);
  assert_int_equal(parsed.one.path_length, 0);
  struct unix_diag_msg *body = mnl_nlmsg_get_payload(begun);
  body->udiag_family = AF_INET;
  assert_int_equal(message_take(begun, parse_unix, &parsed), -EBADMSG);
  begin_unix(&message)->nlmsg_len--;
  assert_int_equal(message_take(begun, parse_unix, &parsed), -EBADMSG);
}

static unsigned sockets;
static uint16_t flags;
static int dump_error, taker_error;

static void answer_listeners(const struct nlmsghdr *request) {
  for (unsigned i = 0; i < sockets; i++) {
    union netlink_message message;
    struct inet_diag_msg body = listener();
    body.id.idiag_cookie[0] = i;
    struct nlmsghdr *begun = compose(&message, &body, 9);
    begun->nlmsg_flags = NLM_F_MULTI | flags;
    fake_netlink_add(request, begun);
    if (i % 32 == 31)
      fake_netlink_send();
  }
  fake_netlink_add_done(request, NLM_F_MULTI, dump_error);
  fake_netlink_send();
}

static int count(const struct socket_info *one, void *data) {
  unsigned *found = data;
  assert_int_equal(one->protocol, IPPROTO_TCP);
  ++*found;
  return taker_error;
}

static int take_connection(const struct sock_diag_connection *connection,
                           void *data) {
  unsigned *found = data;
  assert_int_equal(connection->port, 443);
  ++*found;
  return taker_error;
}

static void answer_nothing(const struct nlmsghdr *request) {
  fake_netlink_add_done(request, NLM_F_MULTI, 0);
  fake_netlink_send();
}

static const void *asked(void) {
  const struct nlmsghdr *request = &fake_netlink.request.header;
  assert_int_equal(request->nlmsg_type, SOCK_DIAG_BY_FAMILY);
  assert_int_equal(request->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  return mnl_nlmsg_get_payload(request);
}

static void requests(void **state) {
  (void)state;
  struct netlink netlink;
  fake_netlink_open(&netlink, answer_nothing);
  assert_int_equal(sock_diag_inet(&netlink, AF_INET6, IPPROTO_TCP,
                                  SOCK_DIAG_LISTEN, count, NULL),
                   0);
  const struct inet_diag_req_v2 *inet = asked();
  assert_int_equal(inet->sdiag_family, AF_INET6);
  assert_int_equal(inet->sdiag_protocol, IPPROTO_TCP);
  assert_int_equal(inet->idiag_states, 1 << TCP_LISTEN);
  assert_int_equal(inet->idiag_ext, 1 << (INET_DIAG_SKMEMINFO - 1));
  assert_int_equal(fake_netlink.request.header.nlmsg_len,
                   NLMSG_HDRLEN + sizeof(*inet));

  assert_int_equal(sock_diag_inet(&netlink, AF_INET, IPPROTO_UDP,
                                  SOCK_DIAG_ANY_UDP, count, NULL),
                   0);
  inet = asked();
  assert_int_equal(inet->idiag_states, 1 << TCP_CLOSE | 1 << TCP_ESTABLISHED);

  assert_int_equal(sock_diag_connections(&netlink, AF_INET, SOCK_DIAG_SYN_RECV,
                                         take_connection, NULL),
                   0);
  inet = asked();
  assert_int_equal(inet->sdiag_family, AF_INET);
  assert_int_equal(inet->sdiag_protocol, IPPROTO_TCP);
  assert_int_equal(inet->idiag_states, 1 << TCP_SYN_RECV);
  assert_int_equal(inet->idiag_ext, 0);

  assert_int_equal(sock_diag_inet(&netlink, AF_INET, SOCK_DIAG_MPTCP,
                                  SOCK_DIAG_LISTEN, count, NULL),
                   0);
  inet = asked();
  assert_int_equal(inet->sdiag_protocol, 255);
  const struct nlattr *protocol = (const void *)(inet + 1);
  assert_int_equal(mnl_attr_get_type(protocol), INET_DIAG_REQ_PROTOCOL);
  assert_int_equal(mnl_attr_get_u32(protocol), SOCK_DIAG_MPTCP);

  assert_int_equal(sock_diag_unix(&netlink, count, NULL), 0);
  const struct unix_diag_req *unix_request = asked();
  assert_int_equal(unix_request->sdiag_family, AF_UNIX);
  assert_int_equal(unix_request->udiag_states, 1 << TCP_LISTEN);
  assert_int_equal(unix_request->udiag_show,
                   UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID);
  fake_netlink_close(&netlink);
}

static int ask(struct netlink *netlink, unsigned *found) {
  *found = 0;
  return sock_diag_inet(netlink, AF_INET, IPPROTO_TCP, SOCK_DIAG_LISTEN, count,
                        found);
}

static void answers_and_failures(void **state) {
  (void)state;
  struct netlink netlink;
  unsigned found;
  fake_netlink_open(&netlink, answer_listeners);
  sockets = 200;
  assert_int_equal(ask(&netlink, &found), 0);
  assert_int_equal(found, 200);
  flags = NLM_F_DUMP_INTR;
  assert_int_equal(ask(&netlink, &found), -EINTR);
  assert_int_equal(found, 200);
  flags = 0;
  dump_error = -ENOENT;
  assert_int_equal(ask(&netlink, &found), -ENOENT);
  dump_error = 0;
  fake_netlink.receive_error = ENOBUFS;
  assert_int_equal(ask(&netlink, &found), -ENOBUFS);
  /* The rest of that answer is not taken for the next one. */
  sockets = 3;
  assert_int_equal(ask(&netlink, &found), 0);
  assert_int_equal(found, 3);
  taker_error = -ENOMEM;
  assert_int_equal(ask(&netlink, &found), -ENOMEM);
  assert_int_equal(found, 3);
  taker_error = 0;
  fake_netlink_close(&netlink);
}

static void answers_of_connections(void **state) {
  (void)state;
  struct netlink netlink;
  unsigned found = 0;
  fake_netlink_open(&netlink, answer_listeners);
  sockets = 100;
  size_t before = allocations_count();
  int r = sock_diag_connections(&netlink, AF_INET, SOCK_DIAG_CONNECTIONS,
                                take_connection, &found);
  assert_int_equal(allocations_count(), before);
  assert_int_equal(r, 0);
  assert_int_equal(found, 100);
  dump_error = -ENOENT;
  taker_error = -ENOMEM;
  r = sock_diag_connections(&netlink, AF_INET, SOCK_DIAG_CONNECTIONS,
                            take_connection, &found);
  assert_int_equal(r, -ENOMEM);
  dump_error = taker_error = 0;
  fake_netlink_close(&netlink);
}

static void nothing_is_allocated(void **state) {
  (void)state;
  struct netlink netlink;
  unsigned found;
  int failed = 0;
  sockets = 100;
  fake_netlink_open(&netlink, answer_listeners);
  size_t before = allocations_count();
  for (int i = 0; i < 100; i++)
    failed += ask(&netlink, &found) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  fake_netlink_close(&netlink);
}

/* --- This kernel --- */

struct wanted {
  uint32_t inode;
  struct socket_info one;
  unsigned found;
  char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static int look(const struct socket_info *one, void *data) {
  struct wanted *wanted = data;
  if (one->inode != wanted->inode)
    return 0;
  wanted->one = *one;
  wanted->found++;
  memcpy(wanted->path, one->path, one->path_length);
  return 0;
}

static uint32_t inode_of(int fd) {
  char path[32], target[64] = "";
  uint32_t inode = 0;
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  assert_true(readlink(path, target, sizeof(target) - 1) > 0);
  assert_int_equal(sscanf(target, "socket:[%u]", &inode), 1);
  return inode;
}

static void open_real(struct netlink *netlink) {
  int r = netlink_open(netlink, NETLINK_SOCK_DIAG);
  if (r < 0)
    skip();
}

static void a_real_listener(void **state) {
  (void)state;
  struct netlink netlink;
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof(at);
  open_real(&netlink);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
  assert_int_equal(listen(fd, 3), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
  assert_int_equal(connect(peer, (struct sockaddr *)&at, sizeof(at)), 0);
  struct wanted wanted = {.inode = inode_of(fd)};
  int r = sock_diag_inet(&netlink, AF_INET, IPPROTO_TCP, SOCK_DIAG_LISTEN, look,
                         &wanted);
  netlink_close(&netlink);
  close(peer);
  close(fd);
  if (r == -ENOENT)
    skip();
  assert_int_equal(r, 0);
  assert_int_equal(wanted.found, 1);
  assert_int_equal(wanted.one.port, ntohs(at.sin_port));
  assert_int_equal(wanted.one.queue, 1);
  assert_int_equal(wanted.one.limit, 3);
  assert_int_equal(wanted.one.uid, getuid());
  assert_memory_equal(wanted.one.address, &at.sin_addr, 4);
}

/* Finds the end with this port, and its peer. */
struct wanted_end {
  uint16_t port, peer_port;
  unsigned found;
  struct sock_diag_connection end;
};

static int look_for_end(const struct sock_diag_connection *connection,
                        void *data) {
  struct wanted_end *wanted = data;
  if (connection->port != wanted->port ||
      connection->peer_port != wanted->peer_port)
    return 0;
  wanted->end = *connection;
  wanted->found++;
  return 0;
}

static int find_end(struct netlink *netlink, struct wanted_end *wanted) {
  wanted->found = 0;
  return sock_diag_connections(netlink, AF_INET, SOCK_DIAG_CONNECTIONS,
                               look_for_end, wanted);
}

static uint16_t port_of(int fd) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t size = sizeof(at);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
  return ntohs(at.sin_port);
}

/* The end that closes first stays in TIME_WAIT. */
static void a_real_connection(void **state) {
  (void)state;
  struct netlink netlink;
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  open_real(&netlink);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
  assert_int_equal(listen(fd, 3), 0);
  at.sin_port = htons(port_of(fd));
  assert_int_equal(connect(peer, (struct sockaddr *)&at, sizeof(at)), 0);
  int end = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
  assert_int_equal(send(peer, "12345", 5, 0), 5);
  struct wanted_end far = {.port = port_of(fd), .peer_port = port_of(peer)};
  struct wanted_end near = {.port = far.peer_port, .peer_port = far.port};
  int r = find_end(&netlink, &far);
  assert_int_equal(r == -ENOENT ? 0 : r, 0);
  char bytes[8];
  assert_int_equal(recv(end, bytes, sizeof(bytes), 0), 5);
  close(peer);
  assert_int_equal(recv(end, bytes, sizeof(bytes), 0), 0);
  close(end);
  int waiting = find_end(&netlink, &near);
  netlink_close(&netlink);
  close(fd);
  if (r == -ENOENT)
    skip();
  assert_int_equal(far.found, 1);
  assert_int_equal(far.end.state, TCP_ESTABLISHED);
  assert_int_equal(far.end.receive_queue, 5);
  assert_int_equal(far.end.send_queue, 0);
  assert_memory_equal(far.end.address + 10, "\xff\xff\x7f\0\0\1", 6);
  assert_memory_equal(far.end.peer + 10, "\xff\xff\x7f\0\0\1", 6);
  assert_int_equal(waiting, 0);
  assert_int_equal(near.found, 1);
  assert_int_equal(near.end.state, TCP_TIME_WAIT);
  assert_int_equal(near.end.receive_queue, 0);
  CHECK(near.end.expires > 50000 && near.end.expires <= 60000, "%u",
        near.end.expires);
}

static void a_real_unix_listener(void **state) {
  (void)state;
  struct netlink netlink;
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  open_real(&netlink);
  snprintf(at.sun_path + 1, sizeof(at.sun_path) - 1, "netloss-%d", getpid());
  socklen_t size = sizeof(at);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
  assert_int_equal(listen(fd, 7), 0);
  struct wanted wanted = {.inode = inode_of(fd)};
  int r = sock_diag_unix(&netlink, look, &wanted);
  netlink_close(&netlink);
  close(fd);
  if (r == -ENOENT)
    skip();
  assert_int_equal(r, 0);
  assert_int_equal(wanted.found, 1);
  assert_int_equal(wanted.one.limit, 7);
  assert_int_equal(wanted.one.queue, 0);
  assert_int_equal(wanted.one.path_length, sizeof(at.sun_path));
  assert_memory_equal(wanted.path, at.sun_path, sizeof(at.sun_path));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_listener),
      cmocka_unit_test(an_ipv6_udp_socket),
      cmocka_unit_test(skmeminfo_of_any_length),
      cmocka_unit_test(a_message_can_end_anywhere),
      cmocka_unit_test(false_lengths),
      cmocka_unit_test(malformed_sockets_are_refused),
      cmocka_unit_test(a_connection),
      cmocka_unit_test(malformed_connections_are_refused),
      cmocka_unit_test(answers_of_connections),
      cmocka_unit_test(a_unix_listener),
      cmocka_unit_test(an_old_kernels_unix_listener),
      cmocka_unit_test(requests),
      cmocka_unit_test(answers_and_failures),
      cmocka_unit_test(nothing_is_allocated),
      cmocka_unit_test(a_real_listener),
      cmocka_unit_test(a_real_connection),
      cmocka_unit_test(a_real_unix_listener),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
