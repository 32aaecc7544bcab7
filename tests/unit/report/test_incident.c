/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "incident.h"
#include "report.h"

enum { LOST, QUEUE, OTHER, PART, METERS };

/* The first two show the same fault. */
static const struct meter meters[METERS] = {
    [LOST] = {.name = "lost",
              .type = "packets",
              .kind = METER_COUNTER64,
              .meaning = METER_LOSS,
              .unit = "packets",
              .bucket = LEDGER_UDP_RECEIVE,
              .exactness = LEDGER_OBJECT,
              .limits = THRESHOLD_ABOVE(1, 100)},
    [QUEUE] = {.name = "queue",
               .type = "percent",
               .kind = METER_GAUGE,
               .meaning = METER_PRESSURE,
               .unit = "%",
               .bucket = LEDGER_UDP_RECEIVE,
               .limits = THRESHOLD_ABOVE(80, 95)},
    [OTHER] = {.name = "other",
               .type = "percent",
               .kind = METER_GAUGE,
               .meaning = METER_PRESSURE,
               .unit = "%",
               .limits = THRESHOLD_ABOVE(80, 95)},
    [PART] = {.name = "part",
              .type = "percent",
              .kind = METER_GAUGE,
              .meaning = METER_PRESSURE,
              .unit = "%",
              .bucket = LEDGER_UDP_RECEIVE,
              .explained = 2,
              .limits = THRESHOLD_ABOVE(80, 95)},
};

enum { PORTS = 12, NOTED = 16 };

struct port {
  uint64_t lost;
  double queue, other, part;
  bool is_gone;
  bool is_users;
};

struct note {
  char text[80];
  char incident[256];
  uint64_t lost;
  size_t peers, others;
};

struct scene {
  struct report *report;
  struct incidents *incidents;
  struct port ports[PORTS];
  double now;
  struct note notes[NOTED]; /* of the last read */
  size_t note_count;
};

static int begin(void **state) {
  static struct scene scene;
  scene = (struct scene){0};
  *state = &scene;
  return report_new(&scene.report, meters, METERS) == 0 &&
                 incidents_new(&scene.incidents, "fake") == 0
             ? 0
             : -1;
}

static int end(void **state) {
  struct scene *scene = *state;
  incidents_free(scene->incidents);
  report_free(scene->report);
  return 0;
}

static void take(void *data, const struct alert *alert) {
  struct scene *scene = data;
  assert_true(scene->note_count < NOTED);
  struct note *note = &scene->notes[scene->note_count++];
  snprintf(note->text, sizeof(note->text), "%s/%s %s>%s%s", alert->instance,
           alert->type_instance, threshold_state_name(alert->before),
           threshold_state_name(alert->state), alert->vanished ? " gone" : "");
  snprintf(note->incident, sizeof(note->incident), "%s",
           alert->incident != NULL ? alert->incident : "");
  note->lost = alert->lost - alert->lost_quiet;
  note->peers = alert->peer_count;
  note->others = alert->others;
}

/* Reads the first count ports. */
static void read_ports(struct scene *scene, size_t count) {
  scene->now += 10;
  scene->note_count = 0;
  report_begin(scene->report, scene->now);
  for (size_t i = 0; i < count; i++) {
    struct port *port = &scene->ports[i];
    if (port->is_gone)
      continue;
    char name[24];
    snprintf(name, sizeof(name), "%zu", i);
    const struct labels labels = {.port = name};
    struct report_object *object =
        report_object(scene->report, NULL, &labels, false);
    report_object_set_users(object, port->is_users);
    report_counter(scene->report, object, LOST, port->lost);
    report_gauge(scene->report, object, QUEUE, port->queue);
    report_gauge(scene->report, object, OTHER, port->other);
    report_gauge(scene->report, object, PART, port->part);
  }
  report_end(scene->report);
  size_t alert_count;
  const struct alert *alerts = report_alerts(scene->report, &alert_count);
  incidents_take(scene->incidents, alerts, alert_count, take, scene);
}

static void expect(const struct scene *scene, const char *text) {
  if (text[0] == '\0')
    CHECK(scene->note_count == 0, "%s", scene->notes[0].text);
  else
    CHECK(scene->note_count == 1 && strcmp(scene->notes[0].text, text) == 0,
          "%zu: %s", scene->note_count, scene->notes[0].text);
}

/* Reads until something is noted. */
static void read_until_noted(struct scene *scene, size_t count) {
  for (int i = 0; i < 20; i++) {
    read_ports(scene, count);
    if (scene->note_count > 0)
      return;
  }
  fail_msg("nothing is noted");
}

static void raised_worse_and_cleared(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  read_ports(scene, 1);
  port->lost += 50;
  read_ports(scene, 1);
  expect(scene, "0/lost okay>warning");
  char incident[256];
  strcpy(incident, scene->notes[0].incident);
  assert_int_equal(strncmp(incident, "fake/0/udp_receive/", 19), 0);
  port->lost += 5000;
  read_ports(scene, 1);
  expect(scene, "0/lost warning>failure");
  assert_string_equal(scene->notes[0].incident, incident);
  port->lost += 50;
  read_until_noted(scene, 1);
  expect(scene, "0/lost failure>okay");
  assert_string_equal(scene->notes[0].incident, incident);
  assert_int_equal(scene->notes[0].lost, 5100);
}

static void it_becomes_worse_once(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  read_ports(scene, 1);
  size_t notes = 0;
  for (int i = 0; i < 40; i++) {
    port->lost += i % 10 == 5 ? 5000 : 50;
    read_ports(scene, 1);
    notes += scene->note_count;
  }
  assert_int_equal(notes, 2);
}

static void another_meter_joins(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  read_ports(scene, 1);
  port->queue = 90;
  read_ports(scene, 1);
  expect(scene, "0/queue okay>warning");
  port->lost += 50;
  read_ports(scene, 1);
  expect(scene, "");
  port->queue = 10;
  port->lost += 50;
  for (int i = 0; i < 8; i++) {
    port->lost += 50;
    read_ports(scene, 1);
    expect(scene, "");
  }
  read_until_noted(scene, 1);
  /* Named as it was raised, with what was lost. */
  expect(scene, "0/queue warning>okay");
  assert_int_equal(scene->notes[0].lost, 500);
}

static void what_is_lost_describes_a_fault_best(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  read_ports(scene, 1);
  port->lost += 50;
  port->queue = 99;
  read_ports(scene, 1);
  expect(scene, "0/lost okay>warning");
  read_ports(scene, 1);
  port->queue = 0;
  port->lost += 50;
  read_ports(scene, 1);
  expect(scene, "");
}

/* They show different faults. */
static void meters_of_a_later_order_are_apart(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  read_ports(scene, 1);
  port->lost += 50;
  port->part = 90;
  read_ports(scene, 1);
  assert_int_equal(scene->note_count, 2);
}

static void a_meter_that_is_worse_makes_it_worse(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  read_ports(scene, 1);
  port->lost += 50;
  read_ports(scene, 1);
  expect(scene, "0/lost okay>warning");
  port->queue = 99;
  read_ports(scene, 1);
  expect(scene, "0/lost warning>failure");
}

static void meters_without_a_bucket_are_apart(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  read_ports(scene, 1);
  port->lost += 50;
  port->other = 90;
  read_ports(scene, 1);
  assert_int_equal(scene->note_count, 2);
  assert_string_not_equal(scene->notes[0].incident, scene->notes[1].incident);
}

static void an_object_that_is_gone_is_cleared(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  read_ports(scene, 1);
  port->lost += 50;
  port->queue = 90;
  read_ports(scene, 1);
  assert_int_equal(scene->note_count, 1);
  port->is_gone = true;
  read_ports(scene, 1);
  expect(scene, "0/lost warning>okay gone");
  assert_int_equal(scene->notes[0].lost, 50);
}

static void a_new_incident_has_a_new_name(void **state) {
  struct scene *scene = *state;
  struct port *port = &scene->ports[0];
  char first[256];
  read_ports(scene, 1);
  port->lost += 50;
  read_ports(scene, 1);
  strcpy(first, scene->notes[0].incident);
  read_until_noted(scene, 1);
  assert_string_equal(scene->notes[0].incident, first);
  port->lost += 50;
  read_ports(scene, 1);
  expect(scene, "0/lost okay>warning");
  assert_string_not_equal(scene->notes[0].incident, first);
}

static void four_objects_are_four_incidents(void **state) {
  struct scene *scene = *state;
  read_ports(scene, 4);
  for (size_t i = 0; i < 4; i++)
    scene->ports[i].lost += 50;
  read_ports(scene, 4);
  assert_int_equal(scene->note_count, 4);
}

static void many_objects_are_one_incident(void **state) {
  struct scene *scene = *state;
  read_ports(scene, PORTS);
  for (size_t i = 0; i < PORTS; i++)
    scene->ports[i].lost += 50 + 10 * i;
  read_ports(scene, PORTS);
  expect(scene, "11/lost okay>warning");
  assert_int_equal(scene->notes[0].peers, 2);
  assert_int_equal(scene->notes[0].others, PORTS - 3);
  char incident[256];
  strcpy(incident, scene->notes[0].incident);
  /* Two become worse, and one goes. */
  scene->ports[3].lost += 5000;
  scene->ports[4].lost += 4000;
  scene->ports[5].is_gone = true;
  read_ports(scene, PORTS);
  expect(scene, "11/lost warning>failure");
  assert_int_equal(scene->notes[0].peers, 1);
  assert_int_equal(scene->notes[0].others, 0);
  read_until_noted(scene, PORTS);
  expect(scene, "11/lost failure>okay");
  assert_string_equal(scene->notes[0].incident, incident);
  assert_int_equal(scene->notes[0].others, PORTS - 1);
  assert_int_equal(scene->notes[0].lost, 12 * 50 + 10 * 66 + 9000);
}

static void a_late_object_joins_the_others(void **state) {
  struct scene *scene = *state;
  read_ports(scene, PORTS);
  for (size_t i = 0; i < 6; i++)
    scene->ports[i].lost += 50;
  read_ports(scene, PORTS);
  assert_int_equal(scene->note_count, 1);
  scene->ports[7].lost += 50;
  read_ports(scene, PORTS);
  expect(scene, "");
  read_until_noted(scene, PORTS);
  assert_int_equal(scene->note_count, 1);
  assert_int_equal(scene->notes[0].others, 6);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* A user can keep a group open for as long as he likes. */
static void users_hide_no_loss_of_others(void **state) {
  struct scene *scene = *state;
  read_ports(scene, 10);
  for (size_t i = 0; i < 8; i++) {
    scene->ports[i].is_users = true;
    scene->ports[i].queue = 99;
  }
  scene->ports[8].queue = 90;
  read_ports(scene, 10);
  assert_int_equal(scene->note_count, 2);
  assert_string_equal(scene->notes[0].text, "8/queue okay>warning");
  assert_int_equal(scene->notes[0].others, 0);
  assert_int_equal(scene->notes[1].peers + scene->notes[1].others, 7);
  scene->ports[9].queue = 90;
  read_ports(scene, 10);
  expect(scene, "9/queue okay>warning");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(raised_worse_and_cleared),
      SCENE_TEST(it_becomes_worse_once),
      SCENE_TEST(another_meter_joins),
      SCENE_TEST(what_is_lost_describes_a_fault_best),
      SCENE_TEST(a_meter_that_is_worse_makes_it_worse),
      SCENE_TEST(meters_without_a_bucket_are_apart),
      SCENE_TEST(meters_of_a_later_order_are_apart),
      SCENE_TEST(an_object_that_is_gone_is_cleared),
      SCENE_TEST(a_new_incident_has_a_new_name),
      SCENE_TEST(four_objects_are_four_incidents),
      SCENE_TEST(many_objects_are_one_incident),
      SCENE_TEST(users_hide_no_loss_of_others),
      SCENE_TEST(a_late_object_joins_the_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
