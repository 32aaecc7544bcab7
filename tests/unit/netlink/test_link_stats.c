/* SPDX-License-Identifier: MIT */
#include "fake_netlink.h"

#include <inttypes.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>

#include "allocations.h"
#include "link_stats.h"

/* More members than the newest kernel has. */
#define FUTURE_MEMBERS 40

static uint64_t numbers[FUTURE_MEMBERS];

static void number_members(void) {
  for (size_t i = 0; i < FUTURE_MEMBERS; ++i)
    numbers[i] = UINT64_C(0x100000000) * i + 3 * i + 1;
}

static struct nlmsghdr *begin_link(union netlink_message *message, int index) {
  const struct ifinfomsg info = {.ifi_index = index};
  return message_begin(message, RTM_NEWLINK, &info, sizeof(info));
}

/* Composes a message as kernels do, with this many members of the statistics.
 */
static struct nlmsghdr *compose_link(union netlink_message *message, int index,
                                     const char *name, unsigned members) {
  struct nlmsghdr *begun = begin_link(message, index);
  mnl_attr_put_strz(begun, IFLA_IFNAME, name);
  mnl_attr_put_u32(begun, IFLA_TXQLEN, 1000);
  mnl_attr_put_u8(begun, IFLA_OPERSTATE, 6);
  mnl_attr_put_u32(begun, IFLA_CARRIER_CHANGES, 7);
  mnl_attr_put(begun, IFLA_STATS64, members * sizeof(numbers[0]), numbers);
  return begun;
}

static int take(const struct nlmsghdr *message, struct link_stats *stats) {
  return message_take(message, link_stats_take, stats);
}

static void every_kernels_statistics_are_taken(void **state) {
  (void)state;
  /* Linux up to 4.5, up to 5.18, since 5.19, and a future one. */
  static const unsigned rows[] = {23, 24, 25, 26, FUTURE_MEMBERS};
  number_members();
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    union netlink_message message;
    struct link_stats stats = {0};
    assert_int_equal(take(compose_link(&message, 3, "eth0", rows[i]), &stats),
                     0);
    assert_int_equal(stats.count, 1);
    const struct link_stats_one *one = &stats.items[0];
    assert_int_equal(one->index, 3);
    assert_string_equal(one->name, "eth0");
    assert_string_equal(one->kind, "");
    assert_false(one->has_device);
    assert_int_equal(one->txqueuelen, 1000);
    assert_int_equal(one->carrier_changes, 7);
    assert_true(one->has_carrier_changes);
    unsigned count =
        rows[i] < LINK_STATS_MEMBERS ? rows[i] : LINK_STATS_MEMBERS;
    CHECK(one->count == count, "%u members: %u", rows[i], one->count);
    for (unsigned j = 0; j < LINK_STATS_MEMBERS; ++j)
      assert_int_equal(one->stats[j], j < count ? numbers[j] : 0);
    link_stats_free(&stats);
  }
}

static void positions_match_the_kernels_struct(void **state) {
  (void)state;
  union netlink_message message;
  struct link_stats stats = {0};
  const struct rtnl_link_stats64 kernel = {
      .rx_packets = 1,
      .tx_packets = 2,
      .rx_errors = 3,
      .tx_errors = 4,
      .rx_dropped = 5,
      .tx_dropped = 6,
  };
  struct nlmsghdr *begun = begin_link(&message, 3);
  mnl_attr_put_strz(begun, IFLA_IFNAME, "eth0");
  mnl_attr_put(begun, IFLA_STATS64, sizeof(kernel), &kernel);
  assert_int_equal(take(begun, &stats), 0);
  const uint64_t *members = stats.items[0].stats;
  assert_int_equal(members[LINK_STATS_RX_PACKETS], 1);
  assert_int_equal(members[LINK_STATS_TX_PACKETS], 2);
  assert_int_equal(members[LINK_STATS_RX_ERRORS], 3);
  assert_int_equal(members[LINK_STATS_TX_ERRORS], 4);
  assert_int_equal(members[LINK_STATS_RX_DROPPED], 5);
  assert_int_equal(members[LINK_STATS_TX_DROPPED], 6);
  link_stats_free(&stats);
}

static void a_partial_member_is_ignored(void **state) {
  (void)state;
  static const struct {
    size_t size;
    unsigned count;
  } rows[] = {{0, 0}, {1, 0}, {7, 0}, {8, 1}, {15, 1}, {23 * 8 + 5, 23}};
  number_members();
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    union netlink_message message;
    struct link_stats stats = {0};
    struct nlmsghdr *begun = begin_link(&message, 3);
    mnl_attr_put_strz(begun, IFLA_IFNAME, "eth0");
    mnl_attr_put(begun, IFLA_STATS64, rows[i].size, numbers);
    assert_int_equal(take(begun, &stats), 0);
    CHECK(stats.items[0].count == rows[i].count, "%zu bytes: %u", rows[i].size,
          stats.items[0].count);
    assert_int_equal(stats.items[0].stats[rows[i].count], 0);
    link_stats_free(&stats);
  }
}

static void attributes_come_in_any_order(void **state) {
  (void)state;
  union netlink_message message;
  struct link_stats stats = {0};
  number_members();
  struct nlmsghdr *begun = begin_link(&message, 3);
  mnl_attr_put_strz(begun, IFLA_PARENT_DEV_NAME, "0000:00:03.0");
  mnl_attr_put(begun, 0x3ff, 11, "unknown one");
  mnl_attr_put(begun, IFLA_PHYS_PORT_ID, 3, "\1\0\3");
  struct nlattr *nest = mnl_attr_nest_start(begun, IFLA_LINKINFO);
  mnl_attr_put(begun, IFLA_INFO_DATA, 5, "\x05\x00\x01\x00x");
  mnl_attr_put_strz(begun, IFLA_INFO_KIND, "bond");
  mnl_attr_nest_end(begun, nest);
  mnl_attr_put(begun, IFLA_STATS64, 25 * 8, numbers);
  mnl_attr_put(begun, 0x200, 0, NULL);
  mnl_attr_put_u32(begun, IFLA_TXQLEN, 4000000000);
  mnl_attr_put_strz(begun, IFLA_IFNAME, "bond0");
  assert_int_equal(take(begun, &stats), 0);
  const struct link_stats_one *one = &stats.items[0];
  assert_string_equal(one->name, "bond0");
  assert_string_equal(one->kind, "bond");
  assert_true(one->has_device);
  assert_string_equal(one->parent, "0000:00:03.0");
  assert_int_equal(one->port_length, 3);
  assert_memory_equal(one->port, "\1\0\3", 3);
  assert_int_equal(one->txqueuelen, 4000000000);
  assert_int_equal(one->count, 25);
  assert_false(one->has_carrier_changes);
  link_stats_free(&stats);
}

static void a_message_needs_only_a_name(void **state) {
  (void)state;
  union netlink_message message;
  struct link_stats stats = {0};
  struct nlmsghdr *begun = begin_link(&message, INT32_MAX);
  mnl_attr_put_strz(begun, IFLA_IFNAME, "x");
  assert_int_equal(take(begun, &stats), 0);
  assert_int_equal(stats.items[0].index, INT32_MAX);
  assert_int_equal(stats.items[0].count, 0);
  assert_int_equal(stats.items[0].txqueuelen, 0);
  assert_false(stats.items[0].has_carrier_changes);
  assert_false(stats.items[0].has_device);
  link_stats_free(&stats);
}

/* MAX_PHYS_ITEM_ID_LEN is 32. */
static void a_port_that_is_too_long_is_unknown(void **state) {
  (void)state;
  static const char bytes[40] = "0123456789";
  for (size_t size = 31; size <= 33; size++) {
    union netlink_message message;
    struct link_stats stats = {0};
    struct nlmsghdr *begun = begin_link(&message, 3);
    mnl_attr_put_strz(begun, IFLA_IFNAME, "eth0");
    mnl_attr_put(begun, IFLA_PHYS_PORT_ID, size, bytes);
    assert_int_equal(take(begun, &stats), 0);
    assert_int_equal(stats.items[0].port_length, size <= 32 ? size : 0);
    link_stats_free(&stats);
  }
}

static void names_are_cut_and_terminated(void **state) {
  (void)state;
  static const struct {
    size_t size;
    const char *name;
  } rows[] = {
      {3, "abc"},
      {15, "abcdefghijklmno"},
      {16, "abcdefghijklmno"},
      {26, "abcdefghijklmno"},
  };
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    union netlink_message message;
    struct link_stats stats = {0};
    struct nlmsghdr *begun = begin_link(&message, 3);
    mnl_attr_put(begun, IFLA_IFNAME, rows[i].size, letters);
    struct nlattr *nest = mnl_attr_nest_start(begun, IFLA_LINKINFO);
    mnl_attr_put(begun, IFLA_INFO_KIND, rows[i].size, letters);
    mnl_attr_nest_end(begun, nest);
    assert_int_equal(take(begun, &stats), 0);
    assert_string_equal(stats.items[0].name, rows[i].name);
    assert_string_equal(stats.items[0].kind, rows[i].name);
    link_stats_free(&stats);
  }
}

static void malformed_interfaces_are_refused(void **state) {
  (void)state;
  static const struct {
    int index;
    size_t name_size;
    const char *name; /* NULL: without */
  } rows[] = {
      {0, 5, "eth0"}, {-1, 5, "eth0"}, {INT32_MIN, 5, "eth0"}, {3, 0, NULL},
      {3, 0, ""},     {3, 1, ""},      {3, 5, "\0eth"},
  };
  union netlink_message message;
  struct link_stats stats = {0};
  number_members();
  assert_int_equal(take(compose_link(&message, 2, "eth1", 25), &stats), 0);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct nlmsghdr *begun = begin_link(&message, rows[i].index);
    if (rows[i].name != NULL)
      mnl_attr_put(begun, IFLA_IFNAME, rows[i].name_size, rows[i].name);
    int result = take(begun, &stats);
    CHECK(result == -EBADMSG, "row %zu: %d", i, result);
    CHECK(stats.count == 1, "row %zu", i);
  }
  assert_string_equal(stats.items[0].name, "eth1");
  link_stats_free(&stats);
}

static void other_messages_are_left_out(void **state) {
  (void)state;
  static const uint16_t types[] = {RTM_DELLINK,  RTM_GETLINK, RTM_NEWADDR,
                                   RTM_NEWQDISC, 0,           UINT16_MAX};
  union netlink_message message;
  struct link_stats stats = {0};
  number_members();
  for (size_t i = 0; i < COUNT_OF(types); ++i) {
    compose_link(&message, 3, "eth0", 25)->nlmsg_type = types[i];
    CHECK(take(&message.header, &stats) == 0, "type %u", types[i]);
    message.header.nlmsg_len = NLMSG_HDRLEN;
    CHECK(take(&message.header, &stats) == 0, "type %u, empty", types[i]);
  }
  assert_int_equal(stats.count, 0);
  assert_null(stats.items);
}

static void a_message_can_end_anywhere(void **state) {
  (void)state;
  union netlink_message message;
  struct link_stats stats = {0};
  number_members();
  struct nlmsghdr *begun = compose_link(&message, 3, "eth0", 25);
  struct nlattr *nest = mnl_attr_nest_start(begun, IFLA_LINKINFO);
  mnl_attr_put_strz(begun, IFLA_INFO_KIND, "veth");
  mnl_attr_nest_end(begun, nest);
  uint32_t whole = begun->nlmsg_len;
  /* The name comes first, behind the header. */
  uint32_t named =
      NLMSG_HDRLEN + sizeof(struct ifinfomsg) + sizeof(struct nlattr) + 5;
  for (uint32_t length = NLMSG_HDRLEN; length <= whole; ++length) {
    begun->nlmsg_len = length;
    stats.count = 0;
    int result = take(begun, &stats);
    CHECK(result == (length < named ? -EBADMSG : 0), "%u bytes: %d", length,
          result);
    assert_int_equal(stats.count, length < named ? 0 : 1);
  }
  assert_string_equal(stats.items[0].kind, "veth");
  link_stats_free(&stats);
}

static void a_false_length_hides_the_rest(void **state) {
  (void)state;
  static const uint16_t lengths[] = {0, 3, 4, 12, 0x0fff, 0xffff};
  for (size_t i = 0; i < COUNT_OF(lengths); ++i) {
    union netlink_message message;
    struct link_stats stats = {0};
    struct nlmsghdr *begun = begin_link(&message, 3);
    mnl_attr_put_strz(begun, IFLA_IFNAME, "eth0");
    message_put_lie(begun, IFLA_TXQLEN, "\x01\x00\x00\x00", 4, lengths[i]);
    assert_int_equal(take(begun, &stats), 0);
    CHECK(stats.items[0].txqueuelen == 0, "length %u", lengths[i]);
    link_stats_free(&stats);
  }
}

static void a_malformed_kind(void **state) {
  (void)state;
  static const char *const garbage[] = {
      "\x00\x00\x01\x00veth...",
      "\xff\xff\x01\x00veth...",
      "\x03\x00\x01\x00veth...",
      "\x0c\x00\x02\x00veth...",
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
  };
  for (size_t i = 0; i < COUNT_OF(garbage); ++i)
    for (size_t size = 0; size <= 11; ++size) {
      union netlink_message message;
      struct link_stats stats = {0};
      struct nlmsghdr *begun = begin_link(&message, 3);
      mnl_attr_put(begun, IFLA_LINKINFO, size, garbage[i]);
      mnl_attr_put_strz(begun, IFLA_IFNAME, "eth0");
      assert_int_equal(take(begun, &stats), 0);
      CHECK(stats.items[0].kind[0] == '\0', "row %zu, %zu bytes", i, size);
      assert_string_equal(stats.items[0].name, "eth0");
      link_stats_free(&stats);
    }
}

static unsigned interfaces;
static uint16_t list_flags;
static int list_error;

/* A list of this many interfaces, eight in a datagram; a UNIX socket queues ten
 * datagrams. */
static void answer_links(const struct nlmsghdr *request) {
  for (unsigned i = 1; i <= interfaces; ++i) {
    union netlink_message message;
    char name[16];
    snprintf(name, sizeof(name), "eth%u", i);
    struct nlmsghdr *begun = compose_link(&message, (int)i, name, 24);
    begun->nlmsg_flags = NLM_F_MULTI | list_flags;
    fake_netlink_add(request, begun);
    if (i % 8 == 0)
      fake_netlink_send();
  }
  fake_netlink_add_done(request, NLM_F_MULTI, list_error);
  fake_netlink_send();
}

static void the_request_is_for_all_interfaces(void **state) {
  (void)state;
  struct netlink netlink;
  struct link_stats stats = {0};
  number_members();
  interfaces = 1;
  fake_netlink_open(&netlink, answer_links);
  assert_int_equal(link_stats_read(&netlink, &stats), 0);
  const struct nlmsghdr *request = &fake_netlink.request.header;
  const struct ifinfomsg *info = mnl_nlmsg_get_payload(request);
  assert_int_equal(request->nlmsg_type, RTM_GETLINK);
  assert_int_equal(request->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  assert_int_equal(mnl_nlmsg_get_payload_len(request), sizeof(*info));
  assert_int_equal(info->ifi_family, AF_UNSPEC);
  assert_int_equal(info->ifi_index, 0);
  fake_netlink_close(&netlink);
  link_stats_free(&stats);
}

static void the_list_grows_and_shrinks(void **state) {
  (void)state;
  static const unsigned rows[] = {0, 1, 16, 17, 70, 3, 64, 0, 5};
  struct netlink netlink;
  struct link_stats stats = {0};
  fake_netlink_open(&netlink, answer_links);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    interfaces = rows[i];
    assert_int_equal(link_stats_read(&netlink, &stats), 0);
    assert_int_equal(stats.count, rows[i]);
    for (unsigned j = 0; j < rows[i]; ++j) {
      char name[16];
      snprintf(name, sizeof(name), "eth%u", j + 1);
      assert_int_equal(stats.items[j].index, j + 1);
      assert_string_equal(stats.items[j].name, name);
    }
  }
  fake_netlink_close(&netlink);
  link_stats_free(&stats);
  assert_null(stats.items);
  link_stats_free(&stats);
}

static void interrupted_and_refused_lists(void **state) {
  (void)state;
  struct netlink netlink;
  struct link_stats stats = {0};
  interfaces = 9;
  fake_netlink_open(&netlink, answer_links);
  list_flags = NLM_F_DUMP_INTR;
  assert_int_equal(link_stats_read(&netlink, &stats), -EINTR);
  assert_int_equal(stats.count, 9);
  list_flags = 0;
  list_error = -ENOMEM;
  assert_int_equal(link_stats_read(&netlink, &stats), -ENOMEM);
  list_error = 0;
  assert_int_equal(link_stats_read(&netlink, &stats), 0);
  assert_int_equal(stats.count, 9);
  fake_netlink_close(&netlink);
  link_stats_free(&stats);
}

static void the_steady_state_allocates_nothing(void **state) {
  (void)state;
  struct netlink netlink;
  struct link_stats stats = {0};
  interfaces = 70;
  fake_netlink_open(&netlink, answer_links);
  assert_int_equal(link_stats_read(&netlink, &stats), 0);
  size_t before = allocations_count();
  int failed = 0;
  for (int i = 0; i < 100; ++i)
    failed += link_stats_read(&netlink, &stats) != 0;
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
  fake_netlink_close(&netlink);
  link_stats_free(&stats);
}

struct packets {
  uint64_t rx, tx;
};

/* Reads /proc/net/dev. Returns false if it has no such interface. */
static bool read_proc(const char *interface, struct packets *ret) {
  char line[512], name[64];
  FILE *file = fopen("/proc/thread-self/net/dev", "r");
  bool found = false;
  assert_non_null(file);
  while (!found && fgets(line, sizeof(line), file) != NULL)
    found = sscanf(line,
                   " %63[^:]: %*u %" SCNu64 " %*u %*u %*u %*u %*u %*u %*u "
                   "%" SCNu64,
                   name, &ret->rx, &ret->tx) == 3 &&
            strcmp(name, interface) == 0;
  fclose(file);
  return found;
}

static const struct link_stats_one *find_name(const struct link_stats *stats,
                                              const char *name) {
  for (size_t i = 0; i < stats->count; ++i)
    if (strcmp(stats->items[i].name, name) == 0)
      return &stats->items[i];
  return NULL;
}

static void this_kernel_is_read(void **state) {
  (void)state;
  struct netlink netlink;
  struct link_stats stats = {0};
  struct packets before, after;
  assert_int_equal(netlink_open(&netlink, NETLINK_ROUTE), 0);
  assert_true(read_proc("lo", &before));
  int result;
  do
    result = link_stats_read(&netlink, &stats);
  while (result == -EINTR);
  assert_int_equal(result, 0);
  assert_true(read_proc("lo", &after));

  const struct link_stats_one *lo = find_name(&stats, "lo");
  assert_non_null(lo);
  assert_int_equal(lo->index, if_nametoindex("lo"));
  assert_false(lo->has_device);
  assert_true(lo->count >= 23);
  assert_in_range(lo->stats[LINK_STATS_RX_PACKETS], before.rx, after.rx);
  assert_in_range(lo->stats[LINK_STATS_TX_PACKETS], before.tx, after.tx);
  for (size_t i = 0; i < stats.count; ++i) {
    const struct link_stats_one *one = &stats.items[i];
    assert_true(one->index > 0);
    assert_true(strlen(one->name) < IFNAMSIZ);
    CHECK(one->count == lo->count, "%s: %u members", one->name, one->count);
    for (unsigned j = 0; j < one->count; ++j)
      CHECK(one->stats[j] <= INT64_MAX, "%s: member %u is %" PRIu64, one->name,
            j, one->stats[j]);
  }
  netlink_close(&netlink);
  link_stats_free(&stats);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kernels_statistics_are_taken),
      cmocka_unit_test(positions_match_the_kernels_struct),
      cmocka_unit_test(a_partial_member_is_ignored),
      cmocka_unit_test(attributes_come_in_any_order),
      cmocka_unit_test(a_message_needs_only_a_name),
      cmocka_unit_test(a_port_that_is_too_long_is_unknown),
      cmocka_unit_test(names_are_cut_and_terminated),
      cmocka_unit_test(malformed_interfaces_are_refused),
      cmocka_unit_test(other_messages_are_left_out),
      cmocka_unit_test(a_message_can_end_anywhere),
      cmocka_unit_test(a_false_length_hides_the_rest),
      cmocka_unit_test(a_malformed_kind),
      cmocka_unit_test(the_request_is_for_all_interfaces),
      cmocka_unit_test(the_list_grows_and_shrinks),
      cmocka_unit_test(interrupted_and_refused_lists),
      cmocka_unit_test(the_steady_state_allocates_nothing),
      cmocka_unit_test(this_kernel_is_read),
  };
  return cmocka_run_group_tests_name("link_stats", tests, NULL, NULL);
}
