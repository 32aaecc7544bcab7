/* SPDX-License-Identifier: MIT */
#include "sock_stage.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "allocations.h"

#define WITH_CONNECTIONS LINE("ReportConnections", BOOLEAN(true))

static void setting(struct stage *stage, const char *name, const char *value) {
  char path[128];
  snprintf(path, sizeof(path), "proc/sys/net/ipv4/%s", name);
  temp_tree_write(&stage->tree, path, value);
}

static void start_with_connections(struct stage *stage) {
  stage_configure(stage, PLUGIN(WITH_CONNECTIONS));
  stage_start_and_read(stage);
}

/* Makes a connection over IPv6. */
static struct fake_socket *connection6(int state, uint16_t port,
                                       const char *address, const char *peer) {
  struct fake_socket *socket = fake_socket_connection(state, port, 443);
  socket->family = AF_INET6;
  socket->address = address;
  socket->peer = peer;
  return socket;
}

static void the_states_of_a_port(void **state) {
  struct stage *stage = *state;
  static const int states[] = {
      TCP_ESTABLISHED, TCP_ESTABLISHED, TCP_ESTABLISHED, TCP_SYN_RECV,
      TCP_TIME_WAIT,   TCP_TIME_WAIT,   TCP_CLOSE_WAIT,
  };
  fake_socket_tcp(443, 4);
  fake_socket_tcp(80, 4);
  for (uint16_t i = 0; i < COUNT_OF(states); i++)
    fake_socket_connection(states[i], 443, (uint16_t)(50000 + i));
  connection6(TCP_ESTABLISHED, 443, "2001:db8::1", "2001:db8::2");
  fake_socket_connection(TCP_ESTABLISHED, 1023, 2049);
  start_with_connections(stage);
  stage_expect(stage, "tcp-443/current_connections-established", 4);
  stage_expect(stage, "tcp-443/current_connections-syn_received", 1);
  stage_expect(stage, "tcp-443/current_connections-time_wait", 2);
  stage_expect(stage, "tcp-443/current_connections-close_wait", 1);
  stage_expect(stage, "tcp-80/current_connections-established", 0);
  stage_expect(stage, "tcp/current_connections-established", 5);
  stage_expect(stage, "tcp/current_connections-time_wait", 2);
  stage_expect(stage, "tcp/current_connections-syn_received", 1);
  /* A port without a listener has no object. */
  assert_int_equal(stage_count_values(stage, "tcp-1023"), 0);
  stage_expect_none(stage, "tcp-443/current_connections-last_ack");
  stage_expect_none(stage, "tcp/current_connections-syn_sent");
  assert_int_equal(stage_count_values(stage, "tcp-443"), 17);
  stage_expect_alerts(stage, "");
}

/* States that connections only pass through are sent once one was seen. */
static void states_that_are_rare(void **state) {
  struct stage *stage = *state;
  static const struct {
    int state;
    const char *name;
  } rows[] = {
      {TCP_FIN_WAIT1, "fin_wait1"}, {TCP_FIN_WAIT2, "fin_wait2"},
      {TCP_LAST_ACK, "last_ack"},   {TCP_CLOSING, "closing"},
      {TCP_SYN_SENT, "syn_sent"},
  };
  fake_socket_tcp(443, 4);
  start_with_connections(stage);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    char series[64];
    fake_socket_connection(rows[i].state, 443, (uint16_t)i);
    stage_read(stage);
    snprintf(series, sizeof(series), "tcp/current_connections-%s",
             rows[i].name);
    stage_expect(stage, series, 1);
    if (rows[i].state == TCP_SYN_SENT)
      continue;
    snprintf(series, sizeof(series), "tcp-443/current_connections-%s",
             rows[i].name);
    stage_expect(stage, series, 1);
  }
}

static void queues(void **state) {
  struct stage *stage = *state;
  static const struct {
    uint32_t receive, send;
  } rows[] = {{65536, 1000}, {65537, 0}, {4000000000, 262145}, {0, 262144}};
  fake_socket_tcp(443, 4)->queue = 3;
  for (uint16_t i = 0; i < COUNT_OF(rows); i++) {
    struct fake_socket *one = fake_socket_connection(TCP_ESTABLISHED, 443, i);
    one->queue = rows[i].receive;
    one->limit = rows[i].send;
  }
  fake_socket_connection(TCP_ESTABLISHED, 40000, 80)->limit = 4000000000;
  start_with_connections(stage);
  stage_expect(stage, "tcp-443/bytes-recv_q", 4000131073.0);
  stage_expect(stage, "tcp-443/bytes-recv_q_max", 4000000000);
  stage_expect(stage, "tcp-443/current_connections-recv_q_high", 2);
  stage_expect(stage, "tcp-443/bytes-send_q", 525289);
  stage_expect(stage, "tcp-443/bytes-send_q_max", 262145);
  stage_expect(stage, "tcp-443/current_connections-send_q_high", 1);
  stage_expect(stage, "tcp/bytes-recv_q", 4000131073.0);
  stage_expect(stage, "tcp/bytes-send_q", 4000525289.0);
  stage_expect(stage, "tcp/bytes-send_q_max", 4000000000);
  stage_expect(stage, "tcp/current_connections-recv_q_high", 2);
  stage_expect(stage, "tcp/current_connections-send_q_high", 2);
  /* The listener's queue counts connections, not bytes. */
  stage_expect(stage, "tcp-443/queue_length-accept", 3);
}

static void limits_of_queues(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 4);
  struct fake_socket *one = fake_socket_connection(TCP_ESTABLISHED, 443, 1);
  one->queue = 11;
  one->limit = 21;
  stage_configure(
      stage, PLUGIN(WITH_CONNECTIONS, LINE("RecvQueueHigh", NUMBER(10)),
                    LINE("SendQueueHigh", NUMBER(20)),
                    THRESHOLD("recv_q_high", LINE("WarningMax", NUMBER(0)))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/current_connections-recv_q_high", 1);
  stage_expect(stage, "tcp-443/current_connections-send_q_high", 1);
  stage_expect_alerts(stage, "tcp-443/recv_q_high okay>warning");
  one->queue = 10;
  one->limit = 20;
  stage_read(stage);
  stage_expect(stage, "tcp-443/current_connections-recv_q_high", 0);
  stage_expect(stage, "tcp-443/current_connections-send_q_high", 0);
}

static void chosen_connections(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 4);
  fake_socket_tcp(80, 4);
  fake_socket_connection(TCP_ESTABLISHED, 443, 1);
  fake_socket_connection(TCP_ESTABLISHED, 443, 2)->address = "198.51.100.1";
  fake_socket_connection(TCP_ESTABLISHED, 80, 1);
  connection6(TCP_ESTABLISHED, 443, "::ffff:192.0.2.1", "::ffff:192.0.2.9");
  connection6(TCP_ESTABLISHED, 443, "2001:db8::1", "2001:db8::2");
  /* Ephemeral ports are counted whatever is chosen. */
  fake_socket_connection(TCP_ESTABLISHED, 40000, 5432);
  stage_configure(stage, PLUGIN(WITH_CONNECTIONS, LINE("Port", STRING("443")),
                                LINE("Address", STRING("192.0.2.0/24")),
                                LINE("Address", STRING("0.0.0.0"))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/current_connections-established", 2);
  stage_expect(stage, "tcp/current_connections-established", 2);
  stage_expect(stage, "tcp/count-ephemeral_taken", 1);
  assert_int_equal(stage_count_values(stage, "tcp-80"), 0);
}

static void only_ports_that_are_shown(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(80, 4);
  fake_socket_tcp(443, 4)->queue = 4;
  fake_socket_connection(TCP_ESTABLISHED, 443, 1);
  fake_socket_connection(TCP_ESTABLISHED, 80, 1);
  stage_configure(stage,
                  PLUGIN(WITH_CONNECTIONS, LINE("MaxObjects", NUMBER(1))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/current_connections-established", 1);
  assert_int_equal(stage_count_values(stage, "tcp-80"), 0);
  stage_expect(stage, "tcp/current_connections-established", 2);
  /* The other port takes its place. */
  fake_sockets.sockets[1].queue = 0;
  fake_sockets.sockets[0].queue = 5;
  fake_socket_connection(TCP_ESTABLISHED, 80, 2);
  stage_read(stage);
  stage_expect(stage, "tcp-80/current_connections-established", 2);
  assert_int_equal(stage_count_values(stage, "tcp-443"), 0);
}

static void ephemeral_ports(void **state) {
  struct stage *stage = *state;
  setting(stage, "ip_local_port_range", "40000\t40109\n");
  setting(stage, "ip_local_reserved_ports", "40000-40007,40109,50000\n");
  fake_socket_tcp(40008, 4);
  start_with_connections(stage);
  stage_expect(stage, "tcp/percent-ephemeral_ports", 0);
  stage_expect(stage, "tcp/count-ephemeral_taken", 0);
  stage_expect(stage, "tcp/count-ephemeral_limit", 100);
  for (uint16_t i = 0; i < 80; i++)
    fake_socket_connection(TCP_ESTABLISHED, (uint16_t)(40009 + i), 443);
  /* Towards another destination, reserved, and of a port with a listener. */
  fake_socket_connection(TCP_ESTABLISHED, 40009, 80);
  fake_socket_connection(TCP_ESTABLISHED, 40108, 80);
  fake_socket_connection(TCP_ESTABLISHED, 40007, 443);
  fake_socket_connection(TCP_ESTABLISHED, 40008, 443);
  stage_read(stage);
  stage_expect(stage, "tcp/percent-ephemeral_ports", 80);
  stage_expect(stage, "tcp/count-ephemeral_taken", 80);
  stage_expect(stage, "tcp/count-ephemeral_time_wait", 0);
  stage_expect(stage, "tcp/count-ephemeral_all", 81);
  stage_expect_alerts(stage, "");
  for (uint16_t i = 80; i < 90; i++)
    fake_socket_connection(TCP_TIME_WAIT, (uint16_t)(40009 + i), 443);
  stage_read(stage);
  stage_expect(stage, "tcp/percent-ephemeral_ports", 90);
  stage_expect(stage, "tcp/count-ephemeral_time_wait", 10);
  stage_expect_alerts(stage, "tcp/ephemeral_ports okay>warning");
  stage_expect_message(
      stage, "tcp uses 90 % of the ephemeral ports to one destination "
             "(limit 80 %); net.ipv4.ip_local_port_range is 40000 40109: "
             "widen it, to 1024 65535 for example;"
             " 90 of 100, 10 in TIME_WAIT, from "
             "192.0.2.1 to 192.0.2.2:443");
  for (uint16_t i = 90; i < 96; i++)
    fake_socket_connection(TCP_SYN_SENT, (uint16_t)(40009 + i), 443);
  stage_read(stage);
  stage_expect_alerts(stage, "tcp/ephemeral_ports warning>failure");
}

static void ephemeral_ports_in_time_wait(void **state) {
  struct stage *stage = *state;
  setting(stage, "ip_local_port_range", "40000\t40009\n");
  setting(stage, "tcp_tw_reuse", "2\n");
  for (uint16_t i = 0; i < 9; i++) {
    struct fake_socket *one = connection6(TCP_TIME_WAIT, (uint16_t)(40000 + i),
                                          "2001:db8::1", "2001:db8::2");
    one->expires = 30000;
  }
  start_with_connections(stage);
  stage_expect_alerts(stage, "tcp/ephemeral_ports okay>warning");
  stage_expect_message(
      stage, "tcp uses 90 % of the ephemeral ports to one destination "
             "(limit 80 %); net.ipv4.tcp_tw_reuse is 2: set it "
             "to 1, which gives TIME_WAIT's ports to new connections; 9 of 10, "
             "9 in TIME_WAIT, from 2001:db8::1 to "
             "[2001:db8::2]:443");
  /* The setting is read once a minute. */
  setting(stage, "tcp_tw_reuse", "1\n");
  for (int i = 0; i < 6; i++)
    stage_read(stage);
  stage_expect(stage, "tcp/percent-ephemeral_ports", 0);
  stage_expect(stage, "tcp/current_connections-time_wait", 9);
  setting(stage, "tcp_timestamps", "0\n");
  for (int i = 0; i < 6; i++)
    stage_read(stage);
  stage_expect(stage, "tcp/percent-ephemeral_ports", 90);
}

/* An IPv4 address is the same for sockets of IPv4 and of IPv6. */
static void ephemeral_ports_of_mapped_addresses(void **state) {
  struct stage *stage = *state;
  fake_socket_connection(TCP_ESTABLISHED, 40000, 443);
  connection6(TCP_ESTABLISHED, 40001, "::ffff:192.0.2.1", "::ffff:192.0.2.2");
  start_with_connections(stage);
  stage_expect(stage, "tcp/count-ephemeral_taken", 2);
}

static void no_range(void **state) {
  struct stage *stage = *state;
  static const char *const ranges[] = {"", "x y\n", "0\t100\n", "500\t400\n",
                                       "1\t65536\n"};
  fake_socket_connection(TCP_ESTABLISHED, 40000, 443);
  setting(stage, "ip_local_port_range", ranges[0]);
  start_with_connections(stage);
  for (size_t i = 0; i < COUNT_OF(ranges); i++) {
    setting(stage, "ip_local_port_range", ranges[i]);
    for (int j = 0; j < 7; j++)
      stage_read(stage);
    stage_expect_none(stage, "tcp/percent-ephemeral_ports");
    stage_expect_none(stage, "tcp/count-ephemeral_limit");
    stage_expect(stage, "tcp/current_connections-established", 1);
  }
}

static void half_open(unsigned count) {
  for (unsigned i = 0; i < count; i++)
    fake_socket_connection(TCP_SYN_RECV, 443, (uint16_t)(1000 + i));
}

static void the_syn_queue(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 8)->uid = 33;
  stage_configure(stage, PLUGIN(LINE("ReportSynReceived", BOOLEAN(true))));
  half_open(6);
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/current_connections-syn_received", 6);
  stage_expect(stage, "tcp-443/current_connections-syn_received_limit", 8);
  stage_expect(stage, "tcp-443/percent-syn_queue", 75);
  stage_expect_none(stage, "tcp-443/current_connections-established");
  stage_expect_none(stage, "tcp/percent-ephemeral_ports");
  assert_int_equal(fake_sockets.connection_requests, 0);
  stage_expect_alerts(stage, "");
  half_open(3);
  stage_read(stage);
  stage_expect(stage, "tcp-443/percent-syn_queue", 100);
  stage_expect_alerts(stage, "tcp-443/syn_queue okay>warning");
  stage_expect_message(
      stage, "tcp-443 uses 100 % of its SYN queue (limit 80 %); listen() "
             "backlog is 8: a flood, or too small: raise it; SYN cookies "
             "are sent meanwhile; a process of uid 33 at 0.0.0.0: 9 of 8 "
             "half open");
}

/* Three quarters of tcp_max_syn_backlog are a limit then. */
static void the_syn_queue_without_cookies(void **state) {
  struct stage *stage = *state;
  setting(stage, "tcp_syncookies", "0\n");
  setting(stage, "tcp_max_syn_backlog", "17\n");
  fake_socket_tcp(443, 100);
  fake_socket_tcp(80, 5);
  half_open(13);
  stage_configure(stage, PLUGIN(LINE("ReportSynReceived", BOOLEAN(true))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/current_connections-syn_received_limit", 13);
  stage_expect(stage, "tcp-80/current_connections-syn_received_limit", 5);
  stage_expect(stage, "tcp-443/percent-syn_queue", 100);
  CHECK(strstr(stage->recording.alerts[0].message,
               "; net.ipv4.tcp_max_syn_backlog is 17: a flood, or too small: "
               "raise it, or set net.ipv4.tcp_syncookies to 1; ") != NULL,
        "%s", stage->recording.alerts[0].message);
}

/* The accept queue keeps them half open, and its alert suffices. */
static void the_syn_queue_behind_a_full_accept_queue(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 8)->queue = 9;
  half_open(9);
  start_with_connections(stage);
  stage_expect(stage, "tcp-443/percent-syn_queue", 100);
  stage_expect_alerts(stage, "tcp-443/accept_queue okay>failure");
}

/* It is judged in the read in which its SYN queue fills. */
static void the_syn_queue_of_a_port_that_is_not_shown(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(80, 8)->queue = 4;
  fake_socket_tcp(443, 8);
  stage_configure(stage,
                  PLUGIN(WITH_CONNECTIONS, LINE("MaxObjects", NUMBER(1))));
  stage_start_and_read(stage);
  stage_expect_alerts(stage, "");
  half_open(9);
  stage_read(stage);
  assert_int_equal(stage_count_values(stage, "tcp-443"), 0);
  stage_expect_alerts(stage, "tcp-443/syn_queue okay>warning");
  ASSERT_HAS(stage_only_message(stage), "9 of 8 half open");
}

static void connections_are_not_walked_unasked(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 4);
  stage_start_and_read(stage);
  assert_int_equal(fake_sockets.connection_requests, 0);
  stage_expect_none(stage, "tcp-443/current_connections-established");
}

/* One walk finds them all, half-open ones too. */
static void connections_are_walked_once(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("ReportSynReceived", BOOLEAN(true))));
  start_with_connections(stage);
  assert_int_equal(fake_sockets.connection_requests, 2);
  assert_int_equal(fake_sockets.half_open_requests, 0);
  assert_int_equal(fake_sockets.requests, 9);
}

static void connections_that_cannot_be_read(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 4);
  fake_socket_connection(TCP_ESTABLISHED, 443, 1);
  start_with_connections(stage);
  fake_sockets.connection_error = ENOBUFS;
  for (int i = 0; i < 3; i++) {
    stage_read(stage);
    stage_expect_none(stage, "tcp-443/current_connections-established");
    stage_expect_none(stage, "tcp/current_connections-established");
    stage_expect(stage, "tcp-443/count-sockets", 1);
  }
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_ERROR,
                      "TCP connections cannot be read: No buffer space "
                      "available; their values are missing"),
      1);
  fake_sockets.connection_error = 0;
  stage_read(stage);
  stage_expect(stage, "tcp-443/current_connections-established", 1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "TCP connections can be read again"),
                   1);
  assert_int_equal(stage->recording.line_count, 2);
}

/* The first connection of a port takes memory. */
static void no_memory_for_the_connections_of_a_port(void **state) {
  struct stage *stage = *state;
#ifdef ALLOCATIONS_HOOK
  skip();
#endif
  fake_socket_tcp(443, 4);
  start_with_connections(stage);
  stage_read(stage);
  stage_expect(stage, "tcp-443/current_connections-established", 0);
  fake_socket_connection(TCP_ESTABLISHED, 443, 1);
  allocations_fail(0, 1);
  stage_read(stage);
  allocations_fail(0, 0);
  stage_expect_none(stage, "tcp-443/current_connections-established");
  stage_expect_none(stage, "tcp/current_connections-established");
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_ERROR,
                      "TCP connections cannot be read: Cannot allocate memory"),
      1);
  stage_read(stage);
  stage_expect(stage, "tcp-443/current_connections-established", 1);
}

static void no_tcp_at_all(void **state) {
  struct stage *stage = *state;
  fake_sockets.no_tcp = true;
  start_with_connections(stage);
  assert_int_equal(fake_sockets.connection_requests, 0);
  assert_int_equal(stage_count_values(stage, "tcp"), 0);
}

static void the_steady_state_allocates_nothing(void **state) {
  struct stage *stage = *state;
  setting(stage, "ip_local_port_range", "40000\t40999\n");
  setting(stage, "ip_local_reserved_ports", "40990-40999\n");
  for (uint16_t i = 0; i < 100; i++)
    fake_socket_tcp((uint16_t)(1000 + i), 9);
  for (uint16_t i = 0; i < 900; i++) {
    fake_socket_connection(TCP_ESTABLISHED, (uint16_t)(1000 + i % 100), i);
    fake_socket_connection(TCP_TIME_WAIT, (uint16_t)(40000 + i), i % 300);
  }
  start_with_connections(stage);
  for (int i = 0; i < 3; i++)
    stage_read(stage);
  size_t before = allocations_count();
  int failed = 0;
  for (uint16_t i = 0; i < 20; i++) {
    fake_sockets.sockets[101].peer_port = i;
    fake_sockets.sockets[100].queue = i * 10000;
    failed += stage_try_read(stage) != 0;
  }
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(the_states_of_a_port),
      SOCK_STAGE_TEST(states_that_are_rare),
      SOCK_STAGE_TEST(queues),
      SOCK_STAGE_TEST(limits_of_queues),
      SOCK_STAGE_TEST(chosen_connections),
      SOCK_STAGE_TEST(only_ports_that_are_shown),
      SOCK_STAGE_TEST(ephemeral_ports),
      SOCK_STAGE_TEST(ephemeral_ports_in_time_wait),
      SOCK_STAGE_TEST(ephemeral_ports_of_mapped_addresses),
      SOCK_STAGE_TEST(no_range),
      SOCK_STAGE_TEST(the_syn_queue),
      SOCK_STAGE_TEST(the_syn_queue_without_cookies),
      SOCK_STAGE_TEST(the_syn_queue_behind_a_full_accept_queue),
      SOCK_STAGE_TEST(the_syn_queue_of_a_port_that_is_not_shown),
      SOCK_STAGE_TEST(connections_are_not_walked_unasked),
      SOCK_STAGE_TEST(connections_are_walked_once),
      SOCK_STAGE_TEST(connections_that_cannot_be_read),
      SOCK_STAGE_TEST(no_memory_for_the_connections_of_a_port),
      SOCK_STAGE_TEST(no_tcp_at_all),
      SOCK_STAGE_TEST(the_steady_state_allocates_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
