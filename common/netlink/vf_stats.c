/* SPDX-License-Identifier: MIT */
#include "vf_stats.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "netlink.h"

/* Attributes of one virtual function, before it is added. */
struct found {
  struct vf_stats_one one;
  bool has_number, has_drops;
};

static int add_one(struct vf_stats *stats, const struct vf_stats_one *one) {
  struct vf_stats_one *items =
      array_room(stats->items, &stats->room, stats->count, sizeof(*items));
  if (items == NULL)
    return -ENOMEM;
  stats->items = items;
  stats->items[stats->count++] = *one;
  return 0;
}

static void take_drops(struct found *found, const struct nlattr *stats) {
  struct netlink_attributes attributes = netlink_nested(stats);
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute)) {
    uint16_t type = mnl_attr_get_type(attribute);
    if (type == IFLA_VF_STATS_RX_DROPPED)
      found->one.rx_dropped = netlink_number(attribute);
    else if (type == IFLA_VF_STATS_TX_DROPPED)
      found->one.tx_dropped = netlink_number(attribute);
    else
      continue;
    found->has_drops = true;
  }
}

/* Other attributes of a virtual function begin with its number too. */
static int take_function(struct vf_stats *stats, const struct nlattr *info) {
  struct found found = {.has_number = false};
  struct netlink_attributes attributes = netlink_nested(info);
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute)) {
    uint16_t type = mnl_attr_get_type(attribute);
    if (type == IFLA_VF_MAC &&
        mnl_attr_get_payload_len(attribute) >= sizeof(struct ifla_vf_mac)) {
      memcpy(&found.one.vf, mnl_attr_get_payload(attribute),
             sizeof(found.one.vf));
      found.has_number = true;
    } else if (type == IFLA_VF_STATS) {
      take_drops(&found, attribute);
    }
  }
  return found.has_number && found.has_drops ? add_one(stats, &found.one) : 0;
}

/* What follows an attribute's header, up to the end of the message. */
static struct netlink_attributes to_end(const struct nlmsghdr *message,
                                        const struct nlattr *attribute) {
  const uint8_t *at = mnl_attr_get_payload(attribute);
  const uint8_t *end = (const uint8_t *)message + message->nlmsg_len;
  return (struct netlink_attributes){.at = at, .length = (size_t)(end - at)};
}

/* Takes a list of functions, which is longer than its own length of 16 bits
 * says from about 220 functions on. */
static int take_list(struct vf_stats *stats,
                     struct netlink_attributes attributes, uint64_t count) {
  const struct nlattr *attribute;
  int r = 0;
  for (uint64_t i = 0; r == 0 && i < count; i++) {
    if (!netlink_take(&attributes, &attribute) ||
        mnl_attr_get_type(attribute) != IFLA_VF_INFO)
      break;
    r = take_function(stats, attribute);
  }
  return r;
}

int vf_stats_take(const struct nlmsghdr *message, void *stats) {
  if (message->nlmsg_type != RTM_NEWLINK)
    return 0;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(struct ifinfomsg))
    return -EBADMSG;
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(struct ifinfomsg));
  const struct nlattr *attribute;
  uint64_t count = 0;
  while (netlink_take(&attributes, &attribute)) {
    if (mnl_attr_get_type(attribute) == IFLA_NUM_VF)
      count = netlink_number(attribute);
    else if (mnl_attr_get_type(attribute) == IFLA_VFINFO_LIST)
      return take_list(stats, to_end(message, attribute), count);
  }
  return 0;
}

int vf_stats_read(struct netlink *netlink, uint32_t index,
                  struct vf_stats *stats) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, RTM_GETLINK, false);
  struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
  info->ifi_family = AF_UNSPEC;
  info->ifi_index = (int)index;
  mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_VF);
  stats->count = 0;
  int r = netlink_ask(netlink, request, vf_stats_take, stats);
  if (r < 0)
    stats->count = 0;
  return r;
}

void vf_stats_free(struct vf_stats *stats) {
  free(stats->items);
  *stats = (struct vf_stats){0};
}
