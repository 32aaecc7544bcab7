/* SPDX-License-Identifier: MIT */
#include "sock_stage.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "allocations.h"
#include "series.h"

/* Has a process own a socket. */
static void add_owner(struct stage *stage, const struct fake_socket *socket,
                      const char *comm) {
  char path[512], target[64];
  temp_tree_path(&stage->tree, "proc/812/fd/3", path, sizeof(path));
  temp_tree_make_parents(path);
  snprintf(target, sizeof(target), "socket:[%u]", socket->inode);
  unlink(path);
  assert_int_equal(symlink(target, path), 0);
  temp_tree_write(&stage->tree, "proc/812/comm", comm);
}

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

/* One more than the backlog is taken, and then it is full: never above 100. */
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

static void drops_outlive_their_sockets(void **state) {
  struct stage *stage = *state;
  struct fake_socket *first = fake_socket_tcp(443, 4);
  first->drops = 1000;
  stage_start_and_read(stage);
  first->drops = 1005;
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", 1005);
  /* Closed and opened again, while it drops. */
  fake_socket_close(first);
  struct fake_socket *second = fake_socket_tcp(443, 4);
  second->drops = 3;
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", 1008);
  stage_expect(stage, "tcp/connections-dropped", 1008);
  stage_expect(stage, "tcp-443/count-sockets", 1);
  second->drops = 4;
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", 1009);
}

static void a_port_that_was_away_goes_on(void **state) {
  struct stage *stage = *state;
  struct fake_socket *first = fake_socket_udp(53, 4);
  first->drops = 1000;
  stage_start_and_read(stage);
  fake_socket_close(first);
  for (int i = 0; i < 10; i++)
    stage_read(stage);
  assert_int_equal(stage_count_values(stage, "udp-53"), 0);
  fake_socket_udp(53, 4)->drops = 50;
  stage_read(stage);
  stage_expect(stage, "udp-53/packets-dropped", 1000);
  stage_expect(stage, "udp/packets-dropped", 1050);
  stage_read(stage);
  stage_expect_alerts(stage, "udp-53/dropped okay>warning");
  stage_expect(stage, "udp-53/packets-dropped", 1050);
}

/* Another socket with the cookie of one that is gone, as before Linux 4.2. */
static void a_cookie_that_comes_again(void **state) {
  struct stage *stage = *state;
  struct fake_socket *first = fake_socket_tcp(443, 4);
  first->drops = 50;
  stage_start_and_read(stage);
  first->inode += 7;
  first->port = 80;
  first->drops = 2;
  stage_read(stage);
  stage_read(stage);
  stage_expect(stage, "tcp-80/connections-dropped", 2);
  assert_int_equal(stage_count_values(stage, "tcp-443"), 0);
  stage_expect(stage, "tcp/connections-dropped", 52);
}

static void a_counter_that_wraps(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  tcp->drops = UINT32_MAX - 1;
  stage_start_and_read(stage);
  tcp->drops = 3;
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", (double)UINT32_MAX + 4);
  tcp->drops = 1; /* goes back */
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", (double)UINT32_MAX + 4);
}

/* A socket that a dump leaves out once is not a new one the next time. */
static void a_socket_that_is_left_out_once(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  struct fake_socket *other = fake_socket_tcp(443, 4);
  other->drops = 1;
  tcp->drops = 1000;
  stage_start_and_read(stage);
  uint64_t cookie = tcp->cookie;
  tcp->cookie = 0;
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", 1001);
  tcp->cookie = cookie;
  tcp->drops = 1002;
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", 1003);
}

/* The kernel need not tell sockets in the order of the last time. */
static void sockets_in_another_order(void **state) {
  struct stage *stage = *state;
  for (uint16_t i = 0; i < 6; i++)
    fake_socket_tcp((uint16_t)(1000 + i), 4)->drops = 10u * i;
  stage_start_and_read(stage);
  for (size_t i = 0; i < 3; i++) {
    struct fake_socket swapped = fake_sockets.sockets[i];
    fake_sockets.sockets[i] = fake_sockets.sockets[5 - i];
    fake_sockets.sockets[5 - i] = swapped;
  }
  for (size_t i = 0; i < 6; i++)
    fake_sockets.sockets[i].drops++;
  fake_socket_tcp(2000, 4)->drops = 7;
  stage_read(stage);
  for (unsigned i = 0; i < 6; i++) {
    char series[64];
    snprintf(series, sizeof(series), "tcp-%u/connections-dropped", 1000 + i);
    stage_expect(stage, series, 10 * i + 1);
  }
  stage_expect(stage, "tcp/connections-dropped", 163);
  stage_expect(stage, "tcp/count-sockets", 7);
}

static void what_is_told_twice_counts_once(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  tcp->queue = 3;
  tcp->drops = 10;
  fake_sockets.is_interrupted = true;
  stage_start_and_read(stage);
  stage_expect(stage, "tcp-443/queue_length-accept", 3);
  stage_expect(stage, "tcp-443/connections-dropped", 10);
  stage_expect(stage, "tcp/count-sockets", 1);
  assert_int_equal(stage->recording.line_count, 0);
}

/* Nothing is gone because it could not be read, and what was there before is
 * not new afterwards. */
static void a_dump_that_fails(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  tcp->queue = 5;
  stage_start_and_read(stage);
  stage_expect_alerts(stage, "tcp-443/accept_queue okay>failure");
  fake_sockets.error = ENOBUFS;
  assert_int_equal(stage_try_read(stage), -ENOBUFS);
  assert_int_equal(stage_try_read(stage), -ENOBUFS);
  stage_expect_alerts(stage, "");
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "TCP listeners of IPv4 cannot be "
                                   "read: No buffer space available"),
                   1);
  struct fake_socket *old = fake_socket_tcp(80, 4);
  old->drops = 500;
  fake_sockets.error = 0;
  stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_expect(stage, "tcp-80/connections-dropped", 500);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE, "can be read again"), 7);
  stage_read(stage);
  stage_expect_alerts(stage, "");
}

static void missing_modules_are_said_once(void **state) {
  struct stage *stage = *state;
  fake_sockets.no_unix = fake_sockets.no_tcp = fake_sockets.no_udplite = true;
  fake_socket_udp(53, 1000);
  stage_start_and_read(stage);
  stage_read(stage);
  stage_expect(stage, "udp-53/count-sockets", 1);
  assert_int_equal(stage_count_values(stage, "tcp"), 0);
  assert_int_equal(stage_count_values(stage, "unix"), 0);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_WARNING,
                      "this kernel has no tcp_diag: nothing is known of TCP "
                      "listeners"),
      1);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_WARNING, "no unix_diag"), 1);
  assert_int_equal(stage->recording.line_count, 2);
  /* Asked again after five minutes, because modules can be loaded. */
  unsigned before = fake_sockets.requests;
  stage_read(stage);
  assert_int_equal(fake_sockets.requests, before + 2);
  fake_sockets.no_unix = false;
  fake_socket_unix("/run/x", 3);
  for (int i = 0; i < 30; i++)
    stage_read(stage);
  stage_expect(stage, "unix/count-sockets", 1);
  assert_int_equal(stage->recording.line_count, 2);
}

static void nothing_can_be_read(void **state) {
  struct stage *stage = *state;
  fake_sockets.no_unix = fake_sockets.no_tcp = true;
  fake_sockets.no_udp = fake_sockets.no_udplite = true;
  assert_int_equal(recording_start(&stage->recording), 0);
  assert_int_equal(stage_try_read(stage), -ENOENT);
}

static void udp_drops_without_udp_diag(void **state) {
  struct stage *stage = *state;
  fake_sockets.no_udp = fake_sockets.no_udplite = true;
  temp_tree_write(
      &stage->tree, "proc/net/udp",
      "sl local_address ...\n"
      "1: 00000000:0035 00000000:0000 07 00000000:00000100 00:00000000 "
      "00000000 0 0 77 2 0000000000000000 12\n");
  stage_start_and_read(stage);
  stage_expect(stage, "udp-53/packets-dropped", 12);
  stage_expect(stage, "udp-53/bytes-receive_queue", 256);
  stage_expect_none(stage, "udp-53/percent-receive_queue");
  stage_expect_none(stage, "udp-53/bytes-receive_limit");
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE,
                      "this kernel has no udp_diag: drops of sockets are "
                      "read from proc/net/udp instead"),
      1);
  temp_tree_write(
      &stage->tree, "proc/net/udp",
      "sl local_address ...\n"
      "1: 00000000:0035 00000000:0000 07 00000000:00000100 00:00000000 "
      "00000000 0 0 77 2 0000000000000000 5012\n");
  stage_read(stage);
  stage_expect(stage, "udp-53/packets-dropped", 5012);
  stage_expect_alerts(stage, "udp-53/dropped okay>failure");
  assert_int_equal(stage->recording.line_count, 1);
}

static void kernels_that_count_no_drops(void **state) {
  struct stage *stage = *state;
  fake_socket_tcp(443, 4)->no_memory = true;
  fake_socket_udp(53, 4)->no_memory = true;
  stage_start_and_read(stage);
  stage_expect_none(stage, "tcp-443/connections-dropped");
  stage_expect_none(stage, "tcp/connections-dropped");
  stage_expect_none(stage, "udp-53/packets-dropped");
  stage_expect_none(stage, "udp-53/percent-receive_queue");
  stage_expect(stage, "tcp-443/percent-accept_queue", 0);
}

static void the_backlog_binds(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 511);
  tcp->address = "192.0.2.1";
  add_owner(stage, tcp, "nginx\n");
  stage_start_and_read(stage);
  tcp->queue = 512;
  tcp->drops = 370;
  stage_read(stage);
  stage_expect_message(
      stage, "tcp-443 uses 100 % of its accept queue (limit 99 %); listen() "
             "backlog is 511: raise it (net.core.somaxconn is 4096), or "
             "accept faster; nginx[812] at 192.0.2.1: 512 of 511 waiting, "
             "37.0/s refused");
  assert_string_equal(stage->recording.alerts[0].setting, "listen() backlog");
  assert_string_equal(stage->recording.alerts[0].setting_value, "511");
}

static void somaxconn_binds(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4096);
  tcp->uid = 33;
  stage_start_and_read(stage);
  tcp->queue = 3900;
  stage_read(stage);
  stage_expect_message(
      stage, "tcp-443 uses 95.2 % of its accept queue (limit 80 %); "
             "net.core.somaxconn is 4096: raise it and the listen() "
             "backlog, or accept faster; a process of uid 33 at 0.0.0.0: "
             "3900 of 4096 waiting");
}

/* What the kernel says of the process that collectd is. */
static void what_is_lacking_to_name_processes(void **state) {
  struct stage *stage = *state;
  static const struct {
    const char *effective, *message;
  } rows[] = {
      {"000001ffffffffff", NULL},
      {"0000000000080004", NULL},
      {"0000000000080002", NULL},
      {"0000000000080000",
       "without CAP_DAC_READ_SEARCH, notifications name no processes of other "
       "users, but tell the user's number"},
      {"0000000000000004", "without CAP_SYS_PTRACE, notifications name no "},
      {"0000000000000000", "without CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, "},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct recording recording;
    char status[128];
    snprintf(status, sizeof(status), "Name:\tcollectd\nCapEff:\t%s\n",
             rows[i].effective);
    temp_tree_write(&stage->tree, "proc/self/status", status);
    recording_open(&recording, &sock_backlog_layer);
    recording_configure(&recording,
                        PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                               LINE("SysRoot", STRING(stage->tree.sys))));
    assert_int_equal(recording_start(&recording), 0);
    for (int read = 1; read <= 3; read++)
      assert_int_equal(recording_read(&recording, 10.0 * read), 0);
    size_t expected = rows[i].message != NULL;
    CHECK(recording.line_count == expected &&
              (expected == 0 ||
               recording_lines(&recording, LAYER_NOTICE, rows[i].message) == 1),
          "row %zu: %s", i, recording_all_lines(&recording));
    recording_close(&recording);
  }
}

/* Between two reads it was full, and has room again. */
static void refused_between_two_reads(void **state) {
  struct stage *stage = *state;
  struct fake_socket *idle = fake_socket_tcp(443, 8);
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  add_owner(stage, tcp, "app\n");
  stage_start_and_read(stage);
  idle->queue = 5;
  tcp->drops = 5;
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-443/dropped okay>warning");
  stage_expect_message(stage,
                       "tcp-443 refused 0.5/s at its accept queue (limit 0/s); "
                       "listen() backlog is 4: raise it (net.core.somaxconn is "
                       "4096), or accept faster; app[812] at 0.0.0.0: 0 of 4 "
                       "waiting; one of 2 sockets");
}

/* One loss, one notification; and the end of each is told. */
static void a_full_queue_that_refuses(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  stage_start_and_read(stage);
  tcp->queue = 5;
  for (int i = 0; i < 20; i++) {
    tcp->drops += 100;
    stage_read(stage);
    stage_expect_alerts(stage,
                        i == 0 ? "tcp-443/accept_queue okay>failure" : "");
  }
  stage_expect(stage, "tcp-443/connections-dropped", 2000);
  tcp->queue = 0;
  for (int i = 1; i <= 10; i++) {
    stage_read(stage);
    stage_expect_alerts(stage,
                        i == 6 ? "tcp-443/accept_queue failure>okay" : "");
  }
}

/* An alert that is there already is not cleared by the other one. */
static void refused_first_and_full_then(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  stage_start_and_read(stage);
  tcp->drops += 100;
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-443/dropped okay>warning");
  tcp->queue = 5;
  for (int i = 0; i < 20; i++) {
    tcp->drops += 100;
    stage_read(stage);
    stage_expect_alerts(stage,
                        i == 0 ? "tcp-443/accept_queue okay>failure" : "");
  }
}

/* Without limits for the queue, its drops are judged as ever. */
static void a_full_queue_that_is_not_judged(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  stage_configure(stage, PLUGIN(THRESHOLD("accept_queue",
                                          LINE("WarningMax", STRING("none")),
                                          LINE("FailureMax", STRING("none")))));
  stage_start_and_read(stage);
  tcp->queue = 5;
  tcp->drops = 10;
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-443/dropped okay>warning");
}

static void a_udp_socket_that_loses(void **state) {
  struct stage *stage = *state;
  struct fake_socket *udp = fake_socket_udp(53, 212992);
  udp->family = AF_INET6;
  udp->address = "2001:db8::1";
  add_owner(stage, udp, "named\n");
  stage_start_and_read(stage);
  udp->queue = 212992;
  udp->drops = 500;
  stage_read(stage);
  stage_expect_alerts(stage, "udp-53/dropped okay>warning");
  stage_expect_message(
      stage, "udp-53 lost 50.0/s at its receive buffer (limit 1/s); "
             "net.core.rmem_default is 212992: raise it or SO_RCVBUF, or "
             "read faster; named[812] at 2001:db8::1: 212992 of 212992 "
             "bytes");
  udp->drops += 5000;
  stage_read(stage);
  stage_expect_alerts(stage, "udp-53/dropped warning>failure");
}

static void which_setting_binds_a_buffer(void **state) {
  struct stage *stage = *state;
  static const struct {
    uint32_t limit;
    const char *setting, *value, *advice;
  } rows[] = {
      {212992, "net.core.rmem_default", "212992",
       "raise it or SO_RCVBUF, or read faster"},
      {1000000, "net.core.rmem_max", "500000",
       "raise it: SO_RCVBUF is cut to it"},
      {8000, "SO_RCVBUF", "4000",
       "raise it (net.core.rmem_max is 500000), or read faster"},
  };
  stage_start_and_read(stage);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct fake_socket *udp =
        fake_socket_udp((uint16_t)(100 + i), rows[i].limit);
    udp->queue = rows[i].limit;
    stage_read(stage);
    const struct recorded_alert *alert = &stage->recording.alerts[0];
    CHECK(stage->recording.alert_count == 1, "row %zu", i);
    assert_string_equal(alert->setting, rows[i].setting);
    assert_string_equal(alert->setting_value, rows[i].value);
    assert_string_equal(alert->advice, rows[i].advice);
    assert_int_equal(alert->state, THRESHOLD_FAILURE);
  }
}

static void a_listener_that_is_closed_while_raised(void **state) {
  struct stage *stage = *state;
  struct fake_socket *local = fake_socket_unix("/run/x", 4);
  local->queue = 5;
  stage_start_and_read(stage);
  stage_expect_alerts(stage, "unix-_run_x/accept_queue okay>failure");
  fake_socket_close(local);
  stage_read(stage);
  CHECK(stage->recording.alert_count == 1, "%zu", stage->recording.alert_count);
  assert_true(stage->recording.alerts[0].vanished);
}

static void totals_raise_nothing_unasked(void **state) {
  struct stage *stage = *state;
  struct fake_socket *udp = fake_socket_udp(40000, 1000);
  stage_configure(stage, PLUGIN(THRESHOLD("total_receive_dropped",
                                          LINE("WarningMax", NUMBER(1000)))));
  stage_start_and_read(stage);
  udp->drops = 5000;
  stage_read(stage);
  stage_expect_alerts(stage, "");
  udp->drops += 50000;
  stage_read(stage);
  stage_expect_alerts(stage, "udp/dropped okay>warning");
}

/* Which of the ports from 1000 on are sent. */
static size_t shown(const struct stage *stage, bool ret[200]) {
  size_t count = 0;
  for (unsigned i = 0; i < 200; i++) {
    char name[16];
    snprintf(name, sizeof(name), "tcp-%u", 1000 + i);
    ret[i] = stage_count_values(stage, name) > 0;
    count += ret[i];
  }
  return count;
}

static void more_than_can_be_shown(void **state) {
  struct stage *stage = *state;
  struct fake_socket *sockets[200];
  bool before[200], after[200];
  for (unsigned i = 0; i < 200; i++)
    sockets[i] = fake_socket_tcp((uint16_t)(1000 + i), 9);
  sockets[150]->drops = 3;
  sockets[170]->queue = 7;
  stage_start_and_read(stage);
  assert_int_equal(shown(stage, before), 64);
  assert_true(before[150]);
  assert_true(before[170]);
  stage_expect(stage, "tcp/count-sockets", 200);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE,
                      "136 ports and paths more than MaxObjects 64"),
      1);
  for (int i = 0; i < 5; i++) {
    stage_read(stage);
    assert_int_equal(shown(stage, after), 64);
    assert_memory_equal(before, after, sizeof(before));
  }
  assert_int_equal(stage->recording.line_count, 1);

  /* One that loses or fills up takes the place of an idle one. */
  unsigned lost = 0, filled = 199;
  while (before[lost])
    lost++;
  while (before[filled])
    filled--;
  sockets[lost]->drops += 50;
  sockets[filled]->queue = 10;
  stage_read(stage);
  assert_int_equal(shown(stage, after), 64);
  assert_true(after[lost]);
  assert_true(after[filled]);
  assert_true(after[150]);
  size_t changes = 0;
  for (unsigned i = 0; i < 200; i++)
    changes += before[i] != after[i];
  assert_int_equal(changes, 4);
  CHECK(strstr(recording_alerts(&stage->recording),
               "accept_queue okay>failure") != NULL,
        "%s", recording_alerts(&stage->recording));

  char lost_alert[64];
  snprintf(lost_alert, sizeof(lost_alert), "tcp-%u/dropped okay>warning",
           1000 + lost);
  stage_read(stage);
  stage_expect_alerts(stage, lost_alert);

  /* Places that become free are filled. */
  for (unsigned i = 0; i < 200; i++)
    if (after[i] && i != lost)
      fake_socket_close(sockets[i]);
  for (int i = 0; i < 4; i++)
    stage_read(stage);
  assert_int_equal(shown(stage, before), 64);
  assert_true(before[lost]);
}

static void few_objects(void **state) {
  struct stage *stage = *state;
  bool some[200];
  for (unsigned i = 0; i < 200; i++)
    fake_socket_tcp((uint16_t)(1000 + i), 9)->queue = i % 10;
  stage_configure(stage, PLUGIN(LINE("MaxObjects", NUMBER(3))));
  stage_start_and_read(stage);
  assert_int_equal(shown(stage, some), 3);
  for (unsigned i = 0; i < 200; i++)
    assert_true(!some[i] || i % 10 == 9);
  stage_expect(stage, "tcp/queue_length-accept", 900);
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

static void the_steady_state_allocates_nothing(void **state) {
  struct stage *stage = *state;
  for (unsigned i = 0; i < 100; i++) {
    fake_socket_tcp((uint16_t)(1000 + i), 9)->queue = i % 5;
    fake_socket_udp((uint16_t)(2000 + i), 900);
    fake_socket_udp((uint16_t)(40000 + i), 900);
    fake_socket_unix("/run/x", 9);
  }
  stage_start_and_read(stage);
  for (int i = 0; i < 3; i++)
    stage_read(stage);
  /* It takes a place, and then its alert looks for a process. */
  fake_sockets.sockets[0].drops++;
  stage_read(stage);
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-1000/dropped okay>warning");
  size_t before = allocations_count();
  int failed = 0;
  for (uint32_t i = 0; i < 50; i++) {
    fake_sockets.sockets[0].drops += i % 2;
    fake_sockets.sockets[4].queue = i % 7;
    failed += stage_try_read(stage) != 0;
  }
  assert_int_equal(allocations_count(), before);
  assert_int_equal(failed, 0);
}

static void nothing_is_left_of_what_is_gone(void **state) {
  struct stage *stage = *state;
  stage_start_and_read(stage);
  size_t before = 0;
  for (int i = 0; i < 200; i++) {
    fake_sockets.count = 0;
    for (unsigned j = 0; j < 20; j++)
      fake_socket_tcp((uint16_t)(1000 + 20 * i + (int)j), 9);
    stage_read(stage);
    if (i == 20)
      before = allocations_in_use();
  }
  size_t after = allocations_in_use();
  CHECK(after <= before + 20, "%zu, then %zu", before, after);
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
#define TEST(name) SOCK_STAGE_TEST(name)
  const struct CMUnitTest tests[] = {
      TEST(a_listener),
      TEST(how_full_a_listener_is),
      TEST(sockets_of_a_port),
      TEST(a_udp_port),
      TEST(a_unix_listener),
      TEST(ephemeral_udp_ports),
      TEST(an_ephemeral_port_that_is_asked_for),
      TEST(chosen_ports),
      TEST(ignored_ports_and_no_unix),
      TEST(chosen_addresses),
      TEST(faulty_choices),
      TEST(half_open_connections),
      TEST(connections_are_not_walked_unasked),
      TEST(drops_outlive_their_sockets),
      TEST(a_port_that_was_away_goes_on),
      TEST(a_cookie_that_comes_again),
      TEST(a_counter_that_wraps),
      TEST(a_socket_that_is_left_out_once),
      TEST(sockets_in_another_order),
      TEST(what_is_told_twice_counts_once),
      TEST(a_dump_that_fails),
      TEST(missing_modules_are_said_once),
      TEST(nothing_can_be_read),
      TEST(udp_drops_without_udp_diag),
      TEST(kernels_that_count_no_drops),
      TEST(the_backlog_binds),
      TEST(somaxconn_binds),
      TEST(what_is_lacking_to_name_processes),
      TEST(refused_between_two_reads),
      TEST(a_full_queue_that_refuses),
      TEST(refused_first_and_full_then),
      TEST(a_full_queue_that_is_not_judged),
      TEST(a_udp_socket_that_loses),
      TEST(which_setting_binds_a_buffer),
      TEST(a_listener_that_is_closed_while_raised),
      TEST(totals_raise_nothing_unasked),
      TEST(more_than_can_be_shown),
      TEST(few_objects),
      TEST(settings),
      TEST(the_steady_state_allocates_nothing),
      TEST(nothing_is_left_of_what_is_gone),
      SOCK_STAGE_TEST(series_keep_their_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
