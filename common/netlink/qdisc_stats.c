/* SPDX-License-Identifier: MIT */
#include "qdisc_stats.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "netlink.h"

/* Where the options of a kind hold the limit of one queue. */
struct limit_place {
  const char *kind;
  enum qdisc_unit unit;
  uint16_t attribute; /* nested in the options; 0: the options are a struct */
  uint16_t offset;    /* in the payload */
};

static const struct limit_place limit_places[] = {
    {"pfifo", QDISC_PACKETS, 0, offsetof(struct tc_fifo_qopt, limit)},
    {"pfifo_head_drop", QDISC_PACKETS, 0, offsetof(struct tc_fifo_qopt, limit)},
    {"bfifo", QDISC_BYTES, 0, offsetof(struct tc_fifo_qopt, limit)},
    {"fq_codel", QDISC_PACKETS, TCA_FQ_CODEL_LIMIT, 0},
    {"fq", QDISC_PACKETS, TCA_FQ_PLIMIT, 0},
    {"codel", QDISC_PACKETS, TCA_CODEL_LIMIT, 0},
    {"pie", QDISC_PACKETS, TCA_PIE_LIMIT, 0},
    {"fq_pie", QDISC_PACKETS, TCA_FQ_PIE_LIMIT, 0},
    {"netem", QDISC_PACKETS, 0, offsetof(struct tc_netem_qopt, limit)},
    {"sfq", QDISC_PACKETS, 0, offsetof(struct tc_sfq_qopt, limit)},
    {"red", QDISC_BYTES, TCA_RED_PARMS, offsetof(struct tc_red_qopt, limit)},
    {"tbf", QDISC_BYTES, TCA_TBF_PARMS, offsetof(struct tc_tbf_qopt, limit)},
};

static const struct limit_place *find_place(const char *kind) {
  for (size_t i = 0; i < sizeof(limit_places) / sizeof(limit_places[0]); i++)
    if (strcmp(limit_places[i].kind, kind) == 0)
      return &limit_places[i];
  return NULL;
}

static const struct nlattr *find_nested(const struct nlattr *nest,
                                        uint16_t type) {
  struct netlink_attributes attributes = netlink_nested(nest);
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute))
    if (mnl_attr_get_type(attribute) == type)
      return attribute;
  return NULL;
}

static void take_limit(struct qdisc_stats_one *one,
                       const struct nlattr *options) {
  const struct limit_place *place =
      options != NULL ? find_place(one->kind) : NULL;
  if (place == NULL)
    return;
  const struct nlattr *holder = options;
  if (place->attribute != 0)
    holder = find_nested(options, place->attribute);
  size_t end = place->offset + sizeof(one->limit);
  if (holder == NULL || mnl_attr_get_payload_len(holder) < end)
    return;
  const uint8_t *payload = mnl_attr_get_payload(holder);
  memcpy(&one->limit, payload + place->offset, sizeof(one->limit));
  one->limit_unit = place->unit;
}

static void take_queue(struct qdisc_stats_one *one,
                       const struct nlattr *stats) {
  const struct nlattr *attribute = find_nested(stats, TCA_STATS_QUEUE);
  struct gnet_stats_queue queue = {0};
  if (attribute == NULL)
    return;
  size_t length = mnl_attr_get_payload_len(attribute);
  memcpy(&queue, mnl_attr_get_payload(attribute),
         length < sizeof(queue) ? length : sizeof(queue));
  one->drops = queue.drops;
  one->requeues = queue.requeues;
  one->packets = queue.qlen;
  one->bytes = queue.backlog;
}

/* Inserts in order of index. Mostly appends, because the kernel lists
 * interfaces in the order of their creation. */
static int insert(struct qdisc_stats *stats,
                  const struct qdisc_stats_one *one) {
  struct qdisc_stats_one *items =
      array_room(stats->items, &stats->room, stats->count, sizeof(*items));
  if (items == NULL)
    return -ENOMEM;
  stats->items = items;
  size_t at = stats->count++;
  for (; at > 0 && stats->items[at - 1].index > one->index; at--)
    stats->items[at] = stats->items[at - 1];
  stats->items[at] = *one;
  return 0;
}

/* Takes kind and limit from the first child of mq or mqprio, which only spread
 * packets over the adapter's queues. A child follows its root, but may come
 * after its own children. */
static void take_child(const struct qdisc_stats *stats,
                       const struct qdisc_stats_one *child, uint32_t parent) {
  struct qdisc_stats_one *root =
      (struct qdisc_stats_one *)qdisc_stats_find(stats, child->index);
  if (root == NULL || TC_H_MAJ(parent) != TC_H_MAJ(root->handle) ||
      (strcmp(root->kind, "mq") != 0 && strcmp(root->kind, "mqprio") != 0))
    return;
  memcpy(root->kind, child->kind, sizeof(root->kind));
  root->limit = child->limit;
  root->limit_unit = child->limit_unit;
}

int qdisc_stats_take(const struct nlmsghdr *message, void *data) {
  struct qdisc_stats *stats = data;
  if (message->nlmsg_type != RTM_NEWQDISC)
    return 0;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(struct tcmsg))
    return -EBADMSG;
  const struct tcmsg *header = mnl_nlmsg_get_payload(message);
  /* Ingress filters; they queue nothing. */
  if (header->tcm_parent == TC_H_INGRESS)
    return 0;
  struct qdisc_stats_one one = {.index = (uint32_t)header->tcm_ifindex,
                                .handle = header->tcm_handle};
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(*header));
  const struct nlattr *attribute, *options = NULL;
  while (netlink_take(&attributes, &attribute)) {
    switch (mnl_attr_get_type(attribute)) {
    case TCA_KIND:
      netlink_text(attribute, one.kind, sizeof(one.kind));
      break;
    case TCA_OPTIONS:
      options = attribute;
      break;
    case TCA_STATS2:
      take_queue(&one, attribute);
      break;
    default:
      break;
    }
  }
  if (one.kind[0] == '\0' || header->tcm_ifindex <= 0)
    return -EBADMSG;
  take_limit(&one, options);
  if (header->tcm_parent == TC_H_ROOT)
    return insert(stats, &one);
  take_child(stats, &one, header->tcm_parent);
  return 0;
}

int qdisc_stats_read(struct netlink *netlink, struct qdisc_stats *stats) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, RTM_GETQDISC, true);
  struct tcmsg *header = mnl_nlmsg_put_extra_header(request, sizeof(*header));
  header->tcm_family = AF_UNSPEC;
  stats->count = 0;
  return netlink_ask(netlink, request, qdisc_stats_take, stats);
}

void qdisc_stats_free(struct qdisc_stats *stats) {
  free(stats->items);
  *stats = (struct qdisc_stats){0};
}

const struct qdisc_stats_one *qdisc_stats_find(const struct qdisc_stats *stats,
                                               uint32_t index) {
  size_t low = 0, high = stats->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (stats->items[middle].index < index)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == stats->count || stats->items[low].index != index)
    return NULL;
  return &stats->items[low];
}
