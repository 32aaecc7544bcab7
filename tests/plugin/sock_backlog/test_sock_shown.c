/* SPDX-License-Identifier: MIT */
#include "sock_stage.h"

/* Finds out which of the ports from 1000 on are sent. */
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

  /* A port that loses or fills up takes the place of an idle one, and is judged
   * in the same read. */
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
  char alert[64];
  snprintf(alert, sizeof(alert), "tcp-%u/accept_queue okay>failure",
           1000 + filled);
  ASSERT_HAS(recording_alerts(&stage->recording), alert);
  snprintf(alert, sizeof(alert), "tcp-%u/dropped okay>warning", 1000 + lost);
  ASSERT_HAS(recording_alerts(&stage->recording), alert);

  /* Free places are filled. */
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

static const char *udp_series(unsigned port) {
  static char series[64];
  snprintf(series, sizeof(series), "udp-%u/packets-dropped", port);
  return series;
}

/* 64 ports lost one datagram each. Another one that loses much is judged at
 * once, and sent in the place of one that no longer loses. */
static void a_port_that_was_not_sent_begins_to_lose(void **state) {
  struct stage *stage = *state;
  struct fake_socket *sockets[65], *hidden = NULL;
  for (uint16_t i = 0; i < 65; i++)
    sockets[i] = fake_socket_udp((uint16_t)(1000 + i), 212992);
  stage_start_and_read(stage);
  stage_read(stage);
  for (unsigned i = 0; i < 65; i++)
    if (stage_find(stage, udp_series(1000 + i)) == NULL)
      hidden = sockets[i];
    else
      sockets[i]->drops++;
  stage_read(stage);
  assert_non_null(hidden);
  hidden->drops += 100000;
  stage_read(stage);
  char alert[64];
  snprintf(alert, sizeof(alert), "udp-%u/dropped okay>failure", hidden->port);
  stage_expect_alerts(stage, alert);
  for (int i = 0; i < 5; i++) {
    hidden->drops += 100000;
    stage_read(stage);
    stage_expect_alerts(stage, "");
    stage_expect(stage, udp_series(hidden->port), hidden->drops);
  }
}

/* A port that gives its place to another is still there. */
static void a_displaced_port_is_not_gone(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("MaxObjects", NUMBER(1))));
  struct fake_socket *first = fake_socket_tcp(80, 128);
  struct fake_socket *second = fake_socket_tcp(81, 128);
  stage_start_and_read(stage);
  first->queue = 129;
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-80/accept_queue okay>failure");
  first->queue = 0;
  second->queue = 129;
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-81/accept_queue okay>failure");
  assert_int_equal(stage_count_values(stage, "tcp-80"), 0);
  assert_int_equal(stage_count_values(stage, "tcp-81"), 5);
  for (int i = 0; i < 5; i++)
    stage_read(stage);
  stage_expect_alerts(stage, "tcp-80/accept_queue failure>okay");
  ASSERT_HAS(stage_only_message(stage),
             "tcp-80 is back to 0 % of its accept queue");
  /* Nothing is left of it in the report. */
  for (int i = 0; i < 20; i++)
    stage_read(stage);
  fake_socket_close(first);
  for (int i = 0; i < 4; i++) {
    stage_read(stage);
    stage_expect_alerts(stage, "");
  }
}

static void a_threshold_is_for_every_port(void **state) {
  struct stage *stage = *state;
  stage_configure(
      stage, PLUGIN(LINE("MaxObjects", NUMBER(2)),
                    THRESHOLD("accept_queue", LINE("WarningMax", NUMBER(10)))));
  for (uint16_t i = 0; i < 20; i++)
    fake_socket_tcp((uint16_t)(1000 + i), 9);
  fake_socket_unix("/run/idle", 9);
  stage_start_and_read(stage);
  fake_sockets.sockets[7].queue = 2;
  fake_sockets.sockets[20].queue = 2;
  stage_read(stage);
  const char *alerts = recording_alerts(&stage->recording);
  ASSERT_HAS(alerts, "tcp-1007/accept_queue okay>warning");
  ASSERT_HAS(alerts, "unix-_run_idle/accept_queue okay>warning");
}

/* One of 20,000 ports begins to lose: the next read names it. */
static void one_of_many_ports(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("Port", STRING("1-65535"))));
  for (unsigned i = 0; i < 20000; i++)
    fake_socket_udp((uint16_t)(1024 + i), 212992);
  stage_start_and_read(stage);
  stage_read(stage);
  fake_sockets.sockets[12345].drops = 1000;
  stage_read(stage);
  stage_expect_alerts(stage, "udp-13369/dropped okay>warning");
  stage_expect(stage, "udp/count-sockets", 20000);
  stage_read(stage);
  stage_expect(stage, "udp-13369/packets-dropped", 1000);
}

/* Choosing as many as there are takes no time worth speaking of. */
static void as_many_as_there_are(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("Port", STRING("1-65535")),
                                LINE("MaxObjects", NUMBER(65536))));
  for (unsigned i = 0; i < 16000; i++)
    fake_socket_udp((uint16_t)(1024 + i), 212992);
  stage_start_and_read(stage);
  stage_expect(stage, "udp-1024/count-sockets", 1);
  stage_expect(stage, "udp-17023/count-sockets", 1);
  assert_int_equal(stage->recording.line_count, 0);
}

/* UNIX listeners that nobody sends or judges cost no group, until one fills up.
 */
static void many_paths(void **state) {
  struct stage *stage = *state;
  static char paths[3000][32];
  for (unsigned i = 0; i < COUNT_OF(paths); i++) {
    snprintf(paths[i], sizeof(paths[i]), "/run/x/%u", i);
    fake_socket_unix(paths[i], 9);
  }
  stage_start_and_read(stage);
  stage_expect(stage, "unix/count-sockets", 3000);
  assert_int_equal(recording_lines(&stage->recording, LAYER_NOTICE,
                                   "there are 2936 ports and paths more"),
                   1);
  fake_sockets.sockets[2500].queue = 10;
  stage_read(stage);
  stage_expect_alerts(stage, "unix-_run_x_2500/accept_queue okay>failure");
  stage_expect(stage, "unix-_run_x_2500/queue_length-accept", 10);
}

/* Paths that have other names in each read are judged, and never sent. */
static void names_that_change(void **state) {
  struct stage *stage = *state;
  static char paths[20][16];
  struct fake_socket *last = NULL;
  stage_start_and_read(stage);
  for (unsigned read = 0; read < COUNT_OF(paths); read++) {
    snprintf(paths[read], sizeof(paths[read]), "/run/%u", read);
    if (last != NULL)
      fake_socket_close(last);
    last = fake_socket_unix(paths[read], 9);
    last->queue = 10;
    stage_read(stage);
    char alert[64];
    snprintf(alert, sizeof(alert), "unix-_run_%u/accept_queue okay>failure",
             read);
    ASSERT_HAS(recording_alerts(&stage->recording), alert);
    for (size_t i = 0; i < stage->recording.value_count; i++)
      ASSERT_LACKS(stage->recording.values[i].instance, "unix-");
  }
}

/* A port that was asked for is sent at once. */
static void a_new_port_that_was_asked_for(void **state) {
  struct stage *stage = *state;
  stage_configure(stage, PLUGIN(LINE("Port", STRING("80"))));
  stage_start_and_read(stage);
  fake_socket_tcp(80, 9);
  stage_read(stage);
  assert_int_equal(stage_count_values(stage, "tcp-80"), 5);
}

/* Another one is sent in its third read, or at once if it loses. */
static void new_ports(void **state) {
  struct stage *stage = *state;
  stage_start_and_read(stage);
  stage_read(stage);
  fake_socket_tcp(80, 9);
  struct fake_socket *loses = fake_socket_tcp(81, 9);
  for (int read = 1; read <= 3; read++) {
    loses->drops += 50;
    stage_read(stage);
    assert_int_equal(stage_count_values(stage, "tcp-80"), read < 3 ? 0 : 5);
    CHECK(stage_count_values(stage, "tcp-81") > 0, "read %d", read);
  }
  stage_expect_no_lines(stage);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(more_than_can_be_shown),
      SOCK_STAGE_TEST(few_objects),
      SOCK_STAGE_TEST(a_port_that_was_not_sent_begins_to_lose),
      SOCK_STAGE_TEST(a_displaced_port_is_not_gone),
      SOCK_STAGE_TEST(a_threshold_is_for_every_port),
      SOCK_STAGE_TEST(one_of_many_ports),
      SOCK_STAGE_TEST(as_many_as_there_are),
      SOCK_STAGE_TEST(many_paths),
      SOCK_STAGE_TEST(names_that_change),
      SOCK_STAGE_TEST(a_new_port_that_was_asked_for),
      SOCK_STAGE_TEST(new_ports),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
