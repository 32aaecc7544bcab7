/* SPDX-License-Identifier: MIT */
/* Queues, raw counters and virtual functions. */
#include "nic_stage.h"

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

/* A queue may have only the counter that is subtracted. */
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

static void give_functions(struct stage *stage, struct fake_adapter *adapter,
                           uint32_t count) {
  char text[16];
  snprintf(text, sizeof(text), "%u\n", count);
  temp_tree_write(&stage->tree, "sys/class/net/eth0/ifindex", "2\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth0/device/sriov_numvfs", text);
  adapter->vf_count = count;
}

/* Each virtual function is an object, from its first loss on. */
static void virtual_functions(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  give_functions(stage, adapter, 4);
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

/* The kernel's answer is longer than 64 KiB. */
static void many_virtual_functions(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  give_functions(stage, adapter, FAKE_VFS);
  adapter->vfs[0].tx_dropped = 8;
  adapter->vfs[128].rx_dropped = 5;
  adapter->vfs[FAKE_VFS - 1].rx_dropped = 7;
  stage_start_and_read(stage);
  stage_expect(stage, "eth0-vf-0/if_tx_dropped-vf", 8);
  stage_expect(stage, "eth0-vf-128/if_rx_dropped-vf", 5);
  stage_expect(stage, "eth0-vf-255/if_rx_dropped-vf", 7);
  unsigned asked = fake_kernel.functions;
  stage_read(stage);
  assert_int_equal(fake_kernel.functions, asked + 1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR, ""), 0);
}

/* The log says so once, and what was raised stays. */
static void virtual_functions_that_cannot_be_read(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  give_functions(stage, adapter, 4);
  stage_start_and_read(stage);
  adapter->vfs[3].rx_dropped = 300;
  stage_read(stage);
  stage_expect_alerts(stage, "eth0-vf-3/vf okay>warning");
  fake_kernel.vf_error = EMSGSIZE;
  stage_read(stage);
  stage_read(stage);
  stage_expect_alerts(stage, "");
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "eth0: virtual functions cannot be read: "
                                   "Message too long; their drops are not "
                                   "reported until that ends"),
                   1);
  fake_kernel.vf_error = 0;
  stage_read(stage);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "eth0: virtual functions can be read again"),
                   1);
  stage_expect(stage, "eth0-vf-3/if_rx_dropped-vf", 300);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      NIC_TEST(queues),
      NIC_TEST(raw_losses),
      NIC_TEST(all_raw_counters),
      NIC_TEST(no_raw_counters),
      NIC_TEST(virtual_functions),
      NIC_TEST(many_virtual_functions),
      NIC_TEST(virtual_functions_that_cannot_be_read),
      NIC_TEST(a_queue_without_the_whole),
  };
  return cmocka_run_group_tests_name("nic_objects", tests, NULL, NULL);
}
