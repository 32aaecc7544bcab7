/* SPDX-License-Identifier: MIT */
#include "fake_answer.h"

#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "temp_tree.h"

struct nlmsghdr *fake_answer_begin(struct fake_answer *answer,
                                   const struct nlmsghdr *request,
                                   uint16_t type) {
  return fake_answer_begin_large(answer, request, type, 4096);
}

struct nlmsghdr *fake_answer_begin_large(struct fake_answer *answer,
                                         const struct nlmsghdr *request,
                                         uint16_t type, size_t size) {
  if (answer->room < answer->length + size) {
    answer->room = 2 * (answer->room + size);
    answer->bytes = realloc(answer->bytes, answer->room);
    if (answer->bytes == NULL)
      temp_tree_die("realloc");
  }
  memset(answer->bytes + answer->length, 0, size);
  struct nlmsghdr *message =
      mnl_nlmsg_put_header(answer->bytes + answer->length);
  message->nlmsg_type = type;
  message->nlmsg_seq = request->nlmsg_seq;
  bool is_dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  message->nlmsg_flags = is_dump ? NLM_F_MULTI : 0;
  return message;
}

struct nlmsghdr *fake_answer_begin_generic(struct fake_answer *answer,
                                           const struct nlmsghdr *request,
                                           uint8_t command) {
  struct nlmsghdr *message =
      fake_answer_begin(answer, request, request->nlmsg_type);
  struct genlmsghdr *generic =
      mnl_nlmsg_put_extra_header(message, sizeof(*generic));
  generic->cmd = command;
  return message;
}

void fake_answer_end(struct fake_answer *answer,
                     const struct nlmsghdr *message) {
  answer->length += (size_t)MNL_ALIGN((int)message->nlmsg_len);
}

void fake_answer_finish(struct fake_answer *answer,
                        const struct nlmsghdr *request, int error) {
  bool is_dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  struct nlmsghdr *message = fake_answer_begin(
      answer, request, is_dump && error == 0 ? NLMSG_DONE : NLMSG_ERROR);
  struct nlmsgerr *end = mnl_nlmsg_put_extra_header(message, sizeof(*end));
  end->error = -error;
  fake_answer_end(answer, message);
}
