/* SPDX-License-Identifier: MIT */
/* snmp_proto in network namespaces. */
#include "snmp_stage.h"

#include <sys/resource.h>

#define ALLOCATIONS_OF_LIBRARIES
#include "allocations.h"
#include "fake_netns.h"
#include "open_files.h"

static int make(void **state) {
  int r = snmp_stage_make(state);
  struct stage *stage = *state;
  if (r < 0)
    return r;
  fake_netns_reset(&stage->tree);
  snmp_stage_lay(stage, NEWEST);
  recording_configure(&stage->recording,
                      PLUGIN(LINE("Namespace", STRING("/^web/"))));
  return 0;
}

/* Sets the losses of a namespace and its connections in TIME_WAIT. */
static void lay(struct stage *stage, const char *space, unsigned lost,
                unsigned time_wait) {
  char path[128], text[512];
  snprintf(path, sizeof(path), "spaces/%s/net/snmp", space);
  snprintf(text, sizeof(text),
           "Tcp: PassiveOpens InSegs\nTcp: %u 100\n"
           "Udp: InDatagrams InErrors RcvbufErrors\nUdp: 1000 %u %u\n",
           lost, lost, lost);
  temp_tree_write(&stage->tree, path, text);
  snprintf(path, sizeof(path), "spaces/%s/net/netstat", space);
  snprintf(text, sizeof(text), "TcpExt: ListenDrops\nTcpExt: %u\n", lost);
  temp_tree_write(&stage->tree, path, text);
  snprintf(path, sizeof(path), "spaces/%s/net/sockstat", space);
  snprintf(text, sizeof(text),
           "sockets: used 9\nTCP: inuse 5 orphan 3 tw %u alloc 8 mem 4\n"
           "UDP: inuse 2 mem 3\n",
           time_wait);
  temp_tree_write(&stage->tree, path, text);
}

static void lay_setting(struct stage *stage, const char *space,
                        const char *name, const char *value) {
  char path[128];
  snprintf(path, sizeof(path), "spaces/%s/settings/%s", space, name);
  temp_tree_write(&stage->tree, path, value);
}

static void counters_belong_to_their_namespace(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "web2");
  fake_netns_name(&stage->tree, "c", "other");
  lay(stage, "a", 5, 0);
  lay(stage, "b", 7, 0);
  lay(stage, "c", 9, 0);
  double host = 0;
  stage_start_quietly(stage);
  stage_read(stage);
  host = snmp_stage_number(stage, "Udp:InDatagrams");
  CHECK(host > 0 && fabs(host - 1000) > 1, "%f", host);
  ASSERT_IS("web-Udp:RcvbufErrors", 5);
  ASSERT_IS("web-Udp:InDatagrams", 1000);
  ASSERT_IS("web-TcpExt:ListenDrops", 5);
  ASSERT_IS("web2-Udp:RcvbufErrors", 7);
  ASSERT_IS("other-Udp:RcvbufErrors", NONE);
  lay(stage, "a", 6, 0);
  stage_read(stage);
  ASSERT_IS("web-Udp:RcvbufErrors", 6);
  ASSERT_IS("web2-Udp:RcvbufErrors", 7);
  ASSERT_IS("Udp:InDatagrams", host);
  assert_int_equal(stage->recording.line_count, 0);
}

static void files_are_opened_in_the_namespace_once(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  lay(stage, "a", 5, 0);
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  stage_start_quietly(stage);
  stage_read(stage);
  unsigned visits = fake_netns.visits;
  size_t files = open_files();
  for (unsigned i = 0; i < 4; i++) {
    lay(stage, "a", 6 + i, 0);
    stage_read(stage);
    ASSERT_IS("web-Udp:RcvbufErrors", 6 + i);
  }
  assert_int_equal(fake_netns.visits, visits);
  assert_int_equal(open_files(), files);
  /* A table of a new module is noticed within a minute. */
  temp_tree_write(&stage->tree, "spaces/a/net/xfrm_stat", "XfrmInError 3\n");
  stage_read(stage);
  stage_read(stage);
  ASSERT_IS("web-xfrm:XfrmInError", 3);
}

static void losses_raise_the_same_alerts_as_on_the_host(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  lay(stage, "a", 5, 0);
  lay_setting(stage, "a", "core/rmem_max", "4711\n");
  temp_tree_write(&stage->tree, "proc/sys/net/core/rmem_max", "212992\n");
  stage_start_quietly(stage);
  stage_read(stage);
  lay(stage, "a", 5005, 0);
  stage_read(stage);
  ASSERT_HAS(recording_alerts(&stage->recording),
             "web-Udp/RcvbufErrors okay>failure");
  const struct recorded_alert *found = stage->recording.alerts;
  while (strcmp(found->type_instance, "RcvbufErrors") != 0)
    found++;
  assert_string_equal(found->instance, "web-Udp");
  assert_string_equal(found->setting, "net.core.rmem_max");
  assert_string_equal(found->setting_value, "4711");
  /* Shares belong to the namespace. */
  ASSERT_IS("web-Udp:receive_buffer_loss", 100);
  fake_netns_unname(&stage->tree, "web");
  stage_read(stage);
  ASSERT_HAS(recording_alerts(&stage->recording),
             "web-Udp/RcvbufErrors failure>okay gone");
  assert_int_equal(stage->recording.line_count, 0);
}

static void levels_use_the_namespaces_settings(void **state) {
  struct stage *stage = *state;
  static const char buckets[] = "ipv4/tcp_max_tw_buckets";
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "web2");
  temp_tree_write(&stage->tree, "proc/sys/net/ipv4/tcp_max_tw_buckets",
                  "1000\n");
  lay(stage, "a", 0, 50);
  lay(stage, "b", 0, 50);
  lay_setting(stage, "a", buckets, "200\n");
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  stage_start_quietly(stage);
  stage_read(stage);
  ASSERT_IS("web-Tcp:time_wait", 50);
  ASSERT_IS("web-Tcp:time_wait_used", 25);
  ASSERT_IS("web2-Tcp:time_wait_used", 5);
  /* They are read again once a minute. */
  lay_setting(stage, "a", buckets, "100\n");
  for (int i = 0; i < 6; i++)
    stage_read(stage);
  ASSERT_IS("web-Tcp:time_wait_used", 50);
}

static void host_wide_counters_are_the_hosts(void **state) {
  struct stage *stage = *state;
  static const char *const rows[] = {"Tcp:memory",  "Tcp:memory_used",
                                     "Tcp:orphans", "Tcp:orphans_used",
                                     "Udp:memory",  "Udp:memory_used"};
  fake_netns_name(&stage->tree, "a", "web");
  lay(stage, "a", 0, 50);
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  stage_start_quietly(stage);
  stage_read(stage);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    char key[64];
    snprintf(key, sizeof(key), "web-%s", rows[i]);
    CHECK(snmp_stage_value(stage, key) == NULL, "%s was sent", key);
  }
  CHECK(snmp_stage_value(stage, "Tcp:memory") != NULL, "no memory of the host");
}

static void a_namespace_of_the_same_name_is_counted_anew(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  lay(stage, "a", 5, 0);
  lay(stage, "b", 5000, 0);
  stage_start_quietly(stage);
  stage_read(stage);
  stage_read(stage);
  fake_netns_name(&stage->tree, "b", "web");
  stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_read(stage);
  stage_expect_alerts(stage, "");
  ASSERT_IS("web-Udp:RcvbufErrors", 5);
  lay(stage, "b", 5003, 0);
  stage_read(stage);
  ASSERT_IS("web-Udp:RcvbufErrors", 8);
  assert_int_equal(stage->recording.line_count, 0);
}

static void a_broken_table_is_logged_with_its_namespace(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  lay(stage, "a", 5, 0);
  stage_start_quietly(stage);
  stage_read(stage);
  temp_tree_write(&stage->tree, "spaces/a/net/snmp", "Udp: InErrors\n");
  for (int i = 0; i < 3; i++)
    stage_read(stage);
  ASSERT_IS("web-Udp:RcvbufErrors", NONE);
  ASSERT_IS("web-TcpExt:ListenDrops", 5);
  lay(stage, "a", 5, 0);
  stage_read(stage);
  ASSERT_IS("web-Udp:RcvbufErrors", 5);
  assert_int_equal(stage->recording.line_count, 2);
  ASSERT_HAS(recording_all_lines(&stage->recording),
             "proc/net/snmp of namespace web, line ");
}

/* Two namespaces are raised; one cannot be read, and the other goes. */
static void raise_two(struct stage *stage) {
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "web2");
  lay(stage, "a", 5, 0);
  lay(stage, "b", 5, 0);
  stage_start_quietly(stage);
  stage_read(stage);
  lay(stage, "a", 5005, 0);
  lay(stage, "b", 5005, 0);
  stage_read(stage);
  ASSERT_HAS(recording_alerts(&stage->recording),
             "web-Udp/RcvbufErrors okay>failure");
  ASSERT_HAS(recording_alerts(&stage->recording),
             "web2-Udp/RcvbufErrors okay>failure");
}

static void expect_that_only_the_other_has_gone(struct stage *stage) {
  fake_netns_unname(&stage->tree, "web2");
  stage_read(stage);
  const char *alerts = recording_alerts(&stage->recording);
  ASSERT_HAS(alerts, "web2-Udp/RcvbufErrors failure>okay gone");
  ASSERT_LACKS(alerts, "web-Udp/");
}

static void an_unreadable_table_keeps_its_own_alerts_alone(void **state) {
  struct stage *stage = *state;
  raise_two(stage);
  temp_tree_write(&stage->tree, "spaces/a/net/snmp", "Udp: InErrors\n");
  expect_that_only_the_other_has_gone(stage);
  /* What the table no longer has is gone once it can be read again. */
  temp_tree_write(&stage->tree, "spaces/a/net/snmp", "Tcp: InSegs\nTcp: 1\n");
  stage_read(stage);
  ASSERT_HAS(recording_alerts(&stage->recording),
             "web-Udp/RcvbufErrors failure>okay gone");
}

static void an_unreadable_table_of_the_host_keeps_no_namespace(void **state) {
  struct stage *stage = *state;
  raise_two(stage);
  temp_tree_write(&stage->tree, "proc/net/netstat", "TcpExt: ListenDrops\n");
  expect_that_only_the_other_has_gone(stage);
}

static void an_unreadable_namespace_keeps_its_own_alerts_alone(void **state) {
  struct stage *stage = *state;
  raise_two(stage);
  fake_netns.closed = "a";
  /* Its files are opened anew within a minute. The other goes on to lose. */
  for (unsigned i = 1; i < 8; i++) {
    lay(stage, "b", 5005 + 5000 * i, 0);
    stage_read(stage);
  }
  ASSERT_IS("web-Udp:RcvbufErrors", NONE);
  ASSERT_IS("web2-Udp:RcvbufErrors", 40005);
  expect_that_only_the_other_has_gone(stage);
}

static void a_missing_table_is_not_replaced_by_the_hosts(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  lay(stage, "a", 5, 0);
  temp_tree_write(&stage->tree, "proc/net/xfrm_stat", "XfrmInError 3\n");
  recording_configure(&stage->recording, PLUGIN(LINE("Report", STRING("all"))));
  stage_start_quietly(stage);
  for (int i = 0; i < 20; i++)
    stage_read(stage);
  ASSERT_IS("xfrm:XfrmInError", 3);
  ASSERT_IS("web-xfrm:XfrmInError", NONE);
  CHECK(snmp_stage_value(stage, "web-Ip6:InReceives") == NULL,
        "Ip6 of the host");
  CHECK(snmp_stage_value(stage, "Ip6:InReceives") != NULL, "no Ip6");
}

static void without_privileges_the_host_is_read(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  lay(stage, "a", 5, 0);
  fake_netns.error = EPERM;
  assert_int_equal(recording_start(&stage->recording), 0);
  stage_read(stage);
  stage_read(stage);
  ASSERT_IS("web-Udp:RcvbufErrors", NONE);
  CHECK(snmp_stage_value(stage, "Udp:InDatagrams") != NULL,
        "nothing of the host");
  assert_int_equal(stage->recording.line_count, 1);
}

/* Keeps a small part of the daemon's files open. */
static void few_files_are_kept_open(void **state) {
  struct stage *stage = *state;
  struct rlimit before, few;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
  few = before;
  few.rlim_cur = 160;
  for (int i = 0; i < 30; i++) {
    char name[16];
    snprintf(name, sizeof(name), "web%d", i);
    fake_netns_name(&stage->tree, name, name);
    lay(stage, name, 100 + (unsigned)i, 0);
  }
  stage_start_quietly(stage);
  size_t files = open_files();
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
  stage_read(stage);
  size_t kept = open_files() - files;
  stage_read(stage);
  size_t kept_then = open_files() - files;
  ASSERT_IS("web0-Udp:RcvbufErrors", 100);
  ASSERT_IS("web29-Udp:RcvbufErrors", 129);
  lay(stage, "web29", 130, 0);
  stage_read(stage);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_IS("web29-Udp:RcvbufErrors", 130);
  /* One for each namespace, and a few of their 90 tables: a quarter. */
  CHECK(kept > 36 && kept <= 40, "%zu", kept);
  assert_int_equal(kept_then, kept);
  assert_int_equal(stage->recording.line_count, 0);
}

static void nothing_is_allocated_or_opened_in_the_steady_state(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  lay(stage, "a", 5, 0);
  stage_start_quietly(stage);
  for (int i = 0; i < 8; i++)
    stage_read(stage);
  size_t files = open_files();
  size_t before = allocations_count();
  recording_read(&stage->recording, stage->now + 1);
  size_t after = allocations_count();
  /* Opens /run/netns. */
  CHECK(after - before <= 1, "%zu", after - before);
  assert_int_equal(open_files(), files);
}

static void nothing_is_left_of_namespaces_that_are_gone(void **state) {
  struct stage *stage = *state;
  static const char *const spaces[] = {"a", "b", "c"};
  stage_start_quietly(stage);
  stage_read(stage);
  for (size_t i = 0; i < COUNT_OF(spaces); i++)
    lay(stage, spaces[i], 5, 0);
  size_t before = 0, files = open_files();
  for (int i = 0; i < 100; i++) {
    fake_netns_name(&stage->tree, spaces[i % 3], "web");
    stage_read(stage);
    stage_read(stage);
    ASSERT_IS("web-Udp:RcvbufErrors", 5);
    fake_netns_unname(&stage->tree, "web");
    stage_read(stage);
    stage_read(stage);
    ASSERT_IS("web-Udp:RcvbufErrors", NONE);
    assert_int_equal(open_files(), files);
    if (i == 20)
      before = allocations_in_use();
  }
  assert_int_equal(allocations_in_use(), before);
  assert_int_equal(stage->recording.line_count, 0);
}

int main(void) {
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, stage_teardown)
  const struct CMUnitTest tests[] = {
      TEST(counters_belong_to_their_namespace),
      TEST(files_are_opened_in_the_namespace_once),
      TEST(losses_raise_the_same_alerts_as_on_the_host),
      TEST(levels_use_the_namespaces_settings),
      TEST(host_wide_counters_are_the_hosts),
      TEST(a_namespace_of_the_same_name_is_counted_anew),
      TEST(a_broken_table_is_logged_with_its_namespace),
      TEST(an_unreadable_table_keeps_its_own_alerts_alone),
      TEST(an_unreadable_table_of_the_host_keeps_no_namespace),
      TEST(an_unreadable_namespace_keeps_its_own_alerts_alone),
      TEST(a_missing_table_is_not_replaced_by_the_hosts),
      TEST(without_privileges_the_host_is_read),
      TEST(few_files_are_kept_open),
      TEST(nothing_is_allocated_or_opened_in_the_steady_state),
      TEST(nothing_is_left_of_namespaces_that_are_gone),
  };
  return cmocka_run_group_tests_name("snmp_space", tests, NULL, NULL);
}
