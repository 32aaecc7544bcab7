/* SPDX-License-Identifier: MIT */
#include "fake_netlink.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "allocations.h"

/* The messages of an answer. */
struct taken {
  unsigned count;
  uint16_t types[64];
  unsigned fails_at; /* this one, counted from 1, is refused: by error */
  int error;         /* and all further ones by another one */
};

static int take(const struct nlmsghdr *message, void *data) {
  struct taken *taken = data;
  assert_true(taken->count < COUNT_OF(taken->types));
  taken->types[taken->count++] = message->nlmsg_type;
  if (taken->fails_at == 0 || taken->count < taken->fails_at)
    return 0;
  return taken->count == taken->fails_at ? taken->error : -EIO;
}

/* Sends a dump request. */
static int ask_all(struct netlink *netlink, struct taken *taken) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  return netlink_ask(netlink, netlink_begin(buffer, 0x100, true), take, taken);
}

static void add_typed(const struct nlmsghdr *request, uint16_t type,
                      uint16_t flags) {
  union netlink_message message;
  struct nlmsghdr *begun = message_begin(&message, type, NULL, 0);
  begun->nlmsg_flags = flags;
  mnl_attr_put_u32(begun, 1, 7);
  fake_netlink_add(request, begun);
}

static void answer_nothing(const struct nlmsghdr *request) { (void)request; }

static void answer_done(const struct nlmsghdr *request) {
  fake_netlink_add_done(request, 0, 0);
  fake_netlink_send();
}

static void a_socket_is_opened_and_closed(void **state) {
  (void)state;
  struct netlink netlink = {0};
  struct timeval patience = {0};
  socklen_t size = sizeof(patience);
  size_t in_use = allocations_in_use();
  netlink_close(&netlink);
  assert_int_equal(netlink_open(&netlink, NETLINK_ROUTE), 0);
  assert_non_null(netlink.socket);
  int fd = mnl_socket_get_fd(netlink.socket);
  assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, &size),
                   0);
  assert_int_equal(patience.tv_sec, 5);
  netlink_close(&netlink);
  assert_null(netlink.socket);
  assert_null(netlink.buffer);
  netlink_close(&netlink);
  assert_int_equal(close(fd), -1);
  assert_int_equal(allocations_in_use(), in_use);
}

static void a_failure_to_open_leaks_nothing(void **state) {
  (void)state;
  struct netlink netlink = {.sequence = 77};
  size_t in_use = allocations_in_use();
  fake_netlink.answer = answer_nothing;
  fake_netlink.open_error = EMFILE;
  assert_int_equal(netlink_open(&netlink, NETLINK_ROUTE), -EMFILE);
  fake_netlink.bind_error = EADDRINUSE;
  assert_int_equal(netlink_open(&netlink, NETLINK_ROUTE), -EADDRINUSE);
  close(fake_netlink.fd);
  fake_netlink = (struct fake_netlink){0};
  assert_null(netlink.socket);
  assert_null(netlink.buffer);
  assert_int_equal(netlink.sequence, 77);
  assert_int_equal(allocations_in_use(), in_use);
}

static void an_unknown_protocol(void **state) {
  (void)state;
  struct netlink netlink = {0};
  assert_true(netlink_open(&netlink, 31) < 0);
  assert_null(netlink.socket);
}

static void requests_for_one_object_and_dumps(void **state) {
  (void)state;
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  memset(buffer, 0xff, sizeof(buffer));
  const struct nlmsghdr *one = netlink_begin(buffer, 18, false);
  assert_int_equal(one->nlmsg_type, 18);
  assert_int_equal(one->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
  assert_int_equal(one->nlmsg_len, NLMSG_HDRLEN);
  for (size_t i = NLMSG_HDRLEN; i < sizeof(buffer); ++i)
    assert_int_equal(buffer[i], 0);
  const struct nlmsghdr *all = netlink_begin(buffer, 18, true);
  assert_int_equal(all->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);

  const struct nlmsghdr *generic = netlink_begin_generic(buffer, 21, 12, true);
  const struct genlmsghdr *header = mnl_nlmsg_get_payload(generic);
  assert_int_equal(generic->nlmsg_type, 21);
  assert_int_equal(generic->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  assert_int_equal(generic->nlmsg_len, NLMSG_HDRLEN + sizeof(*header));
  assert_int_equal(header->cmd, 12);
  assert_int_equal(header->version, 1);
}

static void answer_in_parts(const struct nlmsghdr *request) {
  add_typed(request, 0x10, NLM_F_MULTI);
  add_typed(request, 0x11, NLM_F_MULTI);
  fake_netlink_send();
  add_typed(request, 0x12, NLM_F_MULTI);
  fake_netlink_send();
  add_typed(request, 0x13, NLM_F_MULTI);
  add_typed(request, NLMSG_NOOP, 0);
  add_typed(request, NLMSG_OVERRUN, 0);
  add_typed(request, 0x14, NLM_F_MULTI);
  fake_netlink_add_done(request, NLM_F_MULTI, 0);
  fake_netlink_send();
}

static void an_answer_comes_in_several_parts(void **state) {
  (void)state;
  struct netlink netlink;
  fake_netlink_open(&netlink, answer_in_parts);
  for (unsigned i = 1; i <= 3; ++i) {
    struct taken taken = {0};
    assert_int_equal(ask_all(&netlink, &taken), 0);
    assert_int_equal(taken.count, 5);
    for (unsigned j = 0; j < 5; ++j)
      assert_int_equal(taken.types[j], 0x10 + j);
    assert_int_equal(fake_netlink.requests, i);
  }
  fake_netlink_close(&netlink);
}

static void every_request_has_another_number(void **state) {
  (void)state;
  struct netlink netlink;
  fake_netlink_open(&netlink, answer_done);
  /* The number wraps. */
  netlink.sequence = UINT32_MAX - 1;
  uint32_t last = netlink.sequence;
  for (int i = 0; i < 4; ++i) {
    struct taken taken = {0};
    assert_int_equal(ask_all(&netlink, &taken), 0);
    assert_int_equal(fake_netlink.request.header.nlmsg_seq, last + 1);
    last++;
  }
  fake_netlink_close(&netlink);
}

static int answered_error;

static void answer_error(const struct nlmsghdr *request) {
  fake_netlink_add_error(request, answered_error);
  fake_netlink_send();
}

static void answer_late_error(const struct nlmsghdr *request) {
  add_typed(request, 0x10, NLM_F_MULTI);
  fake_netlink_add_done(request, NLM_F_MULTI, answered_error);
  fake_netlink_send();
}

static void the_kernels_error_is_returned(void **state) {
  (void)state;
  static const int errors[] = {-EOPNOTSUPP, -ENODEV, -EPERM, -EBUSY, 0};
  for (size_t i = 0; i < COUNT_OF(errors); ++i) {
    struct netlink netlink;
    struct taken taken = {0};
    answered_error = errors[i];
    fake_netlink_open(&netlink, answer_error);
    assert_int_equal(ask_all(&netlink, &taken), errors[i]);
    assert_int_equal(taken.count, 0);
    fake_netlink.answer = answer_late_error;
    assert_int_equal(ask_all(&netlink, &taken), errors[i]);
    assert_int_equal(taken.count, 1);
    fake_netlink_close(&netlink);
  }
}

static uint16_t first_flags, done_flags;

static void answer_disturbed(const struct nlmsghdr *request) {
  add_typed(request, 0x10, NLM_F_MULTI | first_flags);
  fake_netlink_send();
  add_typed(request, 0x11, NLM_F_MULTI);
  fake_netlink_add_done(request, NLM_F_MULTI | done_flags, answered_error);
  fake_netlink_send();
}

static void an_interrupted_dump_is_taken_and_reported(void **state) {
  (void)state;
  static const struct {
    uint16_t first, done;
    int error, result;
  } rows[] = {
      {0, 0, 0, 0},
      {NLM_F_DUMP_INTR, 0, 0, -EINTR},
      {0, NLM_F_DUMP_INTR, 0, -EINTR},
      {NLM_F_DUMP_INTR, NLM_F_DUMP_INTR, 0, -EINTR},
      {NLM_F_DUMP_INTR, 0, -ENOMEM, -ENOMEM},
  };
  struct netlink netlink;
  fake_netlink_open(&netlink, answer_disturbed);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct taken taken = {0};
    first_flags = rows[i].first;
    done_flags = rows[i].done;
    answered_error = rows[i].error;
    int result = ask_all(&netlink, &taken);
    CHECK(result == rows[i].result, "row %zu: %d", i, result);
    CHECK(taken.count == 2, "row %zu: %u taken", i, taken.count);
  }
  fake_netlink_close(&netlink);
}

static void answer_after_earlier_ones(const struct nlmsghdr *request) {
  struct nlmsghdr earlier = *request;
  earlier.nlmsg_seq--;
  add_typed(&earlier, 0x20, NLM_F_DUMP_INTR);
  fake_netlink_add_done(&earlier, 0, -ENOMEM);
  fake_netlink_send();
  fake_netlink_add_error(&earlier, -EPERM);
  earlier.nlmsg_seq = 0;
  add_typed(&earlier, 0x21, 0);
  add_typed(request, 0x10, 0);
  earlier.nlmsg_seq = request->nlmsg_seq + 1;
  add_typed(&earlier, 0x22, 0);
  fake_netlink_add_done(request, 0, 0);
  fake_netlink_send();
}

static void other_answers_are_skipped(void **state) {
  (void)state;
  struct netlink netlink;
  struct taken taken = {0};
  fake_netlink_open(&netlink, answer_after_earlier_ones);
  assert_int_equal(ask_all(&netlink, &taken), 0);
  assert_int_equal(taken.count, 1);
  assert_int_equal(taken.types[0], 0x10);
  fake_netlink_close(&netlink);
}

static void the_whole_answer_is_received_despite_an_error(void **state) {
  (void)state;
  struct netlink netlink;
  fake_netlink_open(&netlink, answer_in_parts);
  for (unsigned i = 1; i <= 5; ++i) {
    struct taken taken = {.fails_at = i, .error = -ENOMEM};
    assert_int_equal(ask_all(&netlink, &taken), -ENOMEM);
    assert_int_equal(taken.count, 5);
    taken = (struct taken){0};
    assert_int_equal(ask_all(&netlink, &taken), 0);
    assert_int_equal(taken.count, 5);
  }
  /* The first error counts. */
  struct taken taken = {.fails_at = 1, .error = -ENOSPC};
  answered_error = -EPERM;
  fake_netlink.answer = answer_late_error;
  assert_int_equal(ask_all(&netlink, &taken), -ENOSPC);
  fake_netlink_close(&netlink);
}

static struct nlmsghdr unanswered;

static void answer_too_late(const struct nlmsghdr *request) {
  unanswered = *request;
  add_typed(request, 0x10, 0);
  fake_netlink_send();
}

static void answer_both(const struct nlmsghdr *request) {
  add_typed(&unanswered, 0x11, 0);
  fake_netlink_add_done(&unanswered, 0, 0);
  fake_netlink_send();
  answer_in_parts(request);
}

static void a_missing_answer_times_out(void **state) {
  (void)state;
  struct netlink netlink;
  struct taken taken = {0};
  fake_netlink_open(&netlink, answer_nothing);
  assert_int_equal(ask_all(&netlink, &taken), -EAGAIN);
  assert_int_equal(taken.count, 0);
  fake_netlink.answer = answer_too_late;
  assert_int_equal(ask_all(&netlink, &taken), -EAGAIN);
  assert_int_equal(taken.count, 1);
  taken = (struct taken){0};
  fake_netlink.answer = answer_both;
  assert_int_equal(ask_all(&netlink, &taken), 0);
  assert_int_equal(taken.count, 5);
  fake_netlink_close(&netlink);
}

static void errors_of_sending_and_receiving(void **state) {
  (void)state;
  struct netlink netlink;
  struct taken taken = {0};
  fake_netlink_open(&netlink, answer_in_parts);
  fake_netlink.send_error = ECONNREFUSED;
  assert_int_equal(ask_all(&netlink, &taken), -ECONNREFUSED);
  fake_netlink.receive_error = ENOBUFS;
  assert_int_equal(ask_all(&netlink, &taken), -ENOBUFS);
  assert_int_equal(taken.count, 0);
  /* The rest of that answer stays in the old socket. */
  const struct mnl_socket *before = netlink.socket;
  int kernels_end = fake_netlink.fd;
  fake_netlink.open_error = EMFILE;
  assert_int_equal(ask_all(&netlink, &taken), -EMFILE);
  assert_ptr_equal(netlink.socket, before);
  fake_netlink.receive_error = EINTR;
  assert_int_equal(ask_all(&netlink, &taken), 0);
  assert_int_equal(taken.count, 5);
  assert_int_not_equal(fake_netlink.fd, kernels_end);
  close(kernels_end);
  fake_netlink_close(&netlink);
}

static unsigned reopened;

static int reopen(struct netlink *ret, int protocol, void *data) {
  assert_int_equal(protocol, NETLINK_ROUTE);
  assert_ptr_equal(data, &reopened);
  reopened++;
  return reopened == 1 ? -EPERM : netlink_open(ret, protocol);
}

static void a_stuck_socket_is_reopened_in_its_namespace(void **state) {
  (void)state;
  struct netlink netlink;
  struct taken taken = {0};
  fake_netlink_open(&netlink, answer_in_parts);
  netlink.reopen = reopen;
  netlink.reopen_data = &reopened;
  reopened = 0;
  for (unsigned round = 1; round < 3; round++) {
    fake_netlink.receive_error = ENOBUFS;
    assert_int_equal(ask_all(&netlink, &taken), -ENOBUFS);
    int kernels_end = fake_netlink.fd;
    if (round == 1)
      assert_int_equal(ask_all(&netlink, &taken), -EPERM);
    taken = (struct taken){0};
    assert_int_equal(ask_all(&netlink, &taken), 0);
    assert_int_equal(taken.count, 5);
    assert_int_equal(reopened, round + 1);
    close(kernels_end);
  }
  fake_netlink_close(&netlink);
}

/* The bytes of the answer. */
static uint8_t answer_bytes[64];
static size_t answer_length;

static void answer_said(const struct nlmsghdr *request) {
  fake_netlink_add_bytes(answer_bytes, answer_length);
  if (answer_length >= sizeof(struct nlmsghdr))
    memcpy(fake_netlink.datagram + offsetof(struct nlmsghdr, nlmsg_seq),
           &request->nlmsg_seq, sizeof(request->nlmsg_seq));
  fake_netlink_send();
}

static void say(uint32_t length, uint16_t type, size_t datagram) {
  struct nlmsghdr header = {.nlmsg_len = length, .nlmsg_type = type};
  memset(answer_bytes, 0, sizeof(answer_bytes));
  memcpy(answer_bytes, &header, sizeof(header));
  answer_length = datagram;
}

static void malformed_messages_end_the_answer(void **state) {
  (void)state;
  static const struct {
    uint32_t length;
    uint16_t type;
    size_t datagram;
    unsigned taken;
  } rows[] = {
      {0, 0, 0, 0},              /* empty */
      {16, 0x10, 1, 0},          /* ends within the header */
      {16, 0x10, 15, 0},         /* ends within the header */
      {0, 0x10, 16, 0},          /* less than a header */
      {15, 0x10, 32, 0},         /* less than a header */
      {17, 0x10, 16, 0},         /* longer than what there is */
      {UINT32_MAX, 0x10, 64, 0}, /* longer than what there is */
      {0x80000000, 0x10, 64, 0}, /* negative, for those who take it so */
      {16, 0x10, 24, 1},         /* something behind it */
      {16, NLMSG_ERROR, 16, 0},  /* an error that does not say which */
      {18, NLMSG_ERROR, 20, 0},  /* an error that does not say which */
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct netlink netlink;
    struct taken taken = {0};
    fake_netlink_open(&netlink, answer_said);
    say(rows[i].length, rows[i].type, rows[i].datagram);
    int result = ask_all(&netlink, &taken);
    CHECK(result == -EBADMSG, "row %zu: %d", i, result);
    CHECK(taken.count == rows[i].taken, "row %zu: %u taken", i, taken.count);
    /* The next request works. */
    taken = (struct taken){0};
    fake_netlink.answer = answer_in_parts;
    assert_int_equal(ask_all(&netlink, &taken), 0);
    assert_int_equal(taken.count, 5);
    fake_netlink_close(&netlink);
  }
}

static void the_end_of_a_dump_may_be_empty(void **state) {
  (void)state;
  struct netlink netlink;
  struct taken taken = {0};
  fake_netlink_open(&netlink, answer_said);
  say(16, NLMSG_DONE, 16);
  assert_int_equal(ask_all(&netlink, &taken), 0);
  fake_netlink_close(&netlink);
}

/* The list of a family's groups. */
static union netlink_message family;

static void answer_family(const struct nlmsghdr *request) {
  fake_netlink_add(request, &family.header);
  fake_netlink_add_error(request, 0);
  fake_netlink_send();
}

static void begin_family(void) {
  const struct genlmsghdr header = {.cmd = CTRL_CMD_NEWFAMILY};
  message_begin(&family, GENL_ID_CTRL, &header, sizeof(header));
}

static void put_group(uint16_t position, const char *name, size_t size,
                      uint32_t id, bool id_first) {
  struct nlattr *nest = mnl_attr_nest_start(&family.header, position);
  if (id_first)
    mnl_attr_put_u32(&family.header, CTRL_ATTR_MCAST_GRP_ID, id);
  mnl_attr_put(&family.header, CTRL_ATTR_MCAST_GRP_NAME, size, name);
  if (!id_first)
    mnl_attr_put_u32(&family.header, CTRL_ATTR_MCAST_GRP_ID, id);
  mnl_attr_nest_end(&family.header, nest);
}

static void a_family_is_found(void **state) {
  (void)state;
  struct netlink netlink;
  struct netlink_family found = {0};
  fake_netlink_open(&netlink, answer_family);

  begin_family();
  mnl_attr_put_strz(&family.header, CTRL_ATTR_FAMILY_NAME, "ethtool");
  mnl_attr_put_u16(&family.header, CTRL_ATTR_FAMILY_ID, 21);
  assert_int_equal(netlink_find_family(&netlink, "ethtool", &found), 0);
  assert_int_equal(found.id, 21);
  assert_int_equal(found.monitor, 0);

  const struct nlmsghdr *request = &fake_netlink.request.header;
  const struct genlmsghdr *generic = mnl_nlmsg_get_payload(request);
  const struct nlattr *name =
      mnl_nlmsg_get_payload_offset(request, sizeof(*generic));
  assert_int_equal(request->nlmsg_type, GENL_ID_CTRL);
  assert_int_equal(generic->cmd, CTRL_CMD_GETFAMILY);
  assert_int_equal(mnl_attr_get_type(name), CTRL_ATTR_FAMILY_NAME);
  assert_string_equal(mnl_attr_get_str(name), "ethtool");

  for (int id_first = 0; id_first < 2; ++id_first) {
    begin_family();
    struct nlattr *groups =
        mnl_attr_nest_start(&family.header, CTRL_ATTR_MCAST_GROUPS);
    put_group(1, "monitors", 9, 5, id_first);
    put_group(2, "monitor", 8, 0x12345678, id_first);
    put_group(3, "mgmt", 5, 7, id_first);
    mnl_attr_nest_end(&family.header, groups);
    mnl_attr_put_u16(&family.header, CTRL_ATTR_FAMILY_ID, 0xfffe);
    assert_int_equal(netlink_find_family(&netlink, "ethtool", &found), 0);
    assert_int_equal(found.id, 0xfffe);
    assert_int_equal(found.monitor, 0x12345678);
  }
  fake_netlink_close(&netlink);
}

static void malformed_groups(void **state) {
  (void)state;
  struct netlink netlink;
  struct netlink_family found = {0};
  fake_netlink_open(&netlink, answer_family);
  begin_family();
  mnl_attr_put_u16(&family.header, CTRL_ATTR_FAMILY_ID, 21);
  struct nlattr *groups =
      mnl_attr_nest_start(&family.header, CTRL_ATTR_MCAST_GROUPS);
  mnl_attr_put(&family.header, 1, 3, "\xff\xff\xff");
  mnl_attr_put(&family.header, 2, 8, "\xff\xff\x01\x80monitor");
  mnl_attr_put(&family.header, 3, 0, NULL);
  put_group(4, "moni", 4, 6, false);
  /* Sixteen bytes and no terminator. */
  put_group(5, "monitormonitormo", 16, 7, false);
  mnl_attr_nest_end(&family.header, groups);
  assert_int_equal(netlink_find_family(&netlink, "ethtool", &found), 0);
  assert_int_equal(found.id, 21);
  assert_int_equal(found.monitor, 0);
  fake_netlink_close(&netlink);
}

static void an_unknown_family(void **state) {
  (void)state;
  struct netlink netlink;
  struct netlink_family found = {.id = 3, .monitor = 4};
  fake_netlink_open(&netlink, answer_error);
  answered_error = -ENOENT;
  assert_int_equal(netlink_find_family(&netlink, "netdev", &found), -ENOENT);
  /* One without number. */
  fake_netlink.answer = answer_family;
  begin_family();
  mnl_attr_put_strz(&family.header, CTRL_ATTR_FAMILY_NAME, "netdev");
  assert_int_equal(netlink_find_family(&netlink, "netdev", &found), -EBADMSG);
  begin_family();
  mnl_attr_put(&family.header, CTRL_ATTR_FAMILY_ID, 0, NULL);
  assert_int_equal(netlink_find_family(&netlink, "netdev", &found), -EBADMSG);
  assert_int_equal(found.id, 3);
  assert_int_equal(found.monitor, 4);
  fake_netlink_close(&netlink);
}

static void attributes_are_visited_in_order(void **state) {
  (void)state;
  union netlink_message message;
  uint32_t header = 0xffffffff;
  struct nlmsghdr *begun =
      message_begin(&message, 0x10, &header, sizeof(header));
  for (uint16_t i = 0; i < 20; ++i)
    mnl_attr_put(begun, (uint16_t)(i + 1), i, "abcdefghijklmnopqrstu");
  struct netlink_attributes left = netlink_attributes(begun, sizeof(header));
  const struct nlattr *attribute = NULL;
  for (uint16_t i = 0; i < 20; ++i) {
    assert_true(netlink_take(&left, &attribute));
    assert_int_equal(mnl_attr_get_type(attribute), i + 1);
    assert_int_equal(mnl_attr_get_payload_len(attribute), i);
    assert_memory_equal(mnl_attr_get_payload(attribute),
                        "abcdefghijklmnopqrstu", i);
  }
  assert_int_equal(left.length, 0);
  assert_false(netlink_take(&left, &attribute));
}

static void the_last_attribute_need_not_be_padded(void **state) {
  (void)state;
  union netlink_message message;
  struct nlmsghdr *begun = message_begin(&message, 0x10, NULL, 0);
  mnl_attr_put(begun, 1, 5, "abcde");
  begun->nlmsg_len -= 3;
  struct netlink_attributes left = netlink_attributes(begun, 0);
  const struct nlattr *attribute = NULL;
  assert_true(netlink_take(&left, &attribute));
  assert_int_equal(mnl_attr_get_payload_len(attribute), 5);
  assert_false(netlink_take(&left, &attribute));
}

static void a_message_without_attributes_has_none(void **state) {
  (void)state;
  union netlink_message message;
  const struct nlattr *attribute = NULL;
  uint8_t header[20] = {0};
  struct nlmsghdr *begun =
      message_begin(&message, 0x10, header, sizeof(header));
  for (uint32_t length = 0; length <= 20; ++length) {
    begun->nlmsg_len = NLMSG_HDRLEN + length;
    struct netlink_attributes left = netlink_attributes(begun, 20);
    assert_int_equal(left.length, 0);
    assert_false(netlink_take(&left, &attribute));
  }
}

static void a_malformed_attribute_is_the_end(void **state) {
  (void)state;
  static const uint16_t lengths[] = {0, 1, 3, 9, 0x7fff, 0x8000, 0xffff};
  for (size_t i = 0; i < COUNT_OF(lengths); ++i) {
    union netlink_message message;
    struct nlmsghdr *begun = message_begin(&message, 0x10, NULL, 0);
    mnl_attr_put_u32(begun, 1, 5);
    message_put_lie(begun, 2, "abcd", 4, lengths[i]);
    struct netlink_attributes left = netlink_attributes(begun, 0);
    const struct nlattr *attribute = NULL;
    assert_true(netlink_take(&left, &attribute));
    CHECK(!netlink_take(&left, &attribute), "length %u", lengths[i]);
    CHECK(!netlink_take(&left, &attribute), "length %u again", lengths[i]);
  }
}

static void numbers_have_several_sizes(void **state) {
  (void)state;
  static const uint8_t ones[16] = {1, 1, 1, 1, 1, 1, 1, 1,
                                   1, 1, 1, 1, 1, 1, 1, 1};
  for (uint16_t size = 0; size <= 16; ++size) {
    union netlink_message message;
    struct nlmsghdr *begun = message_begin(&message, 0x10, NULL, 0);
    mnl_attr_put(begun, 1, size, ones);
    uint64_t expected = size == 1   ? 0x01
                        : size == 2 ? 0x0101
                        : size == 4 ? 0x01010101
                        : size == 8 ? 0x0101010101010101
                                    : 0;
    const struct nlattr *attribute = message_last(begun, size);
    CHECK(netlink_number(attribute) == expected, "%u bytes", size);
  }
}

static void text_is_cut_and_terminated(void **state) {
  (void)state;
  static const struct {
    const char *payload;
    size_t size;
    const char *text;
  } rows[] = {
      {"", 0, ""},
      {"", 1, ""},
      {"abc", 4, "abc"},
      {"abc", 3, "abc"},
      {"abcdefg", 7, "abcdefg"},
      {"abcdefgh", 8, "abcdefg"},
      {"abcdefgh", 9, "abcdefg"},
      {"ab\0cd", 6, "ab"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    union netlink_message message;
    char text[9];
    memset(text, 'x', sizeof(text));
    struct nlmsghdr *begun = message_begin(&message, 0x10, NULL, 0);
    mnl_attr_put(begun, 1, rows[i].size, rows[i].payload);
    netlink_text(message_last(begun, rows[i].size), text, 8);
    CHECK(strcmp(text, rows[i].text) == 0, "row %zu: \"%s\"", i, text);
    assert_int_equal(text[8], 'x');
  }
}

/* NETLINK_USERSOCK lets every user send to any port. */
static void messages_of_other_users_are_refused(void **state) {
  (void)state;
  struct netlink netlink;
  int r = netlink_open(&netlink, NETLINK_USERSOCK);
  if (r == -EPROTONOSUPPORT)
    skip();
  assert_int_equal(r, 0);
  struct sockaddr_nl to = {.nl_family = AF_NETLINK,
                           .nl_pid = mnl_socket_get_portid(netlink.socket)};
  union netlink_message message;
  const struct nlmsghdr *begun = message_begin(&message, 0x10, NULL, 0);
  int sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
  assert_true(sender >= 0);
  assert_int_equal(
      sendto(sender, begun, begun->nlmsg_len, 0, (const void *)&to, sizeof(to)),
      -1);
  assert_int_equal(errno, ECONNREFUSED);
  assert_false(netlink_has_news(&netlink));
  close(sender);
  netlink_close(&netlink);
}

/* A multicast group that a test running at the same time hardly uses. */
static uint32_t own_group(void) { return 1 + (uint32_t)getpid() % 32; }

static void announce(int fd) {
  const struct sockaddr_nl to = {.nl_family = AF_NETLINK,
                                 .nl_groups = 1u << (own_group() - 1)};
  union netlink_message message;
  struct nlmsghdr *begun = message_begin(&message, 0x10, NULL, 0);
  begun->nlmsg_len = 1024;
  sendto(fd, begun, begun->nlmsg_len, 0, (const void *)&to, sizeof(to));
}

static void announcements_are_noticed(void **state) {
  (void)state;
  struct netlink netlink;
  int r = netlink_open(&netlink, NETLINK_USERSOCK);
  if (r == -EPROTONOSUPPORT)
    skip();
  assert_int_equal(r, 0);
  r = netlink_join(&netlink, own_group());
  /* Sending to a group takes CAP_NET_ADMIN. */
  if (r == -EPERM) {
    netlink_close(&netlink);
    skip();
  }
  assert_int_equal(r, 0);
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
  assert_true(fd >= 0);
  assert_false(netlink_has_news(&netlink));
  announce(fd);
  assert_true(netlink_has_news(&netlink));
  assert_false(netlink_has_news(&netlink));
  for (int i = 0; i < 5; ++i)
    announce(fd);
  assert_true(netlink_has_news(&netlink));
  assert_false(netlink_has_news(&netlink));
  /* More than the buffer holds. */
  int small = 4096;
  assert_int_equal(setsockopt(mnl_socket_get_fd(netlink.socket), SOL_SOCKET,
                              SO_RCVBUF, &small, sizeof(small)),
                   0);
  for (int i = 0; i < 100; ++i)
    announce(fd);
  assert_true(netlink_has_news(&netlink));
  assert_false(netlink_has_news(&netlink));
  announce(fd);
  assert_true(netlink_has_news(&netlink));
  close(fd);
  netlink_close(&netlink);
}

ssize_t __real_recv(int fd, void *buffer, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *buffer, size_t size, int flags);

/* The errors of successive calls of recv(), ending with 0. */
static const int *recv_errors;

ssize_t __wrap_recv(int fd, void *buffer, size_t size, int flags) {
  if (recv_errors == NULL || *recv_errors == 0)
    return __real_recv(fd, buffer, size, flags);
  errno = *recv_errors++;
  return -1;
}

static void lost_announcements_are_news(void **state) {
  (void)state;
  static const struct {
    int errors[4];
    bool has_news;
  } rows[] = {
      {{EAGAIN}, false},
      {{EINTR, EINTR, EAGAIN}, false},
      {{ENOBUFS, EAGAIN}, true},
      {{EINTR, ENOBUFS, EAGAIN}, true},
      {{ENOBUFS, ENOBUFS, EAGAIN}, true},
      {{EBADF}, false},
      {{ENOBUFS, ECONNRESET}, true},
  };
  struct netlink netlink;
  fake_netlink_open(&netlink, answer_nothing);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    recv_errors = rows[i].errors;
    CHECK(netlink_has_news(&netlink) == rows[i].has_news, "row %zu", i);
    CHECK(*recv_errors == 0, "row %zu: not all was received", i);
  }
  recv_errors = NULL;
  fake_netlink_close(&netlink);
}

static void an_unknown_group(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct netlink netlink;
  assert_int_equal(netlink_open(&netlink, NETLINK_GENERIC), 0);
  assert_true(netlink_join(&netlink, 0) < 0);
  assert_true(netlink_join(&netlink, UINT32_MAX) < 0);
  netlink_close(&netlink);
}

static void the_steady_state_allocates_nothing(void **state) {
  (void)state;
  struct netlink netlink;
  fake_netlink_open(&netlink, answer_in_parts);
  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i) {
    struct taken taken = {0};
    failed += ask_all(&netlink, &taken) != 0;
    netlink_has_news(&netlink);
  }
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  fake_netlink_close(&netlink);
}

static void this_kernel_answers(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct netlink netlink;
  struct netlink_family found = {0};
  assert_int_equal(netlink_open(&netlink, NETLINK_GENERIC), 0);
  assert_int_equal(netlink_find_family(&netlink, "nlctrl", &found), 0);
  assert_int_equal(found.id, GENL_ID_CTRL);
  assert_int_equal(netlink_find_family(&netlink, "netloss-none", &found),
                   -ENOENT);
  assert_int_equal(found.id, GENL_ID_CTRL);
  assert_false(netlink_has_news(&netlink));
  netlink_close(&netlink);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_socket_is_opened_and_closed),
      cmocka_unit_test(a_failure_to_open_leaks_nothing),
      cmocka_unit_test(an_unknown_protocol),
      cmocka_unit_test(requests_for_one_object_and_dumps),
      cmocka_unit_test(an_answer_comes_in_several_parts),
      cmocka_unit_test(every_request_has_another_number),
      cmocka_unit_test(the_kernels_error_is_returned),
      cmocka_unit_test(an_interrupted_dump_is_taken_and_reported),
      cmocka_unit_test(other_answers_are_skipped),
      cmocka_unit_test(the_whole_answer_is_received_despite_an_error),
      cmocka_unit_test(a_missing_answer_times_out),
      cmocka_unit_test(errors_of_sending_and_receiving),
      cmocka_unit_test(a_stuck_socket_is_reopened_in_its_namespace),
      cmocka_unit_test(malformed_messages_end_the_answer),
      cmocka_unit_test(the_end_of_a_dump_may_be_empty),
      cmocka_unit_test(a_family_is_found),
      cmocka_unit_test(malformed_groups),
      cmocka_unit_test(an_unknown_family),
      cmocka_unit_test(attributes_are_visited_in_order),
      cmocka_unit_test(the_last_attribute_need_not_be_padded),
      cmocka_unit_test(a_message_without_attributes_has_none),
      cmocka_unit_test(a_malformed_attribute_is_the_end),
      cmocka_unit_test(numbers_have_several_sizes),
      cmocka_unit_test(text_is_cut_and_terminated),
      cmocka_unit_test(messages_of_other_users_are_refused),
      cmocka_unit_test(announcements_are_noticed),
      cmocka_unit_test(lost_announcements_are_news),
      cmocka_unit_test(an_unknown_group),
      cmocka_unit_test(the_steady_state_allocates_nothing),
      cmocka_unit_test(this_kernel_answers),
  };
  return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}
