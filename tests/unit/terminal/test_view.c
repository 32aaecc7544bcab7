/* SPDX-License-Identifier: MIT */
/* Screens of text, whole. */
#include "ladder_scene.h"

#include <stdio.h>

#include "view.h"

static const struct labels dns = {.protocol = "udp", .port = "53"};
static const struct labels udp6 = {.protocol = "Udp6"};
static const struct labels cpu = {.cpu = "3"};
static const struct labels eth0 = {.device = "eth0"};
static const struct labels ports[] = {
    {.port = "1"}, {.port = "2"}, {.port = "3"}, {.port = "4"},
    {.port = "5"}, {.port = "6"}, {.port = "7"}, {.port = "8"}};

/* Expects the whole screen. */
static void expect(struct ladder *ladder, unsigned width, size_t max_lines,
                   const char *expected) {
  struct view view = {.width = width};
  char found[8192];
  size_t length = 0;
  view_add_title(&view, ladder, "web1", "Linux 6.18");
  view_add_ladder(&view, ladder, max_lines);
  for (size_t i = 0; i < view.count; i++) {
    const char *text = view.lines[i].text;
    size_t end = strlen(text);
    assert_true(end <= width);
    while (end > 0 && text[end - 1] == ' ')
      end--;
    length += (size_t)snprintf(found + length, sizeof(found) - length, "%.*s\n",
                               (int)end, text);
  }
  assert_string_equal(found, expected);
  assert_true(max_lines == 0 || view.count <= max_lines);
  view_free(&view);
  ladder_free(ladder);
}

static void a_healthy_host(void **state) {
  (void)state;
  struct ladder ladder = {0};
  scene_begin(&ladder);
  ladder_layer(&ladder, &scene_reason, "it needs CAP_BPF and CAP_PERFMON");
  scene_lose(&ladder, &scene_nic, "packets_rx", &eth0, "eth0", 200);
  scene_reading(&ladder, &scene_socket, "accept_queue", &dns, "tcp-443", 12,
                false);
  scene_end(&ladder);
  expect(
      &ladder, 80, 24,
      "netloss  web1  Linux 6.18  2.0 s                           nothing is "
      "being lost\n"
      "  wire                           ok  100 packets/s\n"
      "  ring                           ok\n"
      "  irq                            ok\n"
      "  backlog                        ok\n"
      "  ip                             ok\n"
      "  tcp                            ok\n"
      "  listen                         ok  fullest tcp-443 12 %\n"
      "  socket                         ok\n"
      "  qdisc                          ok\n"
      "  send                           ok\n"
      "? kernel                    unknown  it needs CAP_BPF and "
      "CAP_PERFMON\n");
}

static void three_losses(void **state) {
  (void)state;
  struct ladder ladder = {0};
  scene_begin(&ladder);
  scene_lose(&ladder, &scene_softnet, "dropped", &cpu, "3", 900000);
  scene_lose(&ladder, &scene_socket, "receive_dropped", &dns, "udp-53", 1);
  scene_lose(&ladder, &scene_nic, "rx_ring_full", &eth0, "eth0", 822);
  scene_end(&ladder);
  expect(&ladder, 80, 24,
         "netloss  web1  Linux 6.18  2.0 s                                "
         "LOSING: 3 places\n"
         "! ring    eth0                411/s  lost in the RX ring\n"
         "          some.setting is 17: raise it; by rx_ring_full\n"
         "! backlog cpu 3              450k/s  dropped from its backlog\n"
         "          some.setting is 17: raise it; by dropped\n"
         "! socket  udp-53              0.5/s  lost at its receive buffer\n"
         "          some.setting is 17: raise it; by receive_dropped\n"
         "  wire                           ok\n"
         "  irq                            ok\n"
         "  ip                             ok\n"
         "  tcp                            ok\n"
         "  listen                         ok\n"
         "  qdisc                          ok\n"
         "  send                           ok\n"
         "  kernel                         ok\n");
}

static void strain_and_a_protocols_counter(void **state) {
  (void)state;
  struct ladder ladder = {0};
  scene_begin(&ladder);
  scene_reading(&ladder, &scene_socket, "receive_queue", &dns, "udp-53", 91,
                true);
  scene_lose(&ladder, &scene_proto, "Udp:RcvbufErrors", &udp6, "Udp6", 30);
  scene_end(&ladder);
  expect(&ladder, 50, 24,
         "netloss  web1  Linux 6.18  2.0 s   LOSING: 1 place\n"
         "! socket  Udp6 RcvbufErrors     15/s  lost in f...\n"
         "          some.setting is 17: raise it; by\n"
         "          Udp:RcvbufErrors\n"
         "~ socket  udp-53               91 %  uses of it...\n"
         "          some.setting is 17: raise it; by\n"
         "          receive_queue\n"
         "  wire                           ok\n"
         "  ring                           ok\n"
         "  irq                            ok\n"
         "  backlog                        ok\n"
         "  ip                             ok\n"
         "  tcp                            ok\n"
         "  listen                         ok\n"
         "  qdisc                          ok\n"
         "  send                           ok\n"
         "  kernel                         ok\n");
}

static void more_losses_than_lines(void **state) {
  (void)state;
  static const char *const names[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
  struct ladder ladder = {0};
  scene_begin(&ladder);
  for (size_t i = 0; i < COUNT_OF(ports); i++)
    scene_lose(&ladder, &scene_socket, "receive_dropped", &ports[i], names[i],
               (double)(20 - i));
  scene_end(&ladder);
  struct view view = {.width = 80};
  view_add_title(&view, &ladder, "web1", "Linux 6.18");
  view_add_ladder(&view, &ladder, 24);
  assert_true(view.count <= 24);
  bool has_rest = false;
  for (size_t i = 0; i < view.count; i++)
    has_rest =
        has_rest || strcmp(view.lines[i].text, "  ... and 4 more (--all)") == 0;
  assert_true(has_rest);
  view_clear(&view);
  view_add_ladder(&view, &ladder, 0);
  assert_int_equal(view.count, 8 * 2 + LADDER_PLACES - 1);
  view_free(&view);
  ladder_free(&ladder);
}

static void history(void **state) {
  (void)state;
  struct ladder ladder = {.since_boot = true};
  scene_begin(&ladder);
  scene_lose(&ladder, &scene_softnet, "dropped", &cpu, "3", 48000);
  scene_end(&ladder);
  expect(&ladder, 80, 0,
         "netloss  web1  Linux 6.18  history since boot                      "
         "LOST: 1 place\n"
         "! backlog cpu 3               49000  dropped from its backlog\n"
         "  wire                         none\n"
         "  ring                         none\n"
         "  irq                          none\n"
         "  ip                           none\n"
         "  tcp                          none\n"
         "  listen                       none\n"
         "  socket                       none\n"
         "  qdisc                        none\n"
         "  send                         none\n"
         "  kernel                       none\n");
}

static void rates_have_digits_enough(void **state) {
  (void)state;
  static const struct {
    double rate;
    const char *text;
  } rates[] = {{0, "0/s"},          {0.04, "0.04/s"}, {0.5, "0.5/s"},
               {9.9, "9.9/s"},      {12.4, "12/s"},   {99999, "99999/s"},
               {1234567, "1235k/s"}};
  for (size_t i = 0; i < COUNT_OF(rates); i++) {
    char found[32];
    struct text text = TEXT_IN(found);
    view_rate(&text, rates[i].rate);
    assert_string_equal(found, rates[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_healthy_host),
      cmocka_unit_test(three_losses),
      cmocka_unit_test(strain_and_a_protocols_counter),
      cmocka_unit_test(more_losses_than_lines),
      cmocka_unit_test(history),
      cmocka_unit_test(rates_have_digits_enough),
  };
  return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
