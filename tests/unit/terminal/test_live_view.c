/* SPDX-License-Identifier: MIT */
/* The history of losses, and the screens of netloss live. */
#include "ladder_scene.h"

#include <stdio.h>

#include "live_view.h"

static const struct labels cpu = {.cpu = "3"};
static const struct labels dns = {.protocol = "udp", .port = "53"};

struct fixture {
  struct scene scene;
  struct history history;
  struct view view;
  struct live_view live;
};

static int set_up(void **state) {
  static struct fixture fixture;
  fixture = (struct fixture){
      .scene = {.host = "web1", .kernel = "Linux 6.18"},
      .view.width = 80,
      .live = {.selected = -1, .height = 24, .has_keys = true},
  };
  *state = &fixture;
  return 0;
}

static int tear_down(void **state) {
  struct fixture *fixture = *state;
  history_free(&fixture->history);
  ladder_free(&fixture->scene.ladder);
  view_free(&fixture->view);
  return 0;
}

/* Reads once, at a time in seconds; two seconds pass between reads. */
static void read_at(struct fixture *fixture, double now, double cpu_lost,
                    double dns_lost) {
  struct ladder *ladder = &fixture->scene.ladder;
  scene_begin(ladder);
  scene_lose(ladder, &scene_softnet, "dropped", &cpu, "3", cpu_lost);
  scene_lose(ladder, &scene_socket, "receive_dropped", &dns, "udp-53",
             dns_lost);
  scene_end(ladder);
  history_add(&fixture->history, ladder, now);
}

static void add_alert(struct fixture *fixture, const char *when,
                      enum threshold_state alert_state, const char *message) {
  struct sample_alert alert = {
      .layer = &scene_softnet,
      .alert = {.meter = &scene_meters[0], .state = alert_state},
      .name = "3"};
  TEXT_FILL(alert.message, "%s", message);
  history_add_alerts(&fixture->history, &alert, 1, when);
}

/* Expects the first lines of the screen, and the last one. */
static void expect(struct fixture *fixture, const char *expected,
                   const char *last) {
  char found[16384];
  size_t length = 0;
  live_view_make(&fixture->view, &fixture->live, &fixture->scene,
                 &fixture->history);
  assert_int_equal(fixture->view.count, fixture->live.height);
  for (size_t i = 0; i < fixture->view.count; i++) {
    const char *text = fixture->view.lines[i].text;
    size_t end = strlen(text);
    assert_true(end <= fixture->view.width);
    while (end > 0 && text[end - 1] == ' ')
      end--;
    length += (size_t)snprintf(found + length, sizeof(found) - length, "%.*s\n",
                               (int)end, text);
  }
  found[strlen(expected) < length ? strlen(expected) : length] = '\0';
  assert_string_equal(found, expected);
  assert_string_equal(fixture->view.lines[fixture->view.count - 1].text, last);
}

#define KEYS "q quit  p pause  arrows, Enter details  a all values  r reset"
#define HEAD                                                                   \
  "  place   object                  now     peak      total      for "        \
  "lately\n"

static void before_any_loss(void **state) {
  struct fixture *fixture = *state;
  read_at(fixture, 100, 0, 0);
  expect(fixture,
         "netloss  web1  Linux 6.18  2.0 s                           nothing "
         "is being lost\n" HEAD "  nothing was lost so far\n"
         "  wire                           ok\n"
         "  ring                           ok\n"
         "  irq                            ok\n"
         "  backlog                        ok\n"
         "  ip                             ok\n"
         "  tcp                            ok\n"
         "  listen                         ok\n"
         "  socket                         ok\n"
         "  qdisc                          ok\n"
         "  send                           ok\n"
         "  kernel                         ok\n\n",
         KEYS);
}

static void a_loss_and_one_that_is_over(void **state) {
  struct fixture *fixture = *state;
  read_at(fixture, 100, 0, 80);
  read_at(fixture, 102, 40, 0);
  read_at(fixture, 104, 20, 0);
  add_alert(fixture, "17:04:59", THRESHOLD_FAILURE, "cpu 3 dropped 20/s");
  expect(fixture,
         "netloss  web1  Linux 6.18  2.0 s                                 "
         "LOSING: 1 place\n" HEAD
         "! backlog cpu 3                  10/s     20/s         60      4 s "
         "           #=\n"
         "          some.setting is 17: raise it; by dropped\n"
         "  socket  udp-53                  0/s     40/s         80     over "
         "          #\n"
         "  wire                           ok\n"
         "  ring                           ok\n"
         "  irq                            ok\n"
         "  ip                             ok\n"
         "  tcp                            ok\n"
         "  listen                         ok\n"
         "  socket                         ok\n"
         "  qdisc                          ok\n"
         "  send                           ok\n"
         "  kernel                         ok\n"
         "17:04:59 failure (still on) cpu 3 dropped 20/s\n",
         KEYS);
}

static void a_cleared_alert_is_no_longer_on(void **state) {
  struct fixture *fixture = *state;
  read_at(fixture, 100, 0, 0);
  add_alert(fixture, "17:04:59", THRESHOLD_WARNING, "cpu 3 dropped 20/s");
  add_alert(fixture, "17:05:59", THRESHOLD_OKAY, "cpu 3 dropped nothing");
  fixture->live.height = 13;
  expect(fixture,
         "netloss  web1  Linux 6.18  2.0 s                           nothing "
         "is being lost\n" HEAD "  nothing was lost so far\n"
         "  ok: wire ring irq backlog ip tcp listen socket qdisc send kernel\n"
         "17:04:59 warning cpu 3 dropped 20/s\n"
         "17:05:59 okay    cpu 3 dropped nothing\n",
         KEYS);
}

static void only_so_many_alerts_are_kept(void **state) {
  struct fixture *fixture = *state;
  for (int i = 0; i < HISTORY_ALERTS + 5; i++) {
    char message[16];
    snprintf(message, sizeof(message), "alert %d", i);
    add_alert(fixture, "17:04:59", THRESHOLD_WARNING, message);
  }
  assert_int_equal(fixture->history.alert_count, HISTORY_ALERTS);
  assert_string_equal(fixture->history.alerts[0].message, "alert 5");
  assert_true(fixture->history.alerts[HISTORY_ALERTS - 1].is_on);
  assert_false(fixture->history.alerts[HISTORY_ALERTS - 2].is_on);
}

static void details_of_a_row(void **state) {
  struct fixture *fixture = *state;
  read_at(fixture, 100, 40, 20);
  fixture->live.selected = 1;
  fixture->live.mode = LIVE_DETAILS;
  expect(fixture,
         "netloss  web1  Linux 6.18  2.0 s                                "
         "LOSING: 2 places\n"
         "! socket  udp-53                 10/s     10/s         20      2 s "
         "            #\n"
         "The setting that decides\n"
         "  some.setting is 17\n"
         "What to do\n"
         "  raise it\n"
         "What was found\n"
         "  by receive_dropped\n"
         "The counter behind it\n"
         "  receive_dropped of sock_backlog:\n",
         "Enter or Esc: back  q quit");
}

static void a_row_can_go_while_its_details_are_shown(void **state) {
  struct fixture *fixture = *state;
  read_at(fixture, 100, 40, 0);
  fixture->live.selected = 0;
  fixture->live.mode = LIVE_DETAILS;
  history_reset(&fixture->history);
  live_view_make(&fixture->view, &fixture->live, &fixture->scene,
                 &fixture->history);
  assert_string_equal(fixture->view.lines[1].text, "  this row is gone");
}

static void a_loss_begins_anew_after_a_pause(void **state) {
  struct fixture *fixture = *state;
  read_at(fixture, 100, 40, 0);
  assert_true(fixture->history.entries->began == 98);
  read_at(fixture, 102, 40, 0);
  assert_true(fixture->history.entries->began == 98);
  read_at(fixture, 104, 0, 0);
  assert_false(fixture->history.entries->is_losing);
  read_at(fixture, 106, 10, 0);
  assert_true(fixture->history.entries->began == 104);
  assert_int_equal(fixture->history.entries->total, 90);
  assert_true(fixture->history.entries->peak == 20);
}

static void a_tiny_screen_shows_what_loses(void **state) {
  struct fixture *fixture = *state;
  read_at(fixture, 100, 40, 20);
  fixture->view.width = 40;
  fixture->live.height = 5;
  expect(fixture,
         "netloss  web1  Linux 6.18  2.0 s  LOS...\n"
         "  place   object                  now...\n"
         "! backlog cpu 3                  20/s...\n",
         "q quit  p pause  arrows, Enter detail...");
}

static void a_large_screen(void **state) {
  struct fixture *fixture = *state;
  read_at(fixture, 100, 40, 20);
  fixture->view.width = 132;
  fixture->live.height = 50;
  fixture->live.is_paused = true;
  live_view_make(&fixture->view, &fixture->live, &fixture->scene,
                 &fixture->history);
  assert_int_equal(fixture->view.count, 50);
  assert_int_equal(strlen(fixture->view.lines[0].text), 132);
  assert_string_equal(fixture->view.lines[49].text, "PAUSED  " KEYS);
}

#define LIVE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      LIVE_TEST(before_any_loss),
      LIVE_TEST(a_loss_and_one_that_is_over),
      LIVE_TEST(a_cleared_alert_is_no_longer_on),
      LIVE_TEST(only_so_many_alerts_are_kept),
      LIVE_TEST(details_of_a_row),
      LIVE_TEST(a_row_can_go_while_its_details_are_shown),
      LIVE_TEST(a_loss_begins_anew_after_a_pause),
      LIVE_TEST(a_tiny_screen_shows_what_loses),
      LIVE_TEST(a_large_screen),
  };
  return cmocka_run_group_tests_name("live_view", tests, NULL, NULL);
}
