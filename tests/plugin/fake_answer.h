/* SPDX-License-Identifier: MIT */
/* The kernel's answer to a netlink request, composed in memory. */
#ifndef FAKE_ANSWER_H
#define FAKE_ANSWER_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is empty. */
struct fake_answer {
  uint8_t *bytes;
  size_t length, room;
};

/* Begins a message of at most 4096 bytes, or of size, which fake_answer_end()
 * closes. */
struct nlmsghdr *fake_answer_begin(struct fake_answer *answer,
                                   const struct nlmsghdr *request,
                                   uint16_t type);
struct nlmsghdr *fake_answer_begin_large(struct fake_answer *answer,
                                         const struct nlmsghdr *request,
                                         uint16_t type, size_t size);
struct nlmsghdr *fake_answer_begin_generic(struct fake_answer *answer,
                                           const struct nlmsghdr *request,
                                           uint8_t command);
void fake_answer_end(struct fake_answer *answer,
                     const struct nlmsghdr *message);

/* Adds the last message: the end of a dump, or an acknowledgement. */
void fake_answer_finish(struct fake_answer *answer,
                        const struct nlmsghdr *request, int error);

#endif
