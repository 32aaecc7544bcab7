/* SPDX-License-Identifier: MIT */
#include "sock_stage.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "series.h"

static void a_listener(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  tcp->queue = 2;
  tcp->drops = 7;
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/queue_length-accept", 2);
  stage_expect(stage, "tcp-443/queue_length-accept_limit", 4);
  stage_expect(stage, "tcp-443/percent-accept_queue", 40);
  stage_expect(stage, "tcp-443/connections-dropped", 7);
  stage_expect(stage, "tcp-443/count-sockets", 1);
  stage_expect_none(stage, "tcp-443/current_connections-syn_received");
  assert_int_equal(stage_count_values(stage, "tcp-443"), 5);
  stage_expect(stage, "tcp/queue_length-accept", 2);
  stage_expect(stage, "tcp/percent-accept_queue", 40);
  stage_expect(stage, "tcp/connections-dropped", 7);
  stage_expect(stage, "tcp/count-sockets", 1);
  stage_expect(stage, "udp/count-sockets", 0);
  stage_expect(stage, "unix/count-sockets", 0);
  stage_expect_alerts(stage, "");
}

/* The queue holds one more than the backlog, and never shows more than 100. */
static void how_full_a_listener_is(void **state) {
  struct stage *stage = *state;
  static const struct {
    uint32_t queue, limit;
    double percent;
  } rows[] = {
      {0, 4, 0},
      {4, 4, 80},
      {5, 4, 100},
      {6, 4, 100},
      {0, 0, 0},
      {1, 0, 100},
      {50, 99, 50},
      {4096, 4096, 99},
      {4097, 4096, 100},
      {0, UINT32_MAX, 0},
      {UINT32_MAX, 1, 100},
  };
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  stage_start_and_read(stage);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    tcp->queue = rows[i].queue;
    tcp->limit = rows[i].limit;
    stage_read(stage);
    stage_expect(stage, "tcp-443/percent-accept_queue", rows[i].percent);
    stage_expect(stage, "tcp-443/queue_length-accept", rows[i].queue);
  }
}

static void sockets_of_a_port(void **state) {
  struct stage *stage = *state;
  struct fake_socket *busy = fake_socket_tcp(443, 9);
  struct fake_socket *idle = fake_socket_tcp(443, 99);
  struct fake_socket *ip6 = fake_socket_tcp(443, 9);
  ip6->family = AF_INET6;
  busy->queue = 5;
  idle->queue = 3;
  ip6->queue = 1;
  busy->drops = 10;
  ip6->drops = 1;
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/queue_length-accept", 9);
  stage_expect(stage, "tcp-443/queue_length-accept_limit", 117);
  stage_expect(stage, "tcp-443/percent-accept_queue", 50);
  stage_expect(stage, "tcp-443/connections-dropped", 11);
  stage_expect(stage, "tcp-443/count-sockets", 3);
}

static void a_udp_port(void **state) {
  struct stage *stage = *state;
  struct fake_socket *udp = fake_socket_udp(53, 1000);
  struct fake_socket *connected = fake_socket_udp(53, 3000);
  connected->state = TCP_ESTABLISHED;
  udp->queue = 500;
  udp->drops = 3;
  connected->queue = 300;
  struct fake_socket *lite = fake_socket_udp(53, 100);
  lite->protocol = IPPROTO_UDPLITE;
  stage_start_and_read(stage);
  stage_expect(stage, "udp-53/bytes-receive_queue", 800);
  stage_expect(stage, "udp-53/bytes-receive_limit", 4000);
  stage_expect(stage, "udp-53/percent-receive_queue", 50);
  stage_expect(stage, "udp-53/packets-dropped", 3);
  stage_expect(stage, "udp-53/count-sockets", 2);
  stage_expect(stage, "udplite-53/count-sockets", 1);
  stage_expect(stage, "udp/count-sockets", 3);
  udp->queue = 1500;
  stage_read(stage);
  stage_expect(stage, "udp-53/percent-receive_queue", 100);
}

static void a_unix_listener(void **state) {
  struct stage *stage = *state;
  fake_socket_unix("/run/my app.sock", 5)->queue = 3;
  struct fake_socket *abstract = fake_socket_unix("", 7);
  abstract->path = "\0abstract\0x";
  abstract->path_length = 11;
  stage_start_and_read(stage);
  stage_expect(stage, "unix-_run_my_app.sock/queue_length-accept", 3);
  stage_expect(stage, "unix-_run_my_app.sock/queue_length-accept_limit", 5);
  stage_expect(stage, "unix-_run_my_app.sock/percent-accept_queue", 50);
  stage_expect_none(stage, "unix-_run_my_app.sock/connections-dropped");
  stage_expect(stage, "unix-_abstract_x/queue_length-accept_limit", 7);
  stage_expect(stage, "unix/count-sockets", 2);
  stage_expect_none(stage, "unix/connections-dropped");
}

static void ephemeral_udp_ports(void **state) {
  struct stage *stage = *state;
  fake_socket_udp(32767, 1000);
  fake_socket_udp(32768, 1000)->drops = 9;
  stage_start_and_read(stage);
  stage_expect(stage, "udp-32767/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "udp-32768"), 0);
  stage_expect(stage, "udp/count-sockets", 2);
  stage_expect(stage, "udp/packets-dropped", 9);
}

static void an_ephemeral_port_that_is_asked_for(void **state) {
  struct stage *stage = *state;
  fake_socket_udp(40000, 1000);
  fake_socket_udp(40001, 1000);
  stage_configure(stage, PLUGIN(LINE("Port", STRING("40000"))));
  stage_start_and_read(stage);
  stage_expect(stage, "udp-40000/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "udp-40001"), 0);
  stage_expect(stage, "udp/count-sockets", 1);
}

static void chosen_ports(void **state) {
  struct stage *stage = *state;
  static const uint16_t ports[] = {443, 7999, 8000, 8100, 8101};
  for (size_t i = 0; i < COUNT_OF(ports); i++)
    fake_socket_tcp(ports[i], 4);
  fake_socket_unix("/run/x", 5);
  stage_configure(stage, PLUGIN(LINE("Port", STRING("443")),
                                LINE("Port", STRING("8000-8100"))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp/count-sockets", 3);
  assert_int_equal(stage_count_values(stage, "tcp-7999"), 0);
  assert_int_equal(stage_count_values(stage, "tcp-8000"), 5);
  assert_int_equal(stage_count_values(stage, "tcp-8100"), 5);
  assert_int_equal(stage_count_values(stage, "tcp-8101"), 0);
  stage_expect(stage, "unix/count-sockets", 1);
}

static void ignored_ports_and_no_unix(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 4);
  fake_socket_tcp(80, 4);
  fake_socket_unix("/run/x", 5);
  stage_configure(stage, PLUGIN(LINE("Port", STRING("443")),
                                LINE("IgnoreSelected", BOOLEAN(true)),
                                LINE("ReportUnix", BOOLEAN(false))));
  stage_start_and_read(stage);
  assert_int_equal(stage_count_values(stage, "tcp-443"), 0);
  assert_int_equal(stage_count_values(stage, "tcp-80"), 5);
  assert_int_equal(stage_count_values(stage, "unix"), 0);
}

static void chosen_addresses(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(1, 4)->address = "10.255.0.1";
  fake_socket_tcp(2, 4)->address = "11.0.0.1";
  struct fake_socket *ip6 = fake_socket_tcp(3, 4);
  ip6->family = AF_INET6;
  ip6->address = "2001:db8:7fff::1";
  ip6 = fake_socket_tcp(4, 4);
  ip6->family = AF_INET6;
  ip6->address = "2001:db8:8000::1";
  ip6 = fake_socket_tcp(5, 4);
  ip6->family = AF_INET6;
  ip6->address = "::ffff:10.1.2.3";
  fake_socket_tcp(6, 4);
  fake_socket_tcp(7, 4)->address = "192.0.2.1";
  stage_configure(stage, PLUGIN(LINE("Address", STRING("10.0.0.0/8")),
                                LINE("Address", STRING("2001:db8::/33")),
                                LINE("Address", STRING("192.0.2.1"))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp/count-sockets", 4);
  stage_expect(stage, "tcp-1/count-sockets", 1);
  stage_expect(stage, "tcp-3/count-sockets", 1);
  stage_expect(stage, "tcp-5/count-sockets", 1);
  stage_expect(stage, "tcp-7/count-sockets", 1);
}

static void faulty_choices(void **state) {
  struct stage *stage = *state;
  static const struct {
    const char *option, *value;
  } rows[] = {
      {"Port", ""},
      {"Port", "0"},
      {"Port", "65536"},
      {"Port", "443x"},
      {"Port", "http"},
      {"Port", "8100-8000"},
      {"Port", "1-"},
      {"Port", "-1"},
      {"Port", "1-2-3"},
      {"Owner", ""},
      {"Owner", "-1"},
      {"Owner", "4294967296"},
      {"Address", ""},
      {"Address", "10.0.0"},
      {"Address", "10.0.0.0/33"},
      {"Address", "::/129"},
      {"Address", "::1/"},
      {"Address", "::1/x"},
      {"Address", "host"},
      {"Address", "10.0.0.0/8 "},
      {"Address", "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct recording recording;
    recording_open(&recording, &sock_backlog_layer);
    recording_configure(&recording,
                        PLUGIN(LINE(rows[i].option, STRING(rows[i].value))));
    CHECK(recording_lines(&recording, LAYER_ERROR, "expects a") == 1,
          "row %zu: %s", i, recording_all_lines(&recording));
    recording_close(&recording);
  }
  (void)stage;
}

static void half_open_connections(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 4);
  for (int i = 0; i < 3; i++) {
    struct fake_socket *half = fake_socket_tcp(443, 0);
    half->state = TCP_SYN_RECV;
    half->family = i == 0 ? AF_INET : AF_INET6;
  }
  fake_socket_tcp(80, 0)->state = TCP_SYN_RECV;
  stage_configure(stage, PLUGIN(LINE("ReportSynReceived", BOOLEAN(true))));
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/current_connections-syn_received", 3);
  stage_expect(stage, "tcp/current_connections-syn_received", 3);
  stage_expect(stage, "tcp-443/queue_length-accept", 0);
  stage_expect(stage, "tcp-443/count-sockets", 1);
}

static void connections_are_not_walked_unasked(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 4);
  stage_start_and_read(stage);
  assert_int_equal(fake_sockets.half_open_requests, 0);
  assert_int_equal(fake_sockets.requests, 7);
}

static void settings(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("ReportSettings", BOOLEAN(true))));
  stage_start_and_read(stage);
  const struct recorded_value *value =
      recording_value(&stage->recording, "", "gauge", "somaxconn");
  assert_non_null(value);
  assert_true(value->gauge == 4096);
}

/* Sockets of every kind, connections, and names that cannot be series. */
static void series_keep_their_names(void **state) {
  struct stage *stage = *state;
  struct series series = {0};
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportConnections", BOOLEAN(true)),
                             LINE("ReportSynReceived", BOOLEAN(true)),
                             LINE("ReportSettings", BOOLEAN(true))));
  temp_tree_write(&stage->tree, "proc/net/sockstat",
                  "sockets: used 9\nTCP: inuse 5 orphan 3 tw 4 alloc 8 mem 4\n"
                  "UDP: inuse 2 mem 3\nUDPLITE: inuse 1\n");
  fake_socket_tcp(443, 128)->drops = 3;
  fake_socket_tcp(443, 128)->family = AF_INET6;
  fake_socket_tcp(65535, 1)->address = "127.0.0.1";
  fake_socket_udp(53, 1000)->drops = 7;
  fake_socket_udp(53, 1000)->family = AF_INET6;
  fake_socket_udp(123, 1000)->protocol = IPPROTO_UDPLITE;
  fake_socket_unix("/run/docker.sock", 5)->queue = 6;
  fake_socket_unix("/tmp/.X11-unix/X0", 5);
  fake_socket_unix("/run/a b", 5);
  fake_socket_unix("/run/a__b", 5);
  fake_socket_unix("@abstract", 5);
  fake_socket_connection(TCP_ESTABLISHED, 443, 5000)->queue = 100000;
  fake_socket_connection(TCP_SYN_RECV, 443, 5001);
  fake_socket_connection(TCP_TIME_WAIT, 40000, 80);
  stage_start_and_read(stage);
  series_add(&series, &stage->recording);
  stage_read(stage);
  series_add(&series, &stage->recording);
  series_expect(&series, "sock_backlog");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(a_listener),
      SOCK_STAGE_TEST(how_full_a_listener_is),
      SOCK_STAGE_TEST(sockets_of_a_port),
      SOCK_STAGE_TEST(a_udp_port),
      SOCK_STAGE_TEST(a_unix_listener),
      SOCK_STAGE_TEST(ephemeral_udp_ports),
      SOCK_STAGE_TEST(an_ephemeral_port_that_is_asked_for),
      SOCK_STAGE_TEST(chosen_ports),
      SOCK_STAGE_TEST(ignored_ports_and_no_unix),
      SOCK_STAGE_TEST(chosen_addresses),
      SOCK_STAGE_TEST(faulty_choices),
      SOCK_STAGE_TEST(half_open_connections),
      SOCK_STAGE_TEST(connections_are_not_walked_unasked),
      SOCK_STAGE_TEST(settings),
      SOCK_STAGE_TEST(series_keep_their_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
