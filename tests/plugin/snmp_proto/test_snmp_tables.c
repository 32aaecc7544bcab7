/* SPDX-License-Identifier: MIT */
/* The kernel's tables where its files say less than usual: neighbours that no
 * limit applies to, connection tracking without procfs, counters of 32 bits. */
#include "snmp_stage.h"

#define CONNTRACK_TABLE "proc/net/stat/nf_conntrack"
#define CONNTRACK_COUNT "proc/sys/net/netfilter/nf_conntrack_count"

static void lay_neighbours(struct stage *stage, unsigned entries, unsigned runs,
                           unsigned fulls) {
  char text[128];
  snprintf(text, sizeof(text),
           "entries  forced_gc_runs table_fulls\n%08x  %08x %08x\n"
           "%08x  00000000 00000000\n",
           entries, runs, fulls, entries);
  temp_tree_write(&stage->tree, "proc/net/stat/arp_cache", text);
}

/* Permanent entries do not count towards gc_thresh3. */
static void many_permanent_neighbours_are_no_fault(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  lay_neighbours(stage, 982, 3, 0);
  stage_start_quietly(stage);
  for (int i = 0; i < 4; i++) {
    stage_read(stage);
    stage_expect_alerts(stage, "");
    ASSERT_IS("arp_cache:entries_used", 100.0 * 982 / 1024);
  }
}

static void clean_ups_of_a_full_table_are_a_fault(void **state) {
  (void)state;
  for (int is_full = 0; is_full < 2; is_full++) {
    struct stage *stage = stage_new(&snmp_proto_layer);
    snmp_stage_lay(stage, NEWEST);
    lay_neighbours(stage, 982, 3, 0);
    stage_start_quietly(stage);
    stage_read(stage);
    lay_neighbours(stage, 982, 5, 0);
    stage_read(stage);
    stage_expect_alerts(stage, "arp_cache/entries_used okay>failure");
    ASSERT_HAS(stage_only_message(stage),
               "net.ipv4.neigh.default.gc_thresh3 is 1024: ");
    /* It clears once there are no more. */
    for (int i = 0; i < 6; i++) {
      if (is_full)
        lay_neighbours(stage, 982, 6 + (unsigned)i, 0);
      stage_read(stage);
      stage_expect_alerts(
          stage, i < 5 || is_full ? "" : "arp_cache/entries_used failure>okay");
    }
    stage_free(stage);
  }
}

static void a_threshold_judges_the_share_alone(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(THRESHOLD("arp_cache:entries_used",
                                       LINE("WarningMax", NUMBER(70)))));
  snmp_stage_lay(stage, NEWEST);
  lay_neighbours(stage, 800, 3, 0);
  stage_start_quietly(stage);
  stage_read(stage);
  stage_expect_alerts(stage, "arp_cache/entries_used okay>warning");
}

static void lay_without_procfs(struct stage *stage, const char *count) {
  snmp_stage_lay(stage, NEWEST);
  temp_tree_unlink(&stage->tree, CONNTRACK_TABLE);
  temp_tree_write(&stage->tree, "proc/sys/net/netfilter/nf_conntrack_max",
                  "65536\n");
  temp_tree_write(&stage->tree, CONNTRACK_COUNT, count);
}

static void conntrack_without_procfs_has_its_entries(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  lay_without_procfs(stage, "60000\n");
  stage_start(stage);
  stage_read(stage);
  ASSERT_IS("conntrack:entries", 60000);
  ASSERT_IS("conntrack:entries_used", 100.0 * 60000 / 65536);
  stage_expect_alerts(stage, "conntrack/entries_used okay>warning");
  ASSERT_HAS(stage_only_message(stage),
             "net.netfilter.nf_conntrack_max is 65536: ");
  temp_tree_write(&stage->tree, CONNTRACK_COUNT, "65536\n");
  for (int i = 0; i < 3; i++)
    stage_read(stage);
  ASSERT_IS("conntrack:entries_used", 100);
  assert_int_equal(stage->recording.line_count, 1);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE,
                      "packets that connection tracking drops are not known"),
      1);
}

static void conntrack_with_procfs_is_read_there(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  snmp_stage_lay(stage, NEWEST);
  temp_tree_write(&stage->tree, CONNTRACK_TABLE, "entries drop\n7 0\n7 0\n");
  temp_tree_write(&stage->tree, CONNTRACK_COUNT, "9\n");
  stage_start_quietly(stage);
  stage_read(stage);
  stage_read(stage);
  ASSERT_IS("conntrack:entries", 7);
  assert_int_equal(stage->recording.line_count, 0);
}

static void a_malformed_count_is_not_reported(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  lay_without_procfs(stage, "many\n");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("conntrack:entries", NONE);
}

static void lay_udp(struct stage *stage, uint32_t datagrams, uint32_t errors) {
  char text[256];
  snprintf(text, sizeof(text),
           "Udp: InDatagrams NoPorts InErrors RcvbufErrors\n"
           "Udp: %u 5 %u %u\n",
           datagrams, errors, errors);
  temp_tree_write(&stage->tree, "proc/net/snmp", text);
}

/* Counters of 32-bit kernels wrap; those of others only go back by a reset. */
static void counters_of_32_bit_kernels_wrap(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  lay_udp(stage, UINT32_MAX - 99, 4294967000U);
  stage_start_quietly(stage);
  stage_read(stage);
  lay_udp(stage, 900, 4294967000U);
  stage_read(stage);
  ASSERT_IS("Udp:InDatagrams", UINT64_C(0x100000000) + 900);
  /* The loss is judged over the wrap. */
  lay_udp(stage, 1000, 204);
  stage_read(stage);
  ASSERT_IS("Udp:RcvbufErrors", UINT64_C(0x100000000) + 204);
  stage_expect_alerts(stage, "Udp/RcvbufErrors okay>failure");
  lay_udp(stage, 1100, 304);
  stage_read(stage);
  ASSERT_IS("Udp:RcvbufErrors", UINT64_C(0x100000000) + 304);
}

/* All counters of the table go back. */
static void a_reset_is_no_wrap(void **state) {
  struct stage *stage = *state;
  snmp_stage_lay(stage, NEWEST);
  lay_udp(stage, UINT32_MAX - 99, 700);
  stage_start_quietly(stage);
  stage_read(stage);
  lay_udp(stage, 900, 20);
  stage_read(stage);
  stage_expect_alerts(stage, "");
  ASSERT_IS("Udp:InDatagrams", NONE);
  lay_udp(stage, 1000, 21);
  stage_read(stage);
  stage_expect_alerts(stage, "");
  ASSERT_IS("Udp:InDatagrams", (double)(UINT32_MAX - 99) + 100);
}

/* The rows of a 32-bit kernel: their sum has more bits. */
static void sums_of_rows_wrap_at_32_bits(void **state) {
  struct stage *stage = *state;
  static const char path[] = "proc/net/stat/arp_cache";
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  snmp_stage_lay(stage, NEWEST);
  temp_tree_write(&stage->tree, path,
                  "entries lookups hits\n"
                  "00000007 fffffff0 00000001\n"
                  "00000007 fffffff0 00000001\n");
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("arp_cache:lookups", UINT64_C(0x1ffffffe0));
  temp_tree_write(&stage->tree, path,
                  "entries lookups hits\n"
                  "00000007 00000010 00000001\n"
                  "00000007 fffffff8 00000001\n");
  stage_read(stage);
  ASSERT_IS("arp_cache:lookups", UINT64_C(0x1ffffffe0) + 0x28);
}

static void new_columns_of_conntrack_have_32_bits(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  snmp_stage_lay(stage, NEWEST);
  temp_tree_write(&stage->tree, CONNTRACK_TABLE,
                  "entries fresh\n1 fffffff0\n1 fffffff0\n");
  stage_start_quietly(stage);
  stage_read(stage);
  double before = snmp_stage_number(stage, "conntrack:fresh");
  temp_tree_write(&stage->tree, CONNTRACK_TABLE,
                  "entries fresh\n1 00000004\n1 fffffff4\n");
  stage_read(stage);
  ASSERT_IS("conntrack:fresh", before + 24);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SNMP_STAGE_TEST(many_permanent_neighbours_are_no_fault),
      cmocka_unit_test(clean_ups_of_a_full_table_are_a_fault),
      SNMP_STAGE_TEST(a_threshold_judges_the_share_alone),
      SNMP_STAGE_TEST(conntrack_without_procfs_has_its_entries),
      SNMP_STAGE_TEST(conntrack_with_procfs_is_read_there),
      SNMP_STAGE_TEST(a_malformed_count_is_not_reported),
      SNMP_STAGE_TEST(counters_of_32_bit_kernels_wrap),
      SNMP_STAGE_TEST(a_reset_is_no_wrap),
      SNMP_STAGE_TEST(sums_of_rows_wrap_at_32_bits),
      SNMP_STAGE_TEST(new_columns_of_conntrack_have_32_bits),
  };
  return cmocka_run_group_tests_name("snmp_tables", tests, NULL, NULL);
}
