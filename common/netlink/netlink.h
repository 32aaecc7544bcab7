/* SPDX-License-Identifier: MIT */
/* A netlink socket that sends one request at a time, with libmnl's messages. */
#ifndef NETLINK_H
#define NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/* Room for any request of this program. */
#define NETLINK_REQUEST_SIZE 256

struct netlink {
  struct mnl_socket *socket; /* NULL: not open */
  int protocol;
  bool is_stuck; /* the last answer is incomplete: replace the socket */
  uint32_t sequence;
  uint8_t *buffer;
  size_t buffer_size;
  /* Replaces netlink_open() when a stuck socket of another network namespace
   * has to be opened again; may be NULL. */
  int (*reopen)(struct netlink *ret, int protocol, void *data);
  void *reopen_data;
};

/* A family of generic netlink. */
struct netlink_family {
  uint16_t id;
  uint32_t monitor; /* its multicast group "monitor"; 0: none */
};

/* Opens a socket of NETLINK_ROUTE, NETLINK_GENERIC and so on in the calling
 * thread's network namespace. It receives unicast messages from the kernel
 * only, and waits at most five seconds for one. Returns 0 or -errno. */
int netlink_open(struct netlink *netlink, int protocol);
void netlink_close(struct netlink *netlink);

/* Begins a request in buffer; a dump asks for all objects. */
struct nlmsghdr *netlink_begin(uint8_t buffer[static NETLINK_REQUEST_SIZE],
                               uint16_t type, bool dump);
struct nlmsghdr *
netlink_begin_generic(uint8_t buffer[static NETLINK_REQUEST_SIZE],
                      uint16_t family, uint8_t command, bool dump);

/* Sends a request and passes each message of the answer to take(), which
 * returns 0 or -errno. Receives the whole answer even if take() fails. Returns
 * 0; the first -errno of take(); the kernel's own error, such as -EOPNOTSUPP or
 * -ENODEV; -EBADMSG for a malformed answer; -EAGAIN if its end did not arrive
 * in time; -ENOSPC for a message of more than 1 MiB; or -EINTR if objects
 * changed during a dump: all of it was taken, but objects may be missing or
 * repeated. */
int netlink_ask(struct netlink *netlink, struct nlmsghdr *request,
                int (*take)(const struct nlmsghdr *message, void *data),
                void *data);

/* Finds a family by name. Returns 0, -ENOENT if the kernel does not have it, or
 * another -errno. */
int netlink_find_family(struct netlink *netlink, const char *name,
                        struct netlink_family *ret);

/* Joins a multicast group. Returns 0 or -errno. */
int netlink_join(struct netlink *netlink, uint32_t group);

/* Discards the announcements received so far, without waiting. Returns true if
 * there was one, or some were lost. */
bool netlink_has_news(struct netlink *netlink);

/* The attributes not yet visited: while (netlink_take(&attributes, &one)). */
struct netlink_attributes {
  const uint8_t *at;
  size_t length;
};

/* Returns the attributes of a message, which follow its family's header; none
 * if the message is too short. */
struct netlink_attributes netlink_attributes(const struct nlmsghdr *message,
                                             size_t header_size);

/* Returns the attributes nested in an attribute. */
struct netlink_attributes netlink_nested(const struct nlattr *attribute);

/* Takes the next attribute. Returns false at the end, and if the rest is not an
 * attribute. */
static inline bool netlink_take(struct netlink_attributes *attributes,
                                const struct nlattr **ret) {
  const struct nlattr *attribute = (const void *)attributes->at;
  if (attributes->length < sizeof(*attribute) ||
      attribute->nla_len < sizeof(*attribute) ||
      attribute->nla_len > attributes->length)
    return false;
  size_t step = (size_t)MNL_ALIGN((int)attribute->nla_len);
  if (step > attributes->length)
    step = attributes->length;
  attributes->at += step;
  attributes->length -= step;
  *ret = attribute;
  return true;
}

/* Returns the number in an attribute of one, two, four or eight bytes, or 0 for
 * any other length. The kernel's type "uint" has several sizes. */
uint64_t netlink_number(const struct nlattr *attribute);

/* Copies the text in an attribute, cut to fit and always terminated. */
void netlink_text(const struct nlattr *attribute, char *ret, size_t size);

#endif
