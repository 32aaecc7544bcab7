/* SPDX-License-Identifier: MIT */
/* Alerts of snmp_proto name the one cause that other counters of the same read
 * show; what is not a fault raises nothing. */
#include "snmp_stage.h"

static void begin(struct stage *stage) {
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  assert_int_equal(stage->recording.alert_count, 0);
}

/* Reads until an alert is raised, three times at most. */
static const struct recorded_alert *raise(struct stage *stage,
                                          const char *gains) {
  for (int i = 0; i < 3 && stage->recording.alert_count == 0; i++) {
    snmp_stage_gain_all(stage, gains);
    stage_read(stage);
  }
  CHECK(stage->recording.alert_count == 1, "%s: %s", gains,
        recording_alerts(&stage->recording));
  return &stage->recording.alerts[0];
}

static const struct {
  const char *gains, *alert, *words;
  const char *setting; /* "": none */
  const char *path, *content;
} causes[] = {
    {"Tcp:OutSegs+100 Tcp:RetransSegs+100 TcpExt:TCPSynRetrans+100",
     "Tcp/retransmitted", "; SYNs that peers do not answer: ss -tno state", "",
     NULL, NULL},
    {"Tcp:OutSegs+1000 Tcp:RetransSegs+500 TcpExt:TCPSynRetrans+10",
     "Tcp/retransmitted",
     "; segments are lost on the path: find the peers with ss -ti", "", NULL,
     NULL},
    {"Tcp:OutSegs+1000 Tcp:RetransSegs+500 TcpExt:TCPRetransFail+100",
     "Tcp/retransmitted", "; this host drops its own segments: check the qdisc",
     "", NULL, NULL},
    {"Tcp:OutSegs+1000 Tcp:RetransSegs+500 "
     "TcpExt:TCPSpuriousRtxHostQueues+300",
     "Tcp/retransmitted", "; segments wait too long in a qdisc or NIC", "",
     NULL, NULL},
    {"Tcp:OutSegs+1000 Tcp:RetransSegs+500 TcpExt:TCPDSACKRecv+450",
     "Tcp/retransmitted", "; needless, peers had the data", "", NULL, NULL},
    {"TcpExt:TCPRcvQDrop+20 TcpExt:TCPToZeroWindowAdv+3", "TcpExt/TCPRcvQDrop",
     "a slow reader fills its buffer", "net.ipv4.tcp_rmem", NULL, NULL},
    {"TcpExt:TCPRcvQDrop+20", "TcpExt/TCPRcvQDrop",
     "find the largest user with ss -tm, or raise it; TCP memory is at 98 %",
     "net.ipv4.tcp_mem", "proc/sys/net/ipv4/tcp_mem", "10 20 400\n"},
    {"TcpExt:TCPOFODrop+20", "TcpExt/TCPOFODrop",
     "a slow reader (ss -tm), or a cgroup's memory limit (memory.events); TCP "
     "memory is at 0 % of tcp_mem",
     "net.ipv4.tcp_rmem", NULL, NULL},
    {"TcpExt:BeyondWindow+200 TcpExt:TCPToZeroWindowAdv+1",
     "TcpExt/BeyondWindow", "readers are slower than their peers",
     "net.ipv4.tcp_rmem", NULL, NULL},
    {"TcpExt:BeyondWindow+200", "TcpExt/BeyondWindow",
     "; a peer sends more than it may", "", NULL, NULL},
    {"TcpExt:TCPReqQFullDoCookies+50 TcpExt:SyncookiesSent+50",
     "TcpExt/TCPReqQFullDoCookies",
     "; few clients return the cookie: a SYN flood", "", NULL, NULL},
    {"TcpExt:TCPReqQFullDoCookies+50 TcpExt:SyncookiesSent+50 "
     "TcpExt:SyncookiesRecv+45",
     "TcpExt/TCPReqQFullDoCookies", "clients connect in bursts",
     "net.core.somaxconn", NULL, NULL},
    {"TcpExt:ListenDrops+20 Ip:OutNoRoutes+20", "TcpExt/ListenDropsOther",
     "; no route back to the client: ip route get CLIENT", "", NULL, NULL},
    {"TcpExt:ListenDrops+20", "TcpExt/ListenDropsOther",
     "; no memory, or a security module refuses", "", NULL, NULL},
    {"TcpExt:ListenDrops+20", "TcpExt/ListenDropsOther",
     "net.ipv4.tcp_syncookies is 0: a SYN queue is nearly full: set it to 1",
     "net.ipv4.tcp_syncookies", "proc/sys/net/ipv4/tcp_syncookies", "0\n"},
    {"Ip:ReasmFails+50 Ip:ReasmTimeout+50", "Ip/ReasmFails",
     "; fragments are lost on the path", "", NULL, NULL},
    {"Ip6:ReasmFails+50 Ip6:ReasmTimeout+50", "Ip6/ReasmFails",
     "; fragments are lost on the path", "", NULL, NULL},
    {"Ip:ReasmFails+50 IpExt:ReasmOverlaps+50", "Ip/ReasmFails",
     "; fragments overlap, as in an attack", "", NULL, NULL},
    {"Ip:ReasmFails+50", "Ip/ReasmFails", "; malformed or oversized datagrams",
     "", NULL, NULL},
    {"Udp:InErrors+50 Udp:MemErrors+50", "Udp/MemErrors",
     "a burst, or a cgroup's limit (memory.events): find the reader with ss "
     "-um; "
     "UDP memory is at 0 % of udp_mem",
     "net.ipv4.udp_mem", NULL, NULL},
    {"Udp:InErrors+50 Udp:MemErrors+50", "Udp/MemErrors",
     "find the slow reader (ss -um), or raise it; UDP memory is at 60 %",
     "net.ipv4.udp_mem", "proc/net/sockstat",
     "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 1\nUDP: inuse 1 mem 690959\n"},
    {"Ip:OutNoRoutes+200", "Ip/OutNoRoutes",
     "Ip failed to send 20.0/s for lack of a route (OutNoRoutes) (limit 10/s); "
     "find DESTINATION in the application logs, then: ip route get DESTINATION",
     "", NULL, NULL},
    {"IpExt:InNoRoutes+200", "IpExt/InNoRoutes", "ip route get DESTINATION", "",
     NULL, NULL},
    {"Ip6:OutNoRoutes+200", "Ip6/OutNoRoutes", "ip -6 route get DESTINATION",
     "", NULL, NULL},
    {"Ip6:InNoRoutes+200", "Ip6/InNoRoutes", "ip -6 route get DESTINATION", "",
     NULL, NULL},
    {"Ip:FragFails+200", "Ip/FragFails", "compare the MTUs (ip link)", "", NULL,
     NULL},
    {"Ip6:FragFails+200 Ip6:InTooBigErrors+200", "Ip6/FragFails",
     "compare the MTUs (ip link)", "", NULL, NULL},
};

static void an_alert_names_one_cause(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(causes); i++) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    if (causes[i].path != NULL) {
      snmp_stage_lay(stage, NEWEST);
      temp_tree_write(&stage->tree, causes[i].path, causes[i].content);
      stage_start_quietly(stage);
      stage_read(stage);
      stage->recording.alert_count = 0;
    } else {
      begin(stage);
    }
    const struct recorded_alert *alert = raise(stage, causes[i].gains);
    char name[160];
    snprintf(name, sizeof(name), "%s/%s", alert->instance,
             alert->type_instance);
    CHECK(strcmp(name, causes[i].alert) == 0 &&
              strstr(alert->message, causes[i].words) != NULL &&
              strcmp(alert->setting, causes[i].setting) == 0 &&
              strstr(alert->message, "...") == NULL,
          "%s: %s raised, setting \"%s\": %s", causes[i].gains, name,
          alert->setting, alert->message);
    stage_free(stage);
  }
}

/* ListenOverflows is raised for these retransmissions. */
static void a_full_accept_queue_is_one_alert(void **state) {
  struct stage *stage = *state;
  begin(stage);
  for (int i = 0; i < 4; i++) {
    snmp_stage_gain_all(stage, "Tcp:OutSegs+100 Tcp:RetransSegs+100 "
                               "TcpExt:TCPSynRetrans+100 TcpExt:ListenDrops+20 "
                               "TcpExt:ListenOverflows+20");
    stage_read(stage);
    stage_expect_alerts(stage,
                        i == 0 ? "TcpExt/ListenOverflows okay>warning" : "");
    ASSERT_IS("Tcp:retransmitted", 100);
  }
}

static void a_closed_window_is_a_slow_reader(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  /* It was closed before the first read. */
  snmp_stage_gain_all(stage, "TcpExt:TCPToZeroWindowAdv+5 "
                             "TcpExt:TCPFromZeroWindowAdv+4");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_HAS(raise(stage, "TcpExt:BeyondWindow+200")->message,
             "readers are slower than their peers");
}

static void the_smallest_mtu_is_named(void **state) {
  struct stage *stage = *state;
  temp_tree_write(&stage->tree, "sys/class/net/lo/mtu", "100\n");
  temp_tree_write(&stage->tree, "sys/class/net/lo/operstate", "unknown\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth0/mtu", "9000\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth0/operstate", "up\n");
  temp_tree_write(&stage->tree, "sys/class/net/wg0/mtu", "1420\n");
  temp_tree_write(&stage->tree, "sys/class/net/wg0/operstate", "unknown\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth1/mtu", "576\n");
  temp_tree_write(&stage->tree, "sys/class/net/eth1/operstate", "down\n");
  begin(stage);
  ASSERT_HAS(raise(stage, "Ip:FragFails+200")->message,
             "; smallest MTU: 1420 at wg0");
}

/* Meters for which one lost packet was an alert. */
static void a_single_event_raises_nothing(void **state) {
  (void)state;
  static const struct {
    const char *one, *two, *alert;
  } rows[] = {
      {"TcpExt:ListenDrops+1 TcpExt:ListenOverflows+1",
       "TcpExt:ListenDrops+2 TcpExt:ListenOverflows+2",
       "TcpExt/ListenOverflows okay>warning"},
      {"TcpExt:ListenDrops+1 TcpExt:TCPReqQFullDrop+1",
       "TcpExt:ListenDrops+2 TcpExt:TCPReqQFullDrop+2",
       "TcpExt/TCPReqQFullDrop okay>warning"},
      {"Udp:InErrors+1 Udp:MemErrors+1", "Udp:InErrors+2 Udp:MemErrors+2",
       "Udp/MemErrors okay>warning"},
      {"TcpExt:TCPBacklogDrop+1", "TcpExt:TCPBacklogDrop+2",
       "TcpExt/TCPBacklogDrop okay>warning"},
      {"TcpExt:TCPRcvQDrop+1", "TcpExt:TCPRcvQDrop+2",
       "TcpExt/TCPRcvQDrop okay>warning"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    begin(stage);
    snmp_stage_gain_all(stage, rows[i].one);
    stage_read(stage);
    stage_expect_alerts(stage, "");
    snmp_stage_gain_all(stage, rows[i].two);
    stage_read(stage);
    stage_expect_alerts(stage, rows[i].alert);
    stage_free(stage);
  }
}

static void a_setting_that_cannot_be_read_is_named(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  temp_tree_unlink(&stage->tree, "proc/sys/net/core/rmem_max");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_HAS(raise(stage, "Udp:InErrors+50 Udp:RcvbufErrors+50")->message,
             "; net.core.rmem_max cannot be read here: read faster");
}

static void lay_conntrack(struct stage *stage, unsigned entries,
                          unsigned failed, unsigned dropped, unsigned evicted) {
  char text[128];
  snprintf(text, sizeof(text),
           "entries insert_failed drop early_drop\n%x %x %x %x\n", entries,
           failed, dropped, evicted);
  temp_tree_write(&stage->tree, "proc/net/stat/nf_conntrack", text);
}

static void a_drop_of_conntrack_has_one_cause(void **state) {
  (void)state;
  static const struct {
    unsigned entries, failed, evicted;
    const char *words, *setting;
  } rows[] = {
      {195, 0, 0, "raise it, shorten timeouts",
       "net.netfilter.nf_conntrack_max"},
      {150, 0, 14, "raise it, shorten timeouts",
       "net.netfilter.nf_conntrack_max"},
      {10, 14, 0, "; parallel packets of one new flow clash", ""},
      {10, 0, 0, "set it to 255 and see the kernel log",
       "net.netfilter.nf_conntrack_log_invalid"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    snmp_stage_lay(stage, "linux-5.10");
    lay_conntrack(stage, 1, 0, 0, 0);
    stage_start_quietly(stage);
    stage_read(stage);
    lay_conntrack(stage, rows[i].entries, rows[i].failed, 14, rows[i].evicted);
    stage_read(stage);
    const struct recorded_alert *alert = NULL;
    for (size_t j = 0; j < stage->recording.alert_count; j++)
      if (strcmp(stage->recording.alerts[j].type_instance, "drop") == 0)
        alert = &stage->recording.alerts[j];
    assert_non_null(alert);
    CHECK(strstr(alert->message, rows[i].words) != NULL &&
              strcmp(alert->setting, rows[i].setting) == 0,
          "row %zu: %s", i, alert->message);
    stage_free(stage);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_alert_names_one_cause),
      SNMP_STAGE_TEST(a_full_accept_queue_is_one_alert),
      SNMP_STAGE_TEST(a_closed_window_is_a_slow_reader),
      SNMP_STAGE_TEST(the_smallest_mtu_is_named),
      cmocka_unit_test(a_single_event_raises_nothing),
      SNMP_STAGE_TEST(a_setting_that_cannot_be_read_is_named),
      cmocka_unit_test(a_drop_of_conntrack_has_one_cause),
  };
  return cmocka_run_group_tests_name("snmp_explain", tests, NULL, NULL);
}
