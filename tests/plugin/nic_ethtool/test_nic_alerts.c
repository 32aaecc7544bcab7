/* SPDX-License-Identifier: MIT */
/* The text of notifications. */
#include "nic_stage.h"

static void ring_loss_with_room(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  nic_stage_receive(adapter, 995880);
  nic_stage_lose_in_ring(adapter, 4120);
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

/* An alert shows the size of the ring at that moment, announced or not. */
static void ring_loss_at_the_maximum(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_start_and_read(stage);
  adapter->rx_ring = 4096;
  nic_stage_receive(adapter, 1000);
  nic_stage_lose_in_ring(adapter, 1000);
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
  /* Ten of twenty packets per second. */
  nic_stage_receive(adapter, 100);
  nic_stage_lose_in_ring(adapter, 100);
  stage_read(stage);
  stage_expect(stage, "eth0/percent-rx_ring_loss", 50);
  stage_expect_alerts(stage, "");
  /* Too little traffic for a share. */
  nic_stage_receive(adapter, 40);
  nic_stage_lose_in_ring(adapter, 50);
  stage_read(stage);
  stage_expect_none(stage, "eth0/percent-rx_ring_loss");
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
  adapter->qdisc_drops += 210; /* wraps at 32 bits */
  adapter->qdisc_requeues = 5;
  stage_read(stage);
  stage_expect(stage, "eth0/if_tx_dropped-qdisc", 4294967296.0 + 200);
  stage_expect(stage, "eth0/total_events-qdisc_requeues", 5);
  stage_expect_message(stage,
                       "eth0 lost 21.0/s in its qdisc (limit 10/s); txqueuelen "
                       "is 1000: the link is full; a longer queue helps "
                       "with bursts only");
}

/* It drops long before it is full, to slow senders down. */
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

int main(void) {
  const struct CMUnitTest tests[] = {
      NIC_TEST(ring_loss_with_room),
      NIC_TEST(ring_loss_at_the_maximum),
      NIC_TEST(ring_loss_of_a_few),
      NIC_TEST(wire_errors),
      NIC_TEST(qdisc_drops),
      NIC_TEST(qdisc_with_a_limit),
      NIC_TEST(disappears_while_raised),
      NIC_TEST(qdisc_that_drops_on_purpose),
  };
  return cmocka_run_group_tests_name("nic_alerts", tests, NULL, NULL);
}
