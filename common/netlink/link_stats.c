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

/* Copies the members this kernel has; new ones are added at the end. */
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

static void take_port(struct link_stats_one *one,
                      const struct nlattr *attribute) {
  size_t length = mnl_attr_get_payload_len(attribute);
  if (length > sizeof(one->port))
    return;
  one->port_length = (uint8_t)length;
  memcpy(one->port, mnl_attr_get_payload(attribute), length);
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
    netlink_text(attribute, one->parent, sizeof(one->parent));
    break;
  case IFLA_PHYS_PORT_ID:
    take_port(one, attribute);
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

/* Begins at the expected index: all kernels except Linux 6.10 list interfaces
 * in the same order for both requests. */
static struct link_stats_one *find_next(struct link_stats_renewal *renewal,
                                        uint32_t index) {
  const struct link_stats *stats = renewal->stats;
  for (size_t i = 0; i < stats->count; i++) {
    size_t at = (renewal->next + i) % stats->count;
    if (stats->items[at].index != index)
      continue;
    renewal->next = at + 1;
    return &stats->items[at];
  }
  return NULL;
}

int link_stats_take_renewed(const struct nlmsghdr *message, void *data) {
  struct link_stats_renewal *renewal = data;
  if (message->nlmsg_type != RTM_NEWSTATS)
    return 0;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(struct if_stats_msg))
    return -EBADMSG;
  const struct if_stats_msg *header = mnl_nlmsg_get_payload(message);
  struct link_stats_one *one = find_next(renewal, header->ifindex);
  if (one == NULL || one->count > 0)
    return -ESTALE;
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(*header));
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute))
    if (mnl_attr_get_type(attribute) == IFLA_STATS_LINK_64)
      take_stats(one, attribute);
  if (one->count == 0)
    return -EBADMSG;
  renewal->count++;
  return 0;
}

int link_stats_renew(struct netlink *netlink, struct link_stats *stats) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, RTM_GETSTATS, true);
  struct if_stats_msg *header =
      mnl_nlmsg_put_extra_header(request, sizeof(*header));
  header->filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  struct link_stats_renewal renewal = {.stats = stats};
  for (size_t i = 0; i < stats->count; i++)
    stats->items[i].count = 0;
  int r = netlink_ask(netlink, request, link_stats_take_renewed, &renewal);
  return r == 0 && renewal.count < stats->count ? -ESTALE : r;
}

void link_stats_free(struct link_stats *stats) {
  free(stats->items);
  *stats = (struct link_stats){0};
}
