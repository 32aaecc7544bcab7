/* SPDX-License-Identifier: MIT */
#include "nic_stage.h"

#include "allocations.h"
#include "open_files.h"

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

/* Only the main causes are sent while they are 0. */
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

static void logs_what_it_can_see(void **state) {
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

static void names_are_read_once(void **state) {
  struct stage *stage = *state;
  nic_stage_igb();
  stage_start_and_read(stage);
  stage_read(stage);
  stage_read(stage);
  assert_int_equal(fake_kernel.strings, 1);
  assert_int_equal(fake_kernel.stats, 3);
}

/* New queues come with counts, which are no gain. */
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
  nic_stage_lose_in_ring(adapter, 4);
  stage_read(stage);
  stage_expect(stage, "eth0/if_rx_dropped-ring_full", 20);
}

/* hv_netvsc has no statistics while it is set up. */
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

/* A reset of the adapter is not logged; its standard statistics go on. */
static void busy_for_a_while(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  fake_adapter_set(adapter, "rx_flow_control_xoff", 3);
  /* Other sources of the same causes do not replace the driver. */
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

static void a_fault_is_logged_once(void **state) {
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

/* It is read after the values of the others are sent, so its own are one
 * interval old. */
static void a_slow_driver(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  adapter->delay_ms = 60;
  stage_start_and_read(stage);
  stage_expect(stage, "eth0/duration-read", 0.06);
  assert_int_equal(fake_kernel.stats, 1);
  fake_adapter_set(adapter, "rx_crc_errors", 8);
  stage_read(stage); /* with the values of the first read */
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

/* Wherever memory runs out, the read goes on, and the next one is complete. */
static void goes_on_without_memory(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = nic_stage_igb();
  stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true)),
                                LINE("ReportRaw", STRING("all"))));
  /* Makes room in the recording beforehand. */
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
    /* Another interface of the same name, with other statistics. */
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

int main(void) {
  const struct CMUnitTest tests[] = {
      NIC_TEST(one_name_for_one_cause),
      NIC_TEST(others_from_their_first_event_on),
      NIC_TEST(logs_what_it_can_see),
      NIC_TEST(names_are_read_once),
      NIC_TEST(more_statistics_than_before),
      NIC_TEST(busy_for_a_while),
      NIC_TEST(a_fault_is_logged_once),
      NIC_TEST(a_slow_driver),
      NIC_TEST(allocates_nothing_in_the_long_run),
      NIC_TEST(keeps_no_file_open),
      NIC_TEST(statistics_that_come_later),
      NIC_TEST(goes_on_without_memory),
  };
  return cmocka_run_group_tests_name("nic_ethtool", tests, NULL, NULL);
}
