/* SPDX-License-Identifier: MIT */
#include "fake_netlink.h"

#include <linux/genetlink.h>
#include <net/if.h>

#include "allocations.h"
#include "netdev_qstats.h"

#define QSTATS_GET 12

/* An attribute in the middle of the specification. */
#define SOME_DROPS 12

static struct nlmsghdr *begin_qstats(union netlink_message *message) {
  const struct genlmsghdr header = {.cmd = QSTATS_GET};
  return message_begin(message, 22, &header, sizeof(header));
}

static int take(const struct nlmsghdr *message, struct netdev_qstats *stats) {
  return message_take(message, netdev_qstats_take, stats);
}

static void numbers_of_both_sizes_are_taken(void **state) {
  (void)state;
  union netlink_message message;
  struct netdev_qstats stats = {0};
  struct nlmsghdr *begun = begin_qstats(&message);
  mnl_attr_put_u32(begun, NETDEV_QSTATS_IFINDEX, 3);
  mnl_attr_put_u32(begun, NETDEV_QSTATS_RX_PACKETS, 4000000000);
  mnl_attr_put_u64(begun, NETDEV_QSTATS_TX_PACKETS, UINT64_C(1) << 40);
  mnl_attr_put_u32(begun, SOME_DROPS, 0);
  assert_int_equal(take(begun, &stats), 0);
  assert_int_equal(stats.count, 1);
  const struct netdev_qstats_one *one = netdev_qstats_find(&stats, 3);
  assert_non_null(one);
  assert_int_equal(one->index, 3);
  assert_int_equal(one->values[NETDEV_QSTATS_RX_PACKETS], 4000000000);
  assert_int_equal(one->values[NETDEV_QSTATS_TX_PACKETS], UINT64_C(1) << 40);
  assert_int_equal(one->values[SOME_DROPS], 0);
  /* A value of 0 differs from one that is not reported. */
  assert_int_equal(one->present, 1u << NETDEV_QSTATS_IFINDEX |
                                     1u << NETDEV_QSTATS_RX_PACKETS |
                                     1u << NETDEV_QSTATS_TX_PACKETS |
                                     1u << SOME_DROPS);
  netdev_qstats_free(&stats);
}

static void every_known_attribute_has_its_place(void **state) {
  (void)state;
  union netlink_message message;
  struct netdev_qstats stats = {0};
  struct nlmsghdr *begun = begin_qstats(&message);
  /* The index comes last, behind unknown attributes. */
  for (uint16_t i = 200; i > 0; --i)
    mnl_attr_put_u64(begun, i, i * UINT64_C(10000000000));
  mnl_attr_put(begun, 0, 4, "\1\1\1\1");
  mnl_attr_put_u32(begun, NETDEV_QSTATS_IFINDEX, 3);
  assert_int_equal(take(begun, &stats), 0);
  const struct netdev_qstats_one *one = &stats.items[0];
  assert_int_equal(one->index, 3);
  for (unsigned i = 2; i < NETDEV_QSTATS_ATTRIBUTES; ++i) {
    CHECK(one->values[i] == i * UINT64_C(10000000000), "attribute %u", i);
    CHECK((one->present >> i & 1) == 1, "attribute %u", i);
  }
  assert_int_equal(one->present >> NETDEV_QSTATS_ATTRIBUTES, 0);
  netdev_qstats_free(&stats);
}

static void numbers_of_unknown_size_are_0(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 3, 5, 7, 9, 16};
  for (size_t i = 0; i < COUNT_OF(sizes); ++i) {
    union netlink_message message;
    struct netdev_qstats stats = {0};
    struct nlmsghdr *begun = begin_qstats(&message);
    mnl_attr_put_u32(begun, NETDEV_QSTATS_IFINDEX, 3);
    mnl_attr_put(begun, SOME_DROPS, sizes[i], "aaaaaaaaaaaaaaaa");
    assert_int_equal(take(begun, &stats), 0);
    CHECK(stats.items[0].values[SOME_DROPS] == 0, "%zu bytes", sizes[i]);
    netdev_qstats_free(&stats);
  }
}

static void a_message_without_index_is_refused(void **state) {
  (void)state;
  union netlink_message message;
  struct netdev_qstats stats = {0};
  struct nlmsghdr *begun = begin_qstats(&message);
  assert_int_equal(take(begun, &stats), -EBADMSG);
  for (uint32_t length = 0; length < 4; ++length) {
    begun->nlmsg_len = NLMSG_HDRLEN + length;
    assert_int_equal(take(begun, &stats), -EBADMSG);
  }
  begun = begin_qstats(&message);
  mnl_attr_put_u32(begun, SOME_DROPS, 5);
  assert_int_equal(take(begun, &stats), -EBADMSG);
  mnl_attr_put_u32(begun, NETDEV_QSTATS_IFINDEX, 0);
  assert_int_equal(take(begun, &stats), -EBADMSG);
  begun = begin_qstats(&message);
  mnl_attr_put(begun, NETDEV_QSTATS_IFINDEX, 0, NULL);
  assert_int_equal(take(begun, &stats), -EBADMSG);
  assert_int_equal(stats.count, 0);
  assert_null(stats.items);
}

static void invalid_indexes_are_refused(void **state) {
  (void)state;
  static const uint64_t indexes[] = {UINT32_MAX, UINT64_C(1) << 31,
                                     UINT64_C(0x100000001), UINT64_C(1) << 32};
  union netlink_message message;
  struct netdev_qstats stats = {0};
  for (size_t i = 0; i < COUNT_OF(indexes); ++i) {
    struct nlmsghdr *begun = begin_qstats(&message);
    mnl_attr_put_u64(begun, NETDEV_QSTATS_IFINDEX, indexes[i]);
    CHECK(take(begun, &stats) == -EBADMSG, "row %zu", i);
    assert_int_equal(stats.count, 0);
  }
  struct nlmsghdr *begun = begin_qstats(&message);
  mnl_attr_put_u32(begun, NETDEV_QSTATS_IFINDEX, INT32_MAX);
  assert_int_equal(take(begun, &stats), 0);
  netdev_qstats_free(&stats);
}

static void a_message_can_end_anywhere(void **state) {
  (void)state;
  union netlink_message message;
  struct netdev_qstats stats = {0};
  struct nlmsghdr *begun = begin_qstats(&message);
  mnl_attr_put_u32(begun, NETDEV_QSTATS_IFINDEX, 3);
  uint32_t indexed = begun->nlmsg_len;
  mnl_attr_put_u64(begun, SOME_DROPS, 5);
  uint32_t whole = begun->nlmsg_len;
  for (uint32_t length = NLMSG_HDRLEN; length <= whole; ++length) {
    begun->nlmsg_len = length;
    stats.count = 0;
    int result = take(begun, &stats);
    CHECK(result == (length < indexed ? -EBADMSG : 0), "%u bytes: %d", length,
          result);
    CHECK(length < indexed ||
              (stats.items[0].present >> SOME_DROPS & 1) == (length == whole),
          "%u bytes", length);
  }
  netdev_qstats_free(&stats);
}

static void a_false_length_hides_the_rest(void **state) {
  (void)state;
  static const uint16_t lengths[] = {0, 3, 64, 0xffff};
  for (size_t i = 0; i < COUNT_OF(lengths); ++i) {
    union netlink_message message;
    struct netdev_qstats stats = {0};
    struct nlmsghdr *begun = begin_qstats(&message);
    mnl_attr_put_u32(begun, NETDEV_QSTATS_IFINDEX, 3);
    message_put_lie(begun, SOME_DROPS, "\5\0\0\0", 4, lengths[i]);
    mnl_attr_put_u32(begun, NETDEV_QSTATS_RX_PACKETS, 5);
    assert_int_equal(take(begun, &stats), 0);
    CHECK(stats.items[0].present == 1u << NETDEV_QSTATS_IFINDEX, "length %u",
          lengths[i]);
    netdev_qstats_free(&stats);
  }
}

static unsigned devices;
static uint16_t list_flags;
static int list_error;

static void answer_qstats(const struct nlmsghdr *request) {
  for (unsigned i = 0; i < devices; ++i) {
    union netlink_message message;
    struct nlmsghdr *begun = begin_qstats(&message);
    begun->nlmsg_flags = NLM_F_MULTI | list_flags;
    mnl_attr_put_u32(begun, NETDEV_QSTATS_IFINDEX, 100 - i);
    mnl_attr_put_u32(begun, SOME_DROPS, i);
    fake_netlink_add(request, begun);
  }
  fake_netlink_add_done(request, NLM_F_MULTI, list_error);
  fake_netlink_send();
}

static void the_request_is_for_all_devices(void **state) {
  (void)state;
  static const unsigned rows[] = {0, 1, 8, 9, 40, 3};
  struct netlink netlink;
  struct netdev_qstats stats = {0};
  fake_netlink_open(&netlink, answer_qstats);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    devices = rows[i];
    assert_int_equal(netdev_qstats_read(&netlink, 22, &stats), 0);
    assert_int_equal(stats.count, rows[i]);
    for (unsigned j = 0; j < rows[i]; ++j) {
      const struct netdev_qstats_one *one = netdev_qstats_find(&stats, 100 - j);
      assert_non_null(one);
      assert_int_equal(one->values[SOME_DROPS], j);
    }
    assert_null(netdev_qstats_find(&stats, 100 - rows[i]));
    assert_null(netdev_qstats_find(&stats, 0));
  }
  const struct nlmsghdr *request = &fake_netlink.request.header;
  const struct genlmsghdr *generic = mnl_nlmsg_get_payload(request);
  assert_int_equal(request->nlmsg_type, 22);
  assert_int_equal(request->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  assert_int_equal(mnl_nlmsg_get_payload_len(request), sizeof(*generic));
  assert_int_equal(generic->cmd, QSTATS_GET);
  list_flags = NLM_F_DUMP_INTR;
  assert_int_equal(netdev_qstats_read(&netlink, 22, &stats), -EINTR);
  assert_int_equal(stats.count, 3);
  list_flags = 0;
  list_error = -EOPNOTSUPP;
  devices = 0;
  assert_int_equal(netdev_qstats_read(&netlink, 22, &stats), -EOPNOTSUPP);
  assert_int_equal(stats.count, 0);
  list_error = 0;
  fake_netlink_close(&netlink);
  netdev_qstats_free(&stats);
  assert_null(stats.items);
  netdev_qstats_free(&stats);
}

static void the_steady_state_allocates_nothing(void **state) {
  (void)state;
  struct netlink netlink;
  struct netdev_qstats stats = {0};
  devices = 40;
  fake_netlink_open(&netlink, answer_qstats);
  assert_int_equal(netdev_qstats_read(&netlink, 22, &stats), 0);
  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i)
    failed += netdev_qstats_read(&netlink, 22, &stats) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  fake_netlink_close(&netlink);
  netdev_qstats_free(&stats);
}

static void this_kernel_is_read(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct netlink netlink;
  struct netlink_family family;
  struct netdev_qstats stats = {0};
  assert_int_equal(netlink_open(&netlink, NETLINK_GENERIC), 0);
  int result = netlink_find_family(&netlink, "netdev", &family);
  if (result == 0)
    result = netdev_qstats_read(&netlink, family.id, &stats);
  netlink_close(&netlink);
  if (result == -ENOENT || result == -EOPNOTSUPP)
    skip();
  CHECK(result == 0 || result == -EINTR, "%d", result);
  for (size_t i = 0; i < stats.count; ++i) {
    char name[IFNAMSIZ];
    const struct netdev_qstats_one *one = &stats.items[i];
    assert_true((one->present >> NETDEV_QSTATS_IFINDEX & 1) == 1);
    assert_non_null(if_indextoname(one->index, name));
    for (unsigned j = 0; j < NETDEV_QSTATS_ATTRIBUTES; ++j)
      CHECK(one->values[j] <= INT64_MAX, "%s: attribute %u", name, j);
  }
  netdev_qstats_free(&stats);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_of_both_sizes_are_taken),
      cmocka_unit_test(every_known_attribute_has_its_place),
      cmocka_unit_test(numbers_of_unknown_size_are_0),
      cmocka_unit_test(a_message_without_index_is_refused),
      cmocka_unit_test(invalid_indexes_are_refused),
      cmocka_unit_test(a_message_can_end_anywhere),
      cmocka_unit_test(a_false_length_hides_the_rest),
      cmocka_unit_test(the_request_is_for_all_devices),
      cmocka_unit_test(the_steady_state_allocates_nothing),
      cmocka_unit_test(this_kernel_is_read),
  };
  return cmocka_run_group_tests_name("netdev_qstats", tests, NULL, NULL);
}
