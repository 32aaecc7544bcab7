/* SPDX-License-Identifier: MIT */
#include "netdev_qstats.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "netlink.h"

/* NETDEV_CMD_QSTATS_GET */
#define QSTATS_GET 12

static int add_one(struct netdev_qstats *stats,
                   const struct netdev_qstats_one *one) {
  struct netdev_qstats_one *items =
      array_room(stats->items, &stats->room, stats->count, sizeof(*items));
  if (items == NULL)
    return -ENOMEM;
  stats->items = items;
  stats->items[stats->count++] = *one;
  return 0;
}

int netdev_qstats_take(const struct nlmsghdr *message, void *data) {
  struct netdev_qstats_one one = {0};
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(struct genlmsghdr));
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute)) {
    uint16_t type = mnl_attr_get_type(attribute);
    if (type >= NETDEV_QSTATS_ATTRIBUTES)
      continue;
    one.values[type] = netlink_number(attribute);
    one.present |= UINT64_C(1) << type;
  }
  uint64_t index = one.values[NETDEV_QSTATS_IFINDEX];
  if (index == 0 || index > INT32_MAX)
    return -EBADMSG;
  one.index = (uint32_t)index;
  return add_one(data, &one);
}

int netdev_qstats_read(struct netlink *netlink, uint16_t family,
                       struct netdev_qstats *stats) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request =
      netlink_begin_generic(buffer, family, QSTATS_GET, true);
  stats->count = 0;
  return netlink_ask(netlink, request, netdev_qstats_take, stats);
}

void netdev_qstats_free(struct netdev_qstats *stats) {
  free(stats->items);
  *stats = (struct netdev_qstats){0};
}

/* Searches from the start: adapters are few. */
const struct netdev_qstats_one *
netdev_qstats_find(const struct netdev_qstats *stats, uint32_t index) {
  for (size_t i = 0; i < stats->count; i++)
    if (stats->items[i].index == index)
      return &stats->items[i];
  return NULL;
}
