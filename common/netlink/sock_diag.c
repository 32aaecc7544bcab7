/* SPDX-License-Identifier: MIT */
#include "sock_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"

/* Missing in older kernel headers. */
#define REQUEST_PROTOCOL 3 /* INET_DIAG_REQ_PROTOCOL, Linux 5.9 */
#define SHOW_UID 0x40      /* UDIAG_SHOW_UID, Linux 5.2 */
#define DIAG_UID 7         /* UNIX_DIAG_UID */
#define STATE_LISTEN 10    /* TCP_LISTEN */

static uint64_t join_cookie(const uint32_t cookie[2]) {
  return (uint64_t)cookie[1] << 32 | cookie[0];
}

static uint32_t word_at(const uint8_t *words, size_t index) {
  uint32_t word;
  memcpy(&word, words + index * sizeof(word), sizeof(word));
  return word;
}

/* Takes SK_MEMINFO, an array that is shorter on older kernels. */
static void take_memory(struct socket_info *one,
                        const struct nlattr *attribute) {
  const uint8_t *words = mnl_attr_get_payload(attribute);
  size_t count = mnl_attr_get_payload_len(attribute) / sizeof(uint32_t);
  bool is_datagram =
      one->protocol == IPPROTO_UDP || one->protocol == IPPROTO_UDPLITE;
  if (is_datagram && count > SK_MEMINFO_RCVBUF) {
    one->limit = word_at(words, SK_MEMINFO_RCVBUF);
    one->has_limit = true;
  }
  if (count > SK_MEMINFO_DROPS) {
    one->drops = word_at(words, SK_MEMINFO_DROPS);
    one->has_drops = true;
  }
}

int sock_diag_parse_inet(const struct nlmsghdr *message, uint16_t protocol,
                         struct socket_info *ret) {
  if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY)
    return -ENOMSG;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(struct inet_diag_msg))
    return -EBADMSG;
  const struct inet_diag_msg *body = mnl_nlmsg_get_payload(message);
  if (body->idiag_family != AF_INET && body->idiag_family != AF_INET6)
    return -EBADMSG;
  *ret = (struct socket_info){
      .family = body->idiag_family,
      .protocol = protocol,
      .port = ntohs(body->id.idiag_sport),
      .inode = body->idiag_inode,
      .uid = body->idiag_uid,
      .has_uid = true,
      .cookie = join_cookie(body->id.idiag_cookie),
      .queue = body->idiag_rqueue,
      .path = "",
  };
  memcpy(ret->address, body->id.idiag_src,
         ret->family == AF_INET ? sizeof(struct in_addr)
                                : sizeof(ret->address));
  if (body->idiag_state == STATE_LISTEN) {
    ret->limit = body->idiag_wqueue;
    ret->has_limit = true;
  }
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(*body));
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute))
    if (mnl_attr_get_type(attribute) == INET_DIAG_SKMEMINFO)
      take_memory(ret, attribute);
  return 0;
}

int sock_diag_parse_unix(const struct nlmsghdr *message,
                         struct socket_info *ret) {
  if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY)
    return -ENOMSG;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(struct unix_diag_msg))
    return -EBADMSG;
  const struct unix_diag_msg *body = mnl_nlmsg_get_payload(message);
  if (body->udiag_family != AF_UNIX)
    return -EBADMSG;
  struct socket_info one = {.family = AF_UNIX,
                            .protocol = body->udiag_type,
                            .inode = body->udiag_ino,
                            .cookie = join_cookie(body->udiag_cookie),
                            .path = ""};
  struct unix_diag_rqlen length;
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(*body));
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute)) {
    size_t size = mnl_attr_get_payload_len(attribute);
    switch (mnl_attr_get_type(attribute)) {
    case UNIX_DIAG_NAME:
      one.path = mnl_attr_get_payload(attribute);
      one.path_length = size;
      break;
    case UNIX_DIAG_RQLEN:
      if (size < sizeof(length))
        break;
      memcpy(&length, mnl_attr_get_payload(attribute), sizeof(length));
      one.queue = length.udiag_rqueue;
      one.limit = length.udiag_wqueue;
      one.has_limit = true;
      break;
    case DIAG_UID:
      one.uid = (uint32_t)netlink_number(attribute);
      one.has_uid = size == sizeof(one.uid);
      break;
    default:
      break;
    }
  }
  *ret = one;
  return 0;
}

static void copy_address(uint8_t ret[static 16], const void *address,
                         uint8_t family) {
  static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff};
  if (family == AF_INET6) {
    memcpy(ret, address, 16);
    return;
  }
  memcpy(ret, mapped, 12);
  memcpy(ret + 12, address, 4);
}

int sock_diag_parse_connection(const struct nlmsghdr *message,
                               struct sock_diag_connection *ret) {
  if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY)
    return -ENOMSG;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(struct inet_diag_msg))
    return -EBADMSG;
  const struct inet_diag_msg *body = mnl_nlmsg_get_payload(message);
  if (body->idiag_family != AF_INET && body->idiag_family != AF_INET6)
    return -EBADMSG;
  ret->state = body->idiag_state;
  ret->port = ntohs(body->id.idiag_sport);
  ret->peer_port = ntohs(body->id.idiag_dport);
  copy_address(ret->address, body->id.idiag_src, body->idiag_family);
  copy_address(ret->peer, body->id.idiag_dst, body->idiag_family);
  ret->receive_queue = body->idiag_rqueue;
  ret->send_queue = body->idiag_wqueue;
  ret->expires = body->idiag_expires;
  ret->retransmits = body->idiag_retrans;
  return 0;
}

/* Where to pass the sockets of a dump. */
struct dump_context {
  uint16_t protocol; /* 0: UNIX */
  socket_info_taker *take;
  void *data;
};

struct connection_context {
  sock_diag_connection_taker *take;
  void *data;
};

static int take_message(const struct nlmsghdr *message, void *data) {
  const struct dump_context *context = data;
  struct socket_info one;
  int r = context->protocol == 0
              ? sock_diag_parse_unix(message, &one)
              : sock_diag_parse_inet(message, context->protocol, &one);
  if (r == -ENOMSG)
    return 0;
  return r < 0 ? r : context->take(&one, context->data);
}

static int take_connection_message(const struct nlmsghdr *message, void *data) {
  const struct connection_context *context = data;
  struct sock_diag_connection connection;
  int r = sock_diag_parse_connection(message, &connection);
  if (r == -ENOMSG)
    return 0;
  return r < 0 ? r : context->take(&connection, context->data);
}

static struct nlmsghdr *begin_inet(uint8_t buffer[static NETLINK_REQUEST_SIZE],
                                   uint8_t family, uint16_t protocol,
                                   uint32_t states, uint8_t extensions) {
  struct nlmsghdr *request = netlink_begin(buffer, SOCK_DIAG_BY_FAMILY, true);
  struct inet_diag_req_v2 *body =
      mnl_nlmsg_put_extra_header(request, sizeof(*body));
  body->sdiag_family = family;
  body->idiag_states = states;
  body->idiag_ext = extensions;
  if (protocol > UINT8_MAX) {
    body->sdiag_protocol = UINT8_MAX;
    mnl_attr_put_u32(request, REQUEST_PROTOCOL, protocol);
  } else {
    body->sdiag_protocol = (uint8_t)protocol;
  }
  return request;
}

int sock_diag_inet(struct netlink *netlink, uint8_t family, uint16_t protocol,
                   uint32_t states, socket_info_taker *take, void *data) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = begin_inet(buffer, family, protocol, states,
                                        1 << (INET_DIAG_SKMEMINFO - 1));
  struct dump_context context = {
      .protocol = protocol, .take = take, .data = data};
  return netlink_ask(netlink, request, take_message, &context);
}

int sock_diag_connections(struct netlink *netlink, uint8_t family,
                          uint32_t states, sock_diag_connection_taker *take,
                          void *data) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = begin_inet(buffer, family, IPPROTO_TCP, states, 0);
  struct connection_context context = {.take = take, .data = data};
  return netlink_ask(netlink, request, take_connection_message, &context);
}

int sock_diag_unix(struct netlink *netlink, socket_info_taker *take,
                   void *data) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, SOCK_DIAG_BY_FAMILY, true);
  struct unix_diag_req *body =
      mnl_nlmsg_put_extra_header(request, sizeof(*body));
  body->sdiag_family = AF_UNIX;
  body->udiag_states = SOCK_DIAG_LISTEN;
  body->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN | SHOW_UID;
  struct dump_context context = {.take = take, .data = data};
  return netlink_ask(netlink, request, take_message, &context);
}
