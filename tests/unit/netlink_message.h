/* SPDX-License-Identifier: MIT */
/* Composes netlink messages, well-formed or not. */
#ifndef NETLINK_MESSAGE_H
#define NETLINK_MESSAGE_H

#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "unit.h"

union netlink_message {
  struct nlmsghdr header;
  uint8_t bytes[8192];
};

/* Begins a message with its family's header. */
static inline struct nlmsghdr *message_begin(union netlink_message *message,
                                             uint16_t type, const void *header,
                                             size_t header_size) {
  memset(message, 0, sizeof(*message));
  struct nlmsghdr *begun = mnl_nlmsg_put_header(message->bytes);
  begun->nlmsg_type = type;
  if (header_size > 0)
    memcpy(mnl_nlmsg_put_extra_header(begun, header_size), header, header_size);
  return begun;
}

/* Returns the last attribute, which has a payload of size bytes. */
static inline struct nlattr *message_last(struct nlmsghdr *message,
                                          size_t size) {
  uint8_t *end = mnl_nlmsg_get_payload_tail(message);
  size_t padded = (size_t)MNL_ALIGN((int)size);
  return (void *)(end - padded - sizeof(struct nlattr));
}

/* Adds an attribute whose length field is wrong. */
static inline void message_put_lie(struct nlmsghdr *message, uint16_t type,
                                   const void *payload, size_t size,
                                   uint16_t false_length) {
  mnl_attr_put(message, type, size, payload);
  message_last(message, size)->nla_len = false_length;
}

/* Passes take() a copy of exactly the message's size, so that a sanitizer
 * notices a read past its end. */
static inline int message_take(const struct nlmsghdr *message,
                               int (*take)(const struct nlmsghdr *message,
                                           void *data),
                               void *data) {
  struct nlmsghdr *exact = malloc(message->nlmsg_len);
  assert_non_null(exact);
  memcpy(exact, message, message->nlmsg_len);
  int result = take(exact, data);
  free(exact);
  return result;
}

#endif
