/* SPDX-License-Identifier: MIT */
/* A datagram of netlink messages as the answer to each request of the readers.
 * Messages with the sequence number 0 are parsed. */
#include "fuzz_netlink_answer.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "ethtool_settings.h"
#include "link_stats.h"
#include "netdev_qstats.h"
#include "qdisc_stats.h"
#include "vf_stats.h"

static bool is_terminated(const char *text, size_t size) {
  return memchr(text, '\0', size) != NULL;
}

/* Attributes follow each other and stay within their holder. */
static void walk(struct netlink_attributes left, unsigned depth) {
  if (left.length == 0)
    return;
  const uint8_t *end = left.at + left.length;
  const struct nlattr *attribute;
  while (netlink_take(&left, &attribute)) {
    const uint8_t *payload = mnl_attr_get_payload(attribute);
    size_t length = mnl_attr_get_payload_len(attribute);
    FUZZ_EXPECT(payload + length <= left.at && left.at <= end);
    FUZZ_EXPECT(left.at + left.length == end);
    char text[16];
    memset(text, 'x', sizeof(text));
    netlink_text(attribute, text, sizeof(text));
    FUZZ_EXPECT(is_terminated(text, sizeof(text)));
    uint64_t number = netlink_number(attribute);
    FUZZ_EXPECT(length >= sizeof(number) || number >> 8 * length == 0);
    FUZZ_EXPECT(length <= sizeof(number) || number == 0);
    if (depth > 0)
      walk(netlink_nested(attribute), depth - 1);
  }
}

static int take_nothing(const struct nlmsghdr *message, void *data) {
  static const size_t headers[] = {0, sizeof(struct genlmsghdr),
                                   sizeof(struct ifinfomsg),
                                   sizeof(struct tcmsg)};
  (void)data;
  for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
    walk(netlink_attributes(message, headers[i]), 3);
  return 0;
}

/* The neighbours show whether only the found settings are written. */
struct neighbours {
  struct ethtool_settings before, found, after;
  enum ethtool_settings_part part;
};

static struct ethtool_settings *find_settings(uint32_t index, void *data) {
  struct neighbours *neighbours = data;
  return index % 2 == 0 ? NULL : &neighbours->found;
}

static int take_settings(const struct nlmsghdr *message, void *data) {
  struct neighbours *neighbours = data;
  return ethtool_settings_take(message, neighbours->part, find_settings, data);
}

/* A parser, which gets each message in a block of exactly its size, for the
 * sanitizers. */
struct taker {
  int (*take)(const struct nlmsghdr *message, void *data);
  void *data;
};

static int take_exact(const struct nlmsghdr *message, void *data) {
  const struct taker *taker = data;
  FUZZ_EXPECT(message->nlmsg_len >= sizeof(*message));
  struct nlmsghdr *exact = malloc(message->nlmsg_len);
  if (exact == NULL)
    return -ENOMEM;
  memcpy(exact, message, message->nlmsg_len);
  int r = taker->take(exact, taker->data);
  FUZZ_EXPECT(r == 0 || r == -EBADMSG);
  free(exact);
  return r;
}

static void ask(struct fuzz_input input,
                int (*take)(const struct nlmsghdr *message, void *data),
                void *data) {
  struct netlink netlink = {.socket = NULL};
  uint8_t request[NETLINK_REQUEST_SIZE];
  struct taker taker = {.take = take, .data = data};
  netlink.buffer_size = input.size > 0 ? input.size : 1;
  netlink.buffer = malloc(netlink.buffer_size);
  if (netlink.buffer == NULL)
    return;
  fuzz_await(&netlink, input);
  int r = netlink_ask(&netlink, netlink_begin(request, 16, true), take_exact,
                      &taker);
  FUZZ_EXPECT(r <= 0);
  free(netlink.buffer);
}

/* The statistics may make the list stale. */
static int take_renewed(const struct nlmsghdr *message, void *data) {
  int r = link_stats_take_renewed(message, data);
  return r == -ESTALE ? 0 : r;
}

static void ask_for_links(struct fuzz_input input) {
  struct link_stats stats = {0};
  ask(input, link_stats_take, &stats);
  FUZZ_EXPECT(stats.count <= stats.room);
  struct link_stats_renewal renewal = {.stats = &stats};
  for (size_t i = 0; i < stats.count; i += 2)
    stats.items[i].count = 0;
  ask(input, take_renewed, &renewal);
  FUZZ_EXPECT(renewal.count <= stats.count);
  for (size_t i = 0; i < stats.count; i++) {
    const struct link_stats_one *one = &stats.items[i];
    FUZZ_EXPECT(one->index > 0 && one->index <= INT32_MAX);
    FUZZ_EXPECT(one->name[0] != '\0');
    FUZZ_EXPECT(is_terminated(one->name, sizeof(one->name)));
    FUZZ_EXPECT(is_terminated(one->kind, sizeof(one->kind)));
    FUZZ_EXPECT(one->count <= LINK_STATS_MEMBERS);
  }
  link_stats_free(&stats);
}

static void ask_for_qdiscs(struct fuzz_input input) {
  struct qdisc_stats stats = {0};
  ask(input, qdisc_stats_take, &stats);
  FUZZ_EXPECT(stats.count <= stats.room);
  for (size_t i = 0; i < stats.count; i++) {
    const struct qdisc_stats_one *one = &stats.items[i];
    FUZZ_EXPECT(one->index > 0 && one->index <= INT32_MAX);
    FUZZ_EXPECT(i == 0 || stats.items[i - 1].index <= one->index);
    FUZZ_EXPECT(one->kind[0] != '\0');
    FUZZ_EXPECT(is_terminated(one->kind, sizeof(one->kind)));
    FUZZ_EXPECT(one->limit_unit <= QDISC_BYTES);
    FUZZ_EXPECT(one->limit_unit != QDISC_NO_LIMIT || one->limit == 0);
    const struct qdisc_stats_one *found = qdisc_stats_find(&stats, one->index);
    FUZZ_EXPECT(found != NULL && found->index == one->index);
  }
  FUZZ_EXPECT(qdisc_stats_find(&stats, 0) == NULL);
  qdisc_stats_free(&stats);
}

static void ask_for_functions(struct fuzz_input input) {
  struct vf_stats stats = {0};
  ask(input, vf_stats_take, &stats);
  FUZZ_EXPECT(stats.count <= stats.room);
  /* A function is 52 bytes at least. */
  FUZZ_EXPECT(stats.count <= input.size / 52);
  vf_stats_free(&stats);
}

static void ask_for_qstats(struct fuzz_input input) {
  struct netdev_qstats stats = {0};
  ask(input, netdev_qstats_take, &stats);
  FUZZ_EXPECT(stats.count <= stats.room);
  for (size_t i = 0; i < stats.count; i++) {
    const struct netdev_qstats_one *one = &stats.items[i];
    FUZZ_EXPECT(one->index > 0 && one->index <= INT32_MAX);
    FUZZ_EXPECT(one->present >> NETDEV_QSTATS_ATTRIBUTES == 0);
    for (unsigned j = 0; j < NETDEV_QSTATS_ATTRIBUTES; j++)
      FUZZ_EXPECT((one->present >> j & 1) == 1 || one->values[j] == 0);
    FUZZ_EXPECT(netdev_qstats_find(&stats, one->index) != NULL);
  }
  FUZZ_EXPECT(netdev_qstats_find(&stats, 0) == NULL);
  netdev_qstats_free(&stats);
}

static void ask_for_settings(struct fuzz_input input) {
  struct neighbours neighbours;
  struct ethtool_settings unknown;
  ethtool_settings_clear(&unknown);
  for (int part = 0; part < ETHTOOL_PARTS; part++) {
    neighbours = (struct neighbours){unknown, unknown, unknown,
                                     (enum ethtool_settings_part)part};
    ask(input, take_settings, &neighbours);
    FUZZ_EXPECT(memcmp(&neighbours.before, &unknown, sizeof(unknown)) == 0);
    FUZZ_EXPECT(memcmp(&neighbours.after, &unknown, sizeof(unknown)) == 0);
  }
}

static void ask_for_a_family(struct fuzz_input input) {
  struct netlink netlink = {.socket = NULL};
  struct netlink_family family = {.id = 1, .monitor = 2};
  netlink.buffer_size = input.size > 0 ? input.size : 1;
  netlink.buffer = malloc(netlink.buffer_size);
  if (netlink.buffer == NULL)
    return;
  fuzz_await(&netlink, input);
  int r = netlink_find_family(&netlink, "ethtool", &family);
  FUZZ_EXPECT(r <= 0);
  FUZZ_EXPECT(r == 0 ? family.id != 0 : family.id == 1 && family.monitor == 2);
  free(netlink.buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* No received datagram is longer. */
  static const uint8_t nothing[1];
  struct fuzz_input input =
      fuzz_input(size > 0 ? data : nothing, size < 32768 ? size : 32768);
  ask(input, take_nothing, NULL);
  ask_for_links(input);
  ask_for_qdiscs(input);
  ask_for_functions(input);
  ask_for_qstats(input);
  ask_for_settings(input);
  ask_for_a_family(input);
  return 0;
}
