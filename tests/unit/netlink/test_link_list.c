/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <math.h>
#include <stdio.h>

#include "allocations.h"
#include "fake_netlink.h"
#include "link_list.h"

/* --- Renewed statistics --- */

static struct nlmsghdr *compose(union netlink_message *message, uint32_t index,
                                uint64_t packets) {
  const struct if_stats_msg header = {.ifindex = index};
  const uint64_t numbers[LINK_STATS_MEMBERS] = {packets};
  struct nlmsghdr *begun =
      message_begin(message, RTM_NEWSTATS, &header, sizeof(header));
  mnl_attr_put(begun, IFLA_STATS_LINK_XSTATS, 8, numbers);
  mnl_attr_put(begun, IFLA_STATS_LINK_64, sizeof(numbers), numbers);
  return begun;
}

/* Interfaces 1, 2 and 7, with statistics in a row for each. */
static struct link_stats_one known[3];
static struct link_stats three = {.items = known, .count = 3, .room = 3};

static struct link_stats_renewal begin(void) {
  static const uint32_t indexes[] = {1, 2, 7};
  for (size_t i = 0; i < COUNT_OF(known); i++)
    known[i] = (struct link_stats_one){.index = indexes[i], .txqueuelen = 1000};
  return (struct link_stats_renewal){.stats = &three};
}

static int take(struct link_stats_renewal *renewal, uint32_t index,
                uint64_t packets) {
  union netlink_message message;
  return message_take(compose(&message, index, packets),
                      link_stats_take_renewed, renewal);
}

static void statistics_alone_are_renewed(void **state) {
  (void)state;
  static const uint32_t orders[][3] = {{1, 2, 7}, {7, 2, 1}, {2, 7, 1}};
  for (size_t i = 0; i < COUNT_OF(orders); i++) {
    struct link_stats_renewal renewal = begin();
    for (size_t j = 0; j < 3; j++)
      assert_int_equal(take(&renewal, orders[i][j], 100 + orders[i][j]), 0);
    assert_int_equal(renewal.count, 3);
    for (size_t j = 0; j < 3; j++) {
      assert_int_equal(known[j].count, LINK_STATS_MEMBERS);
      assert_int_equal(known[j].stats[LINK_STATS_RX_PACKETS],
                       100 + known[j].index);
      assert_int_equal(known[j].txqueuelen, 1000);
    }
  }
}

static void other_interfaces_make_the_list_stale(void **state) {
  (void)state;
  struct link_stats none = {0};
  struct link_stats_renewal renewal = begin();
  assert_int_equal(take(&renewal, 1, 5), 0);
  assert_int_equal(take(&renewal, 3, 5), -ESTALE);
  assert_int_equal(take(&renewal, 1, 5), -ESTALE);
  assert_int_equal(take(&renewal, 0, 5), -ESTALE);
  assert_int_equal(renewal.count, 1);
  renewal = (struct link_stats_renewal){.stats = &none};
  assert_int_equal(take(&renewal, 1, 5), -ESTALE);
}

static void malformed_statistics_are_refused(void **state) {
  (void)state;
  union netlink_message message;
  struct link_stats_renewal renewal = begin();
  struct nlmsghdr *begun = compose(&message, 2, 5);
  begun->nlmsg_type = RTM_NEWLINK;
  assert_int_equal(message_take(begun, link_stats_take_renewed, &renewal), 0);
  assert_int_equal(renewal.count, 0);
  begun->nlmsg_type = RTM_NEWSTATS;
  begun->nlmsg_len = sizeof(*begun) + sizeof(struct if_stats_msg) - 1;
  assert_int_equal(message_take(begun, link_stats_take_renewed, &renewal),
                   -EBADMSG);
  begun->nlmsg_len = sizeof(*begun) + sizeof(struct if_stats_msg);
  assert_int_equal(message_take(begun, link_stats_take_renewed, &renewal),
                   -EBADMSG);
  assert_int_equal(renewal.count, 0);
  assert_int_equal(known[1].count, 0);
}

/* --- The list --- */

static unsigned lists, renewals;
static unsigned present; /* interfaces 1, 2, ... */
static int renewal_error;
static uint16_t list_flags;

static void answer_link(const struct nlmsghdr *request, unsigned index) {
  union netlink_message message;
  const struct ifinfomsg info = {.ifi_index = (int)index};
  const uint64_t numbers[LINK_STATS_MEMBERS] = {lists};
  char name[16];
  struct nlmsghdr *begun =
      message_begin(&message, RTM_NEWLINK, &info, sizeof(info));
  snprintf(name, sizeof(name), "eth%u", index);
  mnl_attr_put_strz(begun, IFLA_IFNAME, name);
  mnl_attr_put(begun, IFLA_STATS64, sizeof(numbers), numbers);
  begun->nlmsg_flags = NLM_F_MULTI | list_flags;
  fake_netlink_add(request, begun);
}

static void answer_statistics(const struct nlmsghdr *request, unsigned index) {
  union netlink_message message;
  struct nlmsghdr *begun = compose(&message, index, 1000 + renewals);
  begun->nlmsg_flags = NLM_F_MULTI;
  fake_netlink_add(request, begun);
}

static void answer(const struct nlmsghdr *request) {
  bool is_list = request->nlmsg_type == RTM_GETLINK;
  if (is_list) {
    lists++;
  } else {
    const struct if_stats_msg *header = mnl_nlmsg_get_payload(request);
    assert_int_equal(request->nlmsg_type, RTM_GETSTATS);
    assert_int_equal(mnl_nlmsg_get_payload_len(request), sizeof(*header));
    assert_int_equal(header->filter_mask,
                     IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64));
    renewals++;
  }
  assert_int_equal(request->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  if (!is_list && renewal_error != 0) {
    fake_netlink_add_error(request, renewal_error);
  } else {
    for (unsigned i = 1; i <= present; i++)
      (is_list ? answer_link : answer_statistics)(request, i);
    fake_netlink_add_done(request, NLM_F_MULTI, 0);
  }
  fake_netlink_send();
}

/* A list whose monitor is one end of a pair of sockets: bytes written to the
 * other end are announcements. */
static struct link_list list;
static struct netlink monitor;
static int kernels_end;

static int set_up(void **state) {
  (void)state;
  lists = renewals = 0;
  renewal_error = 0;
  list_flags = 0;
  present = 3;
  fake_netlink_open(&monitor, answer);
  kernels_end = fake_netlink.fd;
  list = (struct link_list){.monitor = monitor, .listed = NAN};
  fake_netlink_open(&list.route, answer);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  fake_netlink_close(&list.route);
  close(kernels_end);
  link_list_close(&list);
  list = (struct link_list){0};
  return 0;
}

#define EXPECT_ASKED(list_count, renewal_count)                                \
  do {                                                                         \
    assert_int_equal(lists, list_count);                                       \
    assert_int_equal(renewals, renewal_count);                                 \
  } while (0)

static void expect_packets(uint64_t packets) {
  assert_int_equal(list.links.count, present);
  for (size_t i = 0; i < list.links.count; i++)
    assert_int_equal(list.links.items[i].stats[LINK_STATS_RX_PACKETS], packets);
}

static void a_list_is_valid_for_a_minute(void **state) {
  (void)state;
  assert_int_equal(link_list_read(&list, 100), 0);
  EXPECT_ASKED(1, 0);
  expect_packets(1);
  assert_int_equal(link_list_read(&list, 110), 0);
  EXPECT_ASKED(1, 1);
  expect_packets(1001);
  assert_string_equal(list.links.items[2].name, "eth3");
  assert_int_equal(link_list_read(&list, 159), 0);
  EXPECT_ASKED(1, 2);
  assert_int_equal(link_list_read(&list, 160), 0);
  EXPECT_ASKED(2, 2);
  expect_packets(2);
}

static void an_announcement_makes_the_list_old(void **state) {
  (void)state;
  assert_int_equal(link_list_read(&list, 100), 0);
  assert_false(link_list_is_old(&list, 101));
  assert_int_equal(write(kernels_end, "new", 3), 3);
  assert_true(link_list_is_old(&list, 101));
  assert_true(link_list_is_old(&list, 101));
  assert_int_equal(link_list_read(&list, 101), 0);
  EXPECT_ASKED(2, 0);
  assert_false(link_list_is_old(&list, 102));
}

static void without_announcements_it_is_read_each_time(void **state) {
  (void)state;
  netlink_close(&list.monitor);
  assert_int_equal(link_list_read(&list, 100), 0);
  assert_int_equal(link_list_read(&list, 101), 0);
  EXPECT_ASKED(2, 0);
}

/* The announcement is late or lost. */
static void other_interfaces_make_the_list_old(void **state) {
  (void)state;
  static const unsigned rows[] = {4, 2, 0, 1};
  assert_int_equal(link_list_read(&list, 100), 0);
  for (unsigned i = 0; i < COUNT_OF(rows); i++) {
    present = rows[i];
    assert_int_equal(link_list_read(&list, 101), 0);
    EXPECT_ASKED(i + 2, i + 1);
    expect_packets(i + 2);
  }
}

static void kernels_that_cannot_renew(void **state) {
  (void)state;
  assert_int_equal(link_list_read(&list, 100), 0);
  renewal_error = -EOPNOTSUPP;
  assert_int_equal(link_list_read(&list, 101), 0);
  EXPECT_ASKED(2, 1);
  expect_packets(2);
  assert_int_equal(link_list_read(&list, 102), 0);
  EXPECT_ASKED(3, 1);
}

static void after_any_other_failure_the_list_is_read(void **state) {
  (void)state;
  assert_int_equal(link_list_read(&list, 100), 0);
  renewal_error = -ENOBUFS;
  assert_int_equal(link_list_read(&list, 101), 0);
  EXPECT_ASKED(2, 1);
  renewal_error = 0;
  assert_int_equal(link_list_read(&list, 102), 0);
  EXPECT_ASKED(2, 2);
}

static void a_list_that_is_never_complete(void **state) {
  (void)state;
  list_flags = NLM_F_DUMP_INTR;
  assert_int_equal(link_list_read(&list, 100), -EINTR);
  EXPECT_ASKED(3, 0);
  assert_int_equal(list.links.count, 3);
  list_flags = 0;
  assert_int_equal(link_list_read(&list, 101), 0);
  EXPECT_ASKED(4, 0);
  assert_int_equal(link_list_read(&list, 102), 0);
  EXPECT_ASKED(4, 1);
}

static void the_steady_state_allocates_nothing(void **state) {
  (void)state;
  int failed = 0;
  assert_int_equal(link_list_read(&list, 100), 0);
  size_t before = allocations_count();
  for (int i = 0; i < 100; i++)
    failed += link_list_read(&list, 101) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  EXPECT_ASKED(1, 100);
}

/* --- This kernel --- */

static void list_and_renewal_agree_on_this_kernel(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct link_list here = {.listed = NAN};
  struct link_stats_one before = {0};
  assert_int_equal(link_list_open(&here), 0);
  assert_non_null(here.monitor.socket);
  assert_int_equal(link_list_read(&here, 100), 0);
  size_t count = here.links.count;
  assert_true(count > 0);
  before = here.links.items[0];
  memset(here.links.items[0].stats, 0, sizeof(before.stats));
  assert_int_equal(link_stats_renew(&here.route, &here.links), 0);
  assert_int_equal(here.links.count, count);
  const struct link_stats_one *after = &here.links.items[0];
  assert_string_equal(after->name, before.name);
  assert_int_equal(after->count, before.count);
  for (unsigned i = 0; i < before.count; i++)
    CHECK(after->stats[i] >= before.stats[i],
          "member %u: %" PRIu64 " < %" PRIu64, i, after->stats[i],
          before.stats[i]);
  link_list_close(&here);
}

#define SCENE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(statistics_alone_are_renewed),
      cmocka_unit_test(other_interfaces_make_the_list_stale),
      cmocka_unit_test(malformed_statistics_are_refused),
      SCENE(a_list_is_valid_for_a_minute),
      SCENE(an_announcement_makes_the_list_old),
      SCENE(without_announcements_it_is_read_each_time),
      SCENE(other_interfaces_make_the_list_old),
      SCENE(kernels_that_cannot_renew),
      SCENE(after_any_other_failure_the_list_is_read),
      SCENE(a_list_that_is_never_complete),
      SCENE(the_steady_state_allocates_nothing),
      cmocka_unit_test(list_and_renewal_agree_on_this_kernel),
  };
  return cmocka_run_group_tests_name("link_list", tests, NULL, NULL);
}
