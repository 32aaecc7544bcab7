/* SPDX-License-Identifier: MIT */
/* Settings of adapters, links and queues. */
#include "nic_stage.h"

static void a_change_is_announced(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  unsigned asked = fake_kernel.settings;
  adapter->rx_ring = 1024;
  stage_read(stage);
  stage_expect(stage, "eth0/queue_length-rx_ring", 512);
  assert_int_equal(fake_kernel.settings, asked);
  fake_kernel.announced = 2;
  fake_adapter_set(adapter, "rx_crc_errors", 8);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_errors-crc", 8);
  stage_expect(stage, "eth0/queue_length-rx_ring", 1024);
  /* Without an announcement, within a minute. */
  adapter->rx_ring = 2048;
  stage->now += 50;
  stage_read(stage);
  stage_expect(stage, "eth0/queue_length-rx_ring", 2048);
}

/* The number of names stays the same. */
static void names_can_change_too(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  for (size_t i = 0; i < adapter->count; i++)
    if (strcmp(adapter->names[i], "rx_crc_errors") == 0)
      strcpy(adapter->names[i], "rx_long_length_errors");
  fake_kernel.announced = 1;
  stage_read(stage);
  stage_read(stage);
  stage_expect_none(stage, "eth0/if_rx_errors-crc");
  stage_expect(stage, "eth0/if_rx_errors-length", 7);
}

/* It ends the kernel's list, so the others are asked one by one. */
static void a_detached_device_hides_no_other(void **state) {
  struct stage *stage = *state;
  fake_adapter_add(9, "eth9", "igb")->is_detached = true;
  nic_stage_igb();
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/queue_length-rx_ring", 512);
  stage_expect(stage, "eth0/count-channels", 2);
}

static void before_ethtool_netlink(void **state) {
  struct stage *stage = *state;
  fake_kernel.no_ethtool = true;
  fake_kernel.no_netdev = true;
  nic_stage_igb();
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/queue_length-rx_ring", 512);
  stage_expect(stage, "eth0/queue_length-tx_ring_max", 4096);
  stage_expect(stage, "eth0/count-channels_max", 8);
  assert_int_equal(fake_kernel.qstats, 0);
}

static void a_carrier_that_flaps(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  adapter->carrier_changes = 90;
  stage_start_and_read(stage);
  stage_expect_none(stage, "eth0/count-carrier_flaps");
  adapter->carrier_changes = 94;
  stage_read(stage);
  stage_expect(stage, "eth0/count-carrier_flaps", 4);
  stage_expect_alerts(stage, "");
  adapter->carrier_changes = 96;
  stage_read(stage);
  stage_expect(stage, "eth0/total_events-carrier_changes", 96);
  stage_expect_message(stage,
                       "eth0 changed its carrier 6 times within 5 "
                       "minutes (limit 4 times); check cable, optics and "
                       "the peer's port");
}

/* The driver does not count them. */
static void transmit_timeouts_by_sysfs(void **state) {
  struct stage *stage = *state;
  temp_tree_write(&stage->tree, "sys/class/net/eth0/ifindex", "2\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth0/queues/tx-0/tx_timeout",
                  "2\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth0/queues/tx-1/tx_timeout",
                  "1\n");
  temp_tree_write(&stage->tree,
                  "sys/class/net/eth0/queues/tx-0/byte_queue_limits/stall_cnt",
                  "1\n");
  temp_tree_write(&stage->tree,
                  "sys/class/net/eth0/queues/tx-1/byte_queue_limits/stall_cnt",
                  "3\n");
  fake_adapter_add(2, "eth0", "8139cp");
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/total_events-tx_timeout", 3);
  stage_expect(stage, "eth0/total_events-tx_stalls", 4);
  temp_tree_write(&stage->tree, "sys/class/net/eth0/queues/tx-1/tx_timeout",
                  "2\n");
  fake_kernel.announced = 1;
  stage_read(stage);
  stage_expect(stage, "eth0/total_events-tx_timeout", 4);
  stage_expect_message(stage,
                       "eth0 was reset 0.1/s because a TX queue was stuck "
                       "(limit 0/s); driver or firmware fault: see the "
                       "kernel log, update both");
}

static void pause_frames_by_netlink(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "strange");
  adapter->has_pause_stats = true;
  adapter->rx_pause_frames = 5000000000;
  adapter->tx_pause_frames = 3;
  stage_start_and_read(stage);
  adapter->rx_pause_frames++;
  stage_read(stage);
  stage_expect(stage, "eth0/total_events-rx_pause", 5000000001);
  stage_expect(stage, "eth0/total_events-tx_pause", 3);
}

static void offloads(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_configure(stage, PLUGIN(LINE("ReportOffloads", BOOLEAN(true))));
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/gauge-gro", 1);
  stage_expect(stage, "eth0/gauge-tso", 0);
  stage_expect_none(stage, "eth0/gauge-lro");
}

static void a_link_slower_than_advertised(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  adapter->speed = 1000;
  adapter->advertised[0] = "1000baseT/Full";
  adapter->advertised[1] = "100baseT/Full";
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/bitrate-link", 1000);
  stage_expect(stage, "eth0/gauge-half_duplex", 0);
  stage_expect(stage, "eth0/percent-link_share", 100);
  stage_expect_alerts(stage, "");
  /* It goes down and comes up slower. */
  adapter->carrier_changes = 2;
  adapter->speed = 100;
  stage_read(stage);
  stage_expect(stage, "eth0/bitrate-link", 100);
  stage_expect_message(stage,
                       "eth0 runs at 10 % of its best speed (limit 100 %); "
                       "link is 100 Mb/s full duplex of 1000 Mb/s advertised: "
                       "check cable, connectors and the peer's settings");
  adapter->carrier_changes = 3;
  adapter->speed = 0;
  stage_read(stage);
  stage_expect_none(stage, "eth0/bitrate-link");
  adapter->carrier_changes = 4;
  adapter->speed = 1000;
  stage_read(stage);
  stage_expect_alerts(stage, "eth0/link_share warning>okay");
}

static void a_link_at_half_duplex(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  adapter->speed = 100;
  adapter->is_half_duplex = true;
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/gauge-half_duplex", 1);
  stage_expect_message(stage,
                       "eth0 has 1 link at half duplex (limit 0); link is 100 "
                       "Mb/s half duplex: set both ends to negotiate "
                       "automatically");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      NIC_TEST(a_change_is_announced),
      NIC_TEST(before_ethtool_netlink),
      NIC_TEST(a_carrier_that_flaps),
      NIC_TEST(transmit_timeouts_by_sysfs),
      NIC_TEST(pause_frames_by_netlink),
      NIC_TEST(offloads),
      NIC_TEST(a_link_slower_than_advertised),
      NIC_TEST(a_link_at_half_duplex),
      NIC_TEST(names_can_change_too),
      NIC_TEST(a_detached_device_hides_no_other),
  };
  return cmocka_run_group_tests_name("nic_settings", tests, NULL, NULL);
}
