/* SPDX-License-Identifier: MIT */
/* The derived values of snmp_proto: shares, remainders and percentages. And
 * that each loss raises one alert, with advice. */
#include "snmp_stage.h"

static void begin(struct stage *stage, const char *fixture) {
  snmp_stage_lay(stage, fixture);
  stage_start_quietly(stage);
  stage_read(stage);
  assert_int_equal(stage->recording.alert_count, 0);
}

static void shares_are_of_the_interval(void **state) {
  (void)state;
  static const struct {
    const char *gains, *key;
    double share;
  } rows[] = {
      {"Tcp:OutSegs+1000 Tcp:RetransSegs+30", "Tcp:retransmitted", 3},
      {"Tcp:OutSegs+100 Tcp:RetransSegs+1", "Tcp:retransmitted", 1},
      /* Retransmissions alone are traffic. */
      {"Tcp:OutSegs+10 Tcp:RetransSegs+90", "Tcp:retransmitted", 100},
      {"Tcp:OutSegs+9 Tcp:RetransSegs+90", "Tcp:retransmitted", NONE},
      {"Tcp:OutSegs+0", "Tcp:retransmitted", NONE},
      /* OutSegs does not contain retransmissions. */
      {"Tcp:OutSegs+100 Tcp:RetransSegs+300", "Tcp:retransmitted", 100},
      {"Udp:InDatagrams+900 Udp:InErrors+100 Udp:RcvbufErrors+100",
       "Udp:receive_buffer_loss", 10},
      {"Udp:InErrors+100 Udp:RcvbufErrors+100", "Udp:receive_buffer_loss", 100},
      {"Udp:InDatagrams+50 Udp:InErrors+50 Udp:RcvbufErrors+25",
       "Udp:receive_buffer_loss", 25},
      {"Udp:InDatagrams+49 Udp:InErrors+50 Udp:RcvbufErrors+50",
       "Udp:receive_buffer_loss", NONE},
      {"Udp6:InDatagrams+900 Udp6:InErrors+100 Udp6:RcvbufErrors+50",
       "Udp6:receive_buffer_loss", 5},
      {"UdpLite:InDatagrams+100", "UdpLite:receive_buffer_loss", 0},
      {"UdpLite6:InDatagrams+100", "UdpLite6:receive_buffer_loss", 0},
      {"Tcp:PassiveOpens+30 TcpExt:ListenDrops+10", "TcpExt:listen_drops", 25},
      {"TcpExt:ListenDrops+9", "TcpExt:listen_drops", NONE},
      {"TcpExt:ListenDrops+10", "TcpExt:listen_drops", 100},
      {"Ip:ReasmOKs+30 Ip:ReasmFails+10", "Ip:reassembly_failures", 25},
      {"Ip:ReasmOKs+9", "Ip:reassembly_failures", NONE},
      {"Ip6:ReasmOKs+50 Ip6:ReasmFails+50", "Ip6:reassembly_failures", 50},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    recording_configure(&stage->recording,
                        PLUGIN(LINE("Report", STRING("all"))));
    begin(stage, NEWEST);
    ASSERT_IS(rows[i].key, NONE);
    snmp_stage_gain_all(stage, rows[i].gains);
    stage_read(stage);
    CHECK(fabs(snmp_stage_number(stage, rows[i].key) - rows[i].share) < 1e-9,
          "%s: %s is %g", rows[i].gains, rows[i].key,
          snmp_stage_number(stage, rows[i].key));
    /* Nothing happens in the next interval. */
    stage_read(stage);
    ASSERT_IS(rows[i].key, NONE);
    stage_free(stage);
  }
}

static void a_share_is_raised_by_three_and_cleared_by_six(void **state) {
  struct stage *stage = *state;
  begin(stage, NEWEST);
  for (int i = 0; i < 3; ++i) {
    ASSERT_IS("alert", 0);
    snmp_stage_gain_all(stage, "Tcp:OutSegs+1000 Tcp:RetransSegs+100");
    stage_read(stage);
    stage_expect_alerts(stage, i < 2 ? "" : "Tcp/retransmitted okay>warning");
  }
  ASSERT_HAS(stage_only_message(stage),
             "Tcp retransmits 10 % of its segments (limit 5 %); ");
  /* No traffic counts as traffic without loss. */
  for (int i = 0; i < 6; ++i) {
    ASSERT_IS("alert", 1);
    snmp_stage_gain_all(stage,
                        i % 2 == 0 ? "Tcp:OutSegs+10" : "Tcp:OutSegs+1000");
    stage_read(stage);
    stage_expect_alerts(stage, i < 5 ? "" : "Tcp/retransmitted warning>okay");
  }
  ASSERT_HAS(stage_only_message(stage), "10 % at worst, in 30 s");
}

/* Two reads, which a gain takes to count: the gains before them, and the
 * remainder afterwards. */
struct remainder_step {
  const char *gains;
  int rest;
};

static void check_remainder(const char *fixture, const char *key,
                            const struct remainder_step *steps, size_t count) {
  struct stage *stage = stage_new(&snmp_proto_layer);
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  begin(stage, fixture);
  double before = snmp_stage_number(stage, key);
  CHECK(before != NONE, "no %s", key);
  assert_true(snmp_stage_value(stage, key)->is_counter);
  for (size_t i = 0; i < count; ++i) {
    snmp_stage_gain_all(stage, steps[i].gains);
    stage_read(stage);
    stage_read(stage);
    CHECK(snmp_stage_number(stage, key) == before + steps[i].rest,
          "%s, step %zu: %g more", key, i,
          snmp_stage_number(stage, key) - before);
  }
  stage_free(stage);
}
#define CHECK_REMAINDER(fixture, key, ...)                                     \
  check_remainder(fixture, key, (const struct remainder_step[]){__VA_ARGS__},  \
                  sizeof((const struct remainder_step[]){__VA_ARGS__}) /       \
                      sizeof(struct remainder_step))

static void a_remainder_is_what_no_part_explains(void **state) {
  (void)state;
  CHECK_REMAINDER(NEWEST, "Udp:InErrorsOther", {"Udp:InErrors+5", 5},
                  {"Udp:InErrors+7 Udp:RcvbufErrors+4 Udp:MemErrors+2", 6},
                  {"Udp:InErrors+7 Udp:InCsumErrors+7", 6});
  CHECK_REMAINDER(NEWEST, "Udp6:InErrorsOther",
                  {"Udp6:InErrors+9 Udp6:RcvbufErrors+1 Udp6:InCsumErrors+3 "
                   "Udp6:MemErrors+2",
                   3});
  CHECK_REMAINDER(NEWEST, "UdpLite:InErrorsOther",
                  {"UdpLite:InErrors+9 UdpLite:RcvbufErrors+1 "
                   "UdpLite:InCsumErrors+3 UdpLite:MemErrors+2",
                   3});
  CHECK_REMAINDER(NEWEST, "UdpLite6:InErrorsOther",
                  {"UdpLite6:InErrors+9 UdpLite6:RcvbufErrors+1 "
                   "UdpLite6:InCsumErrors+3 UdpLite6:MemErrors+2",
                   3});
  CHECK_REMAINDER(NEWEST, "TcpExt:ListenDropsOther",
                  {"TcpExt:ListenDrops+9 TcpExt:ListenOverflows+4 "
                   "TcpExt:TCPReqQFullDrop+3",
                   2});
  CHECK_REMAINDER(NEWEST, "Ip:OutDiscardsOther",
                  {"Ip:OutDiscards+9 Udp:SndbufErrors+4 "
                   "UdpLite:SndbufErrors+3",
                   2});
  CHECK_REMAINDER(NEWEST, "Ip6:OutDiscardsOther",
                  {"Ip6:OutDiscards+9 Udp6:SndbufErrors+4 "
                   "UdpLite6:SndbufErrors+3",
                   2});
}

static void a_remainder_never_goes_back(void **state) {
  (void)state;
  /* A part counts earlier than its whole. */
  CHECK_REMAINDER(NEWEST, "Udp:InErrorsOther", {"Udp:InErrors+10", 10},
                  {"Udp:RcvbufErrors+4", 10}, {"Udp:InErrors+4", 10},
                  {"Udp:InErrors+1", 11});
  /* The parts are larger than the whole. */
  CHECK_REMAINDER(NEWEST, "Udp:InErrorsOther", {"Udp:RcvbufErrors+100", 0},
                  {"Udp:InErrors+60", 0}, {"Udp:InErrors+41", 1});
}

static void a_missing_part_counts_as_0(void **state) {
  (void)state;
  CHECK_REMAINDER("linux-3.10", "Udp:InErrorsOther",
                  {"Udp:RcvbufErrors+1000000", 0},
                  {"Udp:InErrors+3000000 Udp:RcvbufErrors+1000000", 689559});
}

static void prunes_depend_on_the_kernels_counters(void **state) {
  (void)state;
  static const struct {
    const char *fixture;
    bool is_there;
  } rows[] = {{"linux-2.6.32", true}, {"linux-3.10", true},
              {"linux-4.19", false},  {"linux-5.10", false},
              {"linux-6.1", false},   {NEWEST, false}};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    recording_configure(&stage->recording,
                        PLUGIN(LINE("Report", STRING("all"))));
    begin(stage, rows[i].fixture);
    CHECK((snmp_stage_value(stage, "TcpExt:RcvPrunedOther") != NULL) ==
              rows[i].is_there,
          "%s", rows[i].fixture);
    stage_free(stage);
  }
  CHECK_REMAINDER("linux-2.6.32", "TcpExt:RcvPrunedOther",
                  {"TcpExt:RcvPruned+5", 5});
}

static void levels_are_bytes_and_shares_of_their_limits(void **state) {
  struct stage *stage = *state;
  double page = (double)sysconf(_SC_PAGESIZE);
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  begin(stage, "linux-5.10");
  const struct {
    const char *key;
    double value;
  } rows[] = {
      {"Tcp:memory", 400 * page},
      {"Tcp:memory_used", 20},
      {"Tcp:orphans", 3},
      {"Tcp:orphans_used", 5},
      {"Tcp:time_wait", 50},
      {"Tcp:time_wait_used", 25},
      {"Udp:memory", 200 * page},
      {"Udp:memory_used", 20},
      {"Ip:fragment_memory", 4096},
      {"Ip:fragment_memory_used", 25},
      {"Ip6:fragment_memory", 8192},
      {"Ip6:fragment_memory_used", 12.5},
      {"conntrack:entries", 49},
      {"conntrack:entries_used", 25},
      {"arp_cache:entries_used", 100.0 * 49 / 1024},
      {"ndisc_cache:entries_used", 100.0 * 51 / 1024},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    ASSERT_IS(rows[i].key, rows[i].value);
}

static void without_a_limit_there_is_no_percentage(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  snmp_stage_lay(stage, "linux-5.10");
  temp_tree_unlink(&stage->tree, "proc/sys/net/ipv4/tcp_mem");
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/tcp_max_orphans", "0\n");
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/tcp_max_tw_buckets", "x\n");
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/udp_mem", "1 2\n");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("Tcp:orphans", 3);
  ASSERT_IS("Tcp:memory_used", NONE);
  ASSERT_IS("Tcp:orphans_used", NONE);
  ASSERT_IS("Tcp:time_wait_used", NONE);
  ASSERT_IS("Udp:memory_used", NONE);
  ASSERT_IS("Ip:fragment_memory_used", 25);
  assert_int_equal(stage->recording.line_count, 0);
}

static void missing_fields_of_sockstat_are_not_reported(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  snmp_stage_lay(stage, NEWEST);
  temp_tree_write(&stage->tree, "proc/net/sockstat",
                  "sockets: used 5\nTCP: inuse 1 orphan 4\nNEW: a 1 b -2\n");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("Tcp:orphans", 4);
  ASSERT_IS("Tcp:memory", NONE);
  ASSERT_IS("Tcp:memory_used", NONE);
  ASSERT_IS("Tcp:time_wait", NONE);
  ASSERT_IS("Udp:memory", NONE);
}

static void a_nearly_reached_limit_is_raised(void **state) {
  (void)state;
  static const struct {
    const char *sockstat, *alerts, *message;
  } rows[] = {
      {"TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 1700\n", "", NULL},
      {"TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 1702\n",
       "Tcp/memory_used okay>warning",
       "Tcp uses 85.1 % of its memory limit (limit 85 %); net.ipv4.tcp_mem is "
       "1000 1500 2000: "},
      {"TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 9000\n",
       "Tcp/memory_used okay>failure",
       "Tcp uses 100 % of its memory limit (limit 95 %)"},
      {"TCP: inuse 1 orphan 31 tw 0 alloc 1 mem 1\n",
       "Tcp/orphans_used okay>warning", "net.ipv4.tcp_max_orphans is 60: "},
      {"TCP: inuse 1 orphan 0 tw 171 alloc 1 mem 1\n",
       "Tcp/time_wait_used okay>warning",
       "Tcp has 85.5 % of the TIME_WAIT sockets allowed (limit 85 %); "
       "net.ipv4.tcp_max_tw_buckets is 200: "},
      {"UDP: inuse 1 mem 951\n", "Udp/memory_used okay>failure",
       "net.ipv4.udp_mem is 600 800 1000: "},
      {"FRAG: inuse 1 memory 14000\n", "Ip/fragment_memory_used okay>warning",
       "net.ipv4.ipfrag_high_thresh is 16384: "},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    begin(stage, "linux-5.10");
    temp_tree_write(&stage->tree, "proc/net/sockstat", rows[i].sockstat);
    stage_read(stage);
    stage_expect_alerts(stage, rows[i].alerts);
    if (rows[i].message != NULL)
      ASSERT_HAS(stage_only_message(stage), rows[i].message);
    stage_free(stage);
  }
}

static void a_nearly_full_table_is_raised(void **state) {
  struct stage *stage = *state;
  begin(stage, "linux-5.10");
  temp_tree_write(&stage->tree, "proc/net/stat/nf_conntrack",
                  "entries drop\n000000a8 00000000\n");
  stage_read(stage);
  stage_expect_alerts(stage, "conntrack/entries_used okay>warning");
  ASSERT_HAS(stage_only_message(stage), "conntrack uses 85.7");
  ASSERT_HAS(stage_only_message(stage),
             "net.netfilter.nf_conntrack_max is 196: ");
  temp_tree_write(&stage->tree, "proc/net/stat/nf_conntrack",
                  "entries drop\n000000c4 00000000\n");
  stage_read(stage);
  stage_expect_alerts(stage, "conntrack/entries_used warning>failure");
}

static void unconditional_cookies_are_not_judged(void **state) {
  (void)state;
  for (int mode = 1; mode <= 2; ++mode) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    snmp_stage_lay(stage, NEWEST);
    temp_tree_write(&stage->tree, "proc/sys/net/ipv4/tcp_syncookies",
                    mode == 2 ? "2\n" : "1\n");
    stage_start_quietly(stage);
    stage_read(stage);
    snmp_stage_gain_all(stage, "TcpExt:TCPReqQFullDoCookies+1000 "
                               "TcpExt:SyncookiesSent+1000");
    stage_read(stage);
    if (mode == 2) {
      stage_expect_alerts(stage, "");
      ASSERT_IS("TcpExt:TCPReqQFullDoCookies", NONE);
    } else {
      stage_expect_alerts(stage, "TcpExt/TCPReqQFullDoCookies okay>warning");
      stage_read(stage);
      ASSERT_IS("TcpExt:TCPReqQFullDoCookies", 1000);
    }
    stage_free(stage);
  }
}

static void unconditional_cookies_clear_the_alert(void **state) {
  struct stage *stage = *state;
  begin(stage, NEWEST);
  snmp_stage_gain_all(stage, "TcpExt:TCPReqQFullDoCookies+1000");
  stage_read(stage);
  assert_int_equal(stage->recording.alert_count, 1);
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/tcp_syncookies", "2\n");
  for (int i = 0; i < 6; ++i) {
    snmp_stage_gain_all(stage, "TcpExt:TCPReqQFullDoCookies+1000");
    stage_read(stage);
    stage_expect_alerts(
        stage, i < 5 ? "" : "TcpExt/TCPReqQFullDoCookies warning>okay");
  }
}

/* The counters that the kernel raises for one kind of loss. */
static const struct {
  const char *gains, *alert, *message;
} losses[] = {
    {"Udp:InErrors+50 Udp:RcvbufErrors+50", "Udp/RcvbufErrors okay>warning",
     "Udp lost 5.0/s in full receive buffers (RcvbufErrors) (limit 1/s); "
     "net.core.rmem_max is 4194304: "},
    {"Udp6:InErrors+500 Udp6:RcvbufErrors+500",
     "Udp6/RcvbufErrors okay>failure",
     "Udp6 lost 50.0/s in full receive buffers (RcvbufErrors) (limit 10/s); "
     "net.core.rmem_max is 4194304: "},
    {"UdpLite:InErrors+50 UdpLite:RcvbufErrors+50",
     "UdpLite/RcvbufErrors okay>warning", "net.core.rmem_max is 4194304: "},
    {"UdpLite6:InErrors+50 UdpLite6:RcvbufErrors+50",
     "UdpLite6/RcvbufErrors okay>warning", "net.core.rmem_max is 4194304: "},
    {"Udp:InErrors+50 Udp:MemErrors+50", "Udp/MemErrors okay>warning",
     "Udp lost 5.0/s for lack of UDP memory (MemErrors) (limit "
     "0.1/s); net.ipv4.udp_mem is "},
    {"Udp:InErrors+50 Udp:InCsumErrors+50", "Udp/InCsumErrors okay>warning",
     "(InCsumErrors)"},
    {"Udp6:InErrors+50 Udp6:InCsumErrors+50", "Udp6/InCsumErrors okay>warning",
     "(InCsumErrors)"},
    {"Udp:InErrors+50", "Udp/InErrorsOther okay>warning", "(InErrorsOther)"},
    {"Udp6:InErrors+50", "Udp6/InErrorsOther okay>warning", "(InErrorsOther)"},
    {"UdpLite:InErrors+50", "UdpLite/InErrorsOther okay>warning",
     "(InErrorsOther)"},
    {"Ip:OutDiscards+200 Udp:SndbufErrors+200", "Udp/SndbufErrors okay>warning",
     "Udp lost or refused 20.0/s when sending (SndbufErrors) (limit 10/s); "
     "net.core.wmem_default is "},
    {"Ip6:OutDiscards+200 Udp6:SndbufErrors+200",
     "Udp6/SndbufErrors okay>warning", "(SndbufErrors)"},
    {"Ip:OutDiscards+200", "Ip/OutDiscardsOther okay>warning",
     "(OutDiscardsOther)"},
    {"Ip6:OutDiscards+200", "Ip6/OutDiscardsOther okay>warning",
     "(OutDiscardsOther)"},
    {"Ip:InDiscards+50", "Ip/InDiscards okay>warning", "vm.min_free_kbytes is"},
    {"Ip6:InDiscards+2000", "Ip6/InDiscards okay>warning", "(InDiscards)"},
    {"Ip:ReasmFails+50 Ip:ReasmTimeout+50", "Ip/ReasmFails okay>warning",
     "; fragments are lost on the path"},
    {"Ip:ReasmFails+50 IpExt:ReasmOverlaps+50", "Ip/ReasmFails okay>warning",
     "(ReasmFails)"},
    {"Ip6:ReasmFails+50 Ip6:ReasmTimeout+50", "Ip6/ReasmFails okay>warning",
     "; fragments are lost on the path"},
    {"TcpExt:ListenDrops+20 TcpExt:ListenOverflows+20",
     "TcpExt/ListenOverflows okay>warning",
     "TcpExt dropped 2.0/s at full accept queues (ListenOverflows) (limit "
     "0.1/s); net.core.somaxconn is 4096: "},
    {"TcpExt:ListenDrops+20 TcpExt:TCPReqQFullDrop+20",
     "TcpExt/TCPReqQFullDrop okay>warning", "net.ipv4.tcp_syncookies is 1: "},
    {"TcpExt:ListenDrops+20", "TcpExt/ListenDropsOther okay>warning",
     "(ListenDropsOther)"},
    {"TcpExt:TCPReqQFullDoCookies+50 TcpExt:SyncookiesSent+50",
     "TcpExt/TCPReqQFullDoCookies okay>warning", "; few clients return the"},
    {"TcpExt:TCPRcvQDrop+20 TcpExt:RcvPruned+20 TcpExt:PruneCalled+20",
     "TcpExt/TCPRcvQDrop okay>warning", "; TCP memory is at 0 % of tcp_mem"},
    {"TcpExt:TCPOFODrop+20 TcpExt:RcvPruned+20 TcpExt:PruneCalled+20",
     "TcpExt/TCPOFODrop okay>warning", "net.ipv4.tcp_rmem is "},
    {"TcpExt:OfoPruned+20 TcpExt:PruneCalled+20",
     "TcpExt/OfoPruned okay>warning", "net.ipv4.tcp_rmem is "},
    {"TcpExt:TCPBacklogDrop+20", "TcpExt/TCPBacklogDrop okay>warning",
     "net.ipv4.tcp_rmem is "},
    {"TcpExt:TCPZeroWindowDrop+200", "TcpExt/TCPZeroWindowDrop okay>warning",
     "(TCPZeroWindowDrop)"},
    {"TcpExt:BeyondWindow+200", "TcpExt/BeyondWindow okay>warning",
     "(BeyondWindow)"},
    {"Ip:OutNoRoutes+200", "Ip/OutNoRoutes okay>warning", "(OutNoRoutes)"},
    {"Ip6:OutNoRoutes+200", "Ip6/OutNoRoutes okay>warning", "(OutNoRoutes)"},
    {"IpExt:InNoRoutes+200", "IpExt/InNoRoutes okay>warning", "(InNoRoutes)"},
    {"Ip6:InNoRoutes+200", "Ip6/InNoRoutes okay>warning", "(InNoRoutes)"},
    {"Ip:FragFails+200", "Ip/FragFails okay>warning", "(FragFails)"},
    {"Ip6:FragFails+200 Ip6:InTooBigErrors+200", "Ip6/FragFails okay>warning",
     "(FragFails)"},
    {"TcpExt:PFMemallocDrop+20", "TcpExt/PFMemallocDrop okay>warning",
     "vm.min_free_kbytes is"},
    {"TcpExt:TCPAbortOnMemory+20", "TcpExt/TCPAbortOnMemory okay>warning",
     "net.ipv4.tcp_max_orphans is"},
    {"TcpExt:TCPMemoryPressures+1 TcpExt:TCPMemoryPressuresChrono+900",
     "TcpExt/TCPMemoryPressures okay>warning", "net.ipv4.tcp_mem is"},
    {"TcpExt:TCPTimeWaitOverflow+20", "TcpExt/TCPTimeWaitOverflow okay>warning",
     "net.ipv4.tcp_max_tw_buckets is"},
    {"TcpExt:TCPWqueueTooBig+20", "TcpExt/TCPWqueueTooBig okay>warning",
     "net.ipv4.tcp_wmem is"},
    {"TcpExt:IPReversePathFilter+200",
     "TcpExt/IPReversePathFilter okay>warning",
     "net.ipv4.conf.all.rp_filter is"},
};

/* Reads what was gained; a second time for a remainder. */
static void read_loss(struct stage *stage) {
  stage_read(stage);
  if (stage->recording.alert_count == 0)
    stage_read(stage);
}

static void each_loss_raises_one_alert(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(losses); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    begin(stage, NEWEST);
    snmp_stage_gain_all(stage, losses[i].gains);
    read_loss(stage);
    CHECK(strcmp(recording_alerts(&stage->recording), losses[i].alert) == 0,
          "%s: %s", losses[i].gains, recording_alerts(&stage->recording));
    ASSERT_HAS(stage_only_message(stage), losses[i].message);
    /* The message is complete and contains the advice. */
    const struct recorded_alert *alert = &stage->recording.alerts[0];
    CHECK(alert->advice[0] != '\0' &&
              strstr(alert->message, alert->advice) != NULL &&
              strstr(alert->message, "...") == NULL,
          "%s", alert->message);
    for (int j = 0; j < 6; ++j) {
      ASSERT_IS("alert", alert->state);
      stage_read(stage);
    }
    assert_int_equal(stage->recording.alert_count, 1);
    ASSERT_IS("alert", 0);
    stage_free(stage);
  }
}

static void prunes_of_old_kernels_raise_one_alert(void **state) {
  (void)state;
  static const struct {
    const char *gains, *alert;
  } rows[] = {
      {"TcpExt:RcvPruned+20 TcpExt:PruneCalled+20",
       "TcpExt/RcvPrunedOther okay>warning"},
      {"TcpExt:RcvPruned+20 TcpExt:PruneCalled+20 TcpExt:TCPOFODrop+20",
       "TcpExt/TCPOFODrop okay>warning"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    /* Starts at 0. */
    snmp_stage_lay(stage, "linux-3.10");
    temp_tree_write(&stage->tree, "proc/net/netstat",
                    "TcpExt: PruneCalled RcvPruned OfoPruned TCPOFODrop\n"
                    "TcpExt: 0 0 0 0\n");
    stage_start_quietly(stage);
    stage_read(stage);
    snmp_stage_gain_all(stage, rows[i].gains);
    read_loss(stage);
    stage_expect_alerts(stage, rows[i].alert);
    stage_free(stage);
  }
}

static void two_losses_raise_two_alerts(void **state) {
  struct stage *stage = *state;
  begin(stage, NEWEST);
  snmp_stage_gain_all(stage, "Udp:InErrors+150 Udp:RcvbufErrors+80");
  stage_read(stage);
  stage_expect_alerts(stage, "Udp/RcvbufErrors okay>warning");
  stage_read(stage);
  stage_expect_alerts(stage, "Udp/InErrorsOther okay>warning");
}

static void the_other_tables_raise_one_alert_each(void **state) {
  (void)state;
  static const struct {
    const char *path, *before, *after, *alert, *message;
  } rows[] = {
      {"proc/net/stat/nf_conntrack", "entries insert_failed drop\n1 0 0\n",
       "entries insert_failed drop\n1 14 14\n", "conntrack/drop okay>warning",
       "; parallel packets of one new flow clash"},
      {"proc/net/stat/nf_conntrack",
       "entries chainlength insert_failed\n1 0 0\n",
       "entries chainlength insert_failed\n1 14 14\n",
       "conntrack/chainlength okay>warning",
       "net.netfilter.nf_conntrack_buckets is "},
      {"proc/net/stat/nf_conntrack", "entries early_drop\n1 0\n",
       "entries early_drop\n1 14\n", "conntrack/early_drop okay>warning",
       "net.netfilter.nf_conntrack_max is 262144: "},
      {"proc/net/stat/arp_cache", "entries forced_gc_runs table_fulls\n1 0 0\n",
       "entries forced_gc_runs table_fulls\n1 14 14\n",
       "arp_cache/table_fulls okay>warning",
       "net.ipv4.neigh.default.gc_thresh3 is 1024: "},
      {"proc/net/stat/ndisc_cache",
       "entries unresolved_discards res_failed\n1 0 0\n",
       "entries unresolved_discards res_failed\n1 14 14\n",
       "ndisc_cache/unresolved_discards okay>warning",
       "net.ipv6.neigh.default.unres_qlen_bytes is "},
      {"proc/net/xfrm_stat", "XfrmInNoStates 0\nXfrmInError 0\n",
       "XfrmInNoStates 20\nXfrmInError 0\n", "xfrm/XfrmInNoStates okay>warning",
       "xfrm dropped 2.0/s without an SA (XfrmInNoStates)"},
      {"proc/net/sctp/snmp", "SctpCurrEstab 1\nSctpChecksumErrors 0\n",
       "SctpCurrEstab 2\nSctpChecksumErrors 20\n",
       "Sctp/ChecksumErrors okay>warning", "(ChecksumErrors)"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    snmp_stage_lay(stage, NEWEST);
    temp_tree_write(&stage->tree, rows[i].path, rows[i].before);
    stage_start_quietly(stage);
    stage_read(stage);
    temp_tree_write(&stage->tree, rows[i].path, rows[i].after);
    stage_read(stage);
    stage_expect_alerts(stage, rows[i].alert);
    ASSERT_HAS(stage_only_message(stage), rows[i].message);
    stage_free(stage);
  }
}

static void several_losses_at_once(void **state) {
  struct stage *stage = *state;
  for (int i = 0; i < 2; ++i) {
    char step[32];
    snprintf(step, sizeof(step), "losses/t%d", i);
    snmp_stage_lay(stage, step);
    if (i == 0)
      stage_start_quietly(stage);
    stage_read(stage);
    stage_expect_alerts(stage, i == 0 ? ""
                                      : "Udp/RcvbufErrors okay>failure, "
                                        "TcpExt/ListenOverflows okay>warning, "
                                        "Udp6/RcvbufErrors okay>warning");
  }
  ASSERT_IS("Udp:receive_buffer_loss", 100.0 * 2500 / 12600);
  ASSERT_IS("Udp6:receive_buffer_loss", NONE);
  ASSERT_IS("Tcp:retransmitted", 1);
  ASSERT_IS("alert", 2);
  ASSERT_HAS(stage->recording.alerts[0].message,
             "Udp lost 250.0/s in full receive buffers (RcvbufErrors) (limit "
             "10/s); net.core.rmem_max is 4194304: ");
  /* Counters that were 0 are sent from the next read on, which confirms the
   * remainders. */
  stage_read(stage);
  stage_expect_alerts(stage, "Udp/InErrorsOther okay>warning, "
                             "TcpExt/ListenDropsOther okay>warning");
  ASSERT_IS("Udp:RcvbufErrors", 2500);
  ASSERT_IS("Udp:InErrors", 2600);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shares_are_of_the_interval),
      SNMP_STAGE_TEST(a_share_is_raised_by_three_and_cleared_by_six),
      cmocka_unit_test(a_remainder_is_what_no_part_explains),
      cmocka_unit_test(a_remainder_never_goes_back),
      cmocka_unit_test(a_missing_part_counts_as_0),
      cmocka_unit_test(prunes_depend_on_the_kernels_counters),
      SNMP_STAGE_TEST(levels_are_bytes_and_shares_of_their_limits),
      SNMP_STAGE_TEST(without_a_limit_there_is_no_percentage),
      SNMP_STAGE_TEST(missing_fields_of_sockstat_are_not_reported),
      cmocka_unit_test(a_nearly_reached_limit_is_raised),
      SNMP_STAGE_TEST(a_nearly_full_table_is_raised),
      cmocka_unit_test(unconditional_cookies_are_not_judged),
      SNMP_STAGE_TEST(unconditional_cookies_clear_the_alert),
      cmocka_unit_test(each_loss_raises_one_alert),
      cmocka_unit_test(prunes_of_old_kernels_raise_one_alert),
      SNMP_STAGE_TEST(two_losses_raise_two_alerts),
      cmocka_unit_test(the_other_tables_raise_one_alert_each),
      SNMP_STAGE_TEST(several_losses_at_once),
  };
  return cmocka_run_group_tests_name("snmp_derived", tests, NULL, NULL);
}
