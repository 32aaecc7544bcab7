/* SPDX-License-Identifier: MIT */
/* Which interfaces nic_ethtool watches, and how it lists them. */
#include "nic_stage.h"

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

/* Before Linux 5.14 only sysfs names the device of a link; and it may show an
 * interface of the same name in another namespace. */
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

/* Another interface of the same name begins with a baseline. */
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

  /* Two incomplete lists, then a complete one. */
  unsigned lists = fake_kernel.lists;
  fake_kernel.disturbed = 2;
  stage_read(stage);
  assert_int_equal(fake_kernel.lists - lists, 3);
  stage_expect(stage, "eth0/if_rx_errors-crc", 700);

  /* No complete list: the missing interface may well exist. */
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

/* Between changes, only the statistics are read. */
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

/* An announcement can be late or lost. */
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

int main(void) {
  const struct CMUnitTest tests[] = {
      NIC_TEST(only_what_has_a_device),
      NIC_TEST(a_device_by_sysfs),
      NIC_TEST(named_interfaces),
      NIC_TEST(ignored_interfaces),
      NIC_TEST(comes_goes_and_is_renamed),
      NIC_TEST(replaced_by_another),
      NIC_TEST(a_list_that_changes_meanwhile),
      NIC_TEST(the_list_is_read_when_it_changes),
      NIC_TEST(interfaces_that_are_not_announced),
      NIC_TEST(before_statistics_could_be_read_alone),
      NIC_TEST(a_list_that_cannot_be_read),
  };
  return cmocka_run_group_tests_name("nic_interfaces", tests, NULL, NULL);
}
