/* SPDX-License-Identifier: MIT */
/* sock_backlog in network namespaces. */
#include "sock_stage.h"

#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ALLOCATIONS_OF_LIBRARIES
#include "allocations.h"
#include "fake_netns.h"
#include "open_files.h"

static int make(void **state) {
  int r = sock_stage_make(state);
  struct stage *stage = *state;
  fake_netns_reset(&stage->tree);
  stage_configure(stage, PLUGIN(LINE("Namespace", STRING("/^web/"))));
  return r;
}

/* A listener in a namespace. */
static struct fake_socket *add_tcp(const char *netns, uint16_t port,
                                   uint32_t limit) {
  struct fake_socket *socket = fake_socket_tcp(port, limit);
  socket->netns = netns;
  return socket;
}

static void each_socket_is_that_of_its_namespace(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "web2");
  fake_netns_name(&stage->tree, "c", "other");
  add_tcp(NULL, 443, 10)->queue = 1;
  add_tcp("a", 443, 20)->queue = 2;
  add_tcp("b", 443, 30)->queue = 3;
  add_tcp("b", 80, 30);
  add_tcp("c", 443, 40);
  struct fake_socket *udp = fake_socket_udp(53, 1000);
  udp->netns = "a";
  udp->drops = 7;
  fake_socket_unix("/run/app", 5)->netns = "b";
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/queue_length-accept", 1);
  stage_expect(stage, "web-tcp-443/queue_length-accept", 2);
  stage_expect(stage, "web-tcp-443/queue_length-accept_limit", 20);
  stage_expect(stage, "web2-tcp-443/queue_length-accept", 3);
  stage_expect(stage, "web2-tcp-80/queue_length-accept", 0);
  stage_expect(stage, "web-udp-53/packets-dropped", 7);
  stage_expect(stage, "web2-unix-_run_app/queue_length-accept_limit", 5);
  stage_expect(stage, "tcp/count-sockets", 1);
  stage_expect(stage, "web-tcp/count-sockets", 1);
  stage_expect(stage, "web2-tcp/count-sockets", 2);
  stage_expect(stage, "web-udp/packets-dropped", 7);
  stage_expect(stage, "udp/count-sockets", 0);
  stage_expect_none(stage, "other-tcp/count-sockets");
  assert_int_equal(fake_sockets.open, 3);
  stage_expect_no_lines(stage);
}

static void sockets_are_opened_there_once(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  stage_start_and_read(stage);
  unsigned visits = fake_netns.visits;
  for (int i = 0; i < 4; i++)
    stage_read(stage);
  assert_int_equal(fake_netns.visits, visits);
  assert_int_equal(fake_sockets.open, 2);
}

static void a_socket_that_is_stuck_is_replaced_there(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  add_tcp(NULL, 443, 10)->queue = 1;
  add_tcp("a", 443, 10)->queue = 2;
  stage_start_and_read(stage);
  fake_sockets.stuck = "a";
  stage_read(stage);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "TCP listeners of IPv4 of namespace web "
                                   "cannot be read"),
                   1);
  stage_expect(stage, "tcp-443/queue_length-accept", 1);
  for (int i = 0; i < 2; i++) {
    stage_read(stage);
    stage_expect(stage, "tcp-443/queue_length-accept", 1);
    stage_expect(stage, "web-tcp-443/queue_length-accept", 2);
  }
  assert_int_equal(stage->recording.line_count, 2);
  assert_int_equal(fake_sockets.open, 2);
}

static void an_alert_shows_the_setting_of_its_namespace(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  temp_tree_write(&stage->tree, "spaces/a/settings/core/somaxconn", "4\n");
  struct fake_socket *host = add_tcp(NULL, 443, 4);
  struct fake_socket *there = add_tcp("a", 443, 4);
  stage_start_and_read(stage);
  there->queue = 5;
  stage_read(stage);
  stage_expect_alerts(stage, "web-tcp-443/accept_queue okay>failure");
  assert_string_equal(stage_only_alert(stage)->setting, "net.core.somaxconn");
  assert_string_equal(stage_only_alert(stage)->setting_value, "4");
  host->queue = 5;
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-443/accept_queue okay>failure");
  assert_string_equal(stage_only_alert(stage)->setting, "listen() backlog");
  assert_non_null(
      strstr(stage_only_alert(stage)->message, "somaxconn is 4096"));
}

static void an_alert_that_persists_shows_it_too(void **state) {
  struct stage *stage = *state;
  recording_configure(
      &stage->recording,
      PLUGIN(THRESHOLD("accept_queue", LINE("Persist", BOOLEAN(true)))));
  fake_netns_name(&stage->tree, "a", "web");
  temp_tree_write(&stage->tree, "spaces/a/settings/core/somaxconn", "4\n");
  struct fake_socket *there = add_tcp("a", 443, 4);
  stage_start_and_read(stage);
  there->queue = 5;
  for (int i = 0; i < 3; i++) {
    stage_read(stage);
    assert_string_equal(stage_only_alert(stage)->instance, "web-tcp-443");
    assert_string_equal(stage_only_alert(stage)->setting, "net.core.somaxconn");
    assert_string_equal(stage_only_alert(stage)->setting_value, "4");
  }
}

static void thresholds_apply_and_can_be_of_one_namespace(void **state) {
  struct stage *stage = *state;
  recording_configure(
      &stage->recording,
      PLUGIN(THRESHOLD("accept_queue", LINE("Instance", STRING("/^web2-/")),
                       LINE("WarningMax", NUMBER(10)))));
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "web2");
  struct fake_socket *a = add_tcp("a", 443, 4);
  struct fake_socket *b = add_tcp("b", 443, 4);
  stage_start_and_read(stage);
  a->queue = b->queue = 1;
  stage_read(stage);
  stage_expect_alerts(stage, "web2-tcp-443/accept_queue okay>warning");
  a->queue = 5;
  stage_read(stage);
  stage_expect_alerts(stage, "web-tcp-443/accept_queue okay>failure");
}

static void a_namespace_that_goes_is_cleared(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  struct fake_socket *there = add_tcp("a", 443, 4);
  stage_start_and_read(stage);
  there->queue = 5;
  stage_read(stage);
  stage_expect_alerts(stage, "web-tcp-443/accept_queue okay>failure");
  fake_netns_unname(&stage->tree, "web");
  stage_read(stage);
  stage_expect_alerts(stage, "web-tcp-443/accept_queue failure>okay gone");
  assert_true(stage_only_alert(stage)->vanished);
  assert_non_null(strstr(stage_only_alert(stage)->message,
                         "web-tcp-443 is gone; before that, 100 % at worst"));
  stage_expect_none(stage, "web-tcp/count-sockets");
  assert_int_equal(fake_sockets.open, 1);
  stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_expect_no_lines(stage);
}

static void one_in_the_place_of_another_is_counted_anew(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  add_tcp("a", 443, 4)->drops = 5;
  add_tcp("b", 443, 4)->drops = 500;
  struct fake_socket *third = add_tcp("c", 443, 4);
  stage_start_and_read(stage);
  stage_read(stage);
  stage_expect(stage, "web-tcp-443/connections-dropped", 5);
  /* It dropped more than the one before, but not now. */
  fake_netns_name(&stage->tree, "b", "web");
  stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_read(stage);
  stage_expect(stage, "web-tcp-443/connections-dropped", 5);
  stage_expect(stage, "web-tcp/connections-dropped", 5);
  /* A third one dropped less. */
  fake_netns_name(&stage->tree, "c", "web");
  stage_read(stage);
  third->drops = 3;
  stage_read(stage);
  stage_expect(stage, "web-tcp-443/connections-dropped", 8);
  stage_expect(stage, "web-tcp/connections-dropped", 8);
  stage_expect_no_lines(stage);
}

static void ephemeral_ports_are_those_of_the_namespace(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  temp_tree_write(&stage->tree, "spaces/a/settings/ipv4/ip_local_port_range",
                  "1024\t60999\n");
  fake_socket_udp(5353, 1000)->netns = "a";
  fake_socket_udp(53, 1000)->netns = "a";
  fake_socket_udp(5353, 1000);
  stage_start_and_read(stage);
  stage_expect(stage, "web-udp/count-sockets", 2);
  stage_expect(stage, "web-udp-53/count-sockets", 1);
  stage_expect_none(stage, "web-udp-5353/count-sockets");
  stage_expect(stage, "udp-5353/count-sockets", 1);
}

static void connections_are_those_of_the_namespace(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportConnections", BOOLEAN(true))));
  fake_netns_name(&stage->tree, "a", "web");
  temp_tree_write(&stage->tree, "spaces/a/settings/ipv4/ip_local_port_range",
                  "40000\t40009\n");
  temp_tree_write(&stage->tree, "spaces/a/settings/ipv4/tcp_syncookies", "0\n");
  temp_tree_write(&stage->tree, "spaces/a/settings/ipv4/tcp_max_syn_backlog",
                  "8\n");
  add_tcp("a", 443, 100);
  add_tcp(NULL, 443, 100);
  fake_socket_connection(TCP_ESTABLISHED, 443, 5000)->queue = 7;
  for (uint16_t i = 0; i < 9; i++)
    fake_socket_connection(TCP_ESTABLISHED, (uint16_t)(40000 + i), 80)->netns =
        "a";
  for (uint16_t i = 0; i < 5; i++)
    fake_socket_connection(TCP_SYN_RECV, 443, (uint16_t)(5000 + i))->netns =
        "a";
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/current_connections-established", 1);
  stage_expect(stage, "tcp-443/bytes-recv_q", 7);
  stage_expect(stage, "tcp/current_connections-established", 1);
  stage_expect(stage, "tcp/percent-ephemeral_ports", 0);
  stage_expect(stage, "web-tcp-443/current_connections-established", 0);
  stage_expect(stage, "web-tcp-443/bytes-recv_q", 0);
  stage_expect(stage, "web-tcp/current_connections-established", 9);
  stage_expect(stage, "web-tcp/percent-ephemeral_ports", 90);
  stage_expect(stage, "web-tcp-443/current_connections-syn_received", 5);
  stage_expect(stage, "web-tcp-443/current_connections-syn_received_limit", 6);
  stage_expect(stage, "tcp-443/current_connections-syn_received_limit", 100);
  stage_expect_alerts(stage, "web-tcp/ephemeral_ports okay>warning, "
                             "web-tcp-443/syn_queue okay>warning");
}

/* The kernel need not walk the connections of all namespaces. */
static void no_sockets_no_question_for_connections(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportConnections", BOOLEAN(true))));
  fake_netns_name(&stage->tree, "a", "web");
  temp_tree_write(&stage->tree, "spaces/a/net/sockstat",
                  "TCP: inuse 0 orphan 0 tw 0 alloc 1 mem 0\n");
  temp_tree_write(&stage->tree, "spaces/a/net/sockstat6", "TCP6: inuse 0\n");
  stage_start_and_read(stage);
  unsigned requests = fake_sockets.connection_requests;
  stage_read(stage);
  assert_int_equal(fake_sockets.connection_requests - requests, 2);
  stage_expect(stage, "web-tcp/current_connections-established", 0);
  /* TIME_WAIT does not count as a socket. */
  temp_tree_write(&stage->tree, "spaces/a/net/sockstat",
                  "TCP: inuse 0 orphan 0 tw 1 alloc 1 mem 0\n");
  fake_socket_connection(TCP_TIME_WAIT, 40000, 80)->netns = "a";
  stage_read(stage);
  stage_expect(stage, "web-tcp/current_connections-time_wait", 1);
}

static void modules_are_the_hosts(void **state) {
  struct stage *stage = *state;
  static const char head[] = "  sl  local_address rem_address   st tx_queue "
                             "rx_queue tr tm->when retrnsmt   uid  timeout "
                             "inode ref pointer drops\n";
  char text[512];
  fake_sockets.no_udp = fake_sockets.no_udplite = true;
  snprintf(
      text, sizeof(text),
      "%s  1: 00000000:0035 00000000:0000 07 00000000:00000010 00:00000000 "
      "00000000  0  0 4711 2 0000000000000000 %d\n",
      head, 3);
  temp_tree_write(&stage->tree, "proc/net/udp", text);
  snprintf(
      text, sizeof(text),
      "%s  1: 00000000:0035 00000000:0000 07 00000000:00000020 00:00000000 "
      "00000000  0  0 4712 2 0000000000000000 %d\n",
      head, 9);
  temp_tree_write(&stage->tree, "spaces/a/net/udp", text);
  fake_netns_name(&stage->tree, "a", "web");
  stage_start_and_read(stage);
  stage_expect(stage, "udp-53/packets-dropped", 3);
  stage_expect(stage, "web-udp-53/packets-dropped", 9);
  stage_expect(stage, "web-udp-53/bytes-receive_queue", 32);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "this kernel has no udp_diag"),
                   1);
  unsigned requests = fake_sockets.requests, visits = fake_netns.visits;
  stage_read(stage);
  stage_expect(stage, "web-udp-53/packets-dropped", 9);
  /* TCP over IPv4 and IPv6 and UNIX in both namespaces, and nothing else. */
  assert_int_equal(fake_sockets.requests - requests, 6);
  assert_int_equal(fake_netns.visits, visits);
}

static void lay_counts(struct stage *stage, unsigned tcp, unsigned udp) {
  char text[256];
  snprintf(text, sizeof(text),
           "sockets: used 9\nTCP: inuse %u orphan 0 tw 0 alloc 1 mem 0\n"
           "UDP: inuse %u mem 0\nUDPLITE: inuse 0\n",
           tcp, udp);
  temp_tree_write(&stage->tree, "spaces/a/net/sockstat", text);
  temp_tree_write(&stage->tree, "spaces/a/net/sockstat6",
                  "TCP6: inuse 0\nUDP6: inuse 0\nUDPLITE6: inuse 0\n");
}

/* Counts requests of one read, less the host's seven and the one for UNIX. */
static unsigned requests(struct stage *stage) {
  unsigned before = fake_sockets.requests;
  stage_read(stage);
  return fake_sockets.requests - before - 8;
}

static void a_namespace_without_sockets_of_a_kind_is_not_asked(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  lay_counts(stage, 1, 0);
  struct fake_socket *tcp = add_tcp("a", 443, 10);
  stage_start_and_read(stage);
  assert_int_equal(requests(stage), 1);
  stage_expect(stage, "web-tcp/count-sockets", 1);
  stage_expect(stage, "web-udp/count-sockets", 0);
  /* A socket comes, ... */
  lay_counts(stage, 1, 1);
  fake_socket_udp(53, 1000)->netns = "a";
  assert_int_equal(requests(stage), 2);
  stage_expect(stage, "web-udp/count-sockets", 1);
  /* ... another seems to be gone for a moment, ... */
  lay_counts(stage, 0, 1);
  assert_int_equal(requests(stage), 2);
  stage_expect(stage, "web-tcp-443/count-sockets", 1);
  lay_counts(stage, 1, 1);
  assert_int_equal(requests(stage), 2);
  stage_expect(stage, "web-udp-53/count-sockets", 1);
  /* ... and then it is. */
  fake_socket_close(tcp);
  lay_counts(stage, 0, 1);
  assert_int_equal(requests(stage), 2);
  assert_int_equal(requests(stage), 1);
  stage_expect(stage, "web-tcp/count-sockets", 0);
  stage_expect_none(stage, "web-tcp-443/count-sockets");
  /* Without counts, every source is asked. */
  temp_tree_write(&stage->tree, "spaces/a/net/sockstat", "TCP: what\n");
  assert_int_equal(requests(stage), 6);
  stage_expect_no_lines(stage);
}

static void too_many_objects_are_logged_for_one_namespace(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording, PLUGIN(LINE("MaxObjects", NUMBER(1))));
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "web2");
  for (uint16_t port = 1; port < 4; port++) {
    add_tcp(NULL, port, 4);
    add_tcp("a", port, 4);
    add_tcp("b", port, 4);
  }
  stage_start_and_read(stage);
  stage_read(stage);
  assert_int_equal(stage->recording.line_count, 2);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE, "web: there are 2"), 1);
  stage_expect(stage, "web2-tcp/count-sockets", 3);
}

static void without_privileges_the_host_is_read(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  add_tcp(NULL, 443, 10)->queue = 1;
  add_tcp("a", 443, 10)->queue = 2;
  fake_netns.error = EPERM;
  stage_start_and_read(stage);
  stage_read(stage);
  stage_expect(stage, "tcp-443/queue_length-accept", 1);
  stage_expect_none(stage, "web-tcp/count-sockets");
  assert_int_equal(stage->recording.line_count, 1);
}

static void one_that_cannot_be_entered_keeps_nobody(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "web2");
  add_tcp(NULL, 443, 10)->queue = 1;
  add_tcp("b", 443, 10)->queue = 2;
  fake_netns.closed = "a";
  stage_start_and_read(stage);
  stage_read(stage);
  stage_read(stage);
  stage_expect(stage, "tcp-443/queue_length-accept", 1);
  stage_expect(stage, "web2-tcp-443/queue_length-accept", 2);
  assert_int_equal(stage->recording.line_count, 1);
  assert_int_equal(fake_sockets.open, 2);
}

static void a_name_as_long_as_can_be(void **state) {
  struct stage *stage = *state;
  char name[256] = "web", path[108];
  memset(name + 3, 'n', 252);
  memset(path, 'p', 107);
  path[107] = '\0';
  fake_netns_name(&stage->tree, "a", name);
  add_tcp("a", 443, 4)->queue = 1;
  add_tcp("a", 80, 4)->queue = 2;
  fake_socket_unix(path, 4)->netns = "a";
  stage_start_and_read(stage);
  stage_read(stage);
  /* Totals of three protocols, two ports and a path, all of them different. */
  size_t sockets = 0;
  for (size_t i = 0; i < stage->recording.value_count; i++) {
    const struct recorded_value *value = &stage->recording.values[i];
    sockets += strcmp(value->type_instance, "sockets") == 0 &&
               strncmp(value->instance, "webn", 4) == 0;
  }
  assert_int_equal(sockets, 6);
}

static void nothing_is_allocated_or_opened_in_the_steady_state(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  for (uint16_t port = 1; port < 20; port++)
    add_tcp("a", port, 4);
  stage_start_and_read(stage);
  for (int i = 0; i < 8; i++)
    stage_read(stage);
  size_t files = open_files();
  size_t before = allocations_count();
  recording_read(&stage->recording, stage->now + 1);
  size_t after = allocations_count();
  /* Listing /run/netns allocates once. */
  CHECK(after - before <= 1, "%zu", after - before);
  assert_int_equal(open_files(), files);
}

static void nothing_is_left_of_namespaces_that_went(void **state) {
  struct stage *stage = *state;
  stage_start_and_read(stage);
  size_t before = 0, files = open_files();
  for (int i = 0; i < 200; i++) {
    static const char *const spaces[] = {"a", "b", "c"};
    const char *space = spaces[i % 3];
    fake_sockets.count = 0;
    add_tcp(space, (uint16_t)(i + 1), 4)->queue = 5;
    fake_netns_name(&stage->tree, space, "web");
    stage_read(stage);
    stage_read(stage);
    fake_netns_unname(&stage->tree, "web");
    stage_read(stage);
    stage_read(stage);
    assert_int_equal(open_files(), files);
    if (i == 20)
      before = allocations_in_use();
  }
  assert_int_equal(allocations_in_use(), before);
  stage_expect_no_lines(stage);
}

static void lay_refusals(struct stage *stage, unsigned count) {
  char text[128];
  snprintf(text, sizeof(text), "TcpExt: ListenDrops\nTcpExt: %u\n", count);
  temp_tree_write(&stage->tree, "spaces/a/net/netstat", text);
}

/* Refusals are those that the namespace counted, and its file does not stay
 * open. */
static void refusals_are_those_of_the_namespace(void **state) {
  struct stage *stage = *state;
  fake_netns_name(&stage->tree, "a", "web");
  sock_stage_lay_refusals(stage, 0);
  lay_refusals(stage, 100);
  struct fake_socket *host = add_tcp(NULL, 443, 4);
  struct fake_socket *there = add_tcp("a", 443, 4);
  stage_start_and_read(stage);
  stage_read(stage);
  size_t files = open_files();
  host->drops = there->drops = 60;
  lay_refusals(stage, 130);
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", 0);
  stage_expect(stage, "web-tcp-443/connections-dropped", 30);
  stage_expect_alerts(stage, "web-tcp-443/dropped okay>warning");
  assert_int_equal(open_files(), files);
}

int main(void) {
#define TEST(name)                                                             \
  cmocka_unit_test_setup_teardown(name, make, sock_stage_remove)
  const struct CMUnitTest tests[] = {
      TEST(each_socket_is_that_of_its_namespace),
      TEST(sockets_are_opened_there_once),
      TEST(a_socket_that_is_stuck_is_replaced_there),
      TEST(an_alert_shows_the_setting_of_its_namespace),
      TEST(an_alert_that_persists_shows_it_too),
      TEST(thresholds_apply_and_can_be_of_one_namespace),
      TEST(a_namespace_that_goes_is_cleared),
      TEST(one_in_the_place_of_another_is_counted_anew),
      TEST(ephemeral_ports_are_those_of_the_namespace),
      TEST(connections_are_those_of_the_namespace),
      TEST(no_sockets_no_question_for_connections),
      TEST(modules_are_the_hosts),
      TEST(a_namespace_without_sockets_of_a_kind_is_not_asked),
      TEST(too_many_objects_are_logged_for_one_namespace),
      TEST(without_privileges_the_host_is_read),
      TEST(one_that_cannot_be_entered_keeps_nobody),
      TEST(a_name_as_long_as_can_be),
      TEST(nothing_is_allocated_or_opened_in_the_steady_state),
      TEST(nothing_is_left_of_namespaces_that_went),
      TEST(refusals_are_those_of_the_namespace),
  };
  return cmocka_run_group_tests_name("sock_space", tests, NULL, NULL);
}
