/* SPDX-License-Identifier: MIT */
/* Drops of TCP listeners that are refused connections, and others. */
#include "sock_stage.h"

static void start_at(struct stage *stage, unsigned long long count) {
  sock_stage_lay_refusals(stage, count);
  stage_start_and_read(stage);
  stage_read(stage);
}

/* RSTs, repeated SYNs and what a socket filter refuses are no refusals. */
static void a_healthy_listener(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(80, 100);
  tcp->drops = 30;
  start_at(stage, 500);
  for (int i = 0; i < 5; i++) {
    tcp->drops += 160;
    stage_read(stage);
    stage_expect_alerts(stage, "");
    stage_expect(stage, "tcp-80/connections-dropped", 30);
    stage_expect(stage, "tcp/connections-dropped", 30);
  }
  tcp->drops += 100;
  sock_stage_lay_refusals(stage, 540);
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-80/dropped okay>warning");
  ASSERT_HAS(stage_only_message(stage), "tcp-80 refused 4.0/s");
  stage_expect(stage, "tcp-80/connections-dropped", 70);
}

/* The kernel counts a last ACK at a full queue twice in the socket. */
static void last_acks(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(80, 4);
  start_at(stage, 0);
  tcp->drops = 200;
  sock_stage_lay_refusals(stage, 100);
  stage_read(stage);
  stage_expect(stage, "tcp-80/connections-dropped", 100);
  stage_expect(stage, "tcp/connections-dropped", 100);
}

/* The listener with the full queue refused them, now or in the read before. */
static void one_of_two_listeners_is_full(void **state) {
  struct stage *stage = *state;
  struct fake_socket *healthy = fake_socket_tcp(80, 100);
  struct fake_socket *full = fake_socket_tcp(443, 4);
  start_at(stage, 0);
  full->queue = 5;
  full->drops = 27;
  healthy->drops = 900;
  sock_stage_lay_refusals(stage, 27);
  stage_read(stage);
  stage_expect_alerts(stage, "tcp-443/accept_queue okay>failure");
  stage_expect(stage, "tcp-443/connections-dropped", 27);
  stage_expect(stage, "tcp-80/connections-dropped", 0);
  full->queue = 0;
  full->drops += 10;
  healthy->drops += 20;
  sock_stage_lay_refusals(stage, 40);
  stage_read(stage);
  stage_expect(stage, "tcp-443/connections-dropped", 37);
  stage_expect(stage, "tcp-80/connections-dropped", 3);
  stage_expect(stage, "tcp/connections-dropped", 40);
}

/* ListenDrops is read after the sockets, and may be ahead of them. */
static void refusals_between_the_sockets_and_their_total(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(80, 4);
  start_at(stage, 0);
  tcp->drops = 50;
  sock_stage_lay_refusals(stage, 60);
  stage_read(stage);
  stage_expect(stage, "tcp-80/connections-dropped", 50);
  tcp->drops = 90;
  sock_stage_lay_refusals(stage, 90);
  stage_read(stage);
  stage_expect(stage, "tcp-80/connections-dropped", 90);
}

/* Without the total, each drop counts as a refusal. */
static void no_total(void **state) {
  struct stage *stage = *state;
  struct fake_socket *tcp = fake_socket_tcp(80, 4);
  start_at(stage, 0);
  temp_tree_write(&stage->tree, "proc/net/netstat", "TcpExt: what\n");
  tcp->drops = 50;
  stage_read(stage);
  stage_expect(stage, "tcp-80/connections-dropped", 50);
  sock_stage_lay_refusals(stage, 90);
  tcp->drops = 70;
  stage_read(stage);
  stage_expect(stage, "tcp-80/connections-dropped", 70);
  tcp->drops = 90;
  sock_stage_lay_refusals(stage, 91);
  stage_read(stage);
  stage_expect(stage, "tcp-80/connections-dropped", 71);
}

/* A datagram that a socket dropped is lost, whatever listeners did. */
static void datagrams_are_not_affected(void **state) {
  struct stage *stage = *state;
  struct fake_socket *udp = fake_socket_udp(53, 212992);
  start_at(stage, 0);
  udp->drops = 50;
  stage_read(stage);
  stage_expect(stage, "udp-53/packets-dropped", 50);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SOCK_STAGE_TEST(a_healthy_listener),
      SOCK_STAGE_TEST(last_acks),
      SOCK_STAGE_TEST(one_of_two_listeners_is_full),
      SOCK_STAGE_TEST(refusals_between_the_sockets_and_their_total),
      SOCK_STAGE_TEST(no_total),
      SOCK_STAGE_TEST(datagrams_are_not_affected),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
