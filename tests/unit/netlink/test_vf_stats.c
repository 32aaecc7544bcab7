/* SPDX-License-Identifier: MIT */
#include "fake_netlink.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "vf_stats.h"

/* Composes an interface with count functions. */
static struct nlmsghdr *begin_link(union netlink_message *message,
                                   uint32_t count, struct nlattr **ret_list) {
  const struct ifinfomsg info = {.ifi_index = 2};
  struct nlmsghdr *begun =
      message_begin(message, RTM_NEWLINK, &info, sizeof(info));
  mnl_attr_put_strz(begun, IFLA_IFNAME, "eth0");
  mnl_attr_put_u32(begun, IFLA_NUM_VF, count);
  *ret_list = mnl_attr_nest_start(begun, IFLA_VFINFO_LIST);
  return begun;
}

static void put_number(struct nlmsghdr *message, uint32_t vf) {
  const struct ifla_vf_mac mac = {.vf = vf, .mac = {2, 0, 0, 0, 0, 1}};
  mnl_attr_put(message, IFLA_VF_MAC, sizeof(mac), &mac);
}

static void put_stats(struct nlmsghdr *message, uint64_t rx, uint64_t tx) {
  struct nlattr *stats = mnl_attr_nest_start(message, IFLA_VF_STATS);
  mnl_attr_put_u64(message, IFLA_VF_STATS_RX_PACKETS, 99);
  mnl_attr_put_u64(message, IFLA_VF_STATS_RX_DROPPED, rx);
  mnl_attr_put_u64(message, IFLA_VF_STATS_TX_DROPPED, tx);
  mnl_attr_nest_end(message, stats);
}

static int take(const struct nlmsghdr *message, struct vf_stats *stats) {
  return message_take(message, vf_stats_take, stats);
}

static void drops_of_each_function(void **state) {
  (void)state;
  union netlink_message message;
  struct vf_stats stats = {0};
  struct nlattr *list;
  struct nlmsghdr *begun = begin_link(&message, 3, &list);
  for (uint32_t vf = 0; vf < 3; vf++) {
    struct nlattr *info = mnl_attr_nest_start(begun, IFLA_VF_INFO);
    put_number(begun, vf);
    put_stats(begun, vf * UINT64_C(5000000000), vf + 7);
    mnl_attr_nest_end(begun, info);
  }
  mnl_attr_nest_end(begun, list);
  assert_int_equal(take(begun, &stats), 0);
  assert_int_equal(stats.count, 3);
  for (uint32_t vf = 0; vf < 3; vf++) {
    assert_int_equal(stats.items[vf].vf, vf);
    assert_true(stats.items[vf].rx_dropped == vf * UINT64_C(5000000000));
    assert_int_equal(stats.items[vf].tx_dropped, vf + 7);
  }
  vf_stats_free(&stats);
}

/* Drivers without statistics of virtual functions, and kernels before 4.18. */
static void functions_without_drops_are_left_out(void **state) {
  (void)state;
  union netlink_message message;
  struct vf_stats stats = {0};
  struct nlattr *list;
  struct nlmsghdr *begun = begin_link(&message, 3, &list);
  struct nlattr *info = mnl_attr_nest_start(begun, IFLA_VF_INFO);
  put_number(begun, 0);
  mnl_attr_nest_end(begun, info);
  info = mnl_attr_nest_start(begun, IFLA_VF_INFO);
  put_number(begun, 1);
  struct nlattr *empty = mnl_attr_nest_start(begun, IFLA_VF_STATS);
  mnl_attr_put_u64(begun, IFLA_VF_STATS_RX_PACKETS, 99);
  mnl_attr_nest_end(begun, empty);
  mnl_attr_nest_end(begun, info);
  info = mnl_attr_nest_start(begun, IFLA_VF_INFO);
  put_stats(begun, 1, 1); /* of no function that has a number */
  mnl_attr_nest_end(begun, info);
  mnl_attr_nest_end(begun, list);
  assert_int_equal(take(begun, &stats), 0);
  assert_int_equal(stats.count, 0);
  vf_stats_free(&stats);
}

static void other_messages(void **state) {
  (void)state;
  union netlink_message message;
  struct vf_stats stats = {0};
  const struct ifinfomsg info = {.ifi_index = 2};
  struct nlmsghdr *begun =
      message_begin(&message, RTM_DELLINK, &info, sizeof(info));
  assert_int_equal(take(begun, &stats), 0);
  begun = message_begin(&message, RTM_NEWLINK, &info, sizeof(info));
  begun->nlmsg_len -= 1;
  assert_int_equal(take(begun, &stats), -EBADMSG);
  assert_int_equal(stats.count, 0);
}

/* Room for a message with this many functions. */
#define MANY 256
static union {
  struct nlmsghdr header;
  uint8_t bytes[MANY * 400 + 4096];
} large;
static uint32_t large_count; /* functions in it */

/* Composes an interface whose functions take as much room as the kernel's. */
static void compose_large(uint32_t count) {
  static const uint8_t configuration[204];
  memset(&large, 0, sizeof(large));
  struct nlmsghdr *message = mnl_nlmsg_put_header(large.bytes);
  message->nlmsg_type = RTM_NEWLINK;
  mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
  mnl_attr_put_u32(message, IFLA_NUM_VF, count);
  struct nlattr *list = mnl_attr_nest_start(message, IFLA_VFINFO_LIST);
  for (uint32_t vf = 0; vf < count; vf++) {
    struct nlattr *info = mnl_attr_nest_start(message, IFLA_VF_INFO);
    put_number(message, vf);
    mnl_attr_put(message, IFLA_VF_BROADCAST, sizeof(configuration),
                 configuration);
    put_stats(message, vf, 2 * vf);
    mnl_attr_nest_end(message, info);
  }
  mnl_attr_nest_end(message, list);
  mnl_attr_put_u32(message, IFLA_CARRIER_UP_COUNT, 1);
  large_count = count;
}

static void answer_large(const struct nlmsghdr *request) {
  fake_netlink_add(request, &large.header);
  fake_netlink_send();
  fake_netlink_add_error(request, 0);
  fake_netlink_send();
}

static void expect_functions(const struct vf_stats *stats) {
  assert_int_equal(stats->count, large_count);
  for (uint32_t vf = 0; vf < large_count; vf++) {
    assert_int_equal(stats->items[vf].vf, vf);
    assert_int_equal(stats->items[vf].rx_dropped, vf);
    assert_int_equal(stats->items[vf].tx_dropped, 2 * vf);
  }
}

/* An answer of more than 32 KiB is asked for again, once. */
static void a_list_longer_than_a_piece_of_a_dump(void **state) {
  (void)state;
  struct netlink netlink;
  struct vf_stats stats = {0};
  compose_large(128);
  assert_in_range(large.header.nlmsg_len, 32769, 65535);
  fake_netlink_open(&netlink, answer_large);
  for (unsigned read = 1; read <= 3; read++) {
    assert_int_equal(vf_stats_read(&netlink, 2, &stats), 0);
    expect_functions(&stats);
    assert_int_equal(fake_netlink.requests, read + 1);
  }
  fake_netlink_close(&netlink);
  vf_stats_free(&stats);
}

/* A list of more than 64 KiB is longer than its length can say. */
static void a_list_whose_length_wraps(void **state) {
  (void)state;
  struct netlink netlink;
  struct vf_stats stats = {0};
  compose_large(MANY);
  assert_true(large.header.nlmsg_len > 65536 + 4096);
  fake_netlink_open(&netlink, answer_large);
  assert_int_equal(vf_stats_read(&netlink, 2, &stats), 0);
  expect_functions(&stats);
  assert_int_equal(message_take(&large.header, vf_stats_take, &stats), 0);
  assert_int_equal(stats.count, 2 * MANY);
  fake_netlink_close(&netlink);
  vf_stats_free(&stats);
}

/* Some functions may have no configuration, and are not in the list. */
static void fewer_functions_than_their_number(void **state) {
  (void)state;
  struct vf_stats stats = {0};
  compose_large(20);
  struct nlattr *number =
      mnl_nlmsg_get_payload_offset(&large.header, sizeof(struct ifinfomsg));
  const uint32_t more = 30;
  memcpy(mnl_attr_get_payload(number), &more, sizeof(more));
  assert_int_equal(message_take(&large.header, vf_stats_take, &stats), 0);
  expect_functions(&stats);
  vf_stats_free(&stats);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(drops_of_each_function),
      cmocka_unit_test(functions_without_drops_are_left_out),
      cmocka_unit_test(other_messages),
      cmocka_unit_test(a_list_longer_than_a_piece_of_a_dump),
      cmocka_unit_test(a_list_whose_length_wraps),
      cmocka_unit_test(fewer_functions_than_their_number),
  };
  return cmocka_run_group_tests_name("vf_stats", tests, NULL, NULL);
}
