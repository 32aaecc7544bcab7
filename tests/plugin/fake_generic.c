/* SPDX-License-Identifier: MIT */
#include "fake_generic.h"

#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <string.h>

#include "fake_adapters.h"
#include "netlink.h"

#define MONITOR_GROUP 6
#define QSTATS_GET 12
#define QSTATS_IFINDEX 1

static void put_qstats(struct fake_answer *answer,
                       const struct nlmsghdr *request,
                       const struct fake_adapter *adapter) {
  if (adapter->qstats_present == 0)
    return;
  struct nlmsghdr *message =
      fake_answer_begin_generic(answer, request, QSTATS_GET);
  mnl_attr_put_u32(message, QSTATS_IFINDEX, adapter->index);
  for (uint16_t i = 2; i < FAKE_QSTATS; i++) {
    if ((adapter->qstats_present & UINT64_C(1) << i) == 0)
      continue;
    /* The kernel takes four bytes where they are enough. */
    if (adapter->qstats[i] <= UINT32_MAX)
      mnl_attr_put_u32(message, i, (uint32_t)adapter->qstats[i]);
    else
      mnl_attr_put_u64(message, i, adapter->qstats[i]);
  }
  fake_answer_end(answer, message);
}

static void put_rings(struct nlmsghdr *message,
                      const struct fake_adapter *adapter) {
  mnl_attr_put_u32(message, ETHTOOL_A_RINGS_RX_MAX, adapter->rx_ring_max);
  mnl_attr_put_u32(message, ETHTOOL_A_RINGS_TX_MAX, adapter->tx_ring_max);
  mnl_attr_put_u32(message, ETHTOOL_A_RINGS_RX, adapter->rx_ring);
  mnl_attr_put_u32(message, ETHTOOL_A_RINGS_TX, adapter->tx_ring);
}

static void put_channels(struct nlmsghdr *message,
                         const struct fake_adapter *adapter) {
  mnl_attr_put_u32(message, ETHTOOL_A_CHANNELS_COMBINED_MAX,
                   adapter->combined_max);
  mnl_attr_put_u32(message, ETHTOOL_A_CHANNELS_COMBINED_COUNT,
                   adapter->combined);
}

static void put_pause(struct nlmsghdr *message,
                      const struct fake_adapter *adapter) {
  mnl_attr_put_u8(message, ETHTOOL_A_PAUSE_TX, (uint8_t)adapter->tx_pause);
  struct nlattr *nest = mnl_attr_nest_start(message, ETHTOOL_A_PAUSE_STATS);
  mnl_attr_put_u64(message, ETHTOOL_A_PAUSE_STAT_TX_FRAMES,
                   adapter->tx_pause_frames);
  mnl_attr_put_u64(message, ETHTOOL_A_PAUSE_STAT_RX_FRAMES,
                   adapter->rx_pause_frames);
  mnl_attr_nest_end(message, nest);
}

/* One mode that is advertised, after one that is only supported. */
static void put_link_mode(struct nlmsghdr *message, const char *name,
                          bool is_advertised) {
  struct nlattr *bit = mnl_attr_nest_start(message, ETHTOOL_A_BITSET_BITS_BIT);
  mnl_attr_put_u32(message, ETHTOOL_A_BITSET_BIT_INDEX, 1);
  mnl_attr_put_strz(message, ETHTOOL_A_BITSET_BIT_NAME, name);
  if (is_advertised)
    mnl_attr_put(message, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
  mnl_attr_nest_end(message, bit);
}

static void put_link_modes(struct nlmsghdr *message,
                           const struct fake_adapter *adapter) {
  struct nlattr *ours = mnl_attr_nest_start(message, ETHTOOL_A_LINKMODES_OURS);
  struct nlattr *bits = mnl_attr_nest_start(message, ETHTOOL_A_BITSET_BITS);
  put_link_mode(message, "100000baseKR/Full", false);
  put_link_mode(message, "Autoneg", true);
  for (size_t i = 0; i < 4 && adapter->advertised[i] != NULL; i++)
    put_link_mode(message, adapter->advertised[i], true);
  mnl_attr_nest_end(message, bits);
  mnl_attr_nest_end(message, ours);
  mnl_attr_put_u32(message, ETHTOOL_A_LINKMODES_SPEED, adapter->speed);
  mnl_attr_put_u8(message, ETHTOOL_A_LINKMODES_DUPLEX,
                  adapter->is_half_duplex ? 0 : 1);
}

/* Adds a part of an adapter's settings. Returns false if the driver does not
 * report it. */
static bool put_settings(struct fake_answer *answer,
                         const struct nlmsghdr *request, uint8_t command,
                         const struct fake_adapter *adapter) {
  void (*put)(struct nlmsghdr *, const struct fake_adapter *) = NULL;
  if (command == ETHTOOL_MSG_RINGS_GET && adapter->rx_ring_max > 0)
    put = put_rings;
  else if (command == ETHTOOL_MSG_CHANNELS_GET && adapter->combined_max > 0)
    put = put_channels;
  else if (command == ETHTOOL_MSG_PAUSE_GET && adapter->has_pause_stats)
    put = put_pause;
  else if (command == ETHTOOL_MSG_LINKMODES_GET && adapter->speed > 0)
    put = put_link_modes;
  if (put == NULL)
    return false;
  struct nlmsghdr *message =
      fake_answer_begin_generic(answer, request, command);
  struct nlattr *header = mnl_attr_nest_start(message, ETHTOOL_A_RINGS_HEADER);
  mnl_attr_put_u32(message, ETHTOOL_A_HEADER_DEV_INDEX, adapter->index);
  mnl_attr_nest_end(message, header);
  put(message, adapter);
  fake_answer_end(answer, message);
  return true;
}

/* The interface that a request is about; 0: all. */
static uint32_t requested_index(const struct nlmsghdr *request) {
  struct netlink_attributes nests =
      netlink_attributes(request, sizeof(struct genlmsghdr));
  const struct nlattr *nest, *attribute;
  while (netlink_take(&nests, &nest)) {
    struct netlink_attributes attributes = netlink_nested(nest);
    while (netlink_take(&attributes, &attribute))
      if (mnl_attr_get_type(attribute) == ETHTOOL_A_HEADER_DEV_INDEX)
        return mnl_attr_get_u32(attribute);
  }
  return 0;
}

int fake_generic_answer_ethtool(struct fake_answer *answer,
                                const struct nlmsghdr *request) {
  const struct genlmsghdr *generic = mnl_nlmsg_get_payload(request);
  uint32_t index = requested_index(request);
  bool some = false;
  fake_kernel.settings++;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++) {
    const struct fake_adapter *adapter = &fake_kernel.adapters[i];
    if (adapter->index == 0 || (index != 0 && adapter->index != index))
      continue;
    if (adapter->is_detached)
      return ENODEV;
    some |= put_settings(answer, request, generic->cmd, adapter);
  }
  return some || index == 0 ? 0 : EOPNOTSUPP;
}

int fake_generic_answer_family(struct fake_answer *answer,
                               const struct nlmsghdr *request) {
  const struct nlattr *attribute =
      mnl_nlmsg_get_payload_offset(request, sizeof(struct genlmsghdr));
  const char *name = mnl_attr_get_str(attribute);
  bool is_ethtool = strcmp(name, "ethtool") == 0;
  if (is_ethtool ? fake_kernel.no_ethtool
                 : fake_kernel.no_netdev || strcmp(name, "netdev") != 0)
    return ENOENT;
  struct nlmsghdr *message =
      fake_answer_begin_generic(answer, request, CTRL_CMD_NEWFAMILY);
  mnl_attr_put_u16(message, CTRL_ATTR_FAMILY_ID,
                   is_ethtool ? FAKE_ETHTOOL_FAMILY : FAKE_NETDEV_FAMILY);
  struct nlattr *groups = mnl_attr_nest_start(message, CTRL_ATTR_MCAST_GROUPS);
  struct nlattr *group = mnl_attr_nest_start(message, 1);
  mnl_attr_put_strz(message, CTRL_ATTR_MCAST_GRP_NAME,
                    is_ethtool ? "monitor" : "mgmt");
  mnl_attr_put_u32(message, CTRL_ATTR_MCAST_GRP_ID, MONITOR_GROUP);
  mnl_attr_nest_end(message, group);
  mnl_attr_nest_end(message, groups);
  fake_answer_end(answer, message);
  return 0;
}

int fake_generic_answer_netdev(struct fake_answer *answer,
                               const struct nlmsghdr *request) {
  fake_kernel.qstats++;
  for (size_t i = 0; i < FAKE_ADAPTERS; i++)
    if (fake_kernel.adapters[i].index != 0)
      put_qstats(answer, request, &fake_kernel.adapters[i]);
  return 0;
}
