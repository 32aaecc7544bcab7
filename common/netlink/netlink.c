/* SPDX-License-Identifier: MIT */
#include "netlink.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

/* The largest piece of a dump that the kernel sends; it follows the size of the
 * buffer up to here (net/netlink/af_netlink.c). */
#define BUFFER_SIZE 32768

/* The answer about one object is one piece of any size. */
#define BUFFER_LIMIT (1U << 20)

#define ANSWER_SECONDS 5

/* Connects to the kernel. Without that, whoever may send in the namespace could
 * send to the socket and disturb its answers. */
static int connect_to_kernel(const struct mnl_socket *socket) {
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  return connect(mnl_socket_get_fd(socket), (const struct sockaddr *)&kernel,
                 sizeof(kernel));
}

int netlink_open(struct netlink *netlink, int protocol) {
  const struct timeval timeout = {.tv_sec = ANSWER_SECONDS};
  struct netlink opened = {.protocol = protocol,
                           .sequence = (uint32_t)time(NULL)};
  int r = 0;
  opened.buffer_size = BUFFER_SIZE;
  opened.buffer = malloc(opened.buffer_size);
  if (opened.buffer == NULL)
    return -ENOMEM;
  opened.socket = mnl_socket_open2(protocol, SOCK_CLOEXEC);
  if (opened.socket == NULL ||
      mnl_socket_bind(opened.socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
      connect_to_kernel(opened.socket) < 0 ||
      setsockopt(mnl_socket_get_fd(opened.socket), SOL_SOCKET, SO_RCVTIMEO,
                 &timeout, sizeof(timeout)) < 0)
    r = -errno;
  if (r < 0)
    netlink_close(&opened);
  else
    *netlink = opened;
  return r;
}

void netlink_close(struct netlink *netlink) {
  if (netlink->socket != NULL)
    mnl_socket_close(netlink->socket);
  free(netlink->buffer);
  *netlink = (struct netlink){0};
}

struct nlmsghdr *netlink_begin(uint8_t buffer[static NETLINK_REQUEST_SIZE],
                               uint16_t type, bool dump) {
  memset(buffer, 0, NETLINK_REQUEST_SIZE);
  struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
  request->nlmsg_type = type;
  request->nlmsg_flags =
      (uint16_t)(NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK));
  return request;
}

struct nlmsghdr *
netlink_begin_generic(uint8_t buffer[static NETLINK_REQUEST_SIZE],
                      uint16_t family, uint8_t command, bool dump) {
  struct nlmsghdr *request = netlink_begin(buffer, family, dump);
  struct genlmsghdr *generic =
      mnl_nlmsg_put_extra_header(request, sizeof(*generic));
  generic->cmd = command;
  generic->version = 1;
  return request;
}

/* An answer being received. */
struct answer {
  uint32_t sequence;
  int (*take)(const struct nlmsghdr *message, void *data);
  void *data;
  int result;
  bool is_interrupted; /* objects changed during the dump */
  bool is_complete;
};

static void end_answer(struct answer *answer, int result) {
  answer->is_complete = true;
  if (result < 0 && answer->result == 0)
    answer->result = result;
}

/* Takes the last message of an answer: an error, which may be 0, or the end of
 * a dump. */
static void take_end(struct answer *answer, const struct nlmsghdr *message) {
  int error;
  if (message->nlmsg_len < mnl_nlmsg_size(sizeof(error))) {
    end_answer(answer, message->nlmsg_type == NLMSG_ERROR ? -EBADMSG : 0);
    return;
  }
  memcpy(&error, mnl_nlmsg_get_payload(message), sizeof(error));
  end_answer(answer, error);
}

static void take_message(struct answer *answer,
                         const struct nlmsghdr *message) {
  /* A late message of an earlier answer. */
  if (message->nlmsg_seq != answer->sequence)
    return;
  if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
    answer->is_interrupted = true;
  switch (message->nlmsg_type) {
  case NLMSG_ERROR:
  case NLMSG_DONE:
    take_end(answer, message);
    break;
  case NLMSG_NOOP:
  case NLMSG_OVERRUN:
    break;
  default: {
    int r = answer->take(message, answer->data);
    if (r < 0 && answer->result == 0)
      answer->result = r;
  }
  }
}

/* Replaces mnl_nlmsg_ok(), which accepts lengths that are negative as an int.
 */
static bool is_whole(const struct nlmsghdr *message, size_t left) {
  return left >= sizeof(*message) && message->nlmsg_len >= sizeof(*message) &&
         message->nlmsg_len <= left;
}

static void take_all(struct answer *answer, const uint8_t *buffer,
                     size_t length) {
  for (size_t at = 0; at < length;) {
    const struct nlmsghdr *message = (const void *)(buffer + at);
    /* Nothing behind it can be parsed either. */
    if (!is_whole(message, length - at)) {
      end_answer(answer, -EBADMSG);
      return;
    }
    take_message(answer, message);
    at += (size_t)MNL_ALIGN((int)message->nlmsg_len);
  }
}

static ssize_t receive(struct netlink *netlink) {
  ssize_t n;
  do
    n = mnl_socket_recvfrom(netlink->socket, netlink->buffer,
                            netlink->buffer_size);
  while (n < 0 && errno == EINTR);
  if (n == 0)
    return -EBADMSG;
  return n < 0 ? -errno : n;
}

/* Opens a new socket. The rest of an incomplete answer would block the next
 * one: a socket has one dump at a time. */
static int replace_socket(struct netlink *netlink) {
  struct netlink fresh;
  int r = netlink->reopen == NULL ? netlink_open(&fresh, netlink->protocol)
                                  : netlink->reopen(&fresh, netlink->protocol,
                                                    netlink->reopen_data);
  if (r < 0)
    return r;
  fresh.reopen = netlink->reopen;
  fresh.reopen_data = netlink->reopen_data;
  netlink_close(netlink);
  *netlink = fresh;
  return 0;
}

static int ask_once(struct netlink *netlink, struct nlmsghdr *request,
                    struct answer *answer) {
  answer->sequence = request->nlmsg_seq = ++netlink->sequence;
  if (mnl_socket_sendto(netlink->socket, request, request->nlmsg_len) < 0)
    return -errno;
  while (!answer->is_complete) {
    ssize_t n = receive(netlink);
    netlink->is_stuck = n < 0;
    if (n < 0)
      return (int)n;
    take_all(answer, netlink->buffer, (size_t)n);
  }
  if (answer->result == 0 && answer->is_interrupted)
    return -EINTR;
  return answer->result;
}

static bool grow_buffer(struct netlink *netlink) {
  size_t size = 2 * netlink->buffer_size;
  uint8_t *buffer =
      size <= BUFFER_LIMIT ? realloc(netlink->buffer, size) : NULL;
  if (buffer == NULL)
    return false;
  netlink->buffer = buffer;
  netlink->buffer_size = size;
  return true;
}

/* Whether the answer about one object did not fit and now has room. Nothing of
 * it was taken, and its acknowledgement will count as a late message. */
static bool can_repeat(struct netlink *netlink, const struct nlmsghdr *request,
                       int r) {
  if (r != -ENOSPC || !netlink->is_stuck ||
      (request->nlmsg_flags & NLM_F_DUMP) != 0 || !grow_buffer(netlink))
    return false;
  netlink->is_stuck = false;
  return true;
}

int netlink_ask(struct netlink *netlink, struct nlmsghdr *request,
                int (*take)(const struct nlmsghdr *message, void *data),
                void *data) {
  int r = netlink->is_stuck ? replace_socket(netlink) : 0;
  if (r < 0)
    return r;
  do {
    struct answer answer = {.take = take, .data = data};
    r = ask_once(netlink, request, &answer);
  } while (can_repeat(netlink, request, r));
  return r;
}

/* Finds the multicast group "monitor" in a list of groups. */
static uint32_t find_monitor(const struct nlattr *list) {
  struct netlink_attributes groups = netlink_nested(list);
  const struct nlattr *group, *member;
  while (netlink_take(&groups, &group)) {
    char name[GENL_NAMSIZ] = "";
    uint64_t id = 0;
    struct netlink_attributes members = netlink_nested(group);
    while (netlink_take(&members, &member)) {
      if (mnl_attr_get_type(member) == CTRL_ATTR_MCAST_GRP_NAME)
        netlink_text(member, name, sizeof(name));
      else if (mnl_attr_get_type(member) == CTRL_ATTR_MCAST_GRP_ID)
        id = netlink_number(member);
    }
    if (strcmp(name, "monitor") == 0)
      return (uint32_t)id;
  }
  return 0;
}

static int take_family(const struct nlmsghdr *message, void *data) {
  struct netlink_family *family = data;
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(struct genlmsghdr));
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute)) {
    if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID)
      family->id = (uint16_t)netlink_number(attribute);
    else if (mnl_attr_get_type(attribute) == CTRL_ATTR_MCAST_GROUPS)
      family->monitor = find_monitor(attribute);
  }
  return 0;
}

int netlink_find_family(struct netlink *netlink, const char *name,
                        struct netlink_family *ret) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request =
      netlink_begin_generic(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, false);
  mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, name);
  struct netlink_family family = {0};
  int r = netlink_ask(netlink, request, take_family, &family);
  if (r == 0 && family.id == 0)
    r = -EBADMSG;
  if (r == 0)
    *ret = family;
  return r;
}

int netlink_join(struct netlink *netlink, uint32_t group) {
  int number = (int)group;
  int r = mnl_socket_setsockopt(netlink->socket, NETLINK_ADD_MEMBERSHIP,
                                &number, sizeof(number));
  return r < 0 ? -errno : 0;
}

bool netlink_has_news(struct netlink *netlink) {
  bool has_news = false;
  for (;;) {
    ssize_t n = recv(mnl_socket_get_fd(netlink->socket), netlink->buffer,
                     netlink->buffer_size, MSG_DONTWAIT | MSG_TRUNC);
    if (n < 0 && errno == EINTR)
      continue;
    /* ENOBUFS: announcements were lost. */
    if (n < 0 && errno != ENOBUFS)
      return has_news;
    has_news = true;
  }
}

struct netlink_attributes netlink_attributes(const struct nlmsghdr *message,
                                             size_t header_size) {
  size_t length = mnl_nlmsg_get_payload_len(message);
  size_t offset = (size_t)MNL_ALIGN((int)header_size);
  if (length <= offset)
    return (struct netlink_attributes){0};
  return (struct netlink_attributes){
      .at = mnl_nlmsg_get_payload_offset(message, offset),
      .length = length - offset};
}

struct netlink_attributes netlink_nested(const struct nlattr *attribute) {
  return (struct netlink_attributes){.at = mnl_attr_get_payload(attribute),
                                     .length =
                                         mnl_attr_get_payload_len(attribute)};
}

uint64_t netlink_number(const struct nlattr *attribute) {
  const void *payload = mnl_attr_get_payload(attribute);
  union {
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
  } number;
  switch (mnl_attr_get_payload_len(attribute)) {
  case sizeof(number.u8):
    memcpy(&number, payload, sizeof(number.u8));
    return number.u8;
  case sizeof(number.u16):
    memcpy(&number, payload, sizeof(number.u16));
    return number.u16;
  case sizeof(number.u32):
    memcpy(&number, payload, sizeof(number.u32));
    return number.u32;
  case sizeof(number.u64):
    memcpy(&number, payload, sizeof(number.u64));
    return number.u64;
  default:
    return 0;
  }
}

void netlink_text(const struct nlattr *attribute, char *ret, size_t size) {
  size_t length = mnl_attr_get_payload_len(attribute);
  if (length >= size)
    length = size - 1;
  memcpy(ret, mnl_attr_get_payload(attribute), length);
  ret[length] = '\0';
}
