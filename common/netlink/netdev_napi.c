/* SPDX-License-Identifier: MIT */
#include "netdev_napi.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdlib.h>

#include "array.h"
#include "netlink.h"

/* NETDEV_CMD_QUEUE_GET and NETDEV_CMD_NAPI_GET of linux/netdev.h, which Debian
 * 12 lacks. */
#define QUEUE_GET 10
#define NAPI_GET 11

/* Attributes of an answer to NAPI_GET. */
enum { NAPI_IFINDEX = 1, NAPI_ID = 2, NAPI_IRQ = 3, NAPI_PID = 4 };

/* Attributes of an answer to QUEUE_GET, and the types of queues. */
enum { QUEUE_ID = 1, QUEUE_IFINDEX = 2, QUEUE_TYPE = 3, QUEUE_NAPI_ID = 4 };
enum { TYPE_RX = 0, TYPE_TX = 1 };

/* One more than the highest attribute read here. */
#define ATTRIBUTES 5

/* Reads the attributes that are numbers. */
static void take_numbers(const struct nlmsghdr *message,
                         uint32_t values[static ATTRIBUTES],
                         bool has[static ATTRIBUTES]) {
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(struct genlmsghdr));
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute)) {
    uint16_t type = mnl_attr_get_type(attribute);
    if (type >= ATTRIBUTES)
      continue;
    values[type] = (uint32_t)netlink_number(attribute);
    has[type] = true;
  }
}

static int add_one(struct netdev_napi *napi,
                   const struct netdev_napi_one *one) {
  struct netdev_napi_one *items =
      array_room(napi->items, &napi->room, napi->count, sizeof(*items));
  if (items == NULL)
    return -ENOMEM;
  napi->items = items;
  napi->items[napi->count++] = *one;
  return 0;
}

int netdev_napi_take(const struct nlmsghdr *message, void *data) {
  uint32_t values[ATTRIBUTES] = {0};
  bool has[ATTRIBUTES] = {false};
  take_numbers(message, values, has);
  if (values[NAPI_IFINDEX] == 0 || !has[NAPI_ID])
    return -EBADMSG;
  return add_one(data,
                 &(struct netdev_napi_one){
                     .index = values[NAPI_IFINDEX],
                     .id = values[NAPI_ID],
                     .irq = has[NAPI_IRQ] ? values[NAPI_IRQ] : NETDEV_NAPI_NONE,
                     .pid = values[NAPI_PID],
                     .rx_queue = NETDEV_NAPI_NONE,
                     .tx_queue = NETDEV_NAPI_NONE,
                 });
}

static void add_queue(struct netdev_napi_one *one, uint32_t type,
                      uint32_t queue) {
  if (type == TYPE_RX && queue < one->rx_queue)
    one->rx_queue = queue;
  else if (type == TYPE_TX && queue < one->tx_queue)
    one->tx_queue = queue;
}

int netdev_napi_take_queue(const struct nlmsghdr *message, void *data) {
  struct netdev_napi *napi = data;
  uint32_t values[ATTRIBUTES] = {0};
  bool has[ATTRIBUTES] = {false};
  take_numbers(message, values, has);
  if (values[QUEUE_IFINDEX] == 0 || !has[QUEUE_ID] || !has[QUEUE_TYPE])
    return -EBADMSG;
  if (!has[QUEUE_NAPI_ID])
    return 0;
  for (size_t i = 0; i < napi->count; i++)
    if (napi->items[i].index == values[QUEUE_IFINDEX] &&
        napi->items[i].id == values[QUEUE_NAPI_ID])
      add_queue(&napi->items[i], values[QUEUE_TYPE], values[QUEUE_ID]);
  return 0;
}

int netdev_napi_read(struct netlink *netlink, uint16_t family,
                     struct netdev_napi *napi) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  napi->count = 0;
  int r = netlink_ask(netlink,
                      netlink_begin_generic(buffer, family, NAPI_GET, true),
                      netdev_napi_take, napi);
  if (r < 0)
    return r;
  return netlink_ask(netlink,
                     netlink_begin_generic(buffer, family, QUEUE_GET, true),
                     netdev_napi_take_queue, napi);
}

void netdev_napi_free(struct netdev_napi *napi) {
  free(napi->items);
  *napi = (struct netdev_napi){0};
}
