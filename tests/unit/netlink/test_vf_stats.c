/* SPDX-License-Identifier: MIT */
#include "fake_netlink.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "vf_stats.h"

/* Composes an interface; end_link() closes its list. */
static struct nlmsghdr *begin_link(union netlink_message *message,
                                   struct nlattr **ret_list) {
  const struct ifinfomsg info = {.ifi_index = 2};
  struct nlmsghdr *begun =
      message_begin(message, RTM_NEWLINK, &info, sizeof(info));
  mnl_attr_put_strz(begun, IFLA_IFNAME, "eth0");
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
  struct nlmsghdr *begun = begin_link(&message, &list);
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
  struct nlmsghdr *begun = begin_link(&message, &list);
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(drops_of_each_function),
      cmocka_unit_test(functions_without_drops_are_left_out),
      cmocka_unit_test(other_messages),
  };
  return cmocka_run_group_tests_name("vf_stats", tests, NULL, NULL);
}
