/* SPDX-License-Identifier: MIT */
#include "irq_stage.h"

#include <errno.h>

#include "allocations.h"
#include "open_files.h"
#include "series.h"

/* Adds interrupts to a CPU's count. */
static void interrupt(unsigned number, unsigned cpu, uint32_t count) {
  machine.irqs[number].counts[cpu] += count;
}

/* Adds the same number of interrupts for each of eth0's four queues; queue i is
 * CPU i's. */
static void interrupt_evenly(uint32_t count) {
  for (unsigned i = 0; i < 4; i++)
    interrupt(20 + i, i, count);
}

static void start_four_queues(struct stage *stage) {
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_start(stage);
}

static void an_even_spread(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  stage_expect(stage, "eth0/irq-total", 0);
  stage_expect(stage, "eth0/count-queues", 4);
  stage_expect(stage, "eth0/count-allowed_cpus", 4);
  stage_expect(stage, "eth0/count-vector_cpus", 4);
  stage_expect_none(stage, "eth0/percent-busiest_cpu");
  stage_expect_none(stage, "eth0/gauge-imbalance");
  interrupt_evenly(2500);
  interrupt(24, 0, 10);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 10010);
  stage_expect(stage, "eth0/percent-busiest_cpu", 25);
  stage_expect(stage, "eth0/gauge-imbalance", 1);
  stage_expect(stage, "eth0/count-effective_cpus", 4);
  stage_expect(stage, "eth0/count-busy_queues", 4);
  stage_expect_none(stage, "eth0/percent-remote_node");
}

static void an_uneven_spread(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  interrupt(20, 1, 6000);
  interrupt(21, 1, 2000);
  interrupt(22, 2, 1900);
  interrupt(23, 3, 100);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 10000);
  stage_expect(stage, "eth0/percent-busiest_cpu", 80);
  stage_expect(stage, "eth0/gauge-imbalance", 3.2);
  stage_expect(stage, "eth0/count-effective_cpus",
               1 / (0.8 * 0.8 + 0.19 * 0.19 + 0.01 * 0.01));
  /* The last queue has less than a tenth of its fair quarter. */
  stage_expect(stage, "eth0/count-busy_queues", 3);
}

/* Two allowed CPUs: a fair share is a half. */
static void fewer_cpus_than_queues(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  for (unsigned i = 20; i < 24; i++)
    irq_stage_affinity(stage, i, "2-3", i % 2 == 0 ? "2" : "3");
  irq_stage_start(stage);
  stage_expect(stage, "eth0/count-allowed_cpus", 2);
  stage_expect(stage, "eth0/count-vector_cpus", 2);
  interrupt(20, 2, 6000);
  interrupt(21, 3, 2000);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/gauge-imbalance", 1.5);
}

static void vectors_of_two_directions(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 0);
  for (unsigned i = 0; i < 4; i++) {
    char name[32];
    snprintf(name, sizeof(name), "virtio0-input.%u", i);
    irq_stage_vector(stage, "eth0", 30 + 2 * i, name, i);
    snprintf(name, sizeof(name), "virtio0-output.%u", i);
    irq_stage_vector(stage, "eth0", 31 + 2 * i, name, 0);
  }
  stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true))));
  irq_stage_start(stage);
  stage_expect(stage, "eth0/count-queues", 4);
  for (unsigned i = 0; i < 4; i++) {
    interrupt(30 + 2 * i, i, 1000);
    interrupt(31 + 2 * i, 0, 7000 + i);
  }
  irq_stage_read(stage);
  /* All interrupts are counted; only those that receive are compared. */
  stage_expect(stage, "eth0/irq-total", 32006);
  stage_expect(stage, "eth0/percent-busiest_cpu", 25);
  stage_expect(stage, "eth0/gauge-imbalance", 1);
  stage_expect(stage, "eth0-rx-2/irq-total", 1000);
  stage_expect(stage, "eth0-tx-3/irq-total", 7003);
  stage_expect_none(stage, "eth0-rxtx-0/irq-total");
}

/* Shares are sent from a hundred interrupts per second on. */
static void too_few_interrupts_for_shares(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  interrupt(20, 0, 999);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 999);
  stage_expect_none(stage, "eth0/percent-busiest_cpu");
  stage_expect_none(stage, "eth0/gauge-imbalance");
  stage_expect_none(stage, "eth0/count-busy_queues");
  interrupt(20, 0, 1000);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/percent-busiest_cpu", 100);
  stage_expect(stage, "eth0/gauge-imbalance", 4);
  stage_expect_alerts(stage, "");
}

/* Two busy queues of four on CPU 3; their interrupts may go to all CPUs. */
static void interrupt_unevenly(uint32_t count) {
  interrupt(21, 3, count);
  interrupt(22, 3, count);
  interrupt(20, 0, count / 10);
}

static void read_thrice(struct stage *stage, uint32_t count) {
  for (int i = 0; i < 2; i++) {
    interrupt_unevenly(count);
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  interrupt_unevenly(count);
  irq_stage_read(stage);
}

static void two_queues_on_one_cpu(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  read_thrice(stage, 100000);
  stage_expect_alerts(stage, "eth0/imbalance okay>warning");
  stage_expect_message(
      stage,
      "eth0 loads one CPU with 3.8 times its fair share (limit 2.5 "
      "times); irqbalance is not running: start it, or spread the "
      "interrupts with smp_affinity_list; cpu 3 has 95 %: interrupts 21, 22");
  const struct recorded_alert *alert = &stage->recording.alerts[0];
  assert_string_equal(alert->setting, "irqbalance");
  assert_string_equal(alert->setting_value, "not running");
  for (int i = 0; i < 5; i++) {
    interrupt_evenly(100000);
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  irq_stage_read(stage);
  stage_expect_alerts(stage, "eth0/imbalance warning>okay");
}

static void irqbalance_is_running(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  temp_tree_write(&stage->tree, "proc/1/comm", "init\n");
  temp_tree_write(&stage->tree, "proc/812/comm", "irqbalance\n");
  read_thrice(stage, 100000);
  stage_expect_message(
      stage, "eth0 loads one CPU with 3.8 times its fair share (limit 2.5 "
             "times); irqbalance is running: check its policy, or stop it and "
             "spread the interrupts with smp_affinity_list; cpu 3 has 95 %: "
             "interrupts 21, 22");
}

static void irqbalance_may_be_hidden(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  temp_tree_write(&stage->tree, "proc/1/comm", "collectd\n");
  temp_tree_unlink(&stage->tree, "proc/2/comm");
  read_thrice(stage, 100000);
  stage_expect_message(
      stage, "eth0 loads one CPU with 3.8 times its fair share (limit 2.5 "
             "times); spread the interrupts with smp_affinity_list; cpu 3 has "
             "95 %: interrupts 21, 22");
  assert_string_equal(stage->recording.alerts[0].setting, "");
}

static void managed_interrupts(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  for (unsigned i = 20; i < 25; i++) {
    char path[64];
    snprintf(path, sizeof(path), "proc/irq/%u/smp_affinity_list", i);
    irq_tree_mode(&stage->tree, path, 0444);
  }
  irq_stage_start(stage);
  read_thrice(stage, 100000);
  stage_expect_message(
      stage, "eth0 loads one CPU with 3.8 times its fair share (limit 2.5 "
             "times); the interrupts cannot be moved: add channels (ethtool "
             "-L) or use RPS (rps_cpus); cpu 3 has 95 %: interrupts 21, 22");
}

static void below_the_rate(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  for (int i = 0; i < 5; i++) {
    interrupt_unevenly(47000); /* 9870/s */
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  stage_expect(stage, "eth0/gauge-imbalance", 4 * 2 / 2.1);
}

static void a_rate_that_is_configured(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("MinRate", NUMBER(200))));
  start_four_queues(stage);
  read_thrice(stage, 1000);
  stage_expect_alerts(stage, "eth0/imbalance okay>warning");
}

/* The adapter moderates its interrupts. */
static void many_packets_with_few_interrupts(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_start(stage);
  for (int i = 0; i < 3; i++) {
    adapter->link[0] += 100000;
    machine.processed[0] += 2000; /* after GRO has merged them */
    interrupt_unevenly(1000);
    irq_stage_read(stage);
  }
  stage_expect_alerts(stage, "eth0/imbalance okay>warning");
}

static void one_flow(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  for (int i = 0; i < 5; i++) {
    interrupt(22, 2, 500000);
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  stage_expect(stage, "eth0/gauge-imbalance", 4);
  stage_expect(stage, "eth0/count-busy_queues", 1);
}

/* Moving the second flow would hardly help the CPU. */
static void one_flow_and_a_little_more(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  for (int i = 0; i < 5; i++) {
    interrupt(22, 2, 500000);
    interrupt(21, 2, 40000);
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  stage_expect(stage, "eth0/count-busy_queues", 2);
}

static void bind_all_to_cpu_1(struct stage *stage) {
  for (unsigned i = 20; i < 24; i++)
    irq_stage_affinity(stage, i, "1", "1");
}

static void read_bound(struct stage *stage) {
  for (unsigned i = 20; i < 24; i++)
    interrupt(i, 1, 50000);
  irq_stage_read(stage);
}

static void all_bound_to_one_cpu(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  bind_all_to_cpu_1(stage);
  irq_stage_start(stage);
  for (int i = 0; i < 3; i++) {
    stage_expect_alerts(stage, "");
    read_bound(stage);
  }
  stage_expect(stage, "eth0/count-vector_cpus", 1);
  stage_expect_alerts(stage, "eth0/vector_cpus okay>warning");
  stage_expect_message(
      stage, "eth0 has all queues' interrupts on 1 CPU (limit 2); irqbalance "
             "is not running: start it, or spread the interrupts with "
             "smp_affinity_list; "
             "cpu 1 has 100 %: interrupts 20, 21, 22, 23");
  read_bound(stage);
  stage_expect_alerts(stage, "");
}

/* One cause, one notification: imbalance stays silent. */
static void all_on_one_cpu_although_all_are_allowed(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  for (unsigned i = 20; i < 24; i++)
    irq_stage_affinity(stage, i, "0-3", "1");
  for (int i = 0; i < 10; i++) {
    read_bound(stage);
    stage_expect_alerts(stage, i == 2 ? "eth0/vector_cpus okay>warning" : "");
  }
  stage_expect(stage, "eth0/gauge-imbalance", 4);
  stage_expect(stage, "eth0/count-vector_cpus", 1);
  for (unsigned i = 20; i < 24; i++)
    irq_stage_affinity(stage, i, "0-3", i == 20 ? "0" : "3");
  for (int i = 0; i < 6; i++) {
    interrupt_unevenly(100000);
    irq_stage_read(stage);
    stage_expect(stage, "eth0/count-vector_cpus", 2);
    stage_expect_alerts(stage, i == 2   ? "eth0/imbalance okay>warning"
                               : i == 5 ? "eth0/vector_cpus warning>okay"
                                        : "");
  }
}

static void interrupts_on_another_node(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_file(stage, "device/numa_node", "eth0", "1\n");
  irq_stage_file(stage, "device/local_cpulist", "eth0", "2-3\n");
  irq_stage_start(stage);
  for (int i = 0; i < 3; i++) {
    stage_expect_alerts(stage, "");
    interrupt(20, 0, 60000);
    interrupt(21, 1, 30000);
    interrupt(22, 2, 60000);
    irq_stage_read(stage);
  }
  stage_expect(stage, "eth0/percent-remote_node", 60);
  stage_expect_message(
      stage, "eth0 gets 60 % of its interrupts on CPUs of another NUMA node "
             "(limit 50 %); bind the interrupts (smp_affinity_list) to the "
             "device's local_cpulist; cpu 0 has 40 %: interrupts 20");
}

static size_t hints(const struct stage *stage) {
  return recording_lines(
      &stage->recording, LAYER_NOTICE,
      "eth0 has one queue, so one of 4 CPUs receives all its packets: more "
      "channels (ethtool -L eth0) or RPS "
      "(/sys/class/net/eth0/queues/rx-0/rps_cpus) spread them");
}

static void read_single_queue(struct stage *stage) {
  irq_stage_adapter(stage, 2, "eth0", 20, 1);
  irq_stage_start(stage);
  for (int i = 0; i < 4; i++) {
    interrupt(20, 0, 200000);
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
}

static void a_single_queue_is_hinted_at_once(void **state) {
  struct stage *stage = *state;
  read_single_queue(stage);
  assert_int_equal(hints(stage), 1);
  assert_int_equal(stage->recording.line_count, 1);
}

static void no_hint_on_few_cpus(void **state) {
  struct stage *stage = *state;
  machine.cpus = 2;
  read_single_queue(stage);
  assert_int_equal(stage->recording.line_count, 0);
}

static void no_hint_with_rps(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 1);
  irq_stage_file(stage, "queues/rx-0/rps_cpus", "eth0", "f\n");
  irq_stage_start(stage);
  interrupt(20, 0, 200000);
  irq_stage_read(stage);
  assert_int_equal(stage->recording.line_count, 0);
}

static void no_hint_without_traffic(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 1);
  irq_stage_start(stage);
  interrupt(20, 0, 99000);
  irq_stage_read(stage);
  assert_int_equal(stage->recording.line_count, 0);
}

static void by_cpu(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("ReportByCpu", BOOLEAN(true))));
  start_four_queues(stage);
  interrupt_unevenly(1000);
  interrupt(24, 3, 7);
  machine.net_rx[2] = 5;
  machine.net_tx[3] = 6;
  machine.processed[1] = 8;
  irq_stage_read(stage);
  stage_expect(stage, "eth0-cpu-0/irq-total", 100);
  stage_expect(stage, "eth0-cpu-1/irq-total", 0);
  stage_expect(stage, "eth0-cpu-3/irq-total", 2007);
  stage_expect(stage, "2/irq-net_rx", 5);
  stage_expect(stage, "3/irq-net_tx", 6);
  stage_expect(stage, "1/packets-processed", 8);
  stage_expect_none(stage, "4/irq-net_rx");
}

static void by_queue(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true))));
  start_four_queues(stage);
  interrupt_unevenly(1000);
  interrupt(24, 3, 7);
  irq_stage_read(stage);
  stage_expect(stage, "eth0-rxtx-0/irq-total", 100);
  stage_expect(stage, "eth0-rxtx-1/irq-total", 1000);
  stage_expect(stage, "eth0-rxtx-3/irq-total", 0);
  stage_expect_none(stage, "eth0-rxtx-4/irq-total");
}

static void the_host(void **state) {
  struct stage *stage = *state;
  machine.net_rx[0] = 100;
  machine.processed[3] = 100;
  irq_stage_start(stage);
  stage_expect(stage, "/irq-net_rx", 100);
  stage_expect(stage, "/irq-net_tx", 0);
  stage_expect_none(stage, "/percent-net_rx_busiest_cpu");
  stage_expect_none(stage, "/percent-packets_busiest_cpu");
  machine.net_rx[0] += 6000;
  machine.net_rx[1] += 2000;
  machine.net_tx[2] += 999;
  machine.processed[1] += 3000;
  machine.processed[2] += 1000;
  irq_stage_read(stage);
  stage_expect(stage, "/irq-net_rx", 8100);
  stage_expect(stage, "/percent-net_rx_busiest_cpu", 75);
  stage_expect(stage, "/gauge-net_rx_imbalance", 3);
  stage_expect(stage, "/irq-net_tx", 999);
  stage_expect_none(stage, "/percent-net_tx_busiest_cpu");
  stage_expect_none(stage, "/gauge-net_tx_imbalance");
  stage_expect(stage, "/percent-packets_busiest_cpu", 75);
  machine.net_tx[2] += 1000;
  irq_stage_read(stage);
  stage_expect(stage, "/percent-net_tx_busiest_cpu", 100);
  stage_expect(stage, "/gauge-net_tx_imbalance", 4);
  stage_expect_none(stage, "/percent-packets_busiest_cpu");
}

static void receive(unsigned cpu, uint32_t count) {
  machine.net_rx[cpu] += count;
  machine.processed[cpu] += count;
}

static void rps_onto_one_of_its_cpus(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 1);
  irq_stage_file(stage, "queues/rx-0/rps_cpus", "eth0", "f\n");
  irq_stage_start(stage);
  for (int i = 0; i < 3; i++) {
    stage_expect_alerts(stage, "");
    receive(2, 90000);
    receive(1, 30000);
    irq_stage_read(stage);
  }
  stage_expect_message(
      stage, "this host loads one CPU with 3 times a fair share of NET_RX "
             "softirqs (limit 2.5 times); let rps_cpus name more CPUs, or "
             "other ones; cpu 2 has 75 %");
}

/* The interrupt's CPU runs most softirqs, as it hands the packets on; RPS
 * spreads them evenly. */
static void rps_that_spreads(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 1);
  irq_stage_file(stage, "queues/rx-0/rps_cpus", "eth0", "f\n");
  irq_stage_start(stage);
  for (int i = 0; i < 5; i++) {
    machine.net_rx[0] += 900000;
    for (unsigned cpu = 0; cpu < 4; cpu++)
      receive(cpu, 30000);
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  assert_true(stage_number(stage, "/gauge-net_rx_imbalance") > 2.5);
}

static void without_rps_the_host_is_not_judged(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  for (int i = 0; i < 5; i++) {
    receive(2, 900000);
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
}

static void comes_goes_and_is_renamed(void **state) {
  struct stage *stage = *state;
  irq_stage_start(stage);
  assert_int_equal(stage_count_values(stage, "eth0"), 0);
  struct fake_adapter *adapter = irq_stage_adapter(stage, 2, "eth0", 20, 4);
  interrupt_evenly(70000);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 280000);
  stage_expect_none(stage, "eth0/gauge-imbalance");
  strcpy(adapter->name, "lan0");
  irq_stage_adapter(stage, 2, "lan0", 20, 4);
  fake_adapter_remove(adapter);
  interrupt_evenly(1000);
  irq_stage_read(stage);
  assert_int_equal(stage_count_values(stage, "eth0"), 0);
  stage_expect(stage, "lan0/irq-total", 284000);
  stage_expect(stage, "lan0/gauge-imbalance", 1);
  fake_adapter_remove(&fake_kernel.adapters[1]);
  irq_stage_read(stage);
  assert_int_equal(stage_count_values(stage, "lan0"), 0);
  assert_int_equal(stage->recording.line_count, 0);
}

/* What the new interface has counted so far is no gain. */
static void replaced_by_one_of_the_same_name(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = irq_stage_adapter(stage, 2, "eth0", 20, 4);
  interrupt_evenly(100);
  irq_stage_start(stage);
  fake_adapter_remove(adapter);
  adapter = irq_stage_adapter(stage, 9, "eth0", 20, 4);
  interrupt_evenly(70000);
  irq_stage_read(stage);
  stage_expect_none(stage, "eth0/irq-total");
  interrupt_evenly(1);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 404);
}

static void forget_vectors(struct stage *stage) {
  for (unsigned i = 20; i < 25; i++) {
    char path[64];
    snprintf(path, sizeof(path), "sys/class/net/eth0/device/msi_irqs/%u", i);
    temp_tree_unlink(&stage->tree, path);
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/actions", i);
    temp_tree_unlink(&stage->tree, path);
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/per_cpu_count", i);
    temp_tree_unlink(&stage->tree, path);
    machine.irqs[i] = (struct irq_stage_irq){.name = ""};
  }
}

/* The interface goes down and up, and gets interrupts that have counted before.
 */
static void the_interrupts_change(void **state) {
  struct stage *stage = *state;
  start_four_queues(stage);
  interrupt_evenly(1000);
  irq_stage_read(stage);
  forget_vectors(stage);
  for (unsigned i = 0; i < 4; i++) {
    char name[32];
    snprintf(name, sizeof(name), "eth0-TxRx-%u", i);
    irq_stage_vector(stage, "eth0", 40 + i, name, i);
    machine.irqs[40 + i].counts[i] = 500000;
  }
  double highest = 4000;
  for (int i = 0; i < 10; i++) {
    irq_stage_read(stage);
    if (stage_find(stage, "eth0/irq-total") != NULL)
      highest = fmax(highest, stage_number(stage, "eth0/irq-total"));
    stage_expect_alerts(stage, "");
  }
  stage_expect(stage, "eth0/irq-total", 4000);
  assert_true(highest == 4000);
  interrupt(41, 1, 6);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 4006);
}

/* An interrupt comes back with its old count. */
static void interrupts_that_are_absent(void **state) {
  struct stage *stage = *state;
  machine.lacks_counts = true;
  start_four_queues(stage);
  interrupt_evenly(50000);
  irq_stage_read(stage);
  struct irq_stage_irq away = machine.irqs[21];
  machine.irqs[21].name[0] = '\0';
  irq_stage_read(stage);
  stage_expect_none(stage, "eth0/irq-total");
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 200000);
  machine.irqs[21] = away;
  irq_stage_read(stage);
  stage_expect_none(stage, "eth0/irq-total");
  interrupt(21, 1, 5);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 200005);
}

static uint64_t sum_of_interrupts(void) {
  uint64_t sum = 0;
  for (unsigned n = 0; n < IRQ_STAGE_IRQS; n++)
    for (unsigned i = 0; i < machine.cpus; i++)
      sum += machine.irqs[n].counts[i];
  return sum;
}

static uint64_t sum_of(const uint32_t *counts) {
  uint64_t sum = 0;
  for (unsigned i = 0; i < machine.cpus; i++)
    sum += counts[i];
  return sum;
}

/* A CPU goes offline and keeps its counts. */
static void check_offline_cpu(struct stage *stage) {
  interrupt_evenly(70000);
  start_four_queues(stage);
  for (int i = 0; i < 9; i++) {
    machine.offline[1] = i >= 3 && i < 6;
    interrupt(20, 0, 1000);
    if (!machine.offline[1])
      interrupt(21, 1, 1000);
    interrupt(22, 2, 1000);
    receive(0, 1000);
    receive(2, 1000);
    if (!machine.offline[1])
      receive(1, 1000);
    irq_stage_read(stage);
    stage_expect(stage, "eth0/irq-total", (double)sum_of_interrupts());
    stage_expect(stage, "/irq-net_rx", (double)sum_of(machine.net_rx));
    stage_expect(stage, "eth0/count-allowed_cpus", machine.offline[1] ? 3 : 4);
    stage_expect(stage, "eth0/percent-busiest_cpu",
                 machine.offline[1] ? 50 : 100 / 3.);
    stage_expect(stage, "/gauge-net_rx_imbalance",
                 machine.offline[1] ? 1.5 : 4 / 3.);
  }
  assert_int_equal(stage->recording.line_count, 0);
}

static void a_cpu_goes_and_comes_back(void **state) {
  check_offline_cpu(*state);
}

static void a_cpu_leaves_the_table(void **state) {
  struct stage *stage = *state;
  machine.lacks_counts = true;
  check_offline_cpu(stage);
}

/* lxcfs shows the two CPUs that the container may use. The host has four. */
static void check_container(struct stage *stage) {
  machine.online_view = "0-1";
  for (unsigned cpu = 0; cpu < 4; cpu++)
    receive(cpu, 7);
  interrupt_evenly(70000);
  start_four_queues(stage);
  for (int i = 0; i < 3; i++) {
    for (unsigned cpu = 0; cpu < 4; cpu++) {
      interrupt(20 + cpu, cpu, 1000);
      receive(cpu, 1000);
    }
    irq_stage_read(stage);
    stage_expect(stage, "eth0/irq-total", (double)sum_of_interrupts());
    stage_expect(stage, "/irq-net_rx", (double)sum_of(machine.net_rx));
    stage_expect(stage, "eth0/count-allowed_cpus", 4);
    stage_expect(stage, "/gauge-net_rx_imbalance", 1);
  }
  assert_int_equal(stage->recording.line_count, 0);
}

static void a_container_sees_fewer_cpus_online(void **state) {
  check_container(*state);
}

/* Neither table names the CPUs that are online. */
static void a_container_on_an_old_kernel(void **state) {
  machine.lacks_cpu_column = true;
  check_container(*state);
}

/* A CPU that was offline at first comes with old counts. */
static void a_cpu_comes_late(void **state) {
  struct stage *stage = *state;
  machine.lacks_counts = true;
  machine.offline[1] = true;
  interrupt_evenly(70000);
  receive(1, 90000);
  start_four_queues(stage);
  stage_expect(stage, "eth0/irq-total", 210000);
  stage_expect(stage, "/irq-net_rx", 0);
  machine.offline[1] = false;
  irq_stage_read(stage);
  stage_expect_none(stage, "eth0/irq-total");
  stage_expect(stage, "/irq-net_rx", 0);
  interrupt(21, 1, 3);
  receive(1, 4);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 210003);
  stage_expect(stage, "/irq-net_rx", 4);
}

static void counters_wrap(void **state) {
  struct stage *stage = *state;
  machine.irqs[20].counts[0] = UINT32_MAX - 999;
  machine.net_rx[0] = machine.processed[0] = UINT32_MAX - 4999;
  start_four_queues(stage);
  stage_expect(stage, "eth0/irq-total", UINT32_MAX - 999);
  interrupt(20, 0, 5000);
  interrupt(21, 1, 5000);
  receive(0, 10000);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", (double)UINT32_MAX + 9001);
  stage_expect(stage, "eth0/percent-busiest_cpu", 50);
  stage_expect(stage, "/irq-net_rx", (double)UINT32_MAX + 5001);
  stage_expect(stage, "/percent-packets_busiest_cpu", 100);
}

static void only_the_table_is_there(void **state) {
  struct stage *stage = *state;
  machine.lacks_counts = true;
  start_four_queues(stage);
  stage_expect(stage, "eth0/count-queues", 4);
  interrupt_evenly(1000);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 4000);
  stage_expect(stage, "eth0/gauge-imbalance", 1);
}

/* The counts of all CPUs exceed a page. */
static void counts_that_the_kernel_cuts_off(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_lay(stage);
  temp_tree_write(&stage->tree, "sys/kernel/irq/20/per_cpu_count", "1,2,3");
  assert_int_equal(recording_start(&stage->recording), 0);
  assert_int_equal(stage_try_read(stage), 0);
  interrupt_evenly(1000);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 4000);
  assert_int_equal(stage->recording.line_count, 0);
}

/* The next good read has the gain of the missed ones, over all their time. */
static void unreadable_files_are_logged_once(void **state) {
  struct stage *stage = *state;
  stage_configure(stage,
                  PLUGIN(LINE("ReportByCpu", BOOLEAN(true)),
                         THRESHOLD("imbalance", LINE("Hits", NUMBER(1)))));
  start_four_queues(stage);
  stage_expect(stage, "1/irq-net_rx", 0);
  interrupt_unevenly(30000);
  machine.processed[0] += 5000;
  irq_stage_lay(stage);
  temp_tree_write(&stage->tree, "sys/kernel/irq/20/per_cpu_count", "x\n");
  temp_tree_write(&stage->tree, "proc/softirqs", "x\n");
  for (int i = 0; i < 3; i++) {
    assert_int_equal(stage_try_read(stage), 0);
    assert_int_equal(stage_count_values(stage, "eth0"), 0);
    stage_expect_none(stage, "/irq-net_rx");
    stage_expect_none(stage, "1/irq-net_rx");
    stage_expect(stage, "0/packets-processed", 5000);
    stage_expect_alerts(stage, "");
  }
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "the count of interrupts cannot be read: "),
                   1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "proc/softirqs, line 1: expected "),
                   1);
  for (int i = 0; i < 3; i++) {
    interrupt_unevenly(i == 0 ? 150000 : 40000);
    irq_stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "the count of interrupts can be read again"),
                   1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "proc/softirqs can be read again"),
                   1);
  assert_int_equal(stage->recording.line_count, 4);
}

static void nothing_can_be_read(void **state) {
  struct stage *stage = *state;
  fake_kernel.link_error = EPERM;
  assert_int_equal(recording_start(&stage->recording), 0);
  assert_true(stage_try_read(stage) < 0);
  assert_true(stage_try_read(stage) < 0);
  assert_int_equal(stage->recording.line_count, 3);
  fake_kernel.link_error = 0;
  irq_stage_read(stage);
  assert_int_equal(stage->recording.line_count, 6);
}

static void a_list_that_changes_during_the_read(void **state) {
  struct stage *stage = *state;
  struct fake_adapter *adapter = irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_adapter(stage, 3, "eth1", 40, 1);
  irq_stage_start(stage);
  read_thrice(stage, 100000);
  adapter->index = 0;
  fake_kernel.disturbed = 3;
  irq_stage_read(stage);
  stage_expect_alerts(stage, "");
  assert_int_equal(stage_count_values(stage, "eth0"), 0);
  assert_true(stage_count_values(stage, "eth1") > 0);
  adapter->index = 2;
  interrupt_unevenly(100000);
  irq_stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_expect(stage, "eth0/irq-total", 840000);
  fake_adapter_remove(adapter);
  irq_stage_read(stage);
  stage_expect_alerts(stage, "eth0/imbalance warning>okay gone");
}

/* It is read again when the kernel announces a change, after a minute, and when
 * there are enough packets for the spread to be judged. */
static void the_list_is_read_again_when_it_matters(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_start(stage);
  unsigned lists = fake_kernel.lists;
  irq_stage_read(stage);
  irq_stage_read(stage);
  assert_int_equal(fake_kernel.lists, lists);
  fake_kernel.interfaces++;
  irq_stage_read(stage);
  assert_int_equal(fake_kernel.lists, lists + 1);
  stage->now += 60;
  irq_stage_read(stage);
  assert_int_equal(fake_kernel.lists, lists + 2);
  assert_int_equal(fake_kernel.statistics, 0);
  machine.processed[1] += 100000;
  irq_stage_read(stage);
  assert_int_equal(fake_kernel.statistics, 1);
  irq_stage_read(stage);
  assert_int_equal(fake_kernel.statistics, 1);
  assert_int_equal(fake_kernel.lists, lists + 2);
}

static void chosen_interfaces(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_adapter(stage, 3, "eth1", 40, 1);
  fake_adapter_add(1, "lo", "")->has_device = false;
  stage_configure(stage, PLUGIN(LINE("Interface", STRING("eth1"))));
  irq_stage_start(stage);
  assert_int_equal(stage_count_values(stage, "eth0"), 0);
  assert_true(stage_count_values(stage, "eth1") > 0);
}

/* Gives an interface the interrupts of another one: "eth0" has "eth1" as its
 * device's other port, and the other way round. */
static void make_ports(struct stage *stage, const char *one,
                       const char *other) {
  char file[64];
  snprintf(file, sizeof(file), "device/net/%s/ifindex", other);
  irq_stage_file(stage, file, one, "3\n");
  snprintf(file, sizeof(file), "device/net/%s/ifindex", one);
  irq_stage_file(stage, file, other, "2\n");
}

/* The vectors are named after the device, so that no port can be told from the
 * other. */
static void make_pool(struct stage *stage, unsigned first, unsigned vectors) {
  irq_stage_adapter(stage, 2, "eth0", first, 0);
  irq_stage_adapter(stage, 3, "eth1", first, 0);
  make_ports(stage, "eth0", "eth1");
  for (unsigned i = 0; i < vectors; i++) {
    char name[32];
    snprintf(name, sizeof(name), "mlx4-%u@0000:3b:00.0", i + 1);
    irq_stage_vector(stage, "eth0", first + i, name, i);
    irq_stage_vector(stage, "eth1", first + i, name, i);
  }
}

static void ports_that_share_a_pool_are_counted_once(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("ReportByCpu", BOOLEAN(true)),
                                LINE("ReportByQueue", BOOLEAN(true))));
  make_pool(stage, 20, 4);
  irq_stage_start(stage);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "eth0 shares its queues' interrupts with "
                                   "eth1: eth0 counts them"),
                   1);
  for (int i = 0; i < 3; i++) {
    stage_expect_alerts(stage, "");
    interrupt_unevenly(100000);
    irq_stage_read(stage);
  }
  stage_expect(stage, "eth0/irq-total", 630000);
  stage_expect(stage, "eth0-cpu-3/irq-total", 600000);
  stage_expect(stage, "eth0-rxtx-2/irq-total", 300000);
  stage_expect_none(stage, "eth1/irq-total");
  stage_expect_none(stage, "eth1-cpu-3/irq-total");
  stage_expect_none(stage, "eth1-rxtx-2/irq-total");
  stage_expect(stage, "eth1/gauge-imbalance",
               stage_number(stage, "eth0/gauge-imbalance"));
  stage_expect(stage, "eth1/count-queues", 4);
  stage_expect_alerts(stage, "eth0/imbalance okay>warning");
  ASSERT_HAS(stage_only_message(stage),
             "cpu 3 has 95 %: interrupts 21, 22, shared with eth1");
  assert_int_equal(stage->recording.line_count, 1);
}

/* A port without traffic hardly uses the pool. */
static void the_port_with_traffic_counts_a_pool(void **state) {
  struct stage *stage = *state;
  make_pool(stage, 20, 4);
  fake_kernel.adapters[1].link[0] = 1000;
  irq_stage_start(stage);
  interrupt_evenly(1000);
  irq_stage_read(stage);
  stage_expect(stage, "eth1/irq-total", 4000);
  stage_expect_none(stage, "eth0/irq-total");
}

/* The list that counts a pool changes: what was counted is no gain. */
static void a_pool_changes_hands(void **state) {
  struct stage *stage = *state;
  make_pool(stage, 20, 4);
  fake_kernel.adapters[1].link[0] = 1000;
  interrupt_evenly(70000);
  irq_stage_start(stage);
  stage_expect(stage, "eth1/irq-total", 280000);
  fake_kernel.adapters[0].link[0] = 1000;
  stage->now += 60;
  interrupt_evenly(1);
  irq_stage_read(stage);
  stage_expect_none(stage, "eth1/irq-total");
  interrupt_evenly(1);
  irq_stage_read(stage);
  stage_expect(stage, "eth0/irq-total", 280008);
  stage_expect_none(stage, "eth1/irq-total");
}

/* eth0's two busy queues share a CPU; eth1 is idle. */
static void an_idle_port_is_not_blamed(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 2);
  irq_stage_adapter(stage, 3, "eth1", 24, 2);
  make_ports(stage, "eth0", "eth1");
  for (unsigned i = 0; i < 6; i++) {
    static const unsigned numbers[] = {20, 21, 22, 24, 25, 26};
    char file[64];
    snprintf(file, sizeof(file), "device/msi_irqs/%u", numbers[i]);
    irq_stage_file(stage, file, "eth0", "msix\n");
    irq_stage_file(stage, file, "eth1", "msix\n");
  }
  irq_stage_affinity(stage, 20, "0-3", "0");
  irq_stage_affinity(stage, 21, "0-3", "0");
  irq_stage_start(stage);
  for (int i = 0; i < 3; i++) {
    stage_expect_alerts(stage, "");
    interrupt(20, 0, 200000);
    interrupt(21, 0, 200000);
    irq_stage_read(stage);
  }
  stage_expect_alerts(stage, "eth0/vector_cpus okay>warning");
  stage_expect(stage, "eth0/irq-total", 1200000);
  stage_expect(stage, "eth1/irq-total", 0);
  stage_expect(stage, "eth0/count-queues", 2);
  stage_expect(stage, "eth1/count-queues", 2);
  assert_int_equal(stage->recording.line_count, 0);
}

/* Two vectors of one queue are one object. */
static void vectors_of_one_queue_add_up(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("ReportByQueue", BOOLEAN(true))));
  irq_stage_adapter(stage, 2, "eth0", 20, 2);
  irq_stage_vector(stage, "eth0", 30, "eth0-TxRx-1", 2);
  irq_stage_start(stage);
  interrupt(21, 1, 1000);
  interrupt(30, 2, 10);
  irq_stage_read(stage);
  stage_expect(stage, "eth0-rxtx-1/irq-total", 1010);
  size_t found = 0;
  for (size_t i = 0; i < stage->recording.value_count; i++)
    found += strcmp(stage->recording.values[i].instance, "eth0-rxtx-1") == 0;
  assert_int_equal(found, 1);
}

static void few_series(void **state) {
  struct stage *stage = *state;
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_file(stage, "device/numa_node", "eth0", "1\n");
  irq_stage_file(stage, "device/local_cpulist", "eth0", "2-3\n");
  irq_stage_start(stage);
  interrupt_unevenly(100000);
  for (unsigned i = 0; i < 4; i++) {
    receive(i, 10000);
    machine.net_tx[i] += 10000;
  }
  irq_stage_read(stage);
  assert_int_equal(stage_count_values(stage, "eth0"), 9);
  assert_int_equal(stage_count_values(stage, ""), 8);
  assert_int_equal(stage->recording.value_count, 17);
}

static void allocates_nothing_in_the_steady_state(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("ReportByCpu", BOOLEAN(true)),
                                LINE("ReportByQueue", BOOLEAN(true))));
  start_four_queues(stage);
  /* Includes a look at the interrupts, which comes once a minute. */
  for (int i = 0; i < 7; i++) {
    interrupt_evenly(100000);
    irq_stage_read(stage);
  }
  for (int i = 0; i < 4; i++) {
    interrupt_evenly(100000);
    irq_stage_lay(stage);
    size_t before = allocations_count();
    assert_int_equal(stage_try_read(stage), 0);
    assert_int_equal(allocations_count(), before);
  }
}

static void keeps_no_file_open(void **state) {
  struct stage *stage = *state;
  size_t before = open_files();
  struct recording another;
  recording_open(&another, &irq_balance_layer);
  assert_int_equal(recording_start(&another), 0);
  assert_int_equal(recording_read(&another, 1), 0);
  assert_true(open_files() > before);
  recording_close(&another);
  assert_int_equal(open_files(), before);
  assert_int_equal(stage->recording.line_count, 0);
}

/* Recorded machines, and one with much traffic. */
static void series_keep_their_names(void **state) {
  struct stage *stage = *state;
  static const struct {
    const char *fixture;
    unsigned interfaces, first_index;
  } rows[] = {{"adapters-linux-6.1.txt", 6, 2},
              {"virtio-linux-6.18.txt", 1, 4}};
  struct series series = {0};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct temp_tree tree;
    struct recording recording;
    fake_kernel_reset();
    irq_tree_make_fixture(&tree, rows[i].fixture);
    for (unsigned j = 0; j < rows[i].interfaces; j++) {
      char name[16];
      snprintf(name, sizeof(name), "eth%u", j);
      fake_adapter_add(rows[i].first_index + j, name, "e1000e");
    }
    recording_open(&recording, &irq_balance_layer);
    recording_configure(&recording,
                        PLUGIN(LINE("ProcRoot", STRING(tree.proc)),
                               LINE("SysRoot", STRING(tree.sys)),
                               LINE("ReportByCpu", BOOLEAN(true)),
                               LINE("ReportByQueue", BOOLEAN(true))));
    assert_int_equal(recording_start(&recording), 0);
    for (int read = 1; read < 3; read++) {
      assert_int_equal(recording_read(&recording, 10 * read), 0);
      series_add(&series, &recording);
    }
    recording_close(&recording);
    temp_tree_remove(&tree);
  }
  fake_kernel_reset();
  stage_configure(stage, PLUGIN(LINE("ReportByCpu", BOOLEAN(true)),
                                LINE("ReportByQueue", BOOLEAN(true))));
  irq_stage_adapter(stage, 2, "eth0", 20, 4);
  irq_stage_file(stage, "device/numa_node", "eth0", "1\n");
  irq_stage_file(stage, "device/local_cpulist", "eth0", "2-3\n");
  irq_stage_start(stage);
  for (int read = 0; read < 4; read++) {
    interrupt_unevenly(100000);
    for (unsigned cpu = 0; cpu < 4; cpu++)
      receive(cpu, 100000 * cpu);
    irq_stage_read(stage);
    series_add(&series, &stage->recording);
  }
  series_expect(&series, "irq_balance");
}

#define TEST(function)                                                         \
  cmocka_unit_test_setup_teardown(function, irq_stage_make, irq_stage_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_even_spread),
      TEST(an_uneven_spread),
      TEST(fewer_cpus_than_queues),
      TEST(vectors_of_two_directions),
      TEST(too_few_interrupts_for_shares),
      TEST(two_queues_on_one_cpu),
      TEST(irqbalance_is_running),
      TEST(irqbalance_may_be_hidden),
      TEST(managed_interrupts),
      TEST(below_the_rate),
      TEST(a_rate_that_is_configured),
      TEST(many_packets_with_few_interrupts),
      TEST(one_flow),
      TEST(one_flow_and_a_little_more),
      TEST(all_bound_to_one_cpu),
      TEST(all_on_one_cpu_although_all_are_allowed),
      TEST(interrupts_on_another_node),
      TEST(a_single_queue_is_hinted_at_once),
      TEST(no_hint_on_few_cpus),
      TEST(no_hint_with_rps),
      TEST(no_hint_without_traffic),
      TEST(by_cpu),
      TEST(by_queue),
      TEST(the_host),
      TEST(rps_onto_one_of_its_cpus),
      TEST(rps_that_spreads),
      TEST(without_rps_the_host_is_not_judged),
      TEST(comes_goes_and_is_renamed),
      TEST(replaced_by_one_of_the_same_name),
      TEST(the_interrupts_change),
      TEST(interrupts_that_are_absent),
      TEST(a_cpu_goes_and_comes_back),
      TEST(a_cpu_leaves_the_table),
      TEST(a_container_sees_fewer_cpus_online),
      TEST(a_container_on_an_old_kernel),
      TEST(a_cpu_comes_late),
      TEST(counters_wrap),
      TEST(only_the_table_is_there),
      TEST(counts_that_the_kernel_cuts_off),
      TEST(unreadable_files_are_logged_once),
      TEST(nothing_can_be_read),
      TEST(a_list_that_changes_during_the_read),
      TEST(the_list_is_read_again_when_it_matters),
      TEST(chosen_interfaces),
      TEST(ports_that_share_a_pool_are_counted_once),
      TEST(the_port_with_traffic_counts_a_pool),
      TEST(a_pool_changes_hands),
      TEST(an_idle_port_is_not_blamed),
      TEST(vectors_of_one_queue_add_up),
      TEST(few_series),
      TEST(allocates_nothing_in_the_steady_state),
      TEST(keeps_no_file_open),
      TEST(series_keep_their_names),
  };
  return cmocka_run_group_tests_name("irq_balance", tests, NULL, NULL);
}
