/* SPDX-License-Identifier: MIT */
/* A netlink socket that asks one thing at a time, with libmnl's messages. */
#ifndef NETLINK_H
#define NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/* Room for any request that is made here. */
#define NETLINK_REQUEST_SIZE 256

struct netlink {
  struct mnl_socket *socket; /* NULL: not open */
  int protocol;
  bool is_stuck; /* an answer was given up; a fresh socket is needed */
  uint32_t sequence;
  uint8_t *buffer;
  /* Opens a fresh one for a socket of another namespace than the caller's;
   * NULL: netlink_open() does. */
  int (*reopen)(struct netlink *ret, int protocol, void *data);
  void *reopen_data;
};

/* A family of generic netlink. */
struct netlink_family {
  uint16_t id;
  uint32_t monitor; /* its multicast group "monitor"; 0: it has none */
};

/* Opens a socket of NETLINK_ROUTE, NETLINK_GENERIC, ... in the network
 * namespace of the calling thread. A kernel that does not answer within five
 * seconds is given up. Returns 0 or -errno. */
int netlink_open(struct netlink *netlink, int protocol);
void netlink_close(struct netlink *netlink);

/* Begins a request in buffer. A dump asks for all there is. */
struct nlmsghdr *netlink_begin(uint8_t buffer[static NETLINK_REQUEST_SIZE],
                               uint16_t type, bool dump);
struct nlmsghdr *
netlink_begin_generic(uint8_t buffer[static NETLINK_REQUEST_SIZE],
                      uint16_t family, uint8_t command, bool dump);

/* Sends a request and gives each message of the answer to take, which returns 0
 * or -errno. Everything is received even if take fails.
 * Returns 0; the first -errno of take; what the kernel answered instead, such
 * as -EOPNOTSUPP or -ENODEV; -EBADMSG for what is no answer; -EAGAIN when its
 * end did not come in time; or -EINTR when a dump was disturbed by a change:
 * all of it was taken, but something can be missing, or be there twice. */
int netlink_ask(struct netlink *netlink, struct nlmsghdr *request,
                int (*take)(const struct nlmsghdr *message, void *data),
                void *data);

/* Finds a family by name. Returns 0, -ENOENT where the kernel does not have it,
 * or another -errno. */
int netlink_find_family(struct netlink *netlink, const char *name,
                        struct netlink_family *ret);

/* Joins a multicast group. Returns 0 or -errno. */
int netlink_join(struct netlink *netlink, uint32_t group);

/* Takes the announcements that have come in, without waiting. True if there was
 * one, or some were lost. */
bool netlink_was_told(struct netlink *netlink);

/* Attributes that are still to be taken, one after another, by netlink_take()
 * in the condition of a loop. */
struct netlink_attributes {
  const uint8_t *at;
  size_t length;
};

/* Those of a message, behind its family's header; none if it is too short. */
struct netlink_attributes netlink_attributes(const struct nlmsghdr *message,
                                             size_t header_size);

/* Those in an attribute. */
struct netlink_attributes netlink_nested(const struct nlattr *attribute);

/* Takes the next one. False at the end, and where the rest is no attribute. */
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

/* The number in an attribute of one, two, four or eight bytes; 0 for any other
 * length. Kernel types such as "uint" come in several sizes. */
uint64_t netlink_number(const struct nlattr *attribute);

/* The text in an attribute, cut to fit, always terminated. */
void netlink_text(const struct nlattr *attribute, char *ret, size_t size);

#endif
