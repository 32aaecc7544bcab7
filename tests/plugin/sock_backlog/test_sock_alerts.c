/* SPDX-License-Identifier: MIT */
#include "sock_stage.h"

#include <sys/socket.h>

#include "sock_entry.h"
#include "sock_owners.h"

/* Makes a process that has the socket open. */
static void add_process(struct stage *stage, unsigned pid, const char *comm,
                        const struct fake_socket *socket) {
  char path[512], file[64], target[64];
  snprintf(file, sizeof(file), "proc/%u/fd/3", pid);
  temp_tree_path(&stage->tree, file, path, sizeof(path));
  temp_tree_make_parents(path);
  snprintf(target, sizeof(target), "socket:[%u]", socket->inode);
  unlink(path);
  assert_int_equal(symlink(target, path), 0);
  snprintf(file, sizeof(file), "proc/%u/comm", pid);
  temp_tree_write(&stage->tree, file, comm);
}

static void add_owner(struct stage *stage, const struct fake_socket *socket,
                      const char *comm) {
  add_process(stage, 812, comm, socket);
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

/* One search finds the processes of all alerts of a read, and whose they are.
 */
static void two_processes_in_one_read(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 8);
  struct fake_socket *local = fake_socket_unix("/run/x", 8);
  local->uid = 33;
  add_owner(stage, tcp, "nginx\n");
  add_process(stage, 900, "python3\n", local);
  stage_start_and_read(stage);
  tcp->queue = local->queue = 9;
  stage_read(stage);
  assert_int_equal(stage->recording.alert_count, 2);
  ASSERT_HAS(stage->recording.alerts[0].message, "; nginx[812] at 0.0.0.0: 9");
  ASSERT_HAS(stage->recording.alerts[1].message,
             "; python3[900] of uid 33: 9 of 8 waiting");
}

/* A process that no search found, and one for which time ran out. */
static void processes_that_are_not_found(void **state) {
  const struct sock_entry socket = {.inode = 47, .uid = 33, .has_uid = true};
  struct sock_owners owners = {.is_searched = false};
  char buffer[64];
  (void)state;
  sock_owners_begin(&owners);
  sock_owners_want(&owners, &socket);
  owners.is_searched = true;
  struct text text = TEXT_IN(buffer);
  sock_owners_add(&owners, &socket, &text);
  assert_string_equal(buffer, "a process of uid 33");
  owners.is_cut = true;
  text = TEXT_IN(buffer);
  sock_owners_add(&owners, &socket, &text);
  assert_string_equal(buffer, "a process of uid 33 (not found in 20 ms)");
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

/* Capabilities of collectd's own process. */
static void missing_capabilities_are_logged(void **state) {
  struct stage *stage = *state;
  static const struct {
    const char *effective, *message;
  } rows[] = {
      {"000001ffffffffff", NULL},
      {"0000000000080004", NULL},
      {"0000000000080002", NULL},
      {"0000000000080000",
       "without CAP_DAC_READ_SEARCH, notifications name no processes of other "
       "users, only the user's number"},
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
  sock_stage_lay_refusals(stage, 0);
  stage_start_and_read(stage);
  idle->queue = 5;
  tcp->drops = 5;
  sock_stage_lay_refusals(stage, 5);
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-443/dropped okay>warning");
  stage_expect_message(
      stage, "tcp-443 refused 0.5/s at its accept queue (limit 0.2/s); "
             "listen() backlog is 4: a burst, raise it (net.core.somaxconn is "
             "4096); app[812] at 0.0.0.0: 0 of 4 waiting; one of 2 sockets");
}

/* One refusal is a value, not a page. */
static void one_refusal(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  stage_start_and_read(stage);
  for (int i = 0; i < 3; i++) {
    tcp->drops++;
    stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  stage_expect(stage, "tcp-443/connections-dropped", 3);
}

/* One loss is one notification, and each one clears. */
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

/* The incident keeps its first name, and becomes worse. */
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
    stage_expect_alerts(stage, i == 0 ? "tcp-443/dropped warning>failure" : "");
  }
}

/* Without limits for the queue, its drops are judged as usual. */
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

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(the_backlog_binds),
      SOCK_STAGE_TEST(two_processes_in_one_read),
      SOCK_STAGE_TEST(processes_that_are_not_found),
      SOCK_STAGE_TEST(somaxconn_binds),
      SOCK_STAGE_TEST(missing_capabilities_are_logged),
      SOCK_STAGE_TEST(refused_between_two_reads),
      SOCK_STAGE_TEST(one_refusal),
      SOCK_STAGE_TEST(a_full_queue_that_refuses),
      SOCK_STAGE_TEST(refused_first_and_full_then),
      SOCK_STAGE_TEST(a_full_queue_that_is_not_judged),
      SOCK_STAGE_TEST(a_udp_socket_that_loses),
      SOCK_STAGE_TEST(which_setting_binds_a_buffer),
      SOCK_STAGE_TEST(a_listener_that_is_closed_while_raised),
      SOCK_STAGE_TEST(totals_raise_nothing_unasked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
