/* SPDX-License-Identifier: MIT */
/* The layer drop_reason, with its program run by a fake kernel. */
#include "stage.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "drop_counts.h"
#include "drop_fixture.h"
#include "drop_reasons.h"
#include "drop_trace.h"
#include "fake_bpf.h"
#include "layers.h"
#include "series.h"

/* Reasons of Linux 6.18, and the offset of the ethertype in its packets. */
enum {
  NO_SOCKET = 3,
  SOCKET_RCVBUFF = 6,
  UDP_CSUM = 11,
  NETFILTER_DROP = 12,
  PROTO_MEM = 20,
  NEIGH_CREATEFAIL = 57,
  QDISC_DROP = 64,
  FULL_RING = 80,
  NOT_SPECIFIED = 2,
  OPENVSWITCH = 2 << 16,
  OFFSET = 176,
};

#define UDP_PLACE 0xffffffff81001010
#define TCP_PLACE 0xffffffff81002010
#define TUN_PLACE 0xffffffffc0000010

static const char kallsyms[] = "ffffffff81001000 t udp_queue_rcv_one_skb\n"
                               "ffffffff81002000 t tcp_data_queue\n"
                               "ffffffffc0000000 t tun_net_xmit\t[tun]\n";

/* Reads the files of a recorded kernel. */
static void use_kernel(struct stage *stage, const char *version) {
  struct sysroot root = {0};
  drop_fixture_root(version, &root);
  stage_configure(stage, PLUGIN(LINE("SysRoot", STRING(root.sys))));
  sysroot_free(&root);
}

static struct stage *stage_of(struct ledger *ledger) {
  fake_bpf_reset();
  struct stage *stage = stage_new_in(&drop_reason_layer, ledger);
  temp_tree_write(&stage->tree, "proc/kallsyms", kallsyms);
  temp_tree_write(&stage->tree, "proc/sys/net/core/rmem_max", "212992\n");
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/tcp_mem", "1\t2\t3\n");
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/udp_mem", "4\t5\t6\n");
  use_kernel(stage, "6.18");
  return stage;
}

static int make(void **state) {
  *state = stage_of(NULL);
  return 0;
}

static int teardown(void **state) {
  stage_free(*state);
  return fake_bpf.open == 0 ? 0 : -1;
}

static void drop(unsigned count, uint32_t reason, uint64_t location) {
  for (unsigned i = 0; i < count; ++i)
    fake_bpf_drop(reason, location, 0x0800, OFFSET);
}

/* The value that was sent, or -1. */
static long long packets(const struct stage *stage, const char *instance,
                         const char *name) {
  const struct recorded_value *value =
      recording_value(&stage->recording, instance, "packets", name);
  if (value == NULL)
    return -1;
  assert_true(value->is_counter);
  return (long long)value->count;
}

/* The value that was sent with the time of the read before, or -1. */
static long long previous_packets(const struct stage *stage,
                                  const char *instance, const char *name) {
  const struct recording *recording = &stage->recording;
  for (size_t i = 0; i < recording->before_count; i++)
    if (strcmp(recording->befores[i].instance, instance) == 0 &&
        strcmp(recording->befores[i].type_instance, name) == 0)
      return (long long)recording->befores[i].count;
  return -1;
}

static void the_totals_are_sent_from_the_start(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  static const char *const classes[] = {"capacity", "fault", "policy", "normal",
                                        "unclassified"};
  for (size_t i = 0; i < COUNT_OF(classes); ++i)
    CHECK(packets(stage, "", classes[i]) == 0, "%s", classes[i]);
  /* And gauge-alert. */
  assert_int_equal(stage->recording.value_count, COUNT_OF(classes) + 1);
  assert_int_equal(stage->recording.alert_count, 0);
}

static void reasons_are_sent_from_their_first_packet_on(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(5, SOCKET_RCVBUFF, UDP_PLACE);
  drop(4, UDP_CSUM, UDP_PLACE);
  drop(3, NETFILTER_DROP, UDP_PLACE);
  drop(2, NO_SOCKET, UDP_PLACE);
  drop(1, NOT_SPECIFIED, UDP_PLACE);
  stage_read_at(stage, 10);
  assert_int_equal(stage->recording.before_count, 2);
  assert_int_equal(packets(stage, "", "socket_rcvbuff"), -1);
  stage_read_at(stage, 20);
  assert_int_equal(packets(stage, "", "socket_rcvbuff"), 5);
  assert_int_equal(packets(stage, "", "udp_csum"), 4);
  /* The other classes only have totals. */
  assert_int_equal(packets(stage, "", "netfilter_drop"), -1);
  assert_int_equal(packets(stage, "", "no_socket"), -1);
  assert_int_equal(packets(stage, "", "not_specified"), -1);
  assert_int_equal(packets(stage, "", "capacity"), 5);
  assert_int_equal(packets(stage, "", "fault"), 4);
  assert_int_equal(packets(stage, "", "policy"), 3);
  assert_int_equal(packets(stage, "", "normal"), 2);
  assert_int_equal(packets(stage, "", "unclassified"), 1);
}

static void unknown_reasons_are_sent(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(7, OPENVSWITCH | 4, UDP_PLACE);
  drop(6, 9 << 16 | 1, UDP_PLACE);
  drop(5, 200, UDP_PLACE);
  for (int i = 1; i < 4; ++i)
    stage_read_at(stage, 10 * i);
  assert_int_equal(packets(stage, "", "openvswitch_reason_4"), 7);
  assert_int_equal(packets(stage, "", "subsystem_9_reason_1"), 6);
  assert_int_equal(packets(stage, "", "reason_200"), 5);
  assert_int_equal(packets(stage, "", "unclassified"), 18);
  assert_int_equal(stage->recording.alert_count, 0);
}

static void chosen_reasons_are_sent(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("Reason", STRING("no_socket")),
                                LINE("Reason", STRING("/^netfilter/")),
                                LINE("Reason", STRING("/^openvswitch/"))));
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  /* A reason given by its full name is sent at once. */
  assert_int_equal(packets(stage, "", "no_socket"), 0);
  assert_int_equal(packets(stage, "", "netfilter_drop"), -1);
  drop(3, NETFILTER_DROP, UDP_PLACE);
  drop(3, SOCKET_RCVBUFF, UDP_PLACE);
  drop(3, OPENVSWITCH | 4, UDP_PLACE);
  drop(3, 9 << 16, UDP_PLACE);
  for (int i = 1; i < 4; ++i)
    stage_read_at(stage, 10 * i);
  assert_int_equal(packets(stage, "", "netfilter_drop"), 3);
  assert_int_equal(packets(stage, "", "openvswitch_reason_4"), 3);
  assert_int_equal(packets(stage, "", "socket_rcvbuff"), -1);
  assert_int_equal(packets(stage, "", "subsystem_9_reason_0"), -1);
  assert_int_equal(packets(stage, "", "capacity"), 3);
}

static void ignored_reasons_are_not_sent(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("Reason", STRING("socket_rcvbuff")),
                                LINE("IgnoreSelected", BOOLEAN(true))));
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(3, NO_SOCKET, UDP_PLACE);
  drop(3, SOCKET_RCVBUFF, UDP_PLACE);
  drop(3, FULL_RING, TUN_PLACE);
  stage_read_at(stage, 10);
  stage_read_at(stage, 20);
  assert_int_equal(packets(stage, "", "socket_rcvbuff"), -1);
  assert_int_equal(packets(stage, "", "no_socket"), -1);
  assert_int_equal(packets(stage, "", "full_ring"), 3);
}

static void capacity_is_raised_with_place_and_protocol(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(20, FULL_RING, TUN_PLACE);
  fake_bpf_drop(FULL_RING, UDP_PLACE, 0x86dd, OFFSET);
  stage_read_at(stage, 10);
  const struct recorded_alert *alert = stage_only_alert(stage);
  assert_int_equal(alert->state, THRESHOLD_WARNING);
  assert_string_equal(alert->message,
                      "this host dropped 2.1/s as FULL_RING (limit 1/s); read "
                      "faster, or raise the txqueuelen of the tun or tap "
                      "device; mostly IPv4 at tun_net_xmit");
  drop(2000, FULL_RING, TUN_PLACE);
  stage_read_at(stage, 20);
  assert_int_equal(stage_only_alert(stage)->state, THRESHOLD_FAILURE);
  for (int i = 3; i < 8; ++i) {
    stage_read_at(stage, 10 * i);
    assert_int_equal(stage->recording.alert_count, 0);
  }
  stage_read_at(stage, 80);
  assert_string_equal(stage_only_alert(stage)->message,
                      "this host dropped nothing as FULL_RING for 1 min; 2021 "
                      "packets lost in 20 s");
}

/* The first packets of a reason are neither lost nor counted twice. */
static void a_first_gain_is_in_one_rate(void **state) {
  struct stage *stage = *state;
  stage_configure(
      stage, PLUGIN(THRESHOLD("reason_200", LINE("WarningMax", NUMBER(1)))));
  stage_start(stage);
  stage_read_at(stage, 0);
  for (int i = 1; i < 4; ++i) {
    drop(6, 200, UDP_PLACE);
    stage_read_at(stage, 10 * i);
    CHECK(stage->recording.alert_count == 0, "%s",
          recording_alerts(&stage->recording));
  }
}

static void a_first_gain_is_judged_at_once(void **state) {
  struct stage *stage = *state;
  stage_configure(
      stage, PLUGIN(THRESHOLD("reason_200", LINE("WarningMax", NUMBER(1)))));
  stage_start(stage);
  stage_read_at(stage, 0);
  drop(60, 200, UDP_PLACE);
  stage_read_at(stage, 10);
  assert_non_null(
      strstr(stage_only_alert(stage)->message, "6.0/s reason_200 (limit 1/s)"));
  stage_read_at(stage, 20);
  assert_int_equal(packets(stage, "", "reason_200"), 60);
}

/* The function was counted before, and is now one of the busiest. */
static void a_late_place_has_the_gain_of_one_read(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("Places", NUMBER(1)),
                                THRESHOLD("place:tun_net_xmit",
                                          LINE("WarningMax", NUMBER(12)))));
  stage_start(stage);
  stage_read_at(stage, 0);
  drop(1000, NO_SOCKET, UDP_PLACE);
  drop(900, FULL_RING, TUN_PLACE);
  stage_read_at(stage, 10);
  assert_int_equal(packets(stage, "place", "tun_net_xmit"), -1);
  drop(100, FULL_RING, TUN_PLACE);
  stage_read_at(stage, 20);
  assert_int_equal(previous_packets(stage, "place", "tun_net_xmit"), 900);
  drop(100, FULL_RING, TUN_PLACE);
  stage_read_at(stage, 30);
  assert_int_equal(packets(stage, "place", "tun_net_xmit"), 1100);
  for (size_t i = 0; i < stage->recording.alert_count; i++)
    assert_string_not_equal(stage->recording.alerts[i].instance, "place");
}

/* Another layer reads the receive buffers of UDP sockets, and so does this one
 * under the name of drop reasons. */
struct pair {
  struct ledger *ledger;
  struct ledger_teller *sockets;
  struct stage *stage;
};

static void pair_begin(struct pair *pair) {
  assert_int_equal(ledger_new(&pair->ledger), 0);
  assert_int_equal(ledger_join(pair->ledger, &pair->sockets), 0);
  pair->stage = stage_of(pair->ledger);
}

static void pair_end(struct pair *pair) {
  stage_free(pair->stage);
  ledger_leave(pair->sockets);
  ledger_free(pair->ledger);
}

/* Both read at now; the sockets have lost lost. */
static void pair_read(struct pair *pair, double now, uint64_t lost) {
  struct ledger_posting posting = {
      .bucket = LEDGER_UDP_RECEIVE, .exactness = LEDGER_OBJECT, .gain = lost};
  struct ledger_read read = {.begin = now,
                             .end = now,
                             .interval = 10,
                             .postings = &posting,
                             .count = 1};
  ledger_post(pair->sockets, &read);
  stage_read_at(pair->stage, now);
}

static void losses_of_another_plugin_are_not_raised(void **state) {
  (void)state;
  struct pair pair;
  pair_begin(&pair);
  stage_start_quietly(pair.stage);
  pair_read(&pair, 0, 0);
  for (int i = 1; i < 6; i++) {
    drop(2000, SOCKET_RCVBUFF, UDP_PLACE);
    pair_read(&pair, 10 * i, 2000);
    assert_int_equal(pair.stage->recording.alert_count, 0);
  }
  assert_int_equal(packets(pair.stage, "", "socket_rcvbuff"), 10000);
  pair_end(&pair);
}

/* In another namespace, for example. */
static void losses_that_nobody_explains_are_raised(void **state) {
  (void)state;
  struct pair pair;
  pair_begin(&pair);
  stage_start_quietly(pair.stage);
  pair_read(&pair, 0, 0);
  pair_read(&pair, 10, 0);
  drop(2000, SOCKET_RCVBUFF, UDP_PLACE);
  pair_read(&pair, 20, 500);
  assert_int_equal(pair.stage->recording.alert_count, 0);
  pair_read(&pair, 30, 0);
  const struct recorded_alert *alert = stage_only_alert(pair.stage);
  assert_string_equal(alert->type_instance, "socket_rcvbuff");
  assert_true(alert->value == 150);
  pair_end(&pair);
}

static void alert_overlap_raises_all(void **state) {
  (void)state;
  struct pair pair;
  pair_begin(&pair);
  stage_configure(pair.stage, PLUGIN(LINE("AlertOverlap", BOOLEAN(true))));
  stage_start_quietly(pair.stage);
  pair_read(&pair, 0, 0);
  drop(2000, SOCKET_RCVBUFF, UDP_PLACE);
  pair_read(&pair, 10, 2000);
  assert_true(stage_only_alert(pair.stage)->value == 200);
  pair_end(&pair);
}

static void a_threshold_raises_all(void **state) {
  (void)state;
  struct pair pair;
  pair_begin(&pair);
  stage_configure(
      pair.stage,
      PLUGIN(THRESHOLD("socket_rcvbuff", LINE("WarningMax", NUMBER(5)),
                       LINE("FailureMax", NUMBER(1000)))));
  stage_start_quietly(pair.stage);
  pair_read(&pair, 0, 0);
  drop(2000, SOCKET_RCVBUFF, UDP_PLACE);
  pair_read(&pair, 10, 2000);
  assert_int_equal(stage_only_alert(pair.stage)->state, THRESHOLD_WARNING);
  pair_end(&pair);
}

/* A reason of the class policy is not sent, and still counted. */
static void the_ledger_counts_what_is_not_sent(void **state) {
  (void)state;
  struct pair pair;
  uint64_t lost;
  pair_begin(&pair);
  stage_start_quietly(pair.stage);
  pair_read(&pair, 0, 0);
  drop(30, NETFILTER_DROP, UDP_PLACE);
  drop(20, UDP_CSUM, UDP_PLACE);
  drop(10, NO_SOCKET, UDP_PLACE);
  pair_read(&pair, 10, 0);
  assert_true(ledger_lost(pair.ledger, LEDGER_FIREWALL, &lost));
  assert_int_equal(lost, 30);
  assert_int_equal(packets(pair.stage, "", "netfilter_drop"), -1);
  pair_end(&pair);
}

static void alone_it_raises_what_it_sees(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(2000, SOCKET_RCVBUFF, UDP_PLACE);
  stage_read_at(stage, 10);
  const struct recorded_alert *alert = stage_only_alert(stage);
  assert_string_equal(
      alert->message,
      "this host dropped 200.0/s as SOCKET_RCVBUFF (limit 100/s); "
      "net.core.rmem_max is 212992: read faster, or raise SO_RCVBUF; mostly "
      "IPv4 at udp_queue_rcv_one_skb");
  assert_string_equal(alert->setting, "net.core.rmem_max");
}

static void the_place_decides_the_setting(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(2000, PROTO_MEM, TCP_PLACE);
  stage_read_at(stage, 10);
  assert_string_equal(stage_only_alert(stage)->setting, "net.ipv4.tcp_mem");
  assert_string_equal(stage_only_alert(stage)->setting_value, "1 2 3");
  for (int i = 2; i < 9; ++i)
    stage_read_at(stage, 10 * i);
  drop(2000, PROTO_MEM, UDP_PLACE);
  stage_read_at(stage, 90);
  assert_string_equal(stage_only_alert(stage)->setting, "net.ipv4.udp_mem");
}

static void ip6_has_settings_of_its_own(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  for (int i = 0; i < 200; i++)
    fake_bpf_drop(NEIGH_CREATEFAIL, UDP_PLACE, 0x86dd, OFFSET);
  stage_read_at(stage, 10);
  assert_string_equal(stage_only_alert(stage)->setting,
                      "net.ipv6.neigh.default.gc_thresh3");
  for (int i = 2; i < 9; ++i)
    stage_read_at(stage, 10 * i);
  drop(200, NEIGH_CREATEFAIL, UDP_PLACE);
  stage_read_at(stage, 90);
  assert_string_equal(stage_only_alert(stage)->setting,
                      "net.ipv4.neigh.default.gc_thresh3");
}

static void an_interface_without_carrier_is_no_full_qdisc(void **state) {
  struct stage *stage = *state;
  temp_tree_write(&stage->tree, "proc/kallsyms",
                  "ffffffff81001000 t noop_enqueue\n"
                  "ffffffff81002000 t __dev_xmit_skb\n");
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(200, QDISC_DROP, UDP_PLACE);
  stage_read_at(stage, 10);
  ASSERT_HAS(stage_only_alert(stage)->message,
             "; an interface is used without carrier: see ip link; ");
  for (int i = 2; i < 9; ++i)
    stage_read_at(stage, 10 * i);
  drop(200, QDISC_DROP, TCP_PLACE);
  stage_read_at(stage, 90);
  ASSERT_HAS(stage_only_alert(stage)->message,
             "; more is sent than the link or its shaper can take; ");
}

static void other_classes_raise_nothing(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("Reason", STRING("/./"))));
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(1000, NO_SOCKET, UDP_PLACE);
  drop(1000, NETFILTER_DROP, UDP_PLACE);
  drop(1000, UDP_CSUM, UDP_PLACE);
  drop(1000, NOT_SPECIFIED, UDP_PLACE);
  drop(1000, OPENVSWITCH, UDP_PLACE);
  stage_read_at(stage, 10);
  CHECK(stage->recording.alert_count == 0, "%s",
        recording_alerts(&stage->recording));
}

static void the_busiest_places_are_sent(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("Places", NUMBER(2))));
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(30, NO_SOCKET, UDP_PLACE);
  drop(20, SOCKET_RCVBUFF, UDP_PLACE + 4);
  drop(10, PROTO_MEM, TCP_PLACE);
  drop(5, FULL_RING, TUN_PLACE);
  stage_read_at(stage, 10);
  /* Their count before they were found. */
  assert_int_equal(previous_packets(stage, "place", "udp_queue_rcv_one_skb"),
                   0);
  stage_read_at(stage, 20);
  assert_int_equal(packets(stage, "place", "udp_queue_rcv_one_skb"), 50);
  assert_int_equal(packets(stage, "place", "tcp_data_queue"), 10);
  assert_int_equal(packets(stage, "place", "tun_net_xmit"), -1);
  drop(100, FULL_RING, TUN_PLACE);
  stage_read_at(stage, 30);
  assert_int_equal(previous_packets(stage, "place", "tun_net_xmit"), 5);
  stage_read_at(stage, 40);
  assert_int_equal(packets(stage, "place", "tun_net_xmit"), 105);
  assert_int_equal(packets(stage, "place", "tcp_data_queue"), -1);
}

static void places_without_names_are_unknown_and_logged_once(void **state) {
  struct stage *stage = *state;
  temp_tree_write(&stage->tree, "proc/kallsyms", "0000000000000000 T a\n");
  stage_configure(stage, PLUGIN(LINE("Places", NUMBER(2))));
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  for (int i = 1; i < 4; ++i) {
    drop(30, NO_SOCKET, UDP_PLACE + (uint64_t)i);
    stage_read_at(stage, 10 * i);
  }
  assert_int_equal(packets(stage, "place", "unknown"), 90);
  assert_int_equal(stage->recording.line_count, 1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "it takes CAP_SYSLOG, and "
                                   "kernel.kptr_restrict below 2"),
                   1);
}

static void a_full_map_is_logged_once(void **state) {
  struct stage *stage = *state;
  stage_configure(
      stage, PLUGIN(LINE("MaxPlaces", NUMBER(1)), LINE("Places", NUMBER(9))));
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  drop(4, FULL_RING, TUN_PLACE);
  drop(3, UDP_CSUM, UDP_PLACE);
  drop(2, OPENVSWITCH, UDP_PLACE);
  for (int i = 1; i < 4; ++i)
    stage_read_at(stage, 10 * i);
  assert_int_equal(packets(stage, "", "full_ring"), 4);
  assert_int_equal(packets(stage, "", "udp_csum"), 3);
  assert_int_equal(packets(stage, "", "other"), 2);
  assert_int_equal(packets(stage, "place", "other"), 5);
  assert_int_equal(packets(stage, "place", "tun_net_xmit"), 4);
  assert_int_equal(stage->recording.line_count, 1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_WARNING,
                                   "there are more than 1 combinations of "
                                   "place, reason, protocol and owner"),
                   1);
}

/* A map that was full has room again once its keys have been quiet for long. */
static void quiet_places_make_room(void **state) {
  struct stage *stage = *state;
  for (int can_take = 0; can_take < 2; ++can_take) {
    struct recording recording;
    struct sysroot root = {0};
    fake_bpf_reset();
    fake_bpf.takes_nothing = can_take == 0;
    drop_fixture_root("6.18", &root);
    recording_open(&recording, &drop_reason_layer);
    recording_configure(&recording,
                        PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                               LINE("SysRoot", STRING(root.sys)),
                               LINE("MaxPlaces", NUMBER(2)),
                               LINE("Places", NUMBER(9))));
    sysroot_free(&root);
    assert_int_equal(recording_start(&recording), 0);
    assert_int_equal(recording_read(&recording, 0), 0);
    drop(4, UDP_CSUM, UDP_PLACE);
    drop(3, UDP_CSUM, TCP_PLACE);
    drop(2, UDP_CSUM, TUN_PLACE);
    assert_int_equal(recording_read(&recording, 10), 0);
    /* Its packets are those of no place. */
    drop(1, UDP_CSUM, UDP_PLACE);
    assert_int_equal(recording_read(&recording, 500), 0);
    assert_int_equal(recording_read(&recording, 620), 0);
    drop(5, UDP_CSUM, TUN_PLACE);
    for (int i = 0; i < 2; ++i)
      assert_int_equal(recording_read(&recording, 630 + 10 * i), 0);
    const struct recorded_value *value =
        recording_value(&recording, "", "packets", "udp_csum");
    assert_int_equal(value->count, 15);
    value = recording_value(&recording, "place", "packets", "tun_net_xmit");
    CHECK(can_take == 0 ? value == NULL : value != NULL && value->count == 5,
          "can_take %d", can_take);
    recording_close(&recording);
  }
}

static void skipped_runs_are_sent_and_logged_once(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  assert_int_equal(packets(stage, "", "uncounted"), -1);
  for (int i = 1; i < 4; ++i) {
    fake_bpf.misses += 5;
    stage_read_at(stage, 10 * i);
  }
  assert_int_equal(packets(stage, "", "uncounted"), 15);
  assert_int_equal(stage->recording.line_count, 1);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE, "packets-uncounted"), 1);
}

static void before_linux_5_17_places_are_sent(void **state) {
  struct stage *stage = *state;
  use_kernel(stage, "5.10");
  stage_start(stage);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "this kernel gives no reasons"),
                   1);
  stage_read_at(stage, 0);
  for (int i = 0; i < 2000; ++i)
    fake_bpf_drop(99, UDP_PLACE, 0x0800, 180);
  stage_read_at(stage, 10);
  stage_read_at(stage, 20);
  assert_int_equal(packets(stage, "", "unclassified"), 2000);
  assert_int_equal(packets(stage, "", "capacity"), 0);
  assert_int_equal(packets(stage, "place", "udp_queue_rcv_one_skb"), 2000);
  assert_int_equal(stage->recording.alert_count, 0);
}

static void before_linux_5_17_reasons_are_derived(void **state) {
  struct stage *stage = *state;
  use_kernel(stage, "5.10");
  temp_tree_write(&stage->tree, "proc/sys/kernel/osrelease",
                  "5.10.0-28-amd64\n");
  temp_tree_write(&stage->tree, "proc/kallsyms",
                  "ffffffff81001000 t udp_queue_rcv_one_skb.isra.0\n"
                  "ffffffff81002000 t tcp_v4_do_rcv\n"
                  "ffffffffc0000000 t tun_net_xmit\t[tun]\n");
  stage_configure(stage, PLUGIN(LINE("Reason", STRING("/./"))));
  stage_start(stage);
  stage_read_at(stage, 0);
  for (int i = 0; i < 2000; ++i)
    fake_bpf_drop(99, TUN_PLACE, 0x0800, 180);
  for (int i = 0; i < 9; ++i)
    fake_bpf_drop(99, UDP_PLACE, 0x0800, 180);
  for (int i = 0; i < 20; ++i)
    fake_bpf_drop(99, TCP_PLACE, 0x0800, 180);
  stage_read_at(stage, 10);
  ASSERT_HAS(stage_only_alert(stage)->message,
             "dropped 200.0/s as FULL_RING (limit 100/s)");
  ASSERT_HAS(stage_only_alert(stage)->message,
             "; mostly IPv4 at tun_net_xmit; the reason is derived from this "
             "function");
  stage_read_at(stage, 20);
  assert_int_equal(packets(stage, "", "full_ring"), 2000);
  assert_int_equal(packets(stage, "", "socket_rcvbuff"), 9);
  assert_int_equal(packets(stage, "", "capacity"), 2009);
  /* A function that is not in the table. */
  assert_int_equal(packets(stage, "", "not_specified"), 20);
  assert_int_equal(packets(stage, "", "unclassified"), 20);
}

static void a_kernel_that_hides_packets_is_logged(void **state) {
  struct stage *stage = *state;
  fake_bpf.load_error[BPF_PROG_TYPE_TRACING] = -EINVAL;
  fake_bpf.helper_error = -EINVAL;
  stage_start(stage);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "protocols are not counted separately"),
                   1);
  stage_read_at(stage, 0);
  drop(20, FULL_RING, TUN_PLACE);
  stage_read_at(stage, 10);
  assert_non_null(
      strstr(stage_only_alert(stage)->message, "; mostly at tun_net_xmit"));
}

static void a_failed_start_is_one_message(void **state) {
  struct stage *stage = *state;
  fake_bpf.map_error = -EPERM;
  assert_int_equal(recording_start(&stage->recording), -EPERM);
  assert_int_equal(stage->recording.line_count, 1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "nothing will be reported: no map for a BPF "
                                   "program: Operation not permitted; it needs "
                                   "CAP_BPF and CAP_PERFMON"),
                   1);
}

static void a_failed_read_is_logged_once(void **state) {
  struct stage *stage = *state;
  stage_start_quietly(stage);
  stage_read_at(stage, 0);
  fake_bpf.read_error = -EIO;
  for (int i = 1; i < 4; ++i)
    assert_int_equal(recording_read(&stage->recording, 10 * i), -EIO);
  assert_int_equal(stage->recording.line_count, 1);
  fake_bpf.read_error = 0;
  stage_read_at(stage, 40);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE, "can be read again"), 1);
}

static void known_packets_allocate_nothing(void **state) {
  struct stage *stage = *state;
  stage_configure(
      stage, PLUGIN(LINE("Places", NUMBER(10)), LINE("Reason", STRING("/./"))));
  stage_start_quietly(stage);
  for (int i = 0; i < 4; ++i) {
    drop(3, SOCKET_RCVBUFF, UDP_PLACE);
    drop(1, OPENVSWITCH, TCP_PLACE);
    stage_read_at(stage, 10 * i);
  }
  size_t before = allocations_count();
  for (int i = 4; i < 30; ++i) {
    drop(3, SOCKET_RCVBUFF, UDP_PLACE);
    drop(1, OPENVSWITCH, TCP_PLACE);
    stage_read_at(stage, 10 * i);
  }
  assert_int_equal(allocations_count(), before);
}

/* --- The table --------------------------------------------------------------
 */

static const struct layer *const all_layers[] = {LAYERS(LAYERS_ADDRESS)};

/* Of a bucket that the kernel counts elsewhere too, some layer is more exact.
 */
static bool has_teller(enum ledger_bucket bucket,
                       enum ledger_exactness exactness) {
  for (size_t i = 0; i < COUNT_OF(all_layers); ++i)
    for (size_t j = 0; j < all_layers[i]->meter_count; ++j) {
      const struct meter *meter = &all_layers[i]->meters[j];
      if (meter->bucket == bucket && meter->exactness == exactness)
        return true;
    }
  return false;
}

/* Only the kernel counts these. */
static bool is_of_the_kernel(enum ledger_bucket bucket) {
  return bucket == LEDGER_FIREWALL || bucket == LEDGER_PACKET_SOCKET ||
         bucket == LEDGER_SOCKET_MEMORY || bucket == LEDGER_UNATTRIBUTED;
}

static void reasons_have_a_more_exact_teller(void **state) {
  (void)state;
  for (size_t i = 0; i < DROP_METER_COUNT; ++i) {
    enum ledger_bucket bucket = drop_meters[i].bucket;
    if (bucket == LEDGER_NO_BUCKET || is_of_the_kernel(bucket))
      continue;
    CHECK(has_teller(bucket, LEDGER_OBJECT) || has_teller(bucket, LEDGER_HOST),
          "%s: nothing else counts %s", drop_meters[i].name,
          ledger_bucket_name(bucket));
  }
}

/* In every layer. */
static void a_loss_has_a_bucket_or_a_reason_why_not(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(all_layers); ++i)
    for (size_t j = 0; j < all_layers[i]->meter_count; ++j) {
      const struct meter *meter = &all_layers[i]->meters[j];
      const char *name = all_layers[i]->name;
      bool has_bucket = meter->bucket != LEDGER_NO_BUCKET;
      if (meter->meaning == METER_LOSS && meter_is_counter(meter))
        CHECK((meter->exactness != LEDGER_NOT_COUNTED) ==
                  (meter->no_bucket == NULL),
              "%s: %s", name, meter_key(meter));
      else if (meter->meaning == METER_LOSS)
        CHECK(has_bucket == (meter->no_bucket == NULL), "%s: %s", name,
              meter_key(meter));
      if (has_bucket)
        CHECK(meter->exactness == LEDGER_NOT_COUNTED || meter_is_counter(meter),
              "%s: %s", name, meter_key(meter));
      else
        assert_int_equal(meter->exactness, LEDGER_NOT_COUNTED);
    }
}

static void each_bucket_is_counted(void **state) {
  (void)state;
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    enum ledger_bucket bucket = (enum ledger_bucket)i;
    if (bucket != LEDGER_UNIX_LISTEN)
      CHECK(has_teller(bucket, LEDGER_OBJECT) ||
                has_teller(bucket, LEDGER_HOST) ||
                has_teller(bucket, LEDGER_KERNEL),
            "%s", ledger_bucket_name(bucket));
  }
}

static void only_capacity_has_limits(void **state) {
  (void)state;
  for (size_t i = 0; i < DROP_METER_COUNT; ++i) {
    const struct meter *meter = &drop_meters[i];
    const struct drop_fact *fact = &drop_facts[i];
    bool may_alarm = fact->is_reason && fact->class == DROP_CAPACITY;
    CHECK((meter->limits != NULL) == may_alarm, "%s", meter->name);
    CHECK(!may_alarm || meter->advice != NULL, "%s", meter->name);
    CHECK(meter->help != NULL && meter->source != NULL, "%s", meter->name);
    for (const char *c = meter->name; *c != '\0'; ++c)
      CHECK(islower(*c) || isdigit(*c) || *c == '_', "%s", meter->name);
  }
}

static void every_reason_of_a_recorded_kernel_is_in_the_table(void **state) {
  (void)state;
  for (size_t i = 0; i < DROP_KERNELS; ++i) {
    struct sysroot root = {0};
    struct drop_trace *trace;
    struct drop_trace_error error;
    struct drop_counts counts = {0};
    fake_bpf_reset();
    drop_fixture_root(drop_kernels[i].version, &root);
    assert_int_equal(
        drop_trace_open(&trace, &root,
                        &(const struct drop_trace_wish){.places = 10}, &error),
        0);
    assert_int_equal(drop_counts_add_known(&counts, drop_trace_names(trace)),
                     0);
    for (const struct drop_reason *reason = counts.reasons; reason != NULL;
         reason = reason->hh.next)
      CHECK(reason->meter >= 0, "%s: %s", drop_kernels[i].version,
            reason->name);
    drop_counts_free(&counts);
    drop_trace_close(trace);
    sysroot_free(&root);
  }
}

/* Reads each kernel with packets of all its reasons. */
static void series_keep_their_names(void **state) {
  struct stage *stage = *state;
  struct series series = {0};
  for (size_t i = 0; i < DROP_KERNELS; i++) {
    const struct drop_kernel *kernel = &drop_kernels[i];
    struct sysroot root = {0};
    struct recording recording;
    fake_bpf_reset();
    drop_fixture_root(kernel->version, &root);
    recording_open(&recording, &drop_reason_layer);
    recording_configure(&recording,
                        PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                               LINE("SysRoot", STRING(root.sys)),
                               LINE("Places", NUMBER(10)),
                               LINE("Reason", STRING("/./"))));
    sysroot_free(&root);
    assert_int_equal(recording_start(&recording), 0);
    for (int read = 0; read < 3; read++) {
      assert_int_equal(recording_read(&recording, 10 * read), 0);
      series_add(&series, &recording);
      for (uint32_t reason = 0; reason <= kernel->reasons; reason++)
        for (unsigned count = 0; count < 20; count++)
          fake_bpf_drop(reason, reason % 2 == 0 ? UDP_PLACE : TCP_PLACE, 0x0800,
                        kernel->protocol_offset);
    }
    recording_close(&recording);
  }
  series_expect(&series, "drop_reason");
}

#define STAGE_TEST(test) cmocka_unit_test_setup_teardown(test, make, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      STAGE_TEST(the_totals_are_sent_from_the_start),
      STAGE_TEST(reasons_are_sent_from_their_first_packet_on),
      STAGE_TEST(unknown_reasons_are_sent),
      STAGE_TEST(chosen_reasons_are_sent),
      STAGE_TEST(ignored_reasons_are_not_sent),
      STAGE_TEST(capacity_is_raised_with_place_and_protocol),
      STAGE_TEST(a_first_gain_is_in_one_rate),
      STAGE_TEST(a_first_gain_is_judged_at_once),
      STAGE_TEST(a_late_place_has_the_gain_of_one_read),
      cmocka_unit_test(losses_of_another_plugin_are_not_raised),
      cmocka_unit_test(losses_that_nobody_explains_are_raised),
      cmocka_unit_test(alert_overlap_raises_all),
      cmocka_unit_test(a_threshold_raises_all),
      cmocka_unit_test(the_ledger_counts_what_is_not_sent),
      STAGE_TEST(alone_it_raises_what_it_sees),
      STAGE_TEST(the_place_decides_the_setting),
      STAGE_TEST(ip6_has_settings_of_its_own),
      STAGE_TEST(an_interface_without_carrier_is_no_full_qdisc),
      STAGE_TEST(other_classes_raise_nothing),
      STAGE_TEST(the_busiest_places_are_sent),
      STAGE_TEST(places_without_names_are_unknown_and_logged_once),
      STAGE_TEST(a_full_map_is_logged_once),
      STAGE_TEST(quiet_places_make_room),
      STAGE_TEST(skipped_runs_are_sent_and_logged_once),
      STAGE_TEST(before_linux_5_17_places_are_sent),
      STAGE_TEST(before_linux_5_17_reasons_are_derived),
      STAGE_TEST(a_kernel_that_hides_packets_is_logged),
      STAGE_TEST(a_failed_start_is_one_message),
      STAGE_TEST(a_failed_read_is_logged_once),
      STAGE_TEST(known_packets_allocate_nothing),
      cmocka_unit_test(reasons_have_a_more_exact_teller),
      cmocka_unit_test(a_loss_has_a_bucket_or_a_reason_why_not),
      cmocka_unit_test(each_bucket_is_counted),
      cmocka_unit_test(only_capacity_has_limits),
      cmocka_unit_test(every_reason_of_a_recorded_kernel_is_in_the_table),
      STAGE_TEST(series_keep_their_names),
  };
  return cmocka_run_group_tests_name("drop_reason", tests, NULL, NULL);
}
