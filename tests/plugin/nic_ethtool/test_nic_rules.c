/* SPDX-License-Identifier: MIT */
/* Rules over several counters, and drivers that are not in the table. */
#include "nic_stage.h"

static void the_kernels_statistics_of_queues(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "virtio_net");
  fake_adapter_set(adapter, "rx0_drops", 5);
  fake_adapter_set(adapter, "rx0_xdp_drops", 2);
  /* rx-hw-drops, rx-hw-drop-overruns */
  adapter->qstats_present = UINT64_C(1) << 13 | UINT64_C(1) << 14;
  adapter->qstats[13] = 10;
  adapter->qstats[14] = 8;
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-alloc_fail", 3);
  stage_expect(stage, "eth0/if_rx_dropped-xdp_drop", 2);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 8);
  stage_expect(stage, "eth0/if_rx_errors-other", 2);
  adapter->qstats[13] = adapter->qstats[14] = 5000000000;
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 5000000000);
  assert_int_equal(fake_kernel.qstats, 2);
}

/* The parts of a difference are not read at the same moment. */
static void a_difference_below_nothing(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "virtio_net");
  fake_adapter_set(adapter, "rx0_drops", 5);
  fake_adapter_set(adapter, "rx0_xdp_drops", 2);
  stage_start_and_read(stage);
  fake_adapter_set(adapter, "rx0_xdp_drops", 6);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-alloc_fail", 3);
  stage_expect_alerts(stage, "");
  fake_adapter_set(adapter, "rx0_drops", 10);
  stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_expect(stage, "eth0/if_rx_dropped-alloc_fail", 4);
}

/* They are read only if some driver needs them. */
static void no_statistics_of_queues(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  unsigned asked = fake_kernel.qstats;
  stage_read(stage);
  assert_int_equal(fake_kernel.qstats, asked);
}

static void unknown_driver(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "strange");
  fake_adapter_set(adapter, "rx_dropped_frames", 8);
  adapter->link[15] = 6;  /* rx_missed_errors */
  adapter->link[6] = 700; /* rx_dropped, the stack's own */
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 6);
  stage_expect(stage, "eth0/if_rx_dropped-unclassified", 708);
  /* It may not fill these. */
  stage_expect_none(stage, "eth0/if_rx_errors-crc");
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE,
                      "eth0 (strange, not in the table) may report "
                      "rx_ring_full, rx_fifo_overrun, rx_crc"),
      1);
  nic_stage_receive(adapter, 95880);
  fake_adapter_set(adapter, "rx_dropped_frames", 4068);
  adapter->link[6] += 60;
  stage_read(stage);
  stage_expect(stage, "eth0/percent-rx_unclassified_loss", 4.12);
  stage_expect_message(
      stage, "eth0 may have lost 4.1 % of its packets on receiving, by unknown "
             "counters (limit 0.1 %); see ethtool -S; the driver is not in "
             "netloss's table; by rx_dropped_frames, rx_dropped (holds the "
             "stack's drops too)");
  assert_int_equal(stage->recording.alerts[0].state, THRESHOLD_WARNING);
}

/* One number under two names is one loss. */
static void an_unknown_counter_that_equals_a_standard_one(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "strange");
  fake_adapter_set(adapter, "rx_no_resource", 40);
  fake_adapter_set(adapter, "rx_fifo_errors", 0);
  adapter->link[14] = 0;  /* rx_fifo_errors, which the driver does not fill */
  adapter->link[15] = 40; /* rx_missed_errors */
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 40);
  stage_expect_none(stage, "eth0/if_rx_dropped-unclassified");
  /* Read while packets are lost: one reading is ahead of the other. */
  fake_adapter_set(adapter, "rx_no_resource", 50);
  adapter->link[15] = 48;
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 48);
  stage_expect_none(stage, "eth0/if_rx_dropped-unclassified");
  fake_adapter_set(adapter, "rx_fifo_errors", 6);
  stage_read(stage);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-unclassified", 6);
  /* They were equal by chance. */
  fake_adapter_set(adapter, "rx_no_resource", 2050);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-unclassified", 2006);
}

/* A driver that only fills standard statistics. */
static void an_unknown_driver_without_counters(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "strange");
  stage_start_and_read(stage);
  nic_stage_receive(adapter, 30000);
  adapter->link[11] = 5000; /* rx_over_errors */
  adapter->link[4] = 5000;  /* rx_errors holds them */
  adapter->link[7] = 7000;  /* tx_dropped */
  stage_read(stage);
  stage_expect_alerts(stage, "eth0/fifo_overrun okay>warning, "
                             "eth0/driver okay>warning");
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun", 5000);
  stage_expect_none(stage, "eth0/if_rx_errors-other");
  stage_expect(stage, "eth0/if_tx_dropped-driver", 7000);
}

/* Packets are missed while the ring has free buffers. */
static void missed_with_room_in_the_ring(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  temp_tree_write(&stage->tree, "sys/module/pcie_aspm/parameters/policy",
                  "default performance [powersave] powersupersave\n");
  stage_start_and_read(stage);
  nic_stage_receive(adapter, 100000);
  nic_stage_count_more(adapter, "rx_missed_errors", 1000);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 16);
  stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun", 1000);
  stage_expect_message(
      stage, "eth0 lost 100.0/s in the adapter's own memory (limit 10/s); PCIe "
             "ASPM policy is powersave: the ring has room, the bus is slow: "
             "try pcie_aspm=off, another slot; by rx_missed_errors");
  /* When the ring runs out too, it is the cause. */
  nic_stage_lose_in_ring(adapter, 2000);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 2016);
  stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun", 1000);
}

/* This chip counts at most one event per poll. */
static void events_are_at_least_as_many_packets(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "tg3");
  fake_adapter_set(adapter, "rx_discards", 14);
  fake_adapter_set(adapter, "mbuf_lwm_thresh_hit", 14);
  fake_adapter_set(adapter, "rxbds_empty", 76);
  stage_start_and_read(stage);
  nic_stage_receive(adapter, 10000);
  fake_adapter_set(adapter, "rx_discards", 1014);
  fake_adapter_set(adapter, "mbuf_lwm_thresh_hit", 1014);
  fake_adapter_set(adapter, "rxbds_empty", 80);
  stage_read(stage);
  ASSERT_HAS(stage_only_message(stage), "at least 100.0/s by rx_discards");
}

/* 17 % of the packets are lost in the FIFO; interrupts about that are no
 * packets. */
static void a_fifo_that_overflows(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "st_gmac");
  fake_adapter_set(adapter, "mmc_rx_framecount_gb", 0);
  fake_adapter_set(adapter, "mmc_rx_fifo_overflow", 0);
  fake_adapter_set(adapter, "rx_overflow_irq", 0);
  stage_start_and_read(stage);
  stage_expect_alerts(stage, "");
  for (uint64_t read = 1; read <= 2; read++) {
    nic_stage_receive(adapter, 100000);
    fake_adapter_set(adapter, "mmc_rx_framecount_gb", 100000 * read);
    fake_adapter_set(adapter, "mmc_rx_fifo_overflow", 20000 * read);
    fake_adapter_set(adapter, "rx_overflow_irq", 3000 * read);
    stage_read(stage);
    stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun",
                 20000 * (double)read);
    stage_expect_none(stage, "eth0/if_rx_dropped-unclassified");
    stage_expect_alerts(stage,
                        read == 1 ? "eth0/fifo_overrun okay>failure" : "");
  }
}

/* A driver of the table that only fills standard statistics: what it never
 * sets, and what the stack counts, are no losses of its own. */
static void a_known_driver_without_counters(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "cdc_ether");
  stage_start_and_read(stage);
  nic_stage_receive(adapter, 2000);
  adapter->link[4] = 500;  /* rx_errors */
  adapter->link[11] = 500; /* rx_over_errors, which are part of them */
  adapter->link[7] = 700;  /* tx_dropped */
  adapter->link[5] = 800;  /* tx_errors */
  stage_read(stage);
  stage_expect_alerts(stage, "eth0/other okay>warning, "
                             "eth0/driver okay>warning");
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_errors-other", 500);
  stage_expect(stage, "eth0/if_tx_dropped-driver", 1500);
}

static void sixteen_bits(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "r8169");
  fake_adapter_set(adapter, "rx_missed", 65500);
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 65500);
  fake_adapter_set(adapter, "rx_missed", 4);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 65540);
}

/* The two counters are read while they grow. */
static void noise_of_a_difference(void **state) {
  static const uint64_t behind[] = {0, 64, 64, 0, 0, 64, 0, 64, 0};
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "virtio_net");
  uint64_t xdp = 1000000;
  for (size_t i = 0; i < COUNT_OF(behind); i++, xdp += 1000000) {
    fake_adapter_set(adapter, "rx0_drops", xdp + 500 - behind[i]);
    fake_adapter_set(adapter, "rx0_xdp_drops", xdp);
    if (i == 0)
      stage_start_and_read(stage);
    else
      stage_read(stage);
    stage_expect(stage, "eth0/if_rx_dropped-alloc_fail", 500);
    stage_expect_alerts(stage, "");
  }
}

/* Both functions of a port show its registers; one counts them. */
static void registers_of_a_port(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *one = fake_adapter_add(2, "eth0", "mlx5_core");
  struct fake_adapter *other = fake_adapter_add(3, "eth1", "mlx5_core");
  fake_adapter_set(one, "rx_discards_phy", 100);
  fake_adapter_set(one, "rx_out_of_buffer", 1);
  fake_adapter_set(other, "rx_discards_phy", 100);
  fake_adapter_set(other, "rx_out_of_buffer", 2);
  strcpy(one->port, "port0");
  strcpy(other->port, "port0");
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun", 100);
  stage_expect_none(stage, "eth1/if_rx_dropped-fifo_overrun");
  stage_expect(stage, "eth1/if_rx_dropped-ring_full", 2);
  /* The other function takes over, without what was counted before. */
  fake_adapter_remove(one);
  stage_read(stage);
  fake_adapter_set(other, "rx_discards_phy", 130);
  stage_read(stage);
  stage_expect(stage, "eth1/if_rx_dropped-fifo_overrun", 30);
}

/* Both ports of a card show its registers; one counts them. */
static void registers_of_a_card(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *one = fake_adapter_add(2, "eth0", "be2net");
  struct fake_adapter *other = fake_adapter_add(3, "eth1", "be2net");
  struct fake_adapter *elsewhere = fake_adapter_add(4, "eth2", "be2net");
  fake_adapter_set(one, "rx_drops_no_pbuf", 100);
  fake_adapter_set(other, "rx_drops_no_pbuf", 100);
  fake_adapter_set(elsewhere, "rx_drops_no_pbuf", 7);
  strcpy(one->parent, "0000:03:00.0");
  strcpy(other->parent, "0000:03:00.1");
  strcpy(elsewhere->parent, "0000:04:00.1");
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun", 100);
  stage_expect_none(stage, "eth1/if_rx_dropped-fifo_overrun");
  stage_expect(stage, "eth2/if_rx_dropped-fifo_overrun", 7);
}

/* rx_dropped contains backlog drops, which softnet_stat counts for all
 * interfaces together. */
static void the_backlog_is_taken_off(void **state) {
  static const char format[] = "%08x %08x 00000000 00000000 00000000 00000000 "
                               "00000000 00000000 00000000 00000000 00000000 "
                               "00000000 00000000\n";
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "ena");
  char row[200];
  snprintf(row, sizeof(row), format, 9, 5);
  temp_tree_write(&stage->tree, "proc/net/softnet_stat", row);
  adapter->link[6] = 50; /* rx_dropped */
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 50);
  snprintf(row, sizeof(row), format, 9, 45);
  temp_tree_write(&stage->tree, "proc/net/softnet_stat", row);
  adapter->link[6] = 150;
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 110);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      NIC_TEST(the_kernels_statistics_of_queues),
      NIC_TEST(a_difference_below_nothing),
      NIC_TEST(no_statistics_of_queues),
      NIC_TEST(unknown_driver),
      NIC_TEST(an_unknown_counter_that_equals_a_standard_one),
      NIC_TEST(an_unknown_driver_without_counters),
      NIC_TEST(missed_with_room_in_the_ring),
      NIC_TEST(events_are_at_least_as_many_packets),
      NIC_TEST(a_fifo_that_overflows),
      NIC_TEST(a_known_driver_without_counters),
      NIC_TEST(sixteen_bits),
      NIC_TEST(noise_of_a_difference),
      NIC_TEST(registers_of_a_port),
      NIC_TEST(registers_of_a_card),
      NIC_TEST(the_backlog_is_taken_off),
  };
  return cmocka_run_group_tests_name("nic_rules", tests, NULL, NULL);
}
