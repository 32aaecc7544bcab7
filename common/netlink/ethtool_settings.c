/* SPDX-License-Identifier: MIT */
#include "ethtool_settings.h"

#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "netlink.h"

/* All messages carry the interface in the attribute of this number. */
#define A_HEADER ((uint16_t)ETHTOOL_A_RINGS_HEADER)

/* An attribute and the member it fills. */
struct field {
  uint16_t attribute;
  uint16_t offset;
};

#define FIELD(attribute_name, member)                                          \
  { attribute_name, offsetof(struct ethtool_settings, member) }

static const struct field ring_fields[] = {
    FIELD(ETHTOOL_A_RINGS_RX, rx_ring),
    FIELD(ETHTOOL_A_RINGS_RX_MAX, rx_ring_max),
    FIELD(ETHTOOL_A_RINGS_TX, tx_ring),
    FIELD(ETHTOOL_A_RINGS_TX_MAX, tx_ring_max),
    {0},
};

static const struct field channel_fields[] = {
    FIELD(ETHTOOL_A_CHANNELS_RX_COUNT, rx_channels),
    FIELD(ETHTOOL_A_CHANNELS_RX_MAX, rx_channels_max),
    FIELD(ETHTOOL_A_CHANNELS_TX_COUNT, tx_channels),
    FIELD(ETHTOOL_A_CHANNELS_TX_MAX, tx_channels_max),
    FIELD(ETHTOOL_A_CHANNELS_COMBINED_COUNT, combined_channels),
    FIELD(ETHTOOL_A_CHANNELS_COMBINED_MAX, combined_channels_max),
    {0},
};

static const struct field pause_fields[] = {
    FIELD(ETHTOOL_A_PAUSE_RX, rx_pause),
    FIELD(ETHTOOL_A_PAUSE_TX, tx_pause),
    {0},
};

static const struct field coalesce_fields[] = {
    FIELD(ETHTOOL_A_COALESCE_RX_USECS, rx_usecs),
    FIELD(ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX, rx_adaptive),
    {0},
};

static const struct field link_fields[] = {
    FIELD(ETHTOOL_A_LINKMODES_SPEED, speed),
    FIELD(ETHTOOL_A_LINKMODES_DUPLEX, full_duplex),
    {0},
};

/* The request for a part, and the members its answer fills. */
struct part {
  uint8_t command;
  uint32_t flags;
  const struct field *fields;
};

static const struct part parts[ETHTOOL_PARTS] = {
    [ETHTOOL_RINGS] = {ETHTOOL_MSG_RINGS_GET, 0, ring_fields},
    [ETHTOOL_CHANNELS] = {ETHTOOL_MSG_CHANNELS_GET, 0, channel_fields},
    [ETHTOOL_PAUSE] = {ETHTOOL_MSG_PAUSE_GET, ETHTOOL_FLAG_STATS, pause_fields},
    [ETHTOOL_COALESCE] = {ETHTOOL_MSG_COALESCE_GET, 0, coalesce_fields},
    [ETHTOOL_LINK] = {ETHTOOL_MSG_LINKMODES_GET, 0, link_fields},
};

void ethtool_settings_clear(struct ethtool_settings *settings) {
  memset(settings, 0xff, sizeof(*settings));
}

static uint32_t find_index(const struct nlattr *header) {
  struct netlink_attributes attributes = netlink_nested(header);
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute))
    if (mnl_attr_get_type(attribute) == ETHTOOL_A_HEADER_DEV_INDEX)
      return (uint32_t)netlink_number(attribute);
  return 0;
}

static void take_field(struct ethtool_settings *settings,
                       const struct field *field,
                       const struct nlattr *attribute) {
  for (; field->attribute != 0; field++) {
    if (field->attribute != mnl_attr_get_type(attribute))
      continue;
    uint32_t number = (uint32_t)netlink_number(attribute);
    memcpy((char *)settings + field->offset, &number, sizeof(number));
  }
}

static void take_pause_stats(struct ethtool_settings *settings,
                             const struct nlattr *stats) {
  struct netlink_attributes attributes = netlink_nested(stats);
  const struct nlattr *attribute;
  while (netlink_take(&attributes, &attribute)) {
    if (mnl_attr_get_type(attribute) == ETHTOOL_A_PAUSE_STAT_RX_FRAMES)
      settings->rx_pause_frames = netlink_number(attribute);
    else if (mnl_attr_get_type(attribute) == ETHTOOL_A_PAUSE_STAT_TX_FRAMES)
      settings->tx_pause_frames = netlink_number(attribute);
  }
}

/* The speed of a mode by its name, "1000baseT/Full"; 0: it names none. */
static uint32_t mode_speed(const char *name) {
  char *end;
  unsigned long speed = strtoul(name, &end, 10);
  bool is_speed = end != name && strncmp(end, "base", 4) == 0;
  return is_speed && speed < UINT32_MAX ? (uint32_t)speed : 0;
}

/* Takes one mode of the adapter: those it advertises have a value. */
static void take_mode(struct ethtool_settings *settings,
                      const struct nlattr *mode) {
  struct netlink_attributes attributes = netlink_nested(mode);
  const struct nlattr *attribute;
  char name[64] = "";
  bool is_advertised = false;
  while (netlink_take(&attributes, &attribute)) {
    if (mnl_attr_get_type(attribute) == ETHTOOL_A_BITSET_BIT_NAME)
      netlink_text(attribute, name, sizeof(name));
    else if (mnl_attr_get_type(attribute) == ETHTOOL_A_BITSET_BIT_VALUE)
      is_advertised = true;
  }
  uint32_t speed = mode_speed(name);
  if (is_advertised && speed > 0 &&
      (settings->best_speed == ETHTOOL_UNKNOWN || speed > settings->best_speed))
    settings->best_speed = speed;
}

static void take_modes(struct ethtool_settings *settings,
                       const struct nlattr *modes) {
  struct netlink_attributes sets = netlink_nested(modes);
  const struct nlattr *set, *mode;
  while (netlink_take(&sets, &set)) {
    if (mnl_attr_get_type(set) != ETHTOOL_A_BITSET_BITS)
      continue;
    struct netlink_attributes bits = netlink_nested(set);
    while (netlink_take(&bits, &mode))
      take_mode(settings, mode);
  }
}

/* DUPLEX_UNKNOWN is 0xff, SPEED_UNKNOWN as ETHTOOL_UNKNOWN. */
static void check_link(struct ethtool_settings *settings) {
  if (settings->speed == 0)
    settings->speed = ETHTOOL_UNKNOWN;
  if (settings->full_duplex > 1)
    settings->full_duplex = ETHTOOL_UNKNOWN;
}

int ethtool_settings_take(const struct nlmsghdr *message,
                          enum ethtool_settings_part part,
                          ethtool_settings_find *find, void *data) {
  struct netlink_attributes attributes =
      netlink_attributes(message, sizeof(struct genlmsghdr));
  const struct nlattr *attribute;
  struct ethtool_settings *settings = NULL;
  while (netlink_take(&attributes, &attribute)) {
    uint16_t type = mnl_attr_get_type(attribute);
    /* The header comes first (net/ethtool/netlink.c). */
    if (type == A_HEADER) {
      settings = find(find_index(attribute), data);
      if (settings == NULL)
        return 0;
    } else if (settings == NULL) {
      return -EBADMSG;
    } else if (part == ETHTOOL_PAUSE && type == ETHTOOL_A_PAUSE_STATS) {
      take_pause_stats(settings, attribute);
    } else if (part == ETHTOOL_LINK && type == ETHTOOL_A_LINKMODES_OURS) {
      take_modes(settings, attribute);
    } else {
      take_field(settings, parts[part].fields, attribute);
    }
  }
  if (settings == NULL)
    return -EBADMSG;
  if (part == ETHTOOL_LINK)
    check_link(settings);
  return 0;
}

/* Arguments of ethtool_settings_take(), the same for all messages. */
struct dump_context {
  enum ethtool_settings_part part;
  ethtool_settings_find *find;
  void *data;
};

static int take_message(const struct nlmsghdr *message, void *data) {
  const struct dump_context *context = data;
  return ethtool_settings_take(message, context->part, context->find,
                               context->data);
}

int ethtool_settings_read(struct netlink *netlink, uint16_t family,
                          enum ethtool_settings_part part, uint32_t index,
                          ethtool_settings_find *find, void *data) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request =
      netlink_begin_generic(buffer, family, parts[part].command, index == 0);
  struct nlattr *header = mnl_attr_nest_start(request, A_HEADER);
  if (index != 0)
    mnl_attr_put_u32(request, ETHTOOL_A_HEADER_DEV_INDEX, index);
  if (parts[part].flags != 0)
    mnl_attr_put_u32(request, ETHTOOL_A_HEADER_FLAGS, parts[part].flags);
  mnl_attr_nest_end(request, header);
  struct dump_context context = {.part = part, .find = find, .data = data};
  return netlink_ask(netlink, request, take_message, &context);
}
