/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nic_names.h"

static void set(struct nic_names *names, const char *const *raw, size_t count) {
  /* A copy of exactly its size, so that a sanitizer notices a read past its
   * end.
   */
  char *block = calloc(count, NIC_NAME_RAW);
  assert_non_null(block);
  for (size_t i = 0; i < count; ++i) {
    size_t length = strlen(raw[i]);
    memcpy(block + i * NIC_NAME_RAW, raw[i],
           length < NIC_NAME_RAW ? length : NIC_NAME_RAW);
  }
  assert_int_equal(nic_names_set(names, block, count), 0);
  free(block);
}

static void queues_are_found_in_every_grammar(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int queue;
    char direction;
    const char *rest;
  } rows[] = {
      {"rx_queue_3_drops", 3, 'r', "drops"},
      {"tx_queue_12_xdp_tx_drops", 12, 't', "xdp_tx_drops"},
      {"rx_queue_0_pkts rx OOB", 0, 'r', "pkts rx OOB"},
      {"rx-3.packets", 3, 'r', "packets"},
      {"tx-63.bytes", 63, 't', "bytes"},
      {"rx-3.rx_packets", 3, 'r', "packets"},
      {"rx3_packets", 3, 'r', "packets"},
      {"rx0_drops", 0, 'r', "drops"},
      {"tx3_dropped", 3, 't', "dropped"},
      {"tx0_tx_timeouts", 0, 't', "timeouts"},
      {"tx0_xdp_tx_drops", 0, 't', "xdp_tx_drops"},
      {"rx12_xdp_tx_full", 12, 'r', "xdp_tx_full"},
      {"ch3_poll", 3, '?', "poll"},
      {"rx_3_packets", 3, 'r', "packets"},
      {"rx_64_bytes", 64, 'r', "bytes"},
      {"tx_3_mana_map_err", 3, 't', "mana_map_err"},
      {"rxq3_l2_err", 3, 'r', "l2_err"},
      {"txq0_dropped", 0, 't', "dropped"},
      {"rxq2: rx_drops_no_skbs", 2, 'r', "drops_no_skbs"},
      {"rxq_3_queue_full_drops", 3, 'r', "queue_full_drops"},
      {"rx_q-3_pkts", 3, 'r', "pkts"},
      {"[3]: rx_discards", 3, 'r', "discards"},
      {"[11]: tx_errors", 11, 't', "errors"},
      {"[0]: missed_irqs", 0, '?', "missed_irqs"},
      {"3: rx_hw_errors", 3, 'r', "hw_errors"},
      {"3_0: stopped_cnt", 3, '?', "stopped_cnt"},
      {"queue_3_rx_cnt", 3, 'r', "cnt"},
      {"queue_3_tx_queue_stop", 3, 't', "queue_stop"},
      {"rx_dropped_pkt[3]", 3, 'r', "dropped_pkt"},
      {"tx_stop[31]", 31, 't', "stop"},
      {"tx_posted_desc[Q-3]", 3, 't', "posted_desc"},
      {"Queue[3] InPackets", 3, 'r', "Packets"},
      {"Queue[3] OutPackets", 3, 't', "Packets"},
      {"Queue[3] Restarts", 3, '?', "Restarts"},
      {"TC1 Queue[3] InPackets", 3, 'r', "Packets"},
      {"q3_rx_pkt_n", 3, 'r', "pkt_n"},
      {"cpu3_rx_packets", 3, 'r', "packets"},
      {"cpu3_vf_rx_packets", 3, '?', "vf_rx_packets"},
      {"rx99999_x", 99999, 'r', "x"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct nic_queue queue;
    nic_queue_parse(rows[i].name, &queue);
    CHECK(queue.queue == rows[i].queue, "%s: %d", rows[i].name, queue.queue);
    CHECK(queue.direction == rows[i].direction, "%s: %c", rows[i].name,
          queue.direction);
    CHECK(strcmp(queue.rest, rows[i].rest) == 0, "%s: \"%s\"", rows[i].name,
          queue.rest);
  }
}

static void numbers_are_not_always_queues(void **state) {
  (void)state;
  static const char *const names[] = {
      "rx_64_bytes_phy",
      "rx_65_to_127_bytes",
      "rx_65_to_127_bytes_phy",
      "rx_1024_to_1522",
      "rx_65_127",
      "rx_size_64",
      "port.rx_size_127",
      "rx_size_127.nic",
      "tx_64_byte_packets",
      "tx_64_or_less_octet_packets",
      "rx_64_octets",
      "rx_64b_frames",
      "rx_prio3_discards",
      "rx_prio_3_packets",
      "rx_pause_prio_0",
      "rx_priority_0_xoff.nic",
      "rx_pb_0_pxoff",
      "tx_pause_ctrl_phy",
      "rx_corrected_bits_phy_lane0",
      "rx_err_lane_0_phy",
      "rx_bg0_frames_dropped",
      "rx_discard_packets_cos0",
      "hc_tc0_rx_pause_phy",
      "tx_collide_2times",
      "PTP Queue[8] InPackets",
      "0 [XDP]: xmit_pkts",
      "port.tx_priority_0_xoff_tx",
      "qos_tx3_packets",
      "rx100000_x",
      "rx_queue_99999999999999999999_x",
      "rx_queue__drops",
      "rx_queue_3_",
      "rx_queue_3",
      "rx3",
      "rx3_",
      "[3]: ",
      "[3]:",
      "[3]",
      "[]: rx",
      "x[3",
      "x[]",
      "x[Q-]",
      "x[3]_2",
      "Queue[] InPackets",
      "3:",
      "3",
      "",
      "rx",
      "rx_",
      "unicast",
  };
  for (size_t i = 0; i < COUNT_OF(names); ++i) {
    struct nic_queue queue;
    nic_queue_parse(names[i], &queue);
    CHECK(queue.queue == -1, "%s: %d", names[i], queue.queue);
  }
}

static void a_total_is_named_like_the_rest_of_its_queues(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"rx_drops", "rx0_drops"},
      {"rx_discards", "[3]: rx_discards"},
      {"tx_stop", "tx_stop[0]"},
      {"rx_dropped", "rx_queue_3_dropped"},
  };
  for (size_t i = 0; i < COUNT_OF(pairs); ++i) {
    struct nic_queue total, part;
    nic_queue_parse(pairs[i][0], &total);
    nic_queue_parse(pairs[i][1], &part);
    CHECK(total.queue < 0 && part.queue >= 0, "row %zu", i);
    CHECK(total.direction == part.direction, "row %zu", i);
    CHECK(strcmp(total.rest, part.rest) == 0, "row %zu", i);
  }
}

static void names_are_made_tidy(void **state) {
  (void)state;
  static const struct {
    const char *raw, *name;
  } rows[] = {
      {"rx_packets", "rx_packets"},
      {"tx_frames_ok           ", "tx_frames_ok"},
      {"  pkts rx err", "pkts rx err"},
      {"12345678901234567890123456789012", "12345678901234567890123456789012"},
      {"a\tb\x7f\xc3\xa4", "a?b???"},
      {"\x01\x1b[31m", "??[31m"},
      {"     ", "unnamed"},
      {"", "unnamed_2"},
  };
  struct nic_names names = {0};
  const char *raw[COUNT_OF(rows)];
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    raw[i] = rows[i].raw;
  set(&names, raw, COUNT_OF(rows));
  assert_int_equal(names.count, COUNT_OF(rows));
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    CHECK(strcmp(names.items[i].name, rows[i].name) == 0, "\"%s\"",
          names.items[i].name);
    assert_false(names.items[i].is_number);
  }
  nic_names_free(&names);
}

static void equal_names_are_numbered(void **state) {
  (void)state;
  static const char *const raw[] = {"x",   "x_2", "x", "x", "x_2",
                                    "x_2", "y",   "y", "x"};
  static const char *const expected[] = {"x",     "x_2", "x_3", "x_4", "x_2_2",
                                         "x_2_3", "y",   "y_2", "x_5"};
  struct nic_names names = {0};
  set(&names, raw, COUNT_OF(raw));
  for (size_t i = 0; i < COUNT_OF(raw); ++i)
    CHECK(strcmp(names.items[i].name, expected[i]) == 0, "%zu: %s", i,
          names.items[i].name);
  nic_names_free(&names);
}

static void names_in_sections_are_prefixed(void **state) {
  (void)state;
  static const struct {
    const char *raw, *name;
    int queue;
    bool is_number;
  } rows[] = {
      {"  before", "before", -1, false},
      {"Tx Queue#", "Tx Queue#", -1, true},
      {"  pkts tx err", "tx_queue_0_pkts tx err", 0, false},
      {"     giant hdr", "tx_queue_0_giant hdr", 0, false},
      {"  giant hdr", "tx_queue_0_giant hdr_2", 0, false},
      {"Tx Queue#", "Tx Queue#_2", -1, true},
      {"  pkts tx err", "tx_queue_1_pkts tx err", 1, false},
      {"Rx Queue#", "Rx Queue#", -1, true},
      {"  pkts rx OOB", "rx_queue_0_pkts rx OOB", 0, false},
      {"Rx Queue#", "Rx Queue#_2", -1, true},
      {"     fcs", "rx_queue_1_fcs", 1, false},
      {"tx timeout count", "tx timeout count", -1, false},
      {"  pkts rx OOB", "pkts rx OOB", -1, false},
  };
  struct nic_names names = {0};
  const char *raw[COUNT_OF(rows)];
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    raw[i] = rows[i].raw;
  set(&names, raw, COUNT_OF(rows));
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    CHECK(strcmp(names.items[i].name, rows[i].name) == 0, "\"%s\"",
          names.items[i].name);
    CHECK(names.items[i].queue.queue == rows[i].queue, "%s", rows[i].name);
    CHECK(names.items[i].is_number == rows[i].is_number, "%s", rows[i].name);
  }
  nic_names_free(&names);
}

static void thousands_of_equal_names(void **state) {
  (void)state;
  enum { COUNT = 20000 };
  struct nic_names names = {0};
  char *raw = malloc(COUNT * NIC_NAME_RAW);
  assert_non_null(raw);
  memset(raw, 'x', COUNT * NIC_NAME_RAW);
  assert_int_equal(nic_names_set(&names, raw, COUNT), 0);
  assert_int_equal(names.count, COUNT);
  assert_int_equal(strlen(names.items[0].name), NIC_NAME_RAW);
  assert_string_equal(names.items[COUNT - 1].name + NIC_NAME_RAW, "_20000");
  free(raw);
  nic_names_free(&names);
}

static void names_are_replaced(void **state) {
  (void)state;
  static const char *const first[] = {"a", "b"};
  static const char *const second[] = {"c"};
  struct nic_names names = {0};
  set(&names, first, 2);
  set(&names, second, 1);
  assert_int_equal(names.count, 1);
  assert_string_equal(names.items[0].name, "c");
  assert_int_equal(nic_names_set(&names, NULL, 0), 0);
  assert_int_equal(names.count, 0);
  nic_names_free(&names);
  nic_names_free(&names);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(queues_are_found_in_every_grammar),
      cmocka_unit_test(numbers_are_not_always_queues),
      cmocka_unit_test(a_total_is_named_like_the_rest_of_its_queues),
      cmocka_unit_test(names_are_made_tidy),
      cmocka_unit_test(equal_names_are_numbered),
      cmocka_unit_test(names_in_sections_are_prefixed),
      cmocka_unit_test(thousands_of_equal_names),
      cmocka_unit_test(names_are_replaced),
  };
  return cmocka_run_group_tests_name("nic_names", tests, NULL, NULL);
}
