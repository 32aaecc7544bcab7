/* SPDX-License-Identifier: MIT */
#include "nic_stage.h"

#include "allocations.h"
#include "nic_fixture.h"
#include "nic_meters.h"
#include "open_files.h"
#include "series.h"

static void one_name_for_one_cause(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/packets-rx", 1000);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 16);
  stage_expect(stage, "eth0/if_rx_errors-crc", 7);
  stage_expect_none(stage, "eth0/total_events-tx_timeout");
  stage_expect(stage, "eth0/queue_length-rx_ring", 512);
  stage_expect(stage, "eth0/queue_length-rx_ring_max", 4096);
  stage_expect(stage, "eth0/queue_length-tx_ring", 512);
  stage_expect(stage, "eth0/count-channels", 2);
  stage_expect(stage, "eth0/count-channels_max", 8);
  stage_expect(stage, "eth0/queue_length-txqueuelen", 1000);
  stage_expect(stage, "eth0/total_events-carrier_changes", 0);
  stage_expect_none(stage, "eth0/duration-read");
  stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun", 0);
  stage_expect_none(stage, "eth0/if_rx_dropped-unclassified");
  stage_expect_none(stage, "eth0/if_tx_dropped-qdisc");
  stage_expect_none(stage, "eth0/percent-rx_ring_loss");
}

/* The main causes are sent while they are 0. */
static void others_from_their_first_event_on(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "igb");
  fake_adapter_set(adapter, "rx_missed_errors", 0);
  fake_adapter_set(adapter, "rx_long_length_errors", 0);
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 0);
  stage_expect_none(stage, "eth0/if_rx_errors-length");
  fake_adapter_set(adapter, "rx_long_length_errors", 4);
  stage_read(stage);
  assert_int_equal(stage->recording.before_count, 1);
  assert_string_equal(stage->recording.befores[0].type_instance, "length");
  assert_int_equal(stage->recording.befores[0].count, 0);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_errors-length", 4);
}

static void says_what_it_can_see(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  stage_read(stage);
  assert_int_equal(
      recording_lines(
          &stage->recording, LAYER_NOTICE,
          "eth0 (igb) reports rx_ring_full, rx_fifo_overrun, rx_crc"),
      1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "it cannot report rx_alloc_fail"),
                   1);
  assert_int_equal(stage->recording.line_count, 1);
}

static void only_what_has_a_device(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  struct fake_adapter *bond = fake_adapter_add(3, "bond0", "bonding");
  bond->has_device = false;
  strcpy(bond->kind, "bond");
  struct fake_adapter *lo = fake_adapter_add(1, "lo", "");
  lo->has_device = false;
  stage_start_and_read(stage);
  assert_true(stage_count_values(stage, "eth0") > 0);
  assert_int_equal(stage_count_values(stage, "bond0"), 0);
  assert_int_equal(stage_count_values(stage, "lo"), 0);
}

/* Before Linux 5.14 a link did not name its device, and sysfs does; which may
 * show an interface of the same name in another namespace. */
static void a_device_by_sysfs(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *here = fake_adapter_add(2, "eth0", "igb");
  struct fake_adapter *elsewhere = fake_adapter_add(3, "eth1", "igb");
  here->has_device = elsewhere->has_device = false;
  temp_tree_write(&stage->tree, "sys/class/net/eth0/ifindex", "2\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth0/device/vendor", "1\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth1/ifindex", "7\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth1/device/vendor", "1\n");
  stage_start_and_read(stage);
  assert_true(stage_count_values(stage, "eth0") > 0);
  assert_int_equal(stage_count_values(stage, "eth1"), 0);
}

static void add_three(void) {
  fake_adapter_add(2, "eth0", "igb");
  fake_adapter_add(3, "eth1", "igb");
  struct fake_adapter *veth = fake_adapter_add(4, "veth0", "veth");
  veth->has_device = false;
  strcpy(veth->kind, "veth");
}

static void named_interfaces(void **state) {
  struct stage *stage = *state;
  add_three();
  stage_configure(stage, PLUGIN(LINE("Interface", STRING("/^veth/")),
                                LINE("Interface", STRING("eth1"))));
  stage_start_and_read(stage);
  assert_int_equal(stage_count_values(stage, "eth0"), 0);
  assert_true(stage_count_values(stage, "eth1") > 0);
  assert_true(stage_count_values(stage, "veth0") > 0);
}

static void ignored_interfaces(void **state) {
  struct stage *stage = *state;
  add_three();
  stage_configure(stage, PLUGIN(LINE("Interface", STRING("eth1")),
                                LINE("IgnoreSelected", BOOLEAN(true))));
  stage_start_and_read(stage);
  assert_true(stage_count_values(stage, "eth0") > 0);
  assert_int_equal(stage_count_values(stage, "eth1"), 0);
  assert_int_equal(stage_count_values(stage, "veth0"), 0);
}

static void comes_goes_and_is_renamed(void **state) {
  struct stage *stage = *state;
  stage_start_and_read(stage);
  assert_int_equal(stage_count_values(stage, "eth0"), 0);
  struct fake_adapter *adapter = nic_stage_igb();
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 16);
  strcpy(adapter->name, "lan0");
  fake_adapter_set(adapter, "rx_missed_errors", 6);
  stage_read(stage);
  assert_int_equal(stage_count_values(stage, "eth0"), 0);
  stage_expect(stage, "lan0/if_rx_dropped-ring_full", 17);
  fake_adapter_remove(adapter);
  stage_read(stage);
  assert_int_equal(stage_count_values(stage, "lan0"), 0);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR, ""), 0);
}

/* Another interface of the same name: what it counts is no gain. */
static void replaced_by_another(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  fake_adapter_remove(adapter);
  adapter = nic_stage_igb();
  adapter->index = 9;
  fake_adapter_set(adapter, "rx_crc_errors", 70000);
  stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_expect_none(stage, "eth0/if_rx_errors-crc");
  fake_adapter_set(adapter, "rx_crc_errors", 70001);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_errors-crc", 8);
}

static void a_list_that_changes_meanwhile(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  fake_adapter_add(1, "lo", "")->has_device = false;
  stage_start_and_read(stage);
  fake_adapter_set(adapter, "rx_crc_errors", 700);
  stage_read(stage);
  stage_expect_alerts(stage, "eth0/crc okay>warning");

  /* Twice in vain, then whole. */
  unsigned lists = fake_kernel.lists;
  fake_kernel.disturbed = 2;
  stage_read(stage);
  assert_int_equal(fake_kernel.lists - lists, 3);
  stage_expect(stage, "eth0/if_rx_errors-crc", 700);

  /* Never whole: the interface that is not in it may well be there. */
  uint32_t index = adapter->index;
  adapter->index = 0;
  fake_kernel.disturbed = 3;
  stage_read(stage);
  stage_expect_alerts(stage, "");
  adapter->index = index;
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_errors-crc", 700);
  stage_expect_alerts(stage, "");
}

/* In between, the kernel is asked for statistics alone. */
static void the_list_is_read_when_it_changes(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  unsigned lists = fake_kernel.lists;
  nic_stage_receive(adapter, 100);
  stage_read(stage);
  assert_int_equal(fake_kernel.lists, lists);
  assert_int_equal(fake_kernel.statistics, 1);
  stage_expect(stage, "eth0/packets-rx", 1100);
  adapter->txqueuelen = 5000;
  nic_stage_receive(adapter, 100);
  stage_read(stage);
  assert_int_equal(fake_kernel.lists, lists + 1);
  stage_expect(stage, "eth0/packets-rx", 1200);
  stage_expect(stage, "eth0/queue_length-txqueuelen", 5000);
  stage->now += 60;
  stage_read(stage);
  assert_int_equal(fake_kernel.lists, lists + 2);
  assert_int_equal(fake_kernel.statistics, 1);
}

/* An announcement can come late, or be lost. */
static void interfaces_that_are_not_announced(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  fake_kernel.silences = 2;
  struct fake_adapter *added = fake_adapter_add(3, "eth1", "igb");
  stage_read(stage);
  assert_true(stage_count_values(stage, "eth1") > 0);
  fake_adapter_remove(added);
  stage_read(stage);
  assert_int_equal(stage_count_values(stage, "eth1"), 0);
  assert_int_equal(fake_kernel.silences, 0);
}

static void before_statistics_could_be_read_alone(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  fake_kernel.no_statistics = true;
  stage_start_and_read(stage);
  unsigned lists = fake_kernel.lists;
  for (unsigned i = 1; i < 4; i++) {
    nic_stage_receive(adapter, 100);
    stage_read(stage);
    stage_expect(stage, "eth0/packets-rx", 1000 + 100 * i);
    assert_int_equal(fake_kernel.lists, lists + i);
  }
  assert_int_equal(stage->recording.line_count, 1);
}

static void a_list_that_cannot_be_read(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  fake_kernel.link_error = EPERM;
  assert_int_equal(stage_try_read(stage), -EPERM);
  assert_int_equal(stage_try_read(stage), -EPERM);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "interfaces cannot be read by rtnetlink: "
                                   "Operation not permitted"),
                   1);
  fake_kernel.link_error = 0;
  stage_read(stage);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "interfaces can be read again"),
                   1);
}

static void count_more(struct fake_adapter *adapter, const char *name,
                       uint64_t packets) {
  for (size_t i = 0; i < adapter->count; i++)
    if (strcmp(adapter->names[i], name) == 0)
      adapter->values[i] += packets;
}

/* Packets find no buffer in the ring, wait for one, and are given up. */
static void lose_in_ring(struct fake_adapter *adapter, uint64_t packets) {
  count_more(adapter, "rx_no_buffer_count", packets);
  count_more(adapter, "rx_missed_errors", packets);
}

static void ring_loss_with_room(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  nic_stage_receive(adapter, 995880);
  lose_in_ring(adapter, 4120);
  stage_read(stage);
  stage_expect(stage, "eth0/percent-rx_ring_loss", 0.412);
  stage_expect_alerts(stage, "eth0/rx_ring_loss okay>warning");
  stage_expect_message(
      stage, "eth0 lost 0.4 % of its packets in the RX ring (limit 0.01 %); "
             "ring is 512 of 4096: ethtool -G eth0 rx 4096 (the link drops "
             "briefly); 412.0/s by rx_missed_errors");
  assert_string_equal(stage->recording.alerts[0].setting, "ring");
  assert_string_equal(stage->recording.alerts[0].setting_value, "512 of 4096");
  for (int i = 0; i < 6; i++) {
    nic_stage_receive(adapter, 1000);
    stage_read(stage);
  }
  stage_expect_alerts(stage, "eth0/rx_ring_loss warning>okay");
}

/* The next alert shows the ring as it is then, announced or not. */
static void ring_loss_at_the_maximum(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  adapter->rx_ring = 4096;
  nic_stage_receive(adapter, 1000);
  lose_in_ring(adapter, 1000);
  stage_read(stage);
  stage_expect_message(
      stage, "eth0 lost 50 % of its packets in the RX ring (limit 1 %); ring "
             "is 4096 of 4096: 2 of 8 channels: ethtool -L; or see "
             "irq_balance, softnet; 100.0/s by rx_missed_errors");
}

static void ring_loss_of_a_few(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  /* Ten a second, of twenty. */
  nic_stage_receive(adapter, 100);
  lose_in_ring(adapter, 100);
  stage_read(stage);
  stage_expect(stage, "eth0/percent-rx_ring_loss", 50);
  stage_expect_alerts(stage, "");
  /* Too little to speak of a share. */
  nic_stage_receive(adapter, 40);
  lose_in_ring(adapter, 50);
  stage_read(stage);
  stage_expect_none(stage, "eth0/percent-rx_ring_loss");
}

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
  /* And if it is not, within a minute. */
  adapter->rx_ring = 2048;
  stage->now += 50;
  stage_read(stage);
  stage_expect(stage, "eth0/queue_length-rx_ring", 2048);
}

/* As many names as before, but others: it was not the count that changed. */
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

/* It ends the kernel's list; the others are asked one by one. */
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

static void wire_errors(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  fake_adapter_set(adapter, "rx_crc_errors", 57);
  stage_read(stage);
  stage_expect_message(stage,
                       "eth0 received 5.0/s with a wrong checksum (CRC) (limit "
                       "1/s); check cable, optics and the peer's port; by "
                       "rx_crc_errors");
}

static void qdisc_drops(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  strcpy(adapter->qdisc, "pfifo_fast");
  adapter->qdisc_drops = UINT32_MAX - 9;
  adapter->qdisc_packets = 3;
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/queue_length-qdisc", 3);
  adapter->qdisc_drops += 210; /* over the edge of 32 bits */
  adapter->qdisc_requeues = 5;
  stage_read(stage);
  stage_expect(stage, "eth0/if_tx_dropped-qdisc", 4294967296.0 + 200);
  stage_expect(stage, "eth0/total_events-qdisc_requeues", 5);
  stage_expect_message(stage,
                       "eth0 lost 21.0/s in its qdisc (limit 10/s); txqueuelen "
                       "is 1000: the link is full; a longer queue helps "
                       "with bursts only");
}

/* It drops long before it is full, for the senders to notice. */
static void qdisc_that_drops_on_purpose(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  strcpy(adapter->qdisc, "fq_codel");
  stage_start_and_read(stage);
  adapter->qdisc_drops = 20000;
  stage_read(stage);
  stage_expect(stage, "eth0/if_tx_dropped-qdisc", 20000);
  stage_expect_alerts(stage, "");
}

static void qdisc_with_a_limit(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  strcpy(adapter->qdisc, "bfifo");
  adapter->qdisc_limit = 20000;
  stage_start_and_read(stage);
  adapter->qdisc_drops = 20000;
  stage_read(stage);
  stage_expect_message(stage, "eth0 lost 2000.0/s in its qdisc (limit 1000/s); "
                              "qdisc is bfifo, limit 20000 bytes: more is sent "
                              "than the link or its shaper can carry");
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

/* A driver that does not count them itself. */
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

static void the_kernels_statistics_of_queues(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "virtio_net");
  fake_adapter_set(adapter, "rx0_drops", 5);
  fake_adapter_set(adapter, "rx0_xdp_drops", 2);
  /* rx-hw-drops, rx-hw-drop-overruns */
  adapter->qstats_told = UINT64_C(1) << 13 | UINT64_C(1) << 14;
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

/* They are asked for only by whom they tell something. */
static void no_statistics_of_queues(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  unsigned asked = fake_kernel.qstats;
  stage_read(stage);
  assert_int_equal(fake_kernel.qstats, asked);
}

static void names_are_read_once(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  stage_read(stage);
  stage_read(stage);
  assert_int_equal(fake_kernel.strings, 1);
  assert_int_equal(fake_kernel.stats, 3);
}

/* Queues were added: what they counted before is no gain. */
static void more_statistics_than_before(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  size_t count = adapter->count;
  fake_adapter_set(adapter, "rx_queue_1_drops", 100000);
  adapter->count_later = adapter->count;
  adapter->count = count;
  stage_read(stage);
  assert_int_equal(fake_kernel.strings, 2);
  stage_expect_none(stage, "eth0/if_rx_dropped-ring_full");
  stage_expect_alerts(stage, "");
  lose_in_ring(adapter, 4);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 20);
}

/* hv_netvsc has none while it is being set up. */
static void statistics_that_come_later(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  size_t count = adapter->count;
  adapter->count = 0;
  stage_start_and_read(stage);
  stage_expect_none(stage, "eth0/if_rx_errors-crc");
  adapter->count = count;
  stage->now += 60;
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_errors-crc", 7);
}

/* An adapter that is being reset is no news; its standard statistics go on. */
static void busy_for_a_while(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  fake_adapter_set(adapter, "rx_flow_control_xoff", 3);
  /* What others say of the same things is not the driver's number. */
  adapter->has_pause_stats = true;
  adapter->rx_pause_frames = 1000;
  temp_tree_write(&stage->tree, "sys/class/net/eth0/ifindex", "2\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth0/queues/tx-0/tx_timeout",
                  "9\n");
  stage_start_and_read(stage);
  recording_forget_lines(&stage->recording);
  const int errors[] = {EBUSY, ETIMEDOUT, ENODEV};
  for (size_t i = 0; i < COUNT_OF(errors); i++) {
    adapter->error = errors[i];
    nic_stage_receive(adapter, 1);
    stage_read(stage);
    stage_expect(stage, "eth0/packets-rx", (double)(1001 + i));
    stage_expect_none(stage, "eth0/if_rx_dropped-ring_full");
    stage_expect_none(stage, "eth0/total_events-tx_timeout");
    stage_expect_none(stage, "eth0/total_events-rx_pause");
    stage_expect_alerts(stage, "");
  }
  adapter->error = 0;
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 16);
  assert_int_equal(stage->recording.line_count, 0);
}

static void a_fault_is_said_once(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  fake_adapter_add(3, "eth1", "e1000e");
  stage_start_and_read(stage);
  recording_forget_lines(&stage->recording);
  adapter->error = EIO;
  stage_read(stage);
  stage_read(stage);
  assert_true(stage_count_values(stage, "eth1") > 0);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "eth0: statistics cannot be read: "
                                   "Input/output error"),
                   1);
  adapter->error = 0;
  stage_read(stage);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "eth0: statistics can be read again"),
                   1);
  assert_int_equal(stage->recording.line_count, 2);
}

/* It is asked after the others' values were handed over, so that its own are
 * one interval old. */
static void a_slow_driver(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  adapter->delay_ms = 60;
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/duration-read", 0.06);
  assert_int_equal(fake_kernel.stats, 1);
  fake_adapter_set(adapter, "rx_crc_errors", 8);
  stage_read(stage); /* with what was read in the first */
  stage_expect(stage, "eth0/if_rx_errors-crc", 7);
  assert_int_equal(fake_kernel.stats, 2);
  adapter->delay_ms = 0;
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_errors-crc", 8);
  assert_non_null(stage_find(stage, "eth0/duration-read"));
  fake_adapter_set(adapter, "rx_crc_errors", 9);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_errors-crc", 9);
}

static void queues(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  fake_adapter_set(adapter, "rx_queue_1_packets", 400);
  fake_adapter_set(adapter, "rx_queue_1_drops", 3);
  fake_adapter_set(adapter, "tx_queue_1_packets", 40);
  stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true))));
  stage_start_and_read(stage);
  stage_expect(stage, "eth0-rx-0/packets-processed", 1000);
  stage_expect(stage, "eth0-rx-0/if_rx_dropped-ring_full", 11);
  stage_expect(stage, "eth0-rx-1/packets-processed", 400);
  stage_expect(stage, "eth0-rx-1/if_rx_dropped-ring_full", 3);
  stage_expect(stage, "eth0-tx-1/packets-processed", 40);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 19);
  /* One loss is judged once. */
  fake_adapter_set(adapter, "rx_queue_1_drops", 5003);
  nic_stage_receive(adapter, 100000);
  stage_read(stage);
  stage_expect_alerts(stage, "eth0/rx_ring_loss okay>failure");
}

static void raw_losses(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_configure(stage, PLUGIN(LINE("ReportRaw", STRING("loss")),
                                LINE("Counter", STRING("/_0_packets$/"))));
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/derive-rx_missed_errors", 5);
  stage_expect(stage, "eth0/derive-rx_fifo_errors", 16);
  stage_expect(stage, "eth0/derive-rx_queue_0_drops", 11);
  stage_expect(stage, "eth0/derive-rx_queue_0_packets", 1000);
}

static void all_raw_counters(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  fake_adapter_set(adapter, "Queue[0] x/y", 1);
  fake_adapter_set(adapter, "Queue[0] x.y", 2);
  fake_adapter_set(adapter, "Queue[0] x,y", 3);
  stage_configure(stage, PLUGIN(LINE("ReportRaw", STRING("all"))));
  stage_start_and_read(stage);
  size_t raw = 0;
  for (size_t i = 0; i < stage->recording.value_count; i++)
    raw += strcmp(stage->recording.values[i].type, "derive") == 0;
  assert_int_equal(raw, adapter->count);
  stage_expect(stage, "eth0/derive-Queue_0_x_y", 1);
  stage_expect(stage, "eth0/derive-Queue_0_x.y", 2);
  stage_expect(stage, "eth0/derive-Queue_0_x_y_aff99b3f", 3);
}

static void no_raw_counters(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  for (size_t i = 0; i < stage->recording.value_count; i++)
    assert_string_not_equal(stage->recording.values[i].type, "derive");
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

static void unknown_driver(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "strange");
  fake_adapter_set(adapter, "rx_dropped_frames", 8);
  adapter->link[15] = 6;  /* rx_missed_errors */
  adapter->link[6] = 700; /* rx_dropped, the stack's own */
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 6);
  stage_expect(stage, "eth0/if_rx_dropped-unclassified", 708);
  /* Whether it fills these is not known. */
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
  /* Read while packets are lost: the second number is ahead. */
  fake_adapter_set(adapter, "rx_no_resource", 50);
  adapter->link[15] = 48;
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 48);
  stage_expect_none(stage, "eth0/if_rx_dropped-unclassified");
  fake_adapter_set(adapter, "rx_fifo_errors", 6);
  stage_read(stage);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-unclassified", 6);
}

/* Loss of a driver that fills standard statistics only. */
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

/* Packets are missed while the ring has room: a larger one does not help. */
static void missed_with_room_in_the_ring(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  temp_tree_write(&stage->tree, "sys/module/pcie_aspm/parameters/policy",
                  "default performance [powersave] powersupersave\n");
  stage_start_and_read(stage);
  nic_stage_receive(adapter, 100000);
  count_more(adapter, "rx_missed_errors", 1000);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 16);
  stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun", 1000);
  stage_expect_message(
      stage, "eth0 lost 100.0/s in the adapter's own memory (limit 10/s); PCIe "
             "ASPM policy is powersave: the ring has room, the bus is slow: "
             "try pcie_aspm=off, another slot; by rx_missed_errors");
  /* The ring runs out as well: then it is the ring. */
  lose_in_ring(adapter, 2000);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 2016);
  stage_expect(stage, "eth0/if_rx_dropped-fifo_overrun", 1000);
}

/* A chip that counts at most one event a poll. */
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

/* The parts of a difference are read between two of their additions. */
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

/* Two functions of a port show its registers: one of them counts. */
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
  /* The other one takes over, and what it has counted is no loss of now. */
  fake_adapter_remove(one);
  stage_read(stage);
  fake_adapter_set(other, "rx_discards_phy", 130);
  stage_read(stage);
  stage_expect(stage, "eth1/if_rx_dropped-fifo_overrun", 30);
}

/* Two ports of a card show the same registers of the card. */
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

/* The stack's backlog drops are in rx_dropped too, where softnet counts them
 * for all interfaces. */
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

static void a_link_slower_than_advertised(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  adapter->speed = 1000;
  adapter->advertised[0] = "1000baseT/Full";
  adapter->advertised[1] = "100baseT/Full";
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/bitrate-link", 1000);
  stage_expect(stage, "eth0/gauge-half_duplex", 0);
  stage_expect_none(stage, "eth0/percent-link_share");
  stage_expect_alerts(stage, "");
  /* It goes down, and comes up otherwise. */
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

/* Each virtual function is an object, from its first loss on. */
static void virtual_functions(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  temp_tree_write(&stage->tree, "sys/class/net/eth0/ifindex", "2\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth0/device/sriov_numvfs",
                  "4\n");
  adapter->vf_count = 4;
  stage_start_and_read(stage);
  assert_int_equal(stage_count_values(stage, "eth0-vf-3"), 0);
  adapter->vfs[3].rx_dropped = 300;
  stage_read(stage);
  stage_expect_message(stage, "eth0-vf-3 lost 30.0/s on receiving (limit "
                              "10/s); the guest's driver is too slow, or its "
                              "ring too small");
  stage_read(stage);
  stage_expect(stage, "eth0-vf-3/if_rx_dropped-vf", 300);
  assert_int_equal(stage_count_values(stage, "eth0-vf-3"), 1);
  assert_int_equal(stage_count_values(stage, "eth0-vf-2"), 0);
}

static void disappears_while_raised(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  fake_adapter_set(adapter, "rx_crc_errors", 57);
  stage_read(stage);
  fake_adapter_remove(adapter);
  stage_read(stage);
  stage_expect_message(stage, "eth0 is gone; before that, 50 packets in 10 s");
}

static void allocates_nothing_in_the_long_run(void **state) {
  struct stage *stage = *state;
  for (uint32_t i = 0; i < 100; i++) {
    char name[IFNAMSIZ];
    snprintf(name, sizeof(name), "eth%" PRIu32, i);
    struct fake_adapter *adapter = fake_adapter_add(i + 2, name, "igb");
    fake_adapter_set(adapter, "rx_missed_errors", i);
    strcpy(adapter->qdisc, "pfifo_fast");
  }
  stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true)),
                                LINE("ReportRaw", STRING("all"))));
  stage_start_and_read(stage);
  stage_read(stage);
  size_t before = allocations_count();
  for (int i = 0; i < 10; i++)
    stage_read(stage);
  assert_int_equal(allocations_count(), before);
}

static void keeps_no_file_open(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  size_t before = open_files();
  struct recording another;
  recording_open(&another, &nic_ethtool_layer);
  recording_configure(&another,
                      PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                             LINE("SysRoot", STRING(stage->tree.sys))));
  assert_int_equal(recording_start(&another), 0);
  assert_int_equal(recording_read(&another, 1), 0);
  assert_true(open_files() > before);
  recording_close(&another);
  assert_int_equal(open_files(), before);
}

/* What a cause is sent as, "eth0/if_rx_dropped-ring_full". */
static void series_of(enum nic_cause cause, char *ret, size_t size) {
  snprintf(ret, size, "eth0/%s-%s", nic_meters[cause].type,
           nic_meters[cause].name);
}

/* Every driver that there is a fixture of: each cause comes to what is expected
 * of it, those that it cannot tell are not sent, and series are few. */
static void every_driver(void **state) {
  struct dirent **list;
  size_t count = nic_fixture_list(&list);
  assert_true(count > 25);
  for (size_t i = 0; i < count; i++) {
    struct nic_fixture fixture;
    nic_fixture_read(&fixture, list[i]->d_name);
    assert_int_equal(nic_stage_remove(state), 0);
    assert_int_equal(nic_stage_make(state), 0);
    struct stage *stage = *state;
    struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "");
    fake_adapter_load(adapter, &fixture);
    strcpy(adapter->qdisc, "fq_codel");
    adapter->rx_ring_max = adapter->combined_max = 512;
    adapter->has_pause_stats = true;
    stage_start_and_read(stage);
    bool is_unknown = recording_lines(&stage->recording, LAYER_NOTICE,
                                      "not in the table") > 0;
    size_t series = stage_count_values(stage, "eth0");
    CHECK(series > 6 && series <= 40, "%s: %zu series", list[i]->d_name,
          series);
    for (size_t j = 0; j < fixture.expectation_count; j++) {
      const struct nic_fixture_expectation *expected = &fixture.expectations[j];
      char name[128];
      series_of(expected->cause, name, sizeof(name));
      bool is_pause =
          expected->cause == NIC_RX_PAUSE || expected->cause == NIC_TX_PAUSE;
      bool is_held_back = expected->value == 0 &&
                          (is_unknown || !nic_meters_is_main(expected->cause));
      if (!expected->absent && !is_held_back)
        stage_expect(stage, name, (double)expected->value);
      else if (!is_pause)
        stage_expect_none(stage, name);
    }
    nic_fixture_free(&fixture);
    free(list[i]);
  }
  free(list);
}

/* With queues and all counters: whatever a driver tells, nothing is absurd. */
static void every_drivers_queues(void **state) {
  struct dirent **list;
  size_t count = nic_fixture_list(&list);
  for (size_t i = 0; i < count; i++) {
    struct nic_fixture fixture;
    nic_fixture_read(&fixture, list[i]->d_name);
    assert_int_equal(nic_stage_remove(state), 0);
    assert_int_equal(nic_stage_make(state), 0);
    struct stage *stage = *state;
    fake_adapter_load(fake_adapter_add(2, "eth0", ""), &fixture);
    stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true)),
                                  LINE("ReportRaw", STRING("all"))));
    stage_start_and_read(stage);
    for (size_t j = 0; j < stage->recording.value_count; j++) {
      const struct recorded_value *value = &stage->recording.values[j];
      CHECK(value->count < INT64_MAX, "%s: %s/%s-%s is %" PRIu64,
            list[i]->d_name, value->instance, value->type, value->type_instance,
            value->count);
    }
    nic_fixture_free(&fixture);
    free(list[i]);
  }
  free(list);
}

/* What is subtracted can be all that is told of a queue. */
static void a_queue_without_the_whole(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "mlx4_en");
  fake_adapter_set(adapter, "rx_dropped", 101);
  fake_adapter_set(adapter, "rx0_packets", 7);
  fake_adapter_set(adapter, "rx0_dropped", 1);
  stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true))));
  stage_start_and_read(stage);
  stage_expect(stage, "eth0-rx-0/packets-processed", 7);
  for (size_t i = 0; i < stage->recording.value_count; i++)
    assert_true(stage->recording.values[i].count <= 1000);
}

/* Wherever memory ends, the read goes on, and the next one is whole. */
static void without_memory(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true)),
                                LINE("ReportRaw", STRING("all"))));
  /* The recording itself must not need any. */
  struct fake_adapter *large = fake_adapter_add(900, "eth1", "igb");
  for (unsigned i = 0; i < 400; i++) {
    char name[32];
    snprintf(name, sizeof(name), "rx_queue_%u_drops", i);
    fake_adapter_set(large, name, i);
  }
  stage_start_and_read(stage);
  stage_read(stage);
  fake_adapter_remove(large);
  stage_read(stage);
  for (size_t good = 0; good < 120; good++) {
    /* Another one of the name, with other statistics. */
    char name[32];
    adapter->index++;
    snprintf(name, sizeof(name), "rx_queue_%zu_drops", good + 1);
    fake_adapter_set(adapter, name, good);
    recording_forget_lines(&stage->recording);
    allocations_fail(good, 4);
    stage->now += 10;
    recording_read(&stage->recording, stage->now);
    allocations_fail(0, 0);
    stage->now += 60;
    stage_read(stage);
    CHECK(stage_find(stage, "eth0/if_rx_errors-crc") != NULL ||
              stage_try_read(stage) == 0,
          "after %zu allocations", good);
  }
}

/* Every driver, with its queues and raw counters. */
static void series_keep_their_names(void **state) {
  (void)state;
  struct series series = {0};
  struct dirent **list;
  size_t count = nic_fixture_list(&list);
  struct temp_tree tree;
  temp_tree_make(&tree);
  for (size_t i = 0; i < count; i++) {
    struct nic_fixture fixture;
    struct recording recording;
    fake_kernel_reset();
    nic_fixture_read(&fixture, list[i]->d_name);
    struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "");
    fake_adapter_load(adapter, &fixture);
    strcpy(adapter->qdisc, "fq_codel");
    adapter->rx_ring_max = adapter->combined_max = 512;
    adapter->has_pause_stats = true;
    bool is_odd = strncmp(list[i]->d_name, "atlantic", 8) == 0;
    adapter->delay_ms = is_odd ? 2 : 0;
    recording_open(&recording, &nic_ethtool_layer);
    recording_configure(&recording,
                        PLUGIN(LINE("ProcRoot", STRING(tree.proc)),
                               LINE("SysRoot", STRING(tree.sys)),
                               LINE("ReportByQueue", BOOLEAN(true)),
                               LINE("ReportOffloads", BOOLEAN(true)),
                               LINE("ReportRaw", STRING("all"))));
    assert_int_equal(recording_start(&recording), 0);
    for (int read = 1; read < 3; read++) {
      assert_int_equal(recording_read(&recording, 10 * read), 0);
      series_add(&series, &recording);
      adapter->link[0] += 100000;
    }
    recording_close(&recording);
    nic_fixture_free(&fixture);
    free(list[i]);
  }
  free(list);
  temp_tree_remove(&tree);
  fake_kernel_reset();
  series_expect(&series, "nic_ethtool");
}

#define TEST(function)                                                         \
  cmocka_unit_test_setup_teardown(function, nic_stage_make, nic_stage_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(one_name_for_one_cause),
      TEST(others_from_their_first_event_on),
      TEST(says_what_it_can_see),
      TEST(only_what_has_a_device),
      TEST(a_device_by_sysfs),
      TEST(named_interfaces),
      TEST(ignored_interfaces),
      TEST(comes_goes_and_is_renamed),
      TEST(replaced_by_another),
      TEST(a_list_that_changes_meanwhile),
      TEST(the_list_is_read_when_it_changes),
      TEST(interfaces_that_are_not_announced),
      TEST(before_statistics_could_be_read_alone),
      TEST(a_list_that_cannot_be_read),
      TEST(ring_loss_with_room),
      TEST(ring_loss_at_the_maximum),
      TEST(ring_loss_of_a_few),
      TEST(a_change_is_announced),
      TEST(before_ethtool_netlink),
      TEST(wire_errors),
      TEST(qdisc_drops),
      TEST(qdisc_with_a_limit),
      TEST(a_carrier_that_flaps),
      TEST(transmit_timeouts_by_sysfs),
      TEST(pause_frames_by_netlink),
      TEST(the_kernels_statistics_of_queues),
      TEST(a_difference_below_nothing),
      TEST(no_statistics_of_queues),
      TEST(names_are_read_once),
      TEST(more_statistics_than_before),
      TEST(busy_for_a_while),
      TEST(a_fault_is_said_once),
      TEST(a_slow_driver),
      TEST(queues),
      TEST(raw_losses),
      TEST(all_raw_counters),
      TEST(no_raw_counters),
      TEST(offloads),
      TEST(unknown_driver),
      TEST(an_unknown_counter_that_equals_a_standard_one),
      TEST(an_unknown_driver_without_counters),
      TEST(missed_with_room_in_the_ring),
      TEST(events_are_at_least_as_many_packets),
      TEST(sixteen_bits),
      TEST(noise_of_a_difference),
      TEST(registers_of_a_port),
      TEST(registers_of_a_card),
      TEST(the_backlog_is_taken_off),
      TEST(a_link_slower_than_advertised),
      TEST(a_link_at_half_duplex),
      TEST(virtual_functions),
      TEST(disappears_while_raised),
      TEST(allocates_nothing_in_the_long_run),
      TEST(keeps_no_file_open),
      TEST(names_can_change_too),
      TEST(a_detached_device_hides_no_other),
      TEST(statistics_that_come_later),
      TEST(qdisc_that_drops_on_purpose),
      TEST(every_driver),
      TEST(every_drivers_queues),
      TEST(a_queue_without_the_whole),
      TEST(without_memory),
      TEST(series_keep_their_names),
  };
  return cmocka_run_group_tests_name("nic_ethtool", tests, NULL, NULL);
}
