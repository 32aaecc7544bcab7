/* SPDX-License-Identifier: MIT */
#include "link_stats.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "netlink.h"

static struct link_stats_one *add_one(struct link_stats *stats) {
  struct link_stats_one *items =
      array_room(stats->items, &stats->room, stats->count, sizeof(*items));
  if (items == NULL)
    return NULL;
  stats->items = items;
  struct link_stats_one *one = &stats->items[stats->count++];
  memset(one, 0, sizeof(*one));
  return one;
}

/* The kernel's struct grows at its end. */
static void take_stats(struct link_stats_one *one,
                       const struct nlattr *attribute) {
  size_t length = mnl_attr_get_payload_len(attribute);
  if (length > sizeof(one->stats))
    length = sizeof(one->stats);
  one->count = (unsigned)(length / sizeof(one->stats[0]));
  memcpy(one->stats, mnl_attr_get_payload(attribute),
         one->count * sizeof(one->stats[0]));
}

static void take_kind(struct link_stats_one *one, const struct nlattr *info) {
  struct netlink_attributes attributes = netlink_nested(info);
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute))
    if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
      netlink_text(attribute, one->kind, sizeof(one->kind));
}

static void take_attribute(struct link_stats_one *one,
                           const struct nlattr *attribute) {
  switch (mnl_attr_get_type(attribute)) {
  case IFLA_IFNAME:
    netlink_text(attribute, one->name, sizeof(one->name));
    break;
  case IFLA_TXQLEN:
    one->txqueuelen = (uint32_t)netlink_number(attribute);
    break;
  case IFLA_CARRIER_CHANGES:
    one->carrier_changes = (uint32_t)netlink_number(attribute);
    one->has_carrier_changes = true;
    break;
  case IFLA_STATS64:
    take_stats(one, attribute);
    break;
  case IFLA_LINKINFO:
    take_kind(one, attribute);
    break;
  case IFLA_PARENT_DEV_NAME:
    one->has_device = true;
    break;
  default:
    break;
  }
}

int link_stats_take(const struct nlmsghdr *message, void *data) {
  struct link_stats *stats = data;
  if (message->nlmsg_type != RTM_NEWLINK)
    return 0;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(struct ifinfomsg))
    return -EBADMSG;
  struct link_stats_one *one = add_one(stats);
  if (one == NULL)
    return -ENOMEM;
  const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
  one->index = (uint32_t)info->ifi_index;
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(*info));
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute))
    take_attribute(one, attribute);
  if (one->name[0] != '\0' && info->ifi_index > 0)
    return 0;
  stats->count--;
  return -EBADMSG;
}

int link_stats_read(struct netlink *netlink, struct link_stats *stats) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, RTM_GETLINK, true);
  struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
  info->ifi_family = AF_UNSPEC;
  stats->count = 0;
  return netlink_ask(netlink, request, link_stats_take, stats);
}

void link_stats_free(struct link_stats *stats) {
  free(stats->items);
  *stats = (struct link_stats){0};
}
