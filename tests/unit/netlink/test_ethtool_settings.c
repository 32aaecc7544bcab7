/* SPDX-License-Identifier: MIT */
#include "fake_ioctl.h"
#include "fake_netlink.h"

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

#include "allocations.h"
#include "ethtool_ioctl.h"
#include "ethtool_settings.h"
#include "ethtool_stats.h"

/* The settings of the interfaces 1 to 4; 4 is not wanted. */
struct table {
  struct ethtool_settings settings[5];
  unsigned asked; /* how often one was looked for */
};

static void forget_all(struct table *table) {
  table->asked = 0;
  for (size_t i = 0; i < COUNT_OF(table->settings); ++i)
    ethtool_settings_clear(&table->settings[i]);
}

static struct ethtool_settings *find(uint32_t index, void *data) {
  struct table *table = data;
  table->asked++;
  return index > 0 && index < 4 ? &table->settings[index] : NULL;
}

static struct nlmsghdr *begin_settings(union netlink_message *message) {
  const struct genlmsghdr header = {.version = 1};
  return message_begin(message, 21, &header, sizeof(header));
}

static void put_header(struct nlmsghdr *message, uint32_t index) {
  struct nlattr *nest = mnl_attr_nest_start(message, ETHTOOL_A_RINGS_HEADER);
  mnl_attr_put_u32(message, ETHTOOL_A_HEADER_DEV_INDEX, index);
  mnl_attr_put_strz(message, ETHTOOL_A_HEADER_DEV_NAME, "eth0");
  mnl_attr_nest_end(message, nest);
}

/* Arguments of ethtool_settings_take(). */
static struct {
  enum ethtool_settings_part part;
  struct table *table;
} take_context;

static int take_part(const struct nlmsghdr *message, void *data) {
  (void)data;
  return ethtool_settings_take(message, take_context.part, find,
                               take_context.table);
}

static int take(const struct nlmsghdr *message, enum ethtool_settings_part part,
                struct table *table) {
  take_context.part = part;
  take_context.table = table;
  return message_take(message, take_part, NULL);
}

static void check_unknown(const struct ethtool_settings *settings) {
  struct ethtool_settings unknown;
  ethtool_settings_clear(&unknown);
  assert_memory_equal(settings, &unknown, sizeof(unknown));
}

static void cleared_settings_are_unknown(void **state) {
  (void)state;
  struct ethtool_settings settings = {0};
  ethtool_settings_clear(&settings);
  assert_int_equal(settings.rx_ring, ETHTOOL_UNKNOWN);
  assert_int_equal(settings.combined_channels_max, ETHTOOL_UNKNOWN);
  assert_int_equal(settings.rx_adaptive, ETHTOOL_UNKNOWN);
  assert_true(settings.rx_pause_frames == ETHTOOL_NOT_COUNTED);
  assert_true(settings.tx_pause_frames == ETHTOOL_NOT_COUNTED);
}

#define MEMBER(member) offsetof(struct ethtool_settings, member)

static const struct field_row {
  enum ethtool_settings_part part;
  uint16_t attribute;
  size_t offset;
} field_rows[] = {
    {ETHTOOL_RINGS, ETHTOOL_A_RINGS_RX, MEMBER(rx_ring)},
    {ETHTOOL_RINGS, ETHTOOL_A_RINGS_RX_MAX, MEMBER(rx_ring_max)},
    {ETHTOOL_RINGS, ETHTOOL_A_RINGS_TX, MEMBER(tx_ring)},
    {ETHTOOL_RINGS, ETHTOOL_A_RINGS_TX_MAX, MEMBER(tx_ring_max)},
    {ETHTOOL_CHANNELS, ETHTOOL_A_CHANNELS_RX_COUNT, MEMBER(rx_channels)},
    {ETHTOOL_CHANNELS, ETHTOOL_A_CHANNELS_RX_MAX, MEMBER(rx_channels_max)},
    {ETHTOOL_CHANNELS, ETHTOOL_A_CHANNELS_TX_COUNT, MEMBER(tx_channels)},
    {ETHTOOL_CHANNELS, ETHTOOL_A_CHANNELS_TX_MAX, MEMBER(tx_channels_max)},
    {ETHTOOL_CHANNELS, ETHTOOL_A_CHANNELS_COMBINED_COUNT,
     MEMBER(combined_channels)},
    {ETHTOOL_CHANNELS, ETHTOOL_A_CHANNELS_COMBINED_MAX,
     MEMBER(combined_channels_max)},
    {ETHTOOL_PAUSE, ETHTOOL_A_PAUSE_RX, MEMBER(rx_pause)},
    {ETHTOOL_PAUSE, ETHTOOL_A_PAUSE_TX, MEMBER(tx_pause)},
    {ETHTOOL_COALESCE, ETHTOOL_A_COALESCE_RX_USECS, MEMBER(rx_usecs)},
    {ETHTOOL_COALESCE, ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX, MEMBER(rx_adaptive)},
    {ETHTOOL_LINK, ETHTOOL_A_LINKMODES_SPEED, MEMBER(speed)},
};

/* It touches no other member. */
static void every_attribute_fills_its_member(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(field_rows); ++i) {
    const struct field_row *row = &field_rows[i];
    union netlink_message message;
    struct table table;
    struct ethtool_settings expected;
    forget_all(&table);
    ethtool_settings_clear(&expected);
    memcpy((char *)&expected + row->offset, &(uint32_t){4096}, 4);
    struct nlmsghdr *begun = begin_settings(&message);
    put_header(begun, 2);
    mnl_attr_put_u32(begun, row->attribute, 4096);
    assert_int_equal(take(begun, row->part, &table), 0);
    CHECK(memcmp(&table.settings[2], &expected, sizeof(expected)) == 0,
          "row %zu", i);
    check_unknown(&table.settings[1]);
    check_unknown(&table.settings[3]);
  }
}

static void numbers_come_in_several_sizes(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(field_rows); ++i) {
    const struct field_row *row = &field_rows[i];
    for (size_t size = 1; size <= 8; size *= 2) {
      union netlink_message message;
      struct table table;
      union {
        uint8_t of_1;
        uint16_t of_2;
        uint32_t of_4;
        uint64_t of_8;
      } number = {.of_8 = 0};
      uint32_t filled;
      if (size == 1)
        number.of_1 = 1;
      else if (size == 2)
        number.of_2 = 1;
      else if (size == 4)
        number.of_4 = 1;
      else
        number.of_8 = 1;
      forget_all(&table);
      struct nlmsghdr *begun = begin_settings(&message);
      put_header(begun, 2);
      mnl_attr_put(begun, row->attribute, size, &number);
      assert_int_equal(take(begun, row->part, &table), 0);
      memcpy(&filled, (char *)&table.settings[2] + row->offset, 4);
      CHECK(filled == 1, "row %zu, %zu bytes: %u", i, size, filled);
    }
  }
}

static void attributes_of_other_parts_are_ignored(void **state) {
  (void)state;
  union netlink_message message;
  struct table table;
  struct nlmsghdr *begun = begin_settings(&message);
  put_header(begun, 2);
  /* No part has these attributes. */
  mnl_attr_put_u32(begun, 0x3ff, 1);
  mnl_attr_put_u32(begun, 0, 1);
  for (int part = 0; part < ETHTOOL_PARTS; ++part) {
    forget_all(&table);
    assert_int_equal(take(begun, (enum ethtool_settings_part)part, &table), 0);
    assert_int_equal(table.asked, 1);
    check_unknown(&table.settings[2]);
  }
  /* Only pause frames have statistics. */
  begun = begin_settings(&message);
  put_header(begun, 2);
  struct nlattr *nest = mnl_attr_nest_start(begun, ETHTOOL_A_PAUSE_STATS);
  mnl_attr_put_u64(begun, ETHTOOL_A_PAUSE_STAT_RX_FRAMES, 5);
  mnl_attr_nest_end(begun, nest);
  forget_all(&table);
  assert_int_equal(take(begun, ETHTOOL_RINGS, &table), 0);
  assert_true(table.settings[2].rx_pause_frames == ETHTOOL_NOT_COUNTED);
}

static void pause_frames_are_counted(void **state) {
  (void)state;
  static const uint64_t numbers[] = {0, 1, UINT64_C(0x123456789abcdef0)};
  for (size_t i = 0; i < COUNT_OF(numbers); ++i) {
    union netlink_message message;
    struct table table;
    forget_all(&table);
    struct nlmsghdr *begun = begin_settings(&message);
    put_header(begun, 2);
    mnl_attr_put_u8(begun, ETHTOOL_A_PAUSE_RX, 1);
    mnl_attr_put_u8(begun, ETHTOOL_A_PAUSE_TX, 0);
    struct nlattr *nest = mnl_attr_nest_start(begun, ETHTOOL_A_PAUSE_STATS);
    mnl_attr_put(begun, ETHTOOL_A_PAUSE_STAT_PAD, 0, NULL);
    mnl_attr_put_u64(begun, ETHTOOL_A_PAUSE_STAT_RX_FRAMES, numbers[i]);
    mnl_attr_put_u64(begun, 0x30, 77);
    mnl_attr_nest_end(begun, nest);
    assert_int_equal(take(begun, ETHTOOL_PAUSE, &table), 0);
    assert_int_equal(table.settings[2].rx_pause, 1);
    assert_int_equal(table.settings[2].tx_pause, 0);
    assert_true(table.settings[2].rx_pause_frames == numbers[i]);
    /* A driver may count one direction only. */
    assert_true(table.settings[2].tx_pause_frames == ETHTOOL_NOT_COUNTED);
  }
}

static void put_mode(struct nlmsghdr *message, const char *name,
                     bool is_advertised) {
  struct nlattr *bit = mnl_attr_nest_start(message, ETHTOOL_A_BITSET_BITS_BIT);
  mnl_attr_put_strz(message, ETHTOOL_A_BITSET_BIT_NAME, name);
  if (is_advertised)
    mnl_attr_put(message, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
  mnl_attr_nest_end(message, bit);
}

/* Takes a link with its modes. */
static struct ethtool_settings take_link(uint32_t speed, uint8_t duplex,
                                         const char *const *advertised) {
  union netlink_message message;
  struct table table;
  forget_all(&table);
  struct nlmsghdr *begun = begin_settings(&message);
  put_header(begun, 2);
  struct nlattr *ours = mnl_attr_nest_start(begun, ETHTOOL_A_LINKMODES_OURS);
  mnl_attr_put_u32(begun, ETHTOOL_A_BITSET_SIZE, 92);
  struct nlattr *bits = mnl_attr_nest_start(begun, ETHTOOL_A_BITSET_BITS);
  put_mode(begun, "40000baseKR4/Full", false);
  for (; *advertised != NULL; advertised++)
    put_mode(begun, *advertised, true);
  mnl_attr_nest_end(begun, bits);
  mnl_attr_nest_end(begun, ours);
  mnl_attr_put_u32(begun, ETHTOOL_A_LINKMODES_SPEED, speed);
  mnl_attr_put_u8(begun, ETHTOOL_A_LINKMODES_DUPLEX, duplex);
  assert_int_equal(take(begun, ETHTOOL_LINK, &table), 0);
  return table.settings[2];
}

static void the_best_advertised_mode(void **state) {
  (void)state;
  static const char *const modes[] = {"100baseT/Full",
                                      "10000baseT/Full",
                                      "1000baseT/Full",
                                      "Autoneg",
                                      "TP",
                                      "50base",
                                      NULL};
  static const char *const none[] = {"Autoneg", "base", "1000bas", NULL};
  struct ethtool_settings settings = take_link(1000, 1, modes);
  assert_int_equal(settings.speed, 1000);
  assert_int_equal(settings.full_duplex, 1);
  assert_int_equal(settings.best_speed, 10000);
  settings = take_link(100, 0, none);
  assert_int_equal(settings.full_duplex, 0);
  assert_int_equal(settings.best_speed, ETHTOOL_UNKNOWN);
}

/* SPEED_UNKNOWN and DUPLEX_UNKNOWN. */
static void without_a_link_nothing_is_known(void **state) {
  (void)state;
  static const char *const none[] = {NULL};
  struct ethtool_settings settings = take_link(UINT32_MAX, 0xff, none);
  check_unknown(&settings);
  settings = take_link(0, 0xff, none);
  check_unknown(&settings);
}

static void unwanted_interfaces_are_skipped(void **state) {
  (void)state;
  static const uint32_t indexes[] = {4, 0, UINT32_MAX};
  for (size_t i = 0; i < COUNT_OF(indexes); ++i) {
    union netlink_message message;
    struct table table;
    forget_all(&table);
    struct nlmsghdr *begun = begin_settings(&message);
    put_header(begun, indexes[i]);
    mnl_attr_put_u32(begun, ETHTOOL_A_RINGS_RX, 256);
    assert_int_equal(take(begun, ETHTOOL_RINGS, &table), 0);
    assert_int_equal(table.asked, 1);
    for (size_t j = 0; j < COUNT_OF(table.settings); ++j)
      check_unknown(&table.settings[j]);
  }
}

static void a_message_without_header_is_refused(void **state) {
  (void)state;
  union netlink_message message;
  struct table table;
  forget_all(&table);
  assert_int_equal(take(begin_settings(&message), ETHTOOL_RINGS, &table),
                   -EBADMSG);
  struct nlmsghdr *begun = begin_settings(&message);
  mnl_attr_put_u32(begun, ETHTOOL_A_RINGS_RX, 256);
  put_header(begun, 2);
  assert_int_equal(take(begun, ETHTOOL_RINGS, &table), -EBADMSG);
  for (uint32_t length = 0; length < 4; ++length) {
    begun->nlmsg_len = NLMSG_HDRLEN + length;
    assert_int_equal(take(begun, ETHTOOL_RINGS, &table), -EBADMSG);
  }
  check_unknown(&table.settings[2]);
  assert_int_equal(table.asked, 0);
}

static void a_malformed_header_names_no_interface(void **state) {
  (void)state;
  static const char *const garbage[] = {
      "\x00\x00\x01\x00\x02\x00\x00", "\xff\xff\x01\x00\x02\x00\x00",
      "\x07\x00\x01\x00\x02\x00\x00", "\x08\x00\x02\x00\x02\x00\x00",
      "\x04\x00\x01\x00\x02\x00\x00",
  };
  for (size_t i = 0; i < COUNT_OF(garbage); ++i)
    for (size_t size = 0; size <= 8; ++size) {
      union netlink_message message;
      struct table table;
      forget_all(&table);
      struct nlmsghdr *begun = begin_settings(&message);
      mnl_attr_put(begun, ETHTOOL_A_RINGS_HEADER, size, garbage[i]);
      mnl_attr_put_u32(begun, ETHTOOL_A_RINGS_RX, 256);
      assert_int_equal(take(begun, ETHTOOL_RINGS, &table), 0);
      check_unknown(&table.settings[2]);
    }
}

static void a_message_can_end_anywhere(void **state) {
  (void)state;
  union netlink_message message;
  struct table table;
  struct nlmsghdr *begun = begin_settings(&message);
  put_header(begun, 2);
  uint32_t headed = begun->nlmsg_len;
  mnl_attr_put_u8(begun, ETHTOOL_A_PAUSE_RX, 1);
  struct nlattr *nest = mnl_attr_nest_start(begun, ETHTOOL_A_PAUSE_STATS);
  mnl_attr_put_u64(begun, ETHTOOL_A_PAUSE_STAT_RX_FRAMES, 5);
  mnl_attr_nest_end(begun, nest);
  uint32_t whole = begun->nlmsg_len;
  for (uint32_t length = NLMSG_HDRLEN; length <= whole; ++length) {
    begun->nlmsg_len = length;
    forget_all(&table);
    int result = take(begun, ETHTOOL_PAUSE, &table);
    /* The name in the header is padded. */
    CHECK(result == (length < headed - 3 ? -EBADMSG : 0) || length < headed,
          "%u bytes: %d", length, result);
    CHECK((table.settings[2].rx_pause_frames == 5) == (length == whole),
          "%u bytes", length);
  }
}

/* Finds the requested part, and answers for all interfaces. */
static void answer_rings(const struct nlmsghdr *request) {
  for (uint32_t index = 1; index <= 4; ++index) {
    union netlink_message message;
    struct nlmsghdr *begun = begin_settings(&message);
    put_header(begun, index);
    mnl_attr_put_u32(begun, ETHTOOL_A_RINGS_RX, index * 100);
    fake_netlink_add(request, begun);
  }
  fake_netlink_add_done(request, NLM_F_MULTI, 0);
  fake_netlink_send();
}

static void answer_refusal(const struct nlmsghdr *request) {
  fake_netlink_add_error(request, -EOPNOTSUPP);
  fake_netlink_send();
}

/* Returns the number in the header of the last request, or 0. */
static uint32_t asked_number(uint16_t type) {
  struct netlink_attributes nests =
      netlink_attributes(&fake_netlink.request.header, 4);
  const struct nlattr *nest = NULL, *attribute;
  assert_true(netlink_take(&nests, &nest));
  assert_int_equal(mnl_attr_get_type(nest), ETHTOOL_A_RINGS_HEADER);
  assert_true((nest->nla_type & NLA_F_NESTED) != 0);
  struct netlink_attributes attributes = netlink_nested(nest);
  while (netlink_take(&attributes, &attribute))
    if (mnl_attr_get_type(attribute) == type)
      return (uint32_t)netlink_number(attribute);
  return 0;
}

static void requests_are_for_one_or_all_interfaces(void **state) {
  (void)state;
  static const struct {
    uint8_t command;
    uint32_t flags;
  } rows[ETHTOOL_PARTS] = {
      [ETHTOOL_RINGS] = {ETHTOOL_MSG_RINGS_GET, 0},
      [ETHTOOL_CHANNELS] = {ETHTOOL_MSG_CHANNELS_GET, 0},
      [ETHTOOL_PAUSE] = {ETHTOOL_MSG_PAUSE_GET, ETHTOOL_FLAG_STATS},
      [ETHTOOL_COALESCE] = {ETHTOOL_MSG_COALESCE_GET, 0},
      [ETHTOOL_LINK] = {ETHTOOL_MSG_LINKMODES_GET, 0},
  };
  struct netlink netlink;
  struct table table;
  forget_all(&table);
  fake_netlink_open(&netlink, answer_refusal);
  for (int part = 0; part < ETHTOOL_PARTS; ++part)
    for (uint32_t index = 0; index < 3; ++index) {
      assert_int_equal(ethtool_settings_read(&netlink, 21,
                                             (enum ethtool_settings_part)part,
                                             index, find, &table),
                       -EOPNOTSUPP);
      const struct nlmsghdr *request = &fake_netlink.request.header;
      const struct genlmsghdr *generic = mnl_nlmsg_get_payload(request);
      assert_int_equal(request->nlmsg_type, 21);
      assert_int_equal(request->nlmsg_flags,
                       NLM_F_REQUEST | (index == 0 ? NLM_F_DUMP : NLM_F_ACK));
      assert_int_equal(generic->cmd, rows[part].command);
      assert_int_equal(asked_number(ETHTOOL_A_HEADER_DEV_INDEX), index);
      assert_int_equal(asked_number(ETHTOOL_A_HEADER_FLAGS), rows[part].flags);
    }
  fake_netlink_close(&netlink);
}

static void all_interfaces_are_read(void **state) {
  (void)state;
  struct netlink netlink;
  struct table table;
  forget_all(&table);
  fake_netlink_open(&netlink, answer_rings);
  size_t before = allocations_count();
  assert_int_equal(
      ethtool_settings_read(&netlink, 21, ETHTOOL_RINGS, 0, find, &table), 0);
  assert_int_equal(allocations_count(), before);
  assert_int_equal(table.asked, 4);
  assert_int_equal(table.settings[1].rx_ring, 100);
  assert_int_equal(table.settings[2].rx_ring, 200);
  assert_int_equal(table.settings[3].rx_ring, 300);
  check_unknown(&table.settings[4]);
  fake_netlink_close(&netlink);
}

/* Bit N: the driver answers command N; bit 0: the only one beyond 63. */
static uint64_t answered;

/* With as many words as the caller knows of, which it learns first. */
static void answer_link(struct ethtool_link_settings *link) {
  if (link->link_mode_masks_nwords != 3) {
    link->link_mode_masks_nwords = -3;
    return;
  }
  link->speed = 2500;
  link->duplex = DUPLEX_FULL;
  memset(link->link_mode_masks, 0xff, 3 * 3 * sizeof(uint32_t));
}

static int answer_ioctl(const char *interface, uint32_t command,
                        void *request) {
  assert_string_equal(interface, "eth0");
  bool is_link = command == ETHTOOL_GLINKSETTINGS;
  assert_true(command < 64 || is_link);
  if ((answered & UINT64_C(1) << (is_link ? 0 : command)) == 0)
    return EOPNOTSUPP;
  switch (command) {
  case ETHTOOL_GRINGPARAM:
    *(struct ethtool_ringparam *)request =
        (struct ethtool_ringparam){.rx_pending = 1,
                                   .rx_max_pending = 2,
                                   .rx_mini_pending = 90,
                                   .rx_jumbo_pending = 91,
                                   .tx_pending = 3,
                                   .tx_max_pending = 4};
    return 0;
  case ETHTOOL_GCHANNELS:
    *(struct ethtool_channels *)request =
        (struct ethtool_channels){.rx_count = 5,
                                  .max_rx = 6,
                                  .tx_count = 7,
                                  .max_tx = 8,
                                  .other_count = 92,
                                  .combined_count = 9,
                                  .max_combined = 10};
    return 0;
  case ETHTOOL_GPAUSEPARAM:
    *(struct ethtool_pauseparam *)request =
        (struct ethtool_pauseparam){.rx_pause = 2};
    return 0;
  case ETHTOOL_GCOALESCE:
    *(struct ethtool_coalesce *)request = (struct ethtool_coalesce){
        .rx_coalesce_usecs = 11, .use_adaptive_rx_coalesce = 4};
    return 0;
  case ETHTOOL_GLINKSETTINGS:
    answer_link(request);
    return 0;
  case ETHTOOL_GFLAGS:
    ((struct ethtool_value *)request)->data = ETH_FLAG_LRO | ETH_FLAG_NTUPLE;
    return 0;
  case ETHTOOL_GGSO:
  case ETHTOOL_GTXCSUM:
    ((struct ethtool_value *)request)->data = 0;
    return 0;
  default:
    ((struct ethtool_value *)request)->data = 1;
    return 0;
  }
}

static void settings_are_read_by_ioctl(void **state) {
  (void)state;
  struct ethtool_settings settings = {0};
  answered = UINT64_MAX;
  fake_ioctl = answer_ioctl;
  ethtool_ioctl_settings(5, "eth0", &settings);
  fake_ioctl = NULL;
  assert_int_equal(settings.rx_ring, 1);
  assert_int_equal(settings.rx_ring_max, 2);
  assert_int_equal(settings.tx_ring, 3);
  assert_int_equal(settings.tx_ring_max, 4);
  assert_int_equal(settings.rx_channels, 5);
  assert_int_equal(settings.rx_channels_max, 6);
  assert_int_equal(settings.tx_channels, 7);
  assert_int_equal(settings.tx_channels_max, 8);
  assert_int_equal(settings.combined_channels, 9);
  assert_int_equal(settings.combined_channels_max, 10);
  assert_int_equal(settings.rx_pause, 1);
  assert_int_equal(settings.tx_pause, 0);
  assert_int_equal(settings.rx_usecs, 11);
  assert_int_equal(settings.rx_adaptive, 1);
  assert_int_equal(settings.speed, 2500);
  assert_int_equal(settings.full_duplex, 1);
  assert_int_equal(settings.best_speed, ETHTOOL_UNKNOWN);
  assert_true(settings.rx_pause_frames == ETHTOOL_NOT_COUNTED);
}

static void settings_that_the_driver_does_not_report_are_unknown(void **state) {
  (void)state;
  struct ethtool_settings settings = {0};
  fake_ioctl = answer_ioctl;
  answered = 0;
  ethtool_ioctl_settings(5, "eth0", &settings);
  check_unknown(&settings);
  answered = UINT64_C(1) << ETHTOOL_GCOALESCE;
  ethtool_ioctl_settings(5, "eth0", &settings);
  fake_ioctl = NULL;
  assert_int_equal(settings.rx_ring, ETHTOOL_UNKNOWN);
  assert_int_equal(settings.rx_usecs, 11);
}

static void offloads_are_read_by_ioctl(void **state) {
  (void)state;
  struct ethtool_offloads offloads = {0};
  fake_ioctl = answer_ioctl;
  answered = UINT64_MAX;
  ethtool_ioctl_offloads(5, "eth0", &offloads);
  assert_int_equal(offloads.gro, 1);
  assert_int_equal(offloads.gso, 0);
  assert_int_equal(offloads.tso, 1);
  assert_int_equal(offloads.lro, 1);
  assert_int_equal(offloads.rx_checksum, 1);
  assert_int_equal(offloads.tx_checksum, 0);
  answered = UINT64_C(1) << ETHTOOL_GTSO;
  ethtool_ioctl_offloads(5, "eth0", &offloads);
  fake_ioctl = NULL;
  assert_int_equal(offloads.gro, ETHTOOL_UNKNOWN);
  assert_int_equal(offloads.lro, ETHTOOL_UNKNOWN);
  assert_int_equal(offloads.tso, 1);
}

/* The settings of all interfaces of this machine, by index. */
struct machine {
  struct ethtool_settings settings[64];
  bool is_told[64];
};

static struct ethtool_settings *find_real(uint32_t index, void *data) {
  struct machine *machine = data;
  assert_true(index > 0);
  if (index >= COUNT_OF(machine->settings))
    return NULL;
  machine->is_told[index] = true;
  return &machine->settings[index];
}

static void check_real(const char *name, uint32_t by_ioctl, uint32_t most) {
  CHECK(by_ioctl == ETHTOOL_UNKNOWN || most == ETHTOOL_UNKNOWN ||
            by_ioctl <= most,
        "%s: %u of %u", name, by_ioctl, most);
}

/* Netlink and ioctl agree. */
static void this_kernel_is_read(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  static struct machine machine;
  struct netlink netlink;
  struct netlink_family family;
  assert_int_equal(netlink_open(&netlink, NETLINK_GENERIC), 0);
  int result = netlink_find_family(&netlink, "ethtool", &family);
  if (result == -ENOENT) {
    netlink_close(&netlink);
    skip();
  }
  assert_int_equal(result, 0);
  assert_true(family.id > GENL_ID_CTRL);
  assert_true(family.monitor > 0);
  for (size_t i = 0; i < COUNT_OF(machine.settings); ++i)
    ethtool_settings_clear(&machine.settings[i]);
  for (int part = 0; part < ETHTOOL_PARTS; ++part) {
    result = ethtool_settings_read(&netlink, family.id,
                                   (enum ethtool_settings_part)part, 0,
                                   find_real, &machine);
    CHECK(result == 0 || result == -EINTR || result == -EOPNOTSUPP,
          "part %d: %d", part, result);
  }
  int fd = ethtool_ioctl_open();
  assert_true(fd >= 0);
  for (uint32_t i = 1; i < COUNT_OF(machine.settings); ++i) {
    char name[IFNAMSIZ];
    struct ethtool_settings asked;
    const struct ethtool_settings *settings = &machine.settings[i];
    if (!machine.is_told[i] || if_indextoname(i, name) == NULL)
      continue;
    check_real(name, settings->rx_ring, settings->rx_ring_max);
    check_real(name, settings->tx_ring, settings->tx_ring_max);
    check_real(name, settings->combined_channels,
               settings->combined_channels_max);
    ethtool_ioctl_settings(fd, name, &asked);
    if (settings->rx_ring != ETHTOOL_UNKNOWN)
      assert_int_equal(settings->rx_ring, asked.rx_ring);
    if (settings->combined_channels != ETHTOOL_UNKNOWN)
      assert_int_equal(settings->combined_channels, asked.combined_channels);
  }
  /* An interface without rings reports none. */
  struct ethtool_settings *lo = &machine.settings[if_nametoindex("lo")];
  assert_int_equal(lo->rx_ring, ETHTOOL_UNKNOWN);
  result = ethtool_settings_read(&netlink, family.id, ETHTOOL_RINGS,
                                 if_nametoindex("lo"), find_real, &machine);
  assert_int_equal(result, -EOPNOTSUPP);
  result = ethtool_settings_read(&netlink, family.id, ETHTOOL_RINGS, INT32_MAX,
                                 find_real, &machine);
  assert_int_equal(result, -ENODEV);
  close(fd);
  netlink_close(&netlink);
}

static void this_kernels_offloads_are_read(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct ethtool_offloads offloads;
  int fd = ethtool_ioctl_open();
  assert_true(fd >= 0);
  ethtool_ioctl_offloads(fd, "lo", &offloads);
  assert_in_range(offloads.gro, 0, 1);
  assert_in_range(offloads.lro, 0, 1);
  ethtool_ioctl_offloads(fd, "netloss-none", &offloads);
  assert_int_equal(offloads.gro, ETHTOOL_UNKNOWN);
  close(fd);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cleared_settings_are_unknown),
      cmocka_unit_test(every_attribute_fills_its_member),
      cmocka_unit_test(numbers_come_in_several_sizes),
      cmocka_unit_test(attributes_of_other_parts_are_ignored),
      cmocka_unit_test(pause_frames_are_counted),
      cmocka_unit_test(the_best_advertised_mode),
      cmocka_unit_test(without_a_link_nothing_is_known),
      cmocka_unit_test(unwanted_interfaces_are_skipped),
      cmocka_unit_test(a_message_without_header_is_refused),
      cmocka_unit_test(a_malformed_header_names_no_interface),
      cmocka_unit_test(a_message_can_end_anywhere),
      cmocka_unit_test(requests_are_for_one_or_all_interfaces),
      cmocka_unit_test(all_interfaces_are_read),
      cmocka_unit_test(settings_are_read_by_ioctl),
      cmocka_unit_test(settings_that_the_driver_does_not_report_are_unknown),
      cmocka_unit_test(offloads_are_read_by_ioctl),
      cmocka_unit_test(this_kernel_is_read),
      cmocka_unit_test(this_kernels_offloads_are_read),
  };
  return cmocka_run_group_tests_name("ethtool_settings", tests, NULL, NULL);
}
