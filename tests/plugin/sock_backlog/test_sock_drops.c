/* SPDX-License-Identifier: MIT */
#include "sock_stage.h"

#include <errno.h>

#include "allocations.h"

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
  /* Its first value is that of the read before. */
  assert_int_equal(stage->recording.before_count, 1);
  assert_int_equal(stage->recording.befores[0].count, 1000);
  stage_expect(stage, "udp/packets-dropped", 1050);
  stage_expect_alerts(stage, "udp-53/dropped okay>warning");
  stage_read(stage);
  stage_expect_alerts(stage, "");
  stage_expect(stage, "udp-53/packets-dropped", 1050);
}

/* Before Linux 4.2, a new socket may get the cookie of a closed one. */
static void a_cookie_that_comes_again(void **state) {
  struct stage *stage = *state;
  struct fake_socket *first = fake_socket_tcp(443, 4);
  first->drops = 50;
  stage_start_and_read(stage);
  stage_read(stage);
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

/* The kernel may list sockets in another order than before. */
static void sockets_in_another_order(void **state) {
  struct stage *stage = *state;
  for (uint16_t i = 0; i < 6; i++)
    fake_socket_tcp((uint16_t)(1000 + i), 4)->drops = 10u * i;
  stage_start_and_read(stage);
  stage_read(stage);
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

static void a_socket_listed_twice_counts_once(void **state) {
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
  for (int i = 0; i < 3; i++) {
    stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  stage_expect(stage, "tcp-80/connections-dropped", 500);
  assert_int_equal(
      recording_lines(&stage->recording, LAYER_NOTICE, "can be read again"), 7);
  stage_read(stage);
  stage_expect_alerts(stage, "");
}

static void missing_modules_are_logged_once(void **state) {
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
                      "this kernel has no tcp_diag: TCP sockets are not "
                      "watched"),
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

/* Modules that are loaded later show drops of long ago. */
static void modules_that_are_loaded_later(void **state) {
  struct stage *stage = *state;
  fake_socket_udp(53, 212992)->drops = 1000000;
  struct fake_socket *tcp = fake_socket_tcp(80, 128);
  tcp->drops = 5000;
  fake_sockets.no_udp = fake_sockets.no_tcp = true;
  stage_start_and_read(stage);
  for (int i = 0; i < 29; i++)
    stage_read(stage);
  fake_sockets.no_udp = fake_sockets.no_tcp = false;
  for (int i = 0; i < 5; i++) {
    stage_read(stage);
    stage_expect_alerts(stage, "");
  }
  stage_expect(stage, "udp-53/packets-dropped", 1000000);
  stage_expect(stage, "tcp-80/connections-dropped", 5000);
  tcp->drops += 20;
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-80/dropped okay>warning");
  stage_expect(stage, "tcp-80/connections-dropped", 5020);
}

static void lay_udp(struct stage *stage, unsigned inode, unsigned drops) {
  char text[256];
  snprintf(text, sizeof(text),
           "sl local_address ...\n"
           "1: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 "
           "00000000 0 0 %u 2 0000000000000000 %u\n",
           inode, drops);
  temp_tree_write(&stage->tree, "proc/net/udp", text);
}

/* /proc/net/udp and udp_diag know a socket by different numbers. */
static void a_socket_that_gets_another_identity(void **state) {
  struct stage *stage = *state;
  struct fake_socket *udp = fake_socket_udp(53, 212992);
  udp->drops = 1000000;
  udp->inode = 4711;
  lay_udp(stage, 4711, 1000000);
  fake_sockets.no_udp = fake_sockets.no_udplite = true;
  stage_start_and_read(stage);
  for (int i = 0; i < 28; i++)
    stage_read(stage);
  lay_udp(stage, 4711, 1000003);
  stage_read(stage);
  udp->drops = 1000003;
  fake_sockets.no_udp = fake_sockets.no_udplite = false;
  for (int i = 0; i < 5; i++) {
    stage_read(stage);
    stage_expect_alerts(stage, "");
    stage_expect(stage, "udp-53/packets-dropped", 1000003);
    stage_expect(stage, "udp/packets-dropped", 1000003);
    stage_expect(stage, "udp/count-sockets", 1);
  }
  udp->drops += 50;
  stage_read(stage);
  stage_expect(stage, "udp-53/packets-dropped", 1000053);
  stage_expect_alerts(stage, "udp-53/dropped okay>warning");
}

/* An inode of /proc/net/udp may equal the cookie of a listener. */
static void an_inode_that_is_also_a_cookie(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(443, 4);
  tcp->drops = 5;
  lay_udp(stage, (unsigned)tcp->cookie, 7);
  fake_sockets.no_udp = fake_sockets.no_udplite = true;
  stage_start_and_read(stage);
  stage_read(stage);
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", 5);
  stage_expect(stage, "udp-53/packets-dropped", 7);
  stage_expect(stage, "udp/packets-dropped", 7);
}

/* Dumps leave sockets out while others come and go, the first one too. */
static void a_socket_that_the_first_dump_left_out(void **state) {
  struct stage *stage = *state;
  struct fake_socket *udp = fake_socket_udp(53, 212992);
  uint64_t cookie = udp->cookie;
  udp->drops = 1000000;
  udp->cookie = 0;
  stage_start_and_read(stage);
  udp->cookie = cookie;
  for (int i = 0; i < 3; i++) {
    stage_read(stage);
    stage_expect_alerts(stage, "");
    stage_expect(stage, "udp/packets-dropped", 0);
  }
  udp->drops += 70;
  stage_read(stage);
  stage_expect_alerts(stage, "udp-53/dropped okay>warning");
  stage_expect(stage, "udp/packets-dropped", 70);
}

/* The rate of a new service is what it loses, from the first read on. */
static void a_service_that_starts_and_loses(void **state) {
  struct stage *stage = *state;
  stage_start_and_read(stage);
  stage_read(stage);
  struct fake_socket *little = fake_socket_udp(53, 212992);
  struct fake_socket *much = fake_socket_udp(54, 212992);
  for (int i = 0; i < 6; i++) {
    little->drops += 6;
    much->drops += 600;
    stage_read(stage);
    stage_expect_alerts(stage, i == 0 ? "udp-54/dropped okay>warning" : "");
    if (i == 0)
      ASSERT_HAS(stage_only_message(stage), "udp-54 lost 60.0/s");
  }
  stage_expect(stage, "udp-53/packets-dropped", 36);
}

/* A source that fails for good keeps neither closed sockets of other sources
 * nor the alerts of their ports. */
static void one_bad_source_of_seven(void **state) {
  struct stage *stage = *state;
  fake_sockets.no_udplite = true;
  temp_tree_write(&stage->tree, "proc/net/udplite", "header\nno socket\n");
  stage_start_and_read(stage);
  size_t blocks = 0;
  for (uint16_t i = 0; i < 60; i++) {
    struct fake_socket *tcp = fake_socket_tcp((uint16_t)(1024 + i), 128);
    tcp->queue = i == 0 ? 129 : 0;
    stage_read(stage);
    if (i == 0)
      stage_expect_alerts(stage, "tcp-1024/accept_queue okay>failure");
    fake_socket_close(tcp);
    if (i == 10)
      blocks = allocations_in_use();
  }
  stage_read(stage);
  stage_expect(stage, "tcp/count-sockets", 0);
  const struct recorded_value *alert =
      recording_value(&stage->recording, "", "gauge", "alert");
  assert_true(alert->gauge == 0);
  CHECK(allocations_in_use() <= blocks + 10, "%zu, then %zu", blocks,
        allocations_in_use());
  assert_int_equal(stage->recording.line_count, 1);
}

/* The sockets of the bad source itself are not gone. */
static void a_source_that_fails_keeps_its_own(void **state) {
  struct stage *stage = *state;
  fake_sockets.no_udplite = true;
  static const char head[] = "sl local_address ...\n";
  char text[256];
  snprintf(text, sizeof(text),
           "%s1: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 "
           "00000000 0 0 99 2 0000000000000000 5000\n",
           head);
  temp_tree_write(&stage->tree, "proc/net/udplite", head);
  stage_start_and_read(stage);
  for (int i = 0; i < 3; i++)
    stage_read(stage);
  temp_tree_write(&stage->tree, "proc/net/udplite", text);
  stage_read(stage);
  stage_expect_alerts(stage, "udplite-53/dropped okay>failure");
  temp_tree_write(&stage->tree, "proc/net/udplite", "header\nno socket\n");
  for (int i = 0; i < 8; i++) {
    stage_read(stage);
    stage_expect_alerts(stage, "");
    stage_expect_none(stage, "udplite-53/packets-dropped");
  }
  temp_tree_write(&stage->tree, "proc/net/udplite", text);
  stage_read(stage);
  stage_expect(stage, "udplite-53/packets-dropped", 5000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(drops_outlive_their_sockets),
      SOCK_STAGE_TEST(a_port_that_was_away_goes_on),
      SOCK_STAGE_TEST(a_cookie_that_comes_again),
      SOCK_STAGE_TEST(a_counter_that_wraps),
      SOCK_STAGE_TEST(a_socket_that_is_left_out_once),
      SOCK_STAGE_TEST(sockets_in_another_order),
      SOCK_STAGE_TEST(a_socket_listed_twice_counts_once),
      SOCK_STAGE_TEST(a_dump_that_fails),
      SOCK_STAGE_TEST(missing_modules_are_logged_once),
      SOCK_STAGE_TEST(nothing_can_be_read),
      SOCK_STAGE_TEST(udp_drops_without_udp_diag),
      SOCK_STAGE_TEST(kernels_that_count_no_drops),
      SOCK_STAGE_TEST(modules_that_are_loaded_later),
      SOCK_STAGE_TEST(a_socket_that_gets_another_identity),
      SOCK_STAGE_TEST(an_inode_that_is_also_a_cookie),
      SOCK_STAGE_TEST(a_socket_that_the_first_dump_left_out),
      SOCK_STAGE_TEST(a_service_that_starts_and_loses),
      SOCK_STAGE_TEST(one_bad_source_of_seven),
      SOCK_STAGE_TEST(a_source_that_fails_keeps_its_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
