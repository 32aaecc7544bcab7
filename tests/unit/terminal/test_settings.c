/* SPDX-License-Identifier: MIT */
/* Settings are worth changing only if the host has counted what they decide. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "settings_rules.h"

static const struct layer nic = {.name = "nic_ethtool"};
static const struct layer irq = {.name = "irq_balance"};
static const struct layer softnet = {.name = "softnet"};
static const struct layer proto = {.name = "snmp_proto"};
static const struct layer sock = {.name = "sock_backlog"};

static struct settings_facts facts;
static char found[2048];

static int begin(void **state) {
  (void)state;
  settings_facts_free(&facts);
  return 0;
}

static void give(const struct layer *layer, const char *key, const char *name,
                 double value) {
  static struct meter meters[64];
  static const struct labels none;
  static size_t count;
  struct meter *meter = &meters[count++ % COUNT_OF(meters)];
  *meter = (struct meter){.name = key, .kind = METER_GAUGE};
  const struct report_reading reading = {
      .labels = &none, .name = name, .meter = meter, .gauge = value};
  settings_facts_take(&facts, layer, &reading);
}

static void take(void *data, const struct settings_finding *finding) {
  (void)data;
  size_t length = strlen(found);
  snprintf(found + length, sizeof(found) - length, "%s|%s|%s|%s|%s\n",
           finding->object, finding->setting, finding->value, finding->evidence,
           finding->command);
}

static void expect(const char *expected) {
  found[0] = '\0';
  settings_rules_apply(&facts, take, NULL);
  assert_string_equal(found, expected);
}

static void nothing_without_evidence(void **state) {
  (void)state;
  give(&nic, "packets_rx", "eth0", 1000);
  give(&nic, "rx_ring", "eth0", 256);
  give(&nic, "rx_ring_max", "eth0", 4096);
  give(&nic, "channels", "eth0", 1);
  give(&irq, "allowed_cpus", "eth0", 8);
  give(&softnet, "time_squeeze", "0", 500);
  give(&softnet, "netdev_max_backlog", "", 1000);
  give(&softnet, "netdev_budget_usecs", "", 2000);
  give(&proto, "tcp_syncookies", "", 0);
  give(&proto, "tcp_rmem_default", "", 87380);
  give(&sock, "accept_dropped", "tcp-443", 0);
  expect("");
}

static void a_ring_that_lost_packets(void **state) {
  (void)state;
  give(&nic, "packets_rx", "eth0", 1000);
  give(&nic, "rx_ring", "eth0", 256);
  give(&nic, "rx_ring_max", "eth0", 4096);
  give(&nic, "rx_ring_full", "eth0", 12);
  give(&nic, "tx_ring", "eth0", 512);
  give(&nic, "tx_ring_max", "eth0", 512);
  give(&nic, "tx_ring_full", "eth0", 12);
  expect("eth0|rx ring|256 of 4096|12 packets were lost in it|ethtool -G eth0 "
         "rx 4096\n");
}

static void one_queue_for_many_cpus(void **state) {
  (void)state;
  give(&nic, "packets_rx", "eth0", 1000);
  give(&nic, "rx_ring_full", "eth0", 12);
  give(&nic, "channels", "eth0", 1);
  give(&irq, "allowed_cpus", "eth0", 4);
  expect("eth0|queues|1 for 4 CPUs|12 packets were lost in the RX ring|spread "
         "packets with RPS: /sys/class/net/eth0/queues/rx-0/rps_cpus\n");
  give(&nic, "channels_max", "eth0", 16);
  expect("eth0|queues|1 for 4 CPUs|12 packets were lost in the RX "
         "ring|ethtool -L eth0 combined 4\n");
}

static void all_vectors_on_one_cpu(void **state) {
  (void)state;
  give(&nic, "packets_rx", "eth0", 1000);
  give(&nic, "rx_ring_full", "eth0", 12);
  give(&nic, "channels", "eth0", 4);
  give(&irq, "queues", "eth0", 4);
  give(&irq, "vector_cpus", "eth0", 1);
  give(&irq, "allowed_cpus", "eth0", 4);
  expect("eth0|interrupts|4 queues on 1 CPU|12 packets were lost in the RX "
         "ring|start irqbalance, or spread them with smp_affinity_list\n");
}

static void backlog_and_budget(void **state) {
  (void)state;
  give(&softnet, "dropped", "0", 5);
  give(&softnet, "dropped", "1", 6);
  give(&softnet, "time_squeeze", "0", 500);
  give(&softnet, "netdev_max_backlog", "", 1000);
  give(&softnet, "netdev_budget_usecs", "", 2000);
  expect("|net.core.netdev_max_backlog|1000|11 packets were dropped from "
         "backlogs|sysctl -w net.core.netdev_max_backlog=2000\n");
  give(&nic, "rx_ring_full", "eth0", 1);
  expect("|net.core.netdev_max_backlog|1000|11 packets were dropped from "
         "backlogs|sysctl -w net.core.netdev_max_backlog=2000\n"
         "|net.core.netdev_budget_usecs|2000|500 polls were cut short, and "
         "rings lost packets|sysctl -w net.core.netdev_budget_usecs=4000\n");
}

static void a_listener_is_capped_or_not(void **state) {
  (void)state;
  give(&sock, "somaxconn", "", 4096);
  give(&sock, "accept_dropped", "tcp-443", 9);
  give(&sock, "accept_limit", "tcp-443", 8192);
  give(&sock, "sockets", "tcp-443", 2);
  give(&sock, "accept_dropped", "tcp-80", 3);
  give(&sock, "accept_limit", "tcp-80", 511);
  expect("tcp-443|net.core.somaxconn|4096|9 connection attempts were "
         "refused|sysctl -w net.core.somaxconn=16384, and restart it\n"
         "tcp-80|listen() backlog|511|3 connection attempts were refused|raise "
         "it in the application, up to 4096\n");
}

static void a_receiver_is_capped_or_not(void **state) {
  (void)state;
  give(&sock, "rmem_max", "", 212992);
  give(&sock, "rmem_default", "", 106496);
  give(&sock, "receive_dropped", "udp-53", 9);
  give(&sock, "receive_limit", "udp-53", 425984);
  give(&sock, "receive_dropped", "udp-514", 8);
  give(&sock, "receive_limit", "udp-514", 106496);
  give(&sock, "receive_dropped", "udp-69", 7);
  give(&sock, "receive_limit", "udp-69", 4608);
  expect("udp-53|net.core.rmem_max|425984 bytes|9 datagrams were lost at "
         "it|sysctl -w net.core.rmem_max=851968, and restart it\n"
         "udp-514|net.core.rmem_default|106496 bytes|8 datagrams were lost at "
         "it|set SO_RCVBUF in the application, up to 212992\n"
         "udp-69|SO_RCVBUF|4608 bytes|7 datagrams were lost at it|raise it in "
         "the application, up to 212992\n");
}

static void tables_by_their_fill_and_their_losses(void **state) {
  (void)state;
  give(&proto, "nf_conntrack_max", "", 1000);
  give(&proto, "arp_gc_thresh3", "", 1024);
  give(&proto, "conntrack:entries_used", "conntrack", 91);
  give(&proto, "conntrack:drop", "conntrack", 5);
  give(&proto, "arp_cache:table_fulls", "arp_cache", 2);
  expect("|net.netfilter.nf_conntrack_max|1000|91 % of the connection table is "
         "used|sysctl -w net.netfilter.nf_conntrack_max=2000\n"
         "|net.ipv4.neigh.default.gc_thresh3|1024|2 neighbours found the table "
         "full|sysctl -w net.ipv4.neigh.default.gc_thresh3=4096\n");
}

static void advice_of_old_guides_that_harms(void **state) {
  (void)state;
  give(&proto, "tcp_rmem_default", "", 87380);
  give(&proto, "TcpExt:RcvPruned", "TcpExt", 4);
  give(&proto, "tcp_syncookies", "", 0);
  give(&proto, "TcpExt:TCPReqQFullDrop", "TcpExt", 3);
  expect(
      "|net.ipv4.tcp_syncookies|0|3 SYNs were dropped because cookies are "
      "off|sysctl -w net.ipv4.tcp_syncookies=1\n"
      "|net.ipv4.tcp_rmem|87380|4 segments were pruned, and the default is "
      "below the kernel's|raise it to 131072: sysctl net.ipv4.tcp_rmem shows "
      "all its numbers\n");
}

static void the_kernels_own_default_stays(void **state) {
  (void)state;
  give(&proto, "tcp_rmem_default", "", 131072);
  give(&proto, "TcpExt:RcvPruned", "TcpExt", 4);
  give(&proto, "tcp_syncookies", "", 1);
  give(&proto, "TcpExt:TCPReqQFullDrop", "TcpExt", 3);
  expect("");
}

#define SETTINGS_TEST(test) cmocka_unit_test_setup_teardown(test, begin, begin)

int main(void) {
  const struct CMUnitTest tests[] = {
      SETTINGS_TEST(nothing_without_evidence),
      SETTINGS_TEST(a_ring_that_lost_packets),
      SETTINGS_TEST(one_queue_for_many_cpus),
      SETTINGS_TEST(all_vectors_on_one_cpu),
      SETTINGS_TEST(backlog_and_budget),
      SETTINGS_TEST(a_listener_is_capped_or_not),
      SETTINGS_TEST(a_receiver_is_capped_or_not),
      SETTINGS_TEST(tables_by_their_fill_and_their_losses),
      SETTINGS_TEST(advice_of_old_guides_that_harms),
      SETTINGS_TEST(the_kernels_own_default_stays),
  };
  return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
