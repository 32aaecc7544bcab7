/* SPDX-License-Identifier: MIT */
/* The layer snmp_proto with the tables of many kernels, readable or not. */
#include "snmp_stage.h"

#include "allocations.h"
#include "open_files.h"
#include "proto_table.h"
#include "series.h"

static void configure_all(struct stage *stage) {
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
}

static void check_reported(const struct stage *stage, const char *object,
                           const char *name, size_t length, uint64_t number) {
  char key[128];
  snprintf(key, sizeof(key), "%s:%.*s", object, (int)length, name);
  const struct recorded_value *value = snmp_stage_value(stage, key);
  CHECK(value != NULL, "%s is not reported", key);
  if (value->is_counter)
    CHECK(value->count == number, "%s is %" PRIu64 " instead of %" PRIu64, key,
          value->count, number);
  else
    CHECK(value->gauge == (double)(int64_t)number, "%s is %g", key,
          value->gauge);
}

static uint64_t decimal(const char *text) {
  return *text == '-' ? (uint64_t)strtoll(text, NULL, 10)
                      : strtoull(text, NULL, 10);
}

static size_t check_pairs(const struct stage *stage, const char *path) {
  size_t count = 0, length, number_length;
  char *text = snmp_stage_content(stage, path);
  for (const char *names = text; *names != '\0';) {
    const char *numbers = snmp_stage_next_line(names), *name;
    char object[64];
    snprintf(object, sizeof(object), "%.*s", (int)strcspn(names, ":"), names);
    for (size_t i = 1; (name = snmp_stage_word(names, i, &length)) != NULL;
         ++i) {
      check_reported(stage, object, name, length,
                     decimal(snmp_stage_word(numbers, i, &number_length)));
      ++count;
    }
    names = snmp_stage_next_line(numbers);
  }
  free(text);
  return count;
}

static size_t check_lines(const struct stage *stage, const char *path,
                          const char *const *objects, size_t object_count,
                          const char *whole) {
  size_t count = 0, length, number_length;
  char *text = snmp_stage_content(stage, path);
  for (const char *line = text; *line != '\0';
       line = snmp_stage_next_line(line)) {
    const char *name = snmp_stage_word(line, 0, &length);
    const char *object = whole;
    for (size_t i = 0; i < object_count; ++i)
      if (strncmp(name, objects[i], strlen(objects[i])) == 0)
        object = objects[i];
    size_t prefix = object == whole ? 0 : strlen(object);
    check_reported(stage, object, name + prefix, length - prefix,
                   decimal(snmp_stage_word(line, 1, &number_length)));
    ++count;
  }
  free(text);
  return count;
}

static size_t check_rows(const struct stage *stage, const char *path,
                         const char *object) {
  size_t count = 0, length, number_length;
  char *text = snmp_stage_content(stage, path);
  const char *name;
  for (; (name = snmp_stage_word(text, count, &length)) != NULL; ++count) {
    uint64_t sum = 0;
    bool repeated = strncmp(name, "entries", length) == 0;
    for (const char *row = snmp_stage_next_line(text); *row != '\0';
         row = snmp_stage_next_line(row)) {
      uint64_t number =
          strtoull(snmp_stage_word(row, count, &number_length), NULL, 16);
      sum = repeated ? number : sum + number;
    }
    check_reported(stage, object, name, length, sum);
  }
  free(text);
  return count;
}

static const char *const generations[] = {"linux-2.6.32", "linux-3.10",
                                          "linux-4.19",   "linux-5.10",
                                          "linux-6.1",    NEWEST};

static void every_counter_of_a_kernel_is_reported_unchanged(void **state) {
  (void)state;
  static const struct {
    const char *kernel;
    size_t counters;
  } rows[] = {
      {"linux-2.6.32", 294},
      {"linux-3.10", 331},
      {"linux-4.19", 369},
      {"linux-5.10", 396},
      {"linux-6.1", 438},
      {"linux-6.1.192-x86_64", 472},
      {"linux-6.12.117-x86_64", 501},
      {NEWEST, 478},
  };
  static const char *const prefixes[] = {"Ip6", "Icmp6", "Udp6", "UdpLite6"};
  static const char *const sctp[] = {"Sctp"};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    configure_all(stage);
    snmp_stage_lay(stage, rows[i].kernel);
    stage_start_quietly(stage);
    stage_read(stage);
    size_t count = check_pairs(stage, "proc/net/snmp");
    count += check_pairs(stage, "proc/net/netstat");
    count +=
        check_lines(stage, "proc/net/snmp6", prefixes, COUNT_OF(prefixes), "");
    if (snmp_stage_has(stage, "proc/net/sctp/snmp"))
      count += check_lines(stage, "proc/net/sctp/snmp", sctp, 1, "");
    count += check_lines(stage, "proc/net/xfrm_stat", NULL, 0, "xfrm");
    count += check_rows(stage, "proc/net/stat/nf_conntrack", "conntrack");
    count += check_rows(stage, "proc/net/stat/arp_cache", "arp_cache");
    count += check_rows(stage, "proc/net/stat/ndisc_cache", "ndisc_cache");
    CHECK(count == rows[i].counters, "%s: %zu counters", rows[i].kernel, count);
    assert_int_equal(stage->recording.alert_count, 0);
    assert_int_equal(stage->recording.line_count, 0);
    stage_free(stage);
  }
}

static void each_kernel_reports_the_counters_it_has(void **state) {
  (void)state;
  static const struct {
    const char *key;
    double values[COUNT_OF(generations)];
  } rows[] = {
      /* The newest has counted none. */
      {"Udp:RcvbufErrors", {26719, 310413, 419413, 510413, 601413, NONE}},
      {"Udp:InCsumErrors", {NONE, 310427, 419427, 510427, 601427, NONE}},
      {"Udp:MemErrors", {NONE, NONE, NONE, NONE, 601441, NONE}},
      {"Udp6:RcvbufErrors", {NONE, 311694, 420932, 512121, 603401, NONE}},
      {"Ip6:InReceives", {27377, 311225, 420435, 511624, 602904, 21}},
      {"TcpExt:ListenOverflows", {26908, 310616, 419623, 510623, 601637, NONE}},
      {"TcpExt:OfoPruned", {26817, 310525, 419539, 510539, 601553, NONE}},
      {"Tcp:OutSegs", {26663, 310350, 419350, 510350, 601350, 10356}},
      /* The first read has no rates. */
      {"Tcp:retransmitted", {NONE, NONE, NONE, NONE, NONE, NONE}},
      {"Tcp:memory_used", {20, 20, 20, 20, 20, 100.0 * 391 / 575796}},
      {"conntrack:entries_used", {25, 25, 25, 25, 25, NONE}},
      {"alert", {0, 0, 0, 0, 0, 0}},
      /* Not by default. */
      {"IpExt:InOctets", {NONE, NONE, NONE, NONE, NONE, NONE}},
      {"IcmpMsg:InType3", {NONE, NONE, NONE, NONE, NONE, NONE}},
      {"Tcp:MaxConn", {NONE, NONE, NONE, NONE, NONE, NONE}},
      {"somaxconn", {NONE, NONE, NONE, NONE, NONE, NONE}},
  };
  for (size_t i = 0; i < COUNT_OF(generations); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    snmp_stage_lay(stage, generations[i]);
    stage_start_quietly(stage);
    stage_read(stage);
    for (size_t j = 0; j < COUNT_OF(rows); ++j)
      CHECK(fabs(snmp_stage_number(stage, rows[j].key) - rows[j].values[i]) <
                1e-9,
            "%s: %s is %.9g instead of %.9g", generations[i], rows[j].key,
            snmp_stage_number(stage, rows[j].key), rows[j].values[i]);
    stage_free(stage);
  }
}

static void counters_are_named_as_in_collectds_protocols(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  const struct recorded_value *value = recording_value(
      &stage->recording, "Udp", "protocol_counter", "InDatagrams");
  assert_non_null(value);
  assert_true(value->is_counter);
  assert_true(value->count == 412);
}

static void a_counter_is_sent_from_its_first_event_on(void **state) {
  struct stage *stage = *state;
  struct recording *recording = &stage->recording;
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  stage_read(stage);
  ASSERT_IS("Udp:RcvbufErrors", NONE);
  assert_int_equal(recording->before_count, 0);

  snmp_stage_gain_all(stage, "Udp:RcvbufErrors+7");
  stage_read(stage);
  ASSERT_IS("Udp:RcvbufErrors", NONE);
  assert_int_equal(recording->before_count, 1);
  assert_string_equal(recording->befores[0].instance, "Udp");
  assert_string_equal(recording->befores[0].type_instance, "RcvbufErrors");
  assert_int_equal(recording->befores[0].count, 0);

  snmp_stage_gain_all(stage, "Udp:RcvbufErrors+7");
  stage_read(stage);
  ASSERT_IS("Udp:RcvbufErrors", 14);
  assert_int_equal(recording->before_count, 0);
}

static void a_counter_chosen_by_name_is_sent_at_0(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("Counter", STRING("Udp:RcvbufErrors"))));
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("Udp:RcvbufErrors", 0);
  snmp_stage_gain_all(stage, "Udp:RcvbufErrors+7");
  stage_read(stage);
  ASSERT_IS("Udp:RcvbufErrors", 7);
  assert_int_equal(stage->recording.before_count, 0);
}

static void gauges_are_gauges(void **state) {
  struct stage *stage = *state;
  static const struct {
    const char *key;
    double value;
  } rows[] = {
      {"Tcp:MaxConn", -1},       {"Tcp:RtoMin", 200},
      {"Tcp:RtoMax", 120000},    {"Tcp:CurrEstab", 12},
      {"Ip:Forwarding", 2},      {"Ip:DefaultTTL", 64},
      {"arp_cache:entries", 49}, {"ndisc_cache:entries", 51},
      {"conntrack:entries", 49},
  };
  configure_all(stage);
  snmp_stage_lay(stage, "linux-5.10");
  stage_start_quietly(stage);
  stage_read(stage);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    ASSERT_IS(rows[i].key, rows[i].value);
    CHECK(!snmp_stage_value(stage, rows[i].key)->is_counter, "%s", rows[i].key);
  }
}

static void numbers_of_64_bits_are_kept(void **state) {
  struct stage *stage = *state;
  configure_all(stage);
  snmp_stage_lay(stage, "linux-6.1");
  stage_start_quietly(stage);
  stage_read(stage);
  assert_true(snmp_stage_value(stage, "IpExt:InOctets")->count ==
              UINT64_C(12885502888));
  assert_true(snmp_stage_value(stage, "IpExt:OutOctets")->count ==
              UINT64_C(9223372036855376808));
}

static void a_host_with_defaults_gets_at_most_90_series(void **state) {
  (void)state;
  /* The newest kernel as recorded, and one with no counter at 0. */
  static const struct {
    const char *host;
    const char *losses;
    size_t most;
  } rows[] = {
      {NEWEST, "", 35},
      {"linux-6.1",
       " Tcp:RetransSegs+9 Udp:RcvbufErrors+9 Udp6:RcvbufErrors+9 "
       "UdpLite:RcvbufErrors+9 UdpLite6:RcvbufErrors+9 TcpExt:ListenDrops+9 "
       "Ip:ReasmFails+9 Ip6:ReasmFails+9",
       90},
  };
  static const char *const shares[] = {
      "Tcp:retransmitted",        "Udp:receive_buffer_loss",
      "Udp6:receive_buffer_loss", "TcpExt:listen_drops",
      "Ip:reassembly_failures",   "Ip6:reassembly_failures"};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    char gains[512];
    snprintf(gains, sizeof(gains),
             "Tcp:OutSegs+1000 Udp:InDatagrams+1000 UdpLite:InDatagrams+1000 "
             "Udp6:InDatagrams+1000 UdpLite6:InDatagrams+1000 "
             "Tcp:PassiveOpens+1000 Ip:ReasmOKs+1000 Ip6:ReasmOKs+1000%s",
             rows[i].losses);
    snmp_stage_lay(stage, rows[i].host);
    stage_start_quietly(stage);
    stage_read(stage);
    snmp_stage_gain_all(stage, gains);
    stage_read(stage);
    for (size_t j = 0; j < COUNT_OF(shares); ++j) {
      if (rows[i].losses[0] == '\0')
        ASSERT_IS(shares[j], NONE);
      else
        CHECK(snmp_stage_number(stage, shares[j]) > 0, "%s", shares[j]);
    }
    size_t count = stage->recording.value_count;
    CHECK(count > 15 && count <= rows[i].most, "%s: %zu series", rows[i].host,
          count);
    stage_free(stage);
  }
}

static void options_select_what_is_sent(void **state) {
  (void)state;
  const struct {
    struct config_node lines[3];
    size_t line_count;
    /* Udp:InErrors and Tcp:OutSegs are sent by default, TcpExt:TCPAckCompressed
     * is known, IcmpMsg:InType3 is not. */
    bool errors, segments, acks, learned;
  } rows[] = {
      {{LINE("Report", STRING("default"))}, 1, true, true, false, false},
      {{LINE("Report", STRING("all"))}, 1, true, true, true, true},
      {{LINE("Report", STRING("ALL"))}, 1, true, true, true, true},
      {{LINE("Counter", STRING("Tcp:OutSegs"))}, 1, false, true, false, false},
      {{LINE("Counter", STRING("tcp:outsegs"))}, 1, false, false, false, false},
      {{LINE("Counter", STRING("OutSegs"))}, 1, false, false, false, false},
      {{LINE("Counter", STRING("/^Tcp/"))}, 1, false, true, true, false},
      {{LINE("Counter", STRING("/^TcpExt:TCP.*Comp/")),
        LINE("Counter", STRING("/^IcmpMsg:/"))},
       2,
       false,
       false,
       true,
       true},
      {{LINE("Counter", STRING("Tcp:OutSegs")),
        LINE("IgnoreSelected", BOOLEAN(true))},
       2,
       true,
       false,
       false,
       false},
      {{LINE("Counter", STRING("/Type/")),
        LINE("IgnoreSelected", BOOLEAN(true)), LINE("Report", STRING("all"))},
       3,
       true,
       true,
       true,
       false},
      {{LINE("IgnoreSelected", BOOLEAN(true))}, 1, true, true, false, false},
      {{LINE("Report", STRING("all")), LINE("Counter", STRING("Udp:InErrors"))},
       2,
       true,
       false,
       false,
       false},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    struct config_node block = *PLUGIN(LINE("ProcRoot", STRING("")));
    block.children = rows[i].lines;
    block.child_count = rows[i].line_count;
    recording_configure(&stage->recording, &block);
    snmp_stage_lay(stage, NEWEST);
    stage_start_quietly(stage);
    stage_read(stage);
    snmp_stage_gain_all(stage, "Udp:InErrors+1 Udp:RcvbufErrors+1");
    stage_read(stage);
    stage_read(stage);
    CHECK((snmp_stage_value(stage, "Udp:InErrors") != NULL) == rows[i].errors &&
              (snmp_stage_value(stage, "Tcp:OutSegs") != NULL) ==
                  rows[i].segments &&
              (snmp_stage_value(stage, "TcpExt:TCPAckCompressed") != NULL) ==
                  rows[i].acks &&
              (snmp_stage_value(stage, "IcmpMsg:InType3") != NULL) ==
                  rows[i].learned,
          "row %zu", i);
    ASSERT_IS("alert", 0);
    stage_free(stage);
  }
}

static void a_share_is_sent_without_its_counters(void **state) {
  struct stage *stage = *state;
  recording_configure(
      &stage->recording,
      PLUGIN(LINE("Counter", STRING("/^Tcp:retransmitted$/")),
             LINE("Counter", STRING("TcpExt:ListenDropsOther")),
             LINE("Counter", STRING("arp_cache:entries_used"))));
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  snmp_stage_gain_all(stage, "Tcp:OutSegs+1000 Tcp:RetransSegs+40 "
                             "TcpExt:ListenDrops+3");
  stage_read(stage);
  ASSERT_IS("Tcp:retransmitted", 4);
  ASSERT_IS("TcpExt:ListenDropsOther", 0);
  ASSERT_IS("arp_cache:entries_used", 100.0 * 2 / 1024);
  assert_int_equal(stage->recording.value_count, 4);
  /* A second read confirms a remainder. */
  stage_read(stage);
  ASSERT_IS("TcpExt:ListenDropsOther", 3);
}

static void counters_that_are_not_sent_are_judged(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("Counter", STRING("Tcp:InSegs"))));
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  snmp_stage_gain_all(stage, "Udp:InErrors+50 Udp:RcvbufErrors+50");
  stage_read(stage);
  stage_expect_alerts(stage, "Udp/RcvbufErrors okay>warning");
  assert_int_equal(stage->recording.value_count, 2);
}

static void a_counter_can_be_given_limits(void **state) {
  struct stage *stage = *state;
  recording_configure(
      &stage->recording,
      PLUGIN(THRESHOLD("IpExt:InNoRoutes", LINE("WarningMax", NUMBER(2))),
             THRESHOLD("Udp:RcvbufErrors", LINE("WarningMax", STRING("none")),
                       LINE("FailureMax", NUMBER(20)))));
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  snmp_stage_gain_all(stage, "IpExt:InNoRoutes+30 Udp:InErrors+150 "
                             "Udp:RcvbufErrors+150");
  stage_read(stage);
  stage_expect_alerts(stage, "IpExt/InNoRoutes okay>warning");
  ASSERT_HAS(stage_only_message(stage),
             "IpExt dropped 3.0/s while forwarding, for lack of a route "
             "(InNoRoutes) (limit 2/s)");
  ASSERT_IS("IpExt:InNoRoutes", NONE);
}

/* Writes an unknown protocol, and an unknown counter of a known one. */
static void lay_future(struct stage *stage, int drops, int lost) {
  char text[256];
  snprintf(text, sizeof(text),
           "TcpExt: ListenDrops TCPFutureDrop\nTcpExt: 0 %d\n"
           "Future: Lost Level\nFuture: %d -5\n",
           drops, lost);
  temp_tree_write(&stage->tree, "proc/net/netstat", text);
}

static void unknown_counters_are_learned(void **state) {
  (void)state;
  for (int all = 0; all < 2; ++all) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    if (all)
      configure_all(stage);
    recording_configure(
        &stage->recording,
        PLUGIN(THRESHOLD("TcpExt:TCPFutureDrop", LINE("WarningMax", NUMBER(1))),
               THRESHOLD("Future:Lost", LINE("FailureMax", NUMBER(1)))));
    snmp_stage_lay(stage, NEWEST);
    assert_int_equal(recording_start(&stage->recording), 0);
    assert_int_equal(
        recording_lines(&stage->recording, LAYER_WARNING, "not a known meter"),
        2);
    stage_read(stage);
    lay_future(stage, 10, 20);
    stage_read(stage);
    assert_int_equal(stage->recording.alert_count, 0);
    ASSERT_IS("TcpExt:TCPFutureDrop", all ? 10 : NONE);
    ASSERT_IS("Future:Lost", all ? 20 : NONE);
    lay_future(stage, 35, 45);
    stage_read(stage);
    stage_expect_alerts(
        stage, "TcpExt/TCPFutureDrop okay>warning, Future/Lost okay>failure");
    ASSERT_HAS(stage->recording.alerts[0].message,
               "TcpExt has 2.5/s TCPFutureDrop (limit 1/s)");
    ASSERT_IS("TcpExt:TCPFutureDrop", all ? 35 : NONE);
    if (all)
      assert_true(snmp_stage_value(stage, "Future:Lost")->is_counter);
    assert_int_equal(stage->recording.line_count, 2);
    stage_free(stage);
  }
}

static void columns_that_move_are_followed(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  static const char *const tables[] = {
      "Udp: InErrors NoPorts RcvbufErrors\nUdp: 10 20 30\n",
      "Udp: NoPorts RcvbufErrors InErrors\nUdp: 21 31 11\n",
      "Udp: RcvbufErrors Fresh InErrors NoPorts\nUdp: 32 7 12 22\n"};
  for (int i = 0; i < 3; ++i) {
    temp_tree_write(&stage->tree, "proc/net/snmp", tables[i]);
    stage_read(stage);
    ASSERT_IS("Udp:InErrors", 10 + i);
    ASSERT_IS("Udp:NoPorts", 20 + i);
    ASSERT_IS("Udp:RcvbufErrors", 30 + i);
    assert_int_equal(stage->recording.alert_count, 0);
  }
}

static void settings_are_read_once_a_minute(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportSettings", BOOLEAN(true))));
  snmp_stage_lay(stage, "linux-4.19");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("somaxconn", 128);
  ASSERT_IS("tcp_mem_low", 1000);
  ASSERT_IS("tcp_mem_pressure", 1500);
  ASSERT_IS("tcp_mem_high", 2000);
  ASSERT_IS("ip_local_port_range_min", 32768);
  ASSERT_IS("ip_local_port_range_max", 60999);
  temp_tree_write(&stage->tree, "proc/sys/net/core/somaxconn", "4096\n");
  for (int i = 0; i < 5; ++i) {
    stage_read(stage);
    ASSERT_IS("somaxconn", 128);
  }
  stage_read(stage);
  ASSERT_IS("somaxconn", 4096);
}

static void an_alert_reads_the_settings_again(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportSettings", BOOLEAN(true))));
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  temp_tree_write(&stage->tree, "proc/sys/net/core/somaxconn", "511\n");
  snmp_stage_gain_all(stage, "TcpExt:ListenDrops+20 TcpExt:ListenOverflows+20");
  stage_read(stage);
  ASSERT_IS("somaxconn", 4096);
  ASSERT_HAS(stage_only_message(stage), "net.core.somaxconn is 511");
  stage_read(stage);
  ASSERT_IS("somaxconn", 511);
}

/* Hostile fixtures, each with its file and a counter in that file. */
static const struct {
  const char *fixture, *path, *key;
} hostile[] = {
    {"fewer-values", "proc/net/snmp", "Udp:InErrors"},
    {"more-values", "proc/net/snmp", "Udp:InErrors"},
    {"other-protocol", "proc/net/snmp", "Udp:InErrors"},
    {"longer-protocol", "proc/net/snmp", "Udp:InErrors"},
    {"no-colon", "proc/net/snmp", "Udp:InErrors"},
    {"no-colon-in-values", "proc/net/snmp", "Udp:InErrors"},
    {"letters", "proc/net/snmp", "Udp:InErrors"},
    {"glued-letters", "proc/net/snmp", "Udp:InErrors"},
    {"too-large", "proc/net/snmp", "Udp:InErrors"},
    {"too-small", "proc/net/snmp", "Udp:InErrors"},
    {"truncated-names", "proc/net/snmp", "Udp:InErrors"},
    {"truncated-values", "proc/net/snmp", "Udp:InErrors"},
    {"empty-line", "proc/net/snmp", "Udp:InErrors"},
    {"nul", "proc/net/snmp", "Udp:InErrors"},
    {"lines-no-value", "proc/net/snmp6", "Udp6:InErrors"},
    {"lines-two-values", "proc/net/snmp6", "Udp6:InErrors"},
    {"lines-letters", "proc/net/snmp6", "Udp6:InErrors"},
    {"fields-odd", "proc/net/sockstat", "Tcp:memory_used"},
    {"fields-no-colon", "proc/net/sockstat", "Tcp:memory_used"},
    {"fields-letters", "proc/net/sockstat", "Tcp:memory_used"},
    {"rows-short", "proc/net/stat/nf_conntrack", "conntrack:drop"},
    {"rows-long", "proc/net/stat/nf_conntrack", "conntrack:drop"},
    {"rows-letters", "proc/net/stat/nf_conntrack", "conntrack:drop"},
    {"rows-too-large", "proc/net/stat/nf_conntrack", "conntrack:drop"},
    {"rows-empty", "proc/net/stat/nf_conntrack", "conntrack:drop"},
};

static void garbage_is_logged_once_and_the_rest_goes_on(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(hostile); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    configure_all(stage);
    snmp_stage_lay(stage, NEWEST);
    stage_start_quietly(stage);
    stage_read(stage);
    double before = snmp_stage_number(stage, hostile[i].key);
    CHECK(before != NONE, "%s: no %s", hostile[i].fixture, hostile[i].key);
    char fixture[64];
    snprintf(fixture, sizeof(fixture), "hostile/%s", hostile[i].fixture);
    snmp_stage_lay(stage, fixture);
    for (int j = 0; j < 3; ++j) {
      stage_read(stage);
      ASSERT_IS(hostile[i].key, NONE);
      ASSERT_IS("TcpExt:ListenDrops", 0);
      ASSERT_IS("alert", 0);
      assert_int_equal(stage->recording.alert_count, 0);
    }
    CHECK(stage->recording.line_count == 1 &&
              recording_lines(&stage->recording, LAYER_ERROR,
                              hostile[i].path) == 1 &&
              recording_lines(&stage->recording, LAYER_ERROR, "line ") == 1,
          "%s: %s", hostile[i].fixture, recording_all_lines(&stage->recording));
    snmp_stage_lay(stage, NEWEST);
    stage_read(stage);
    stage_read(stage);
    ASSERT_IS(hostile[i].key, before);
    CHECK(stage->recording.line_count == 2 &&
              recording_lines(&stage->recording, LAYER_NOTICE,
                              hostile[i].path) == 1,
          "%s: %s", hostile[i].fixture, recording_all_lines(&stage->recording));
    stage_free(stage);
  }
}

static void the_first_of_two_equal_counters_counts(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  snmp_stage_lay(stage, "hostile/duplicate-column");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("Udp:InErrors", 10);
  ASSERT_IS("Udp:InDatagrams", 20);
  snmp_stage_lay(stage, "hostile/duplicate-protocol");
  stage_read(stage);
  ASSERT_IS("Udp:InErrors", 10);
  ASSERT_IS("Udp:NoPorts", 20);
  ASSERT_IS("Udp:RcvbufErrors", 40);
  assert_int_equal(stage->recording.alert_count, 0);
  assert_int_equal(stage->recording.line_count, 0);
}

static void a_line_of_a_megabyte_is_read(void **state) {
  struct stage *stage = *state;
  enum { COLUMNS = 100000 };
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  assert_non_null(stream);
  fprintf(stream, "TcpExt:");
  for (int i = 0; i < COLUMNS; ++i)
    fprintf(stream, " Column%05d", i);
  fprintf(stream, " ListenDrops\nTcpExt:");
  for (int i = 0; i < COLUMNS; ++i)
    fprintf(stream, " %d", i);
  fprintf(stream, " 17\n");
  fclose(stream);
  assert_true(size > 1 << 20);
  snmp_stage_lay(stage, NEWEST);
  temp_tree_write_bytes(&stage->tree, "proc/net/netstat", text, size);
  free(text);
  stage_start_quietly(stage);
  stage_read(stage);
  stage_read(stage);
  ASSERT_IS("TcpExt:ListenDrops", 17);
  assert_int_equal(stage->recording.line_count, 0);

  /* The message contains a part of a long word. */
  char *word = malloc(1 << 20);
  assert_non_null(word);
  memset(word, 'x', 1 << 20);
  temp_tree_write_bytes(&stage->tree, "proc/net/netstat", word, 1 << 20);
  free(word);
  stage_read(stage);
  stage_read(stage);
  ASSERT_IS("TcpExt:ListenDrops", NONE);
  assert_int_equal(stage->recording.line_count, 1);
  assert_true(strlen(stage->recording.lines[0].message) < 256);
}

static void each_table_can_be_missing(void **state) {
  (void)state;
  static const struct {
    const char *path;
    bool required;
    const char *key; /* only in this table */
  } rows[] = {
      {"proc/net/snmp", true, "Udp:InErrors"},
      {"proc/net/netstat", true, "TcpExt:ListenDrops"},
      {"proc/net/snmp6", false, "Udp6:InErrors"},
      {"proc/net/sockstat", true, "Tcp:memory_used"},
      {"proc/net/sockstat6", false, "Ip6:fragment_memory_used"},
      {"proc/net/stat/nf_conntrack", false, "conntrack:drop"},
      {"proc/net/stat/arp_cache", false, "arp_cache:entries_used"},
      {"proc/net/stat/ndisc_cache", false, "ndisc_cache:entries_used"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    configure_all(stage);
    snmp_stage_lay(stage, NEWEST);
    stage_start_quietly(stage);
    stage_read(stage);
    CHECK(snmp_stage_value(stage, rows[i].key) != NULL, "no %s", rows[i].key);
    temp_tree_unlink(&stage->tree, rows[i].path);
    for (int j = 0; j < 3; ++j) {
      stage_read(stage);
      for (size_t k = 0; k < COUNT_OF(rows); ++k) {
        /* Without its counters a protocol has no memory either, and without
         * the first sockstat, the second is not read. */
        if ((i < 3 && k > i) || (i == 3 && k == 4))
          continue;
        CHECK((snmp_stage_value(stage, rows[k].key) != NULL) == (i != k),
              "%s: %s", rows[i].path, rows[k].key);
      }
    }
    CHECK(stage->recording.line_count == rows[i].required &&
              recording_lines(&stage->recording, LAYER_ERROR, rows[i].path) ==
                  rows[i].required,
          "%s: %s", rows[i].path, recording_all_lines(&stage->recording));
    snmp_stage_lay(stage, NEWEST);
    /* An optional table is not looked for at every read. */
    for (int j = 0; j < 6; ++j)
      stage_read(stage);
    CHECK(snmp_stage_value(stage, rows[i].key) != NULL, "no %s", rows[i].key);
    CHECK(recording_lines(&stage->recording, LAYER_NOTICE, rows[i].path) ==
              rows[i].required,
          "%s: %s", rows[i].path, recording_all_lines(&stage->recording));
    stage_free(stage);
  }
}

static void without_any_table_nothing_can_be_read(void **state) {
  struct stage *stage = *state;
  configure_all(stage);
  stage_start_quietly(stage);
  for (int i = 0; i < 3; ++i)
    assert_int_equal(recording_read(&stage->recording, i), -ENOENT);
  assert_int_equal(stage->recording.value_count, 0);
  assert_int_equal(stage->recording.line_count, 3);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR, "proc/net"),
                   3);
  snmp_stage_lay(stage, NEWEST);
  stage_read(stage);
  ASSERT_IS("Udp:InErrors", 0);
  assert_int_equal(stage->recording.line_count, 6);
}

static void an_alert_survives_garbage(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  stage_read(stage);
  snmp_stage_gain_all(stage, "TcpExt:ListenDrops+20 TcpExt:ListenOverflows+20");
  stage_read(stage);
  stage_expect_alerts(stage, "TcpExt/ListenOverflows okay>warning");
  char *text = snmp_stage_content(stage, "proc/net/netstat");
  temp_tree_write(&stage->tree, "proc/net/netstat", "TcpExt: ListenDrops\n");
  for (int i = 0; i < 10; ++i) {
    stage_read(stage);
    stage_expect_alerts(stage, "");
    ASSERT_IS("alert", 1);
    ASSERT_IS("TcpExt:ListenDrops", NONE);
  }
  temp_tree_write(&stage->tree, "proc/net/netstat", text);
  free(text);
  for (int i = 0; i < 6; ++i) {
    ASSERT_IS("alert", 1);
    stage_read(stage);
    stage_expect_alerts(stage,
                        i < 5 ? "" : "TcpExt/ListenOverflows warning>okay");
  }
  ASSERT_IS("alert", 0);
  ASSERT_HAS(stage_only_message(stage), "20 connections lost");
}

static void an_unloaded_table_clears_its_alerts(void **state) {
  struct stage *stage = *state;
  static const char path[] = "proc/net/stat/nf_conntrack";
  snmp_stage_lay(stage, NEWEST);
  temp_tree_write(&stage->tree, path, "entries drop\n1 0\n");
  stage_start_quietly(stage);
  stage_read(stage);
  temp_tree_write(&stage->tree, path, "entries drop\n1 ffff\n");
  stage_read(stage);
  stage_expect_alerts(stage, "conntrack/drop okay>failure");
  temp_tree_unlink(&stage->tree, path);
  stage_read(stage);
  stage_expect_alerts(stage, "conntrack/drop failure>okay gone");
  assert_int_equal(stage->recording.line_count, 0);
}

static void counters_of_conntrack_wrap_at_32_bits(void **state) {
  struct stage *stage = *state;
  static const char path[] = "proc/net/stat/nf_conntrack";
  configure_all(stage);
  snmp_stage_lay(stage, NEWEST);
  temp_tree_write(&stage->tree, path,
                  "entries found drop\n"
                  "00000007 fffffff0 00000001\n"
                  "00000007 00000005 00000000\n");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("conntrack:found", 0xfffffff5);
  ASSERT_IS("conntrack:entries", 7);
  temp_tree_write(&stage->tree, path,
                  "entries found drop\n"
                  "00000008 00000010 00000001\n"
                  "00000008 00000007 00000000\n");
  stage_read(stage);
  ASSERT_IS("conntrack:found", UINT64_C(0x100000017));
  ASSERT_IS("conntrack:drop", 1);
  ASSERT_IS("conntrack:entries", 8);
  assert_int_equal(stage->recording.alert_count, 0);
}

static void the_steady_state_allocates_nothing(void **state) {
  struct stage *stage = *state;
  configure_all(stage);
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportSettings", BOOLEAN(true))));
  snmp_stage_lay(stage, NEWEST);
  stage_start_quietly(stage);
  for (int i = 0; i < 3; ++i)
    stage_read(stage);
  size_t files = open_files();
  size_t allocations = allocations_count();
  for (int i = 0; i < 200; ++i)
    stage_read(stage);
  assert_int_equal(allocations_count(), allocations);
  assert_int_equal(open_files(), files);
}

/* Opens the layer on the running kernel. Returns false if it has no tables. */
static bool open_kernel(struct recording *recording) {
  if (access("/proc/net/snmp", R_OK) != 0)
    return false;
  recording_open(recording, &snmp_proto_layer);
  recording_configure(recording, PLUGIN(LINE("Report", STRING("all")),
                                        LINE("Notifications", BOOLEAN(false))));
  assert_int_equal(recording_start(recording), 0);
  return true;
}

static const struct proto_counter *find_counter(const struct proto_table *table,
                                                const char *protocol,
                                                const char *name) {
  for (size_t i = 0; i < table->count; ++i)
    if (strcmp(table->counters[i].protocol, protocol) == 0 &&
        strcmp(table->counters[i].name, name) == 0)
      return &table->counters[i];
  return NULL;
}

static void this_kernels_counters_are_reported_unchanged(void **state) {
  (void)state;
  struct recording recording;
  if (!open_kernel(&recording))
    skip();
  struct sysroot root;
  struct proto_table before = PROTO_TABLE("proc/net/snmp", PROTO_PAIRS, NULL);
  struct proto_table after = PROTO_TABLE("proc/net/snmp", PROTO_PAIRS, NULL);
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  assert_int_equal(proto_table_read(&root, &before, NULL), 0);
  assert_int_equal(recording_read(&recording, 0), 0);
  assert_int_equal(proto_table_read(&root, &after, NULL), 0);
  size_t compared = 0;
  for (size_t i = 0; i < before.count; ++i) {
    const struct proto_counter *least = &before.counters[i];
    const struct proto_counter *most =
        find_counter(&after, least->protocol, least->name);
    const struct recorded_value *value = recording_value(
        &recording, least->protocol, "protocol_counter", least->name);
    if (most == NULL || value == NULL)
      continue;
    CHECK(value->count >= least->value && value->count <= most->value,
          "%s:%s is %" PRIu64, least->protocol, least->name, value->count);
    ++compared;
  }
  assert_true(compared > 50);
  proto_table_free(&before);
  proto_table_free(&after);
  sysroot_free(&root);
  recording_close(&recording);
}

static void reading_this_kernel_allocates_nothing(void **state) {
  (void)state;
  struct recording recording;
  if (!open_kernel(&recording))
    skip();
  for (int i = 0; i < 10; ++i)
    assert_int_equal(recording_read(&recording, i), 0);
  size_t files = open_files();
  size_t allocations = allocations_count();
  int failed = 0;
  for (int i = 10; i < 1010; ++i)
    failed += recording_read(&recording, i) != 0;
  assert_int_equal(failed, 0);
  assert_int_equal(allocations_count(), allocations);
  assert_int_equal(open_files(), files);
  recording_close(&recording);
}

/* Reads every recorded kernel twice, for the derived values. */
static void series_keep_their_names(void **state) {
  (void)state;
  static const char *const fixtures[] = {"linux-2.6.32",
                                         "linux-3.10",
                                         "linux-4.19",
                                         "linux-5.10",
                                         "linux-6.1",
                                         "linux-6.1.192-x86_64",
                                         "linux-6.12.117-x86_64",
                                         "losses/t1",
                                         "linux-6.18-x86_64"};
  static const char *const selections[] = {"default", "all"};
  struct series series = {0};
  for (size_t i = 0; i < 2 * COUNT_OF(fixtures); i++) {
    char name[64], tree[512], proc[600];
    snprintf(name, sizeof(name), "snmp_proto/%s", fixtures[i / 2]);
    fixture_path(name, tree, sizeof(tree));
    snprintf(proc, sizeof(proc), "%s/proc", tree);
    struct recording recording;
    recording_open(&recording, &snmp_proto_layer);
    recording_configure(&recording,
                        PLUGIN(LINE("ProcRoot", STRING(proc)),
                               LINE("SysRoot", STRING(tree)),
                               LINE("ReportSettings", BOOLEAN(true)),
                               LINE("Report", STRING(selections[i % 2]))));
    assert_int_equal(recording_start(&recording), 0);
    for (int read = 1; read < 3; read++) {
      assert_int_equal(recording_read(&recording, 10 * read), 0);
      series_add(&series, &recording);
    }
    recording_close(&recording);
  }
  series_expect(&series, "snmp_proto");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_counter_of_a_kernel_is_reported_unchanged),
      cmocka_unit_test(each_kernel_reports_the_counters_it_has),
      SNMP_STAGE_TEST(counters_are_named_as_in_collectds_protocols),
      SNMP_STAGE_TEST(a_counter_is_sent_from_its_first_event_on),
      SNMP_STAGE_TEST(a_counter_chosen_by_name_is_sent_at_0),
      SNMP_STAGE_TEST(gauges_are_gauges),
      SNMP_STAGE_TEST(numbers_of_64_bits_are_kept),
      SNMP_STAGE_TEST(a_host_with_defaults_gets_at_most_90_series),
      cmocka_unit_test(options_select_what_is_sent),
      SNMP_STAGE_TEST(a_share_is_sent_without_its_counters),
      SNMP_STAGE_TEST(counters_that_are_not_sent_are_judged),
      SNMP_STAGE_TEST(a_counter_can_be_given_limits),
      cmocka_unit_test(unknown_counters_are_learned),
      SNMP_STAGE_TEST(columns_that_move_are_followed),
      SNMP_STAGE_TEST(settings_are_read_once_a_minute),
      SNMP_STAGE_TEST(an_alert_reads_the_settings_again),
      cmocka_unit_test(garbage_is_logged_once_and_the_rest_goes_on),
      SNMP_STAGE_TEST(the_first_of_two_equal_counters_counts),
      SNMP_STAGE_TEST(a_line_of_a_megabyte_is_read),
      cmocka_unit_test(each_table_can_be_missing),
      SNMP_STAGE_TEST(without_any_table_nothing_can_be_read),
      SNMP_STAGE_TEST(an_alert_survives_garbage),
      SNMP_STAGE_TEST(an_unloaded_table_clears_its_alerts),
      SNMP_STAGE_TEST(counters_of_conntrack_wrap_at_32_bits),
      SNMP_STAGE_TEST(the_steady_state_allocates_nothing),
      cmocka_unit_test(this_kernels_counters_are_reported_unchanged),
      cmocka_unit_test(reading_this_kernel_allocates_nothing),
      SNMP_STAGE_TEST(series_keep_their_names),
  };
  return cmocka_run_group_tests_name("snmp_proto", tests, NULL, NULL);
}
