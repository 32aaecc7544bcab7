/* SPDX-License-Identifier: MIT */
/* The ladder: what loses, each packet once, in the packet's order. */
#include "ladder_scene.h"

static const struct labels dns = {.protocol = "udp", .port = "53"};
static const struct labels syslog_port = {.protocol = "udp", .port = "514"};
static const struct labels web_dns = {
    .netns = "web", .protocol = "udp", .port = "53"};
static const struct labels udp = {.protocol = "Udp"};
static const struct labels web_udp = {.netns = "web", .protocol = "Udp"};
static const struct labels cpu = {.cpu = "3"};
static const struct labels eth0 = {.device = "eth0"};
static const struct labels queue = {
    .device = "eth0", .direction = "rx", .queue = "2"};
static const struct labels host;

static struct ladder *begin(void) {
  static struct ladder ladder;
  ladder_free(&ladder);
  ladder = (struct ladder){0};
  scene_begin(&ladder);
  return &ladder;
}

static void a_quiet_host_loses_nothing(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_socket, "receive_dropped", &dns, "udp-53", 0);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 0);
  assert_int_equal(ladder->losing, 0);
  assert_int_equal(ladder_losing_places(ladder), 0);
  for (int i = 0; i < LADDER_PLACES; i++)
    assert_int_equal(ladder->rungs[i].state, LADDER_OKAY);
}

static void a_row_has_rate_and_explanation(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_socket, "receive_dropped", &dns, "udp-53", 40);
  scene_end(ladder);
  assert_int_equal(ladder->losing, 1);
  const struct ladder_row *row = ladder->rows;
  assert_int_equal(row->place, LADDER_SOCKET);
  assert_int_equal(row->lost, 40);
  assert_true(row->rate == 20);
  assert_string_equal(row->explanation.detail, "by receive_dropped");
  assert_int_equal(ladder->rungs[LADDER_SOCKET].state, LADDER_LOSING);
  assert_int_equal(ladder->rungs[LADDER_LISTEN].state, LADDER_OKAY);
}

static void rows_are_in_the_packets_order_the_worst_first(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_socket, "receive_dropped", &dns, "udp-53", 4);
  scene_lose(ladder, &scene_socket, "receive_dropped", &syslog_port, "udp-514",
             9);
  scene_lose(ladder, &scene_softnet, "dropped", &cpu, "3", 2);
  scene_end(ladder);
  assert_int_equal(ladder->losing, 3);
  assert_string_equal(ladder->rows[0].name, "3");
  assert_string_equal(ladder->rows[1].name, "udp-514");
  assert_string_equal(ladder->rows[2].name, "udp-53");
  assert_int_equal(ladder_losing_places(ladder), 2);
}

static void the_hosts_total_repeats_its_objects(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_proto, "Udp:RcvbufErrors", &udp, "Udp", 41);
  scene_lose(ladder, &scene_socket, "receive_dropped", &dns, "udp-53", 40);
  scene_lose(ladder, &scene_reason, "socket_rcvbuff", &host, "", 42);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 1);
  assert_string_equal(ladder->rows[0].name, "udp-53");
}

static void what_no_object_names_stays(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_socket, "receive_dropped", &dns, "udp-53", 40);
  scene_lose(ladder, &scene_proto, "Udp:RcvbufErrors", &udp, "Udp", 100);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 2);
  assert_string_equal(ladder->rows[0].name, "Udp");
  assert_int_equal(ladder->rows[0].lost, 60);
  assert_true(ladder->rows[0].rate == 30);
}

static void namespaces_are_told_apart(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_socket, "receive_dropped", &web_dns, "web-udp-53",
             40);
  scene_lose(ladder, &scene_proto, "Udp:RcvbufErrors", &udp, "Udp", 40);
  scene_lose(ladder, &scene_proto, "Udp:RcvbufErrors", &web_udp, "web-Udp", 40);
  scene_lose(ladder, &scene_reason, "socket_rcvbuff", &host, "", 80);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 2);
  assert_string_equal(ladder->rows[0].name, "Udp");
  assert_string_equal(ladder->rows[1].name, "web-udp-53");
}

static void parts_count_and_their_sum_does_not(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_proto, "Udp:InErrors", &udp, "Udp", 100);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 0);
}

static void a_counter_without_limits_is_explained_by_its_share(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_nic, "rx_ring_full", &eth0, "eth0", 7);
  scene_reading(ladder, &scene_nic, "rx_ring_loss", &eth0, "eth0", 2, true);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 1);
  assert_string_equal(ladder->rows[0].explanation.detail, "by rx_ring_loss");
}

static void what_a_queue_lost_its_device_lost(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_lose(ladder, &scene_nic, "rx_ring_full", &queue, "eth0-rx-2", 7);
  scene_lose(ladder, &scene_nic, "rx_policy", &eth0, "eth0", 7);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 0);
}

static void a_few_broken_packets_are_no_loss(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_reading(ladder, &scene_nic, "rx_crc", &eth0, "eth0", 1, false);
  scene_end(ladder);
  assert_int_equal(ladder->losing, 0);

  ladder = begin();
  scene_reading(ladder, &scene_nic, "rx_crc", &eth0, "eth0", 50, true);
  scene_end(ladder);
  assert_int_equal(ladder->losing, 1);
  assert_int_equal(ladder->rows[0].place, LADDER_WIRE);
}

static void a_full_queue_without_loss_is_strained(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_reading(ladder, &scene_socket, "receive_queue", &dns, "udp-53", 90,
                true);
  scene_lose(ladder, &scene_softnet, "dropped", &cpu, "3", 2);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 2);
  assert_int_equal(ladder->losing, 1);
  assert_int_equal(ladder->rows[1].state, LADDER_STRAINED);
  assert_true(ladder->rows[1].gauge == 90);

  /* With a loss at the same place it says nothing new. */
  ladder = begin();
  scene_reading(ladder, &scene_socket, "receive_queue", &dns, "udp-53", 90,
                true);
  scene_lose(ladder, &scene_socket, "receive_dropped", &dns, "udp-53", 2);
  scene_end(ladder);
  assert_int_equal(ladder->row_count, 1);
}

static void a_layer_that_cannot_be_read_is_unknown(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  ladder_begin(ladder, 1);
  ladder_layer(ladder, &scene_reason, "it needs CAP_BPF");
  ladder_layer(ladder, &scene_softnet, NULL);
  scene_end(ladder);
  assert_int_equal(ladder->rungs[LADDER_KERNEL].state, LADDER_UNKNOWN);
  assert_string_equal(ladder->rungs[LADDER_KERNEL].note, "it needs CAP_BPF");
  assert_int_equal(ladder->rungs[LADDER_BACKLOG].state, LADDER_OKAY);
  assert_int_equal(ladder->rungs[LADDER_RING].state, LADDER_UNKNOWN);
  assert_string_equal(ladder->rungs[LADDER_RING].note,
                      "nic_ethtool was not built");
}

static void history_shows_what_the_counters_have_come_to(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  ladder->since_boot = true;
  scene_lose(ladder, &scene_softnet, "dropped", &cpu, "3", 2);
  scene_end(ladder);
  assert_int_equal(ladder->rows[0].lost, 1002);
}

static void notes_name_the_fullest(void **state) {
  (void)state;
  struct ladder *ladder = begin();
  scene_reading(ladder, &scene_socket, "receive_queue", &dns, "udp-53", 12,
                false);
  scene_reading(ladder, &scene_socket, "receive_queue", &syslog_port, "udp-514",
                40, false);
  scene_lose(ladder, &scene_nic, "packets_rx", &eth0, "eth0", 200);
  scene_end(ladder);
  assert_string_equal(ladder->rungs[LADDER_SOCKET].note,
                      "fullest udp-514 40 %");
  assert_string_equal(ladder->rungs[LADDER_WIRE].note, "100 packets/s");
  assert_string_equal(ladder->rungs[LADDER_LISTEN].note, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_quiet_host_loses_nothing),
      cmocka_unit_test(a_row_has_rate_and_explanation),
      cmocka_unit_test(rows_are_in_the_packets_order_the_worst_first),
      cmocka_unit_test(the_hosts_total_repeats_its_objects),
      cmocka_unit_test(what_no_object_names_stays),
      cmocka_unit_test(namespaces_are_told_apart),
      cmocka_unit_test(parts_count_and_their_sum_does_not),
      cmocka_unit_test(a_counter_without_limits_is_explained_by_its_share),
      cmocka_unit_test(what_a_queue_lost_its_device_lost),
      cmocka_unit_test(a_few_broken_packets_are_no_loss),
      cmocka_unit_test(a_full_queue_without_loss_is_strained),
      cmocka_unit_test(a_layer_that_cannot_be_read_is_unknown),
      cmocka_unit_test(history_shows_what_the_counters_have_come_to),
      cmocka_unit_test(notes_name_the_fullest),
  };
  return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
