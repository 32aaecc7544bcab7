/* SPDX-License-Identifier: MIT */
#include "named.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_number.h"
#include "alert_text.h"
#include "random.h"
#include "report.h"

static const struct meter dropped = {
    .name = "dropped",
    .type = "packets",
    .kind = METER_COUNTER32,
    .meaning = METER_LOSS,
    .unit = "packets",
    .verb = "dropped",
    .place = "from its backlog",
    .limits = THRESHOLD_ABOVE(1, 100),
    .setting = "net.core.netdev_max_backlog",
};

static const struct meter fill = {
    .name = "fill",
    .type = "percent",
    .kind = METER_GAUGE,
    .meaning = METER_PRESSURE,
    .unit = "%",
    .limits = THRESHOLD_ABOVE(80, 95),
};

/* Only a report makes objects. */
struct scene {
  struct report *report;
  const struct report_object *object;
};

static struct scene scene_of(const char *name, const struct meter *meter) {
  struct scene scene;
  assert_int_equal(report_new(&scene.report, meter, 1), 0);
  report_begin(scene.report, 0);
  scene.object = report_object(scene.report, NULL, NAMED(name), false);
  assert_non_null(scene.object);
  report_end(scene.report);
  return scene;
}

static const char *text_of(const char *name, const char *noun,
                           struct alert alert,
                           const struct explanation *explanation) {
  static char buffer[ALERT_TEXT_SIZE];
  struct scene scene = scene_of(name, alert.meter);
  struct text text = TEXT_IN(buffer);
  alert.object = scene.object;
  alert.instance = report_object_instance(scene.object);
  alert.type_instance = alert.meter->name;
  if (alert.limits == NULL)
    alert.limits = alert.meter->limits;
  alert_text(&text, noun, &alert, explanation);
  report_free(scene.report);
  return buffer;
}

#define ASSERT_HAS(text, part)                                                 \
  CHECK(strstr(text, part) != NULL, "no \"%s\" in: %s", part, text)
#define ASSERT_LACKS(text, part)                                               \
  CHECK(strstr(text, part) == NULL, "\"%s\" in: %s", part, text)

static const struct explanation backlog = {
    .setting = "net.core.netdev_max_backlog",
    .setting_value = "1000",
    .advice = "raise it or spread packets with RPS",
};

static const struct alert raised = {
    .meter = &dropped,
    .state = THRESHOLD_WARNING,
    .before = THRESHOLD_OKAY,
    .value = 412,
    .limit = 1,
    .lasted = 10,
    .lost = 4120,
    .peak = 412,
};

static void an_alert_names_object_rate_limit_and_setting(void **state) {
  (void)state;
  assert_string_equal(
      text_of("3", "cpu", raised, &backlog),
      "cpu 3 dropped 412.0/s from its backlog (limit 1/s); "
      "net.core.netdev_max_backlog is 1000: raise it or spread packets with "
      "RPS");
}

static void clearing_names_the_damage(void **state) {
  (void)state;
  const struct alert alert = {
      .meter = &dropped,
      .state = THRESHOLD_OKAY,
      .before = THRESHOLD_WARNING,
      .limit = 1,
      .lasted = 130,
      .quiet = 45,
      .lost = 48213,
      .peak = 500,
  };
  const char *text = text_of("3", "cpu", alert, &(const struct explanation){0});
  ASSERT_HAS(text, "cpu 3 dropped nothing ");
  ASSERT_HAS(text, " for 45 s; 48213 packets lost in 2 min 10 s");
}

static void clearing_names_the_loss_of_the_quiet_time(void **state) {
  (void)state;
  const struct alert alert = {
      .meter = &dropped,
      .state = THRESHOLD_OKAY,
      .before = THRESHOLD_FAILURE,
      .value = 0.3,
      .limit = 100,
      .lasted = 45,
      .quiet = 60,
      .lost = 1018,
      .lost_quiet = 18,
      .peak = 500,
  };
  const char *text = text_of("3", "cpu", alert, &(const struct explanation){0});
  ASSERT_LACKS(text, "nothing");
  ASSERT_HAS(text, "18 packets");
  ASSERT_HAS(text, "1000 packets lost in 45 s");
}

static void an_object_without_a_name_is_this_host(void **state) {
  (void)state;
  const char *text = text_of("", "cpu", raised, &backlog);
  assert_int_equal(strncmp(text, "this host dropped 412.0/s", 25), 0);
}

static void without_a_noun_the_name_stands_alone(void **state) {
  (void)state;
  const char *text = text_of("eth0", "", raised, &backlog);
  assert_int_equal(strncmp(text, "eth0 dropped 412.0/s", 20), 0);
}

/* As in a network namespace that has no such file. */
static void a_setting_that_cannot_be_read_is_named(void **state) {
  (void)state;
  struct explanation unknown = backlog;
  unknown.setting_value[0] = '\0';
  assert_string_equal(
      text_of("3", "cpu", raised, &unknown),
      "cpu 3 dropped 412.0/s from its backlog (limit 1/s); "
      "net.core.netdev_max_backlog cannot be read here: raise it or spread "
      "packets with RPS");
  unknown.advice[0] = '\0';
  ASSERT_HAS(text_of("3", "cpu", raised, &unknown),
             "; net.core.netdev_max_backlog cannot be read here");
}

static void without_a_setting_there_is_advice_alone(void **state) {
  (void)state;
  struct explanation advice = backlog;
  advice.setting = NULL;
  ASSERT_HAS(text_of("3", "cpu", raised, &advice),
             " (limit 1/s); raise it or spread packets with RPS");
  assert_string_equal(
      text_of("3", "cpu", raised, &(const struct explanation){0}),
      "cpu 3 dropped 412.0/s from its backlog (limit 1/s)");
}

static void the_detail_comes_last(void **state) {
  (void)state;
  struct explanation explanation = backlog;
  snprintf(explanation.detail, sizeof(explanation.detail),
           "12.0 polls/s were cut short");
  const char *text = text_of("3", "cpu", raised, &explanation);
  /* After the advice: the end is what can be cut. */
  ASSERT_HAS(text, "; 12.0 polls/s were cut short");
  ASSERT_HAS(text, "; net.core.netdev_max_backlog is 1000");
  assert_true(strstr(text, "12.0 polls/s") > strstr(text, backlog.advice));
}

static void a_long_detail_does_not_cut_the_advice(void **state) {
  (void)state;
  struct explanation explanation = backlog;
  memset(explanation.detail, 'x', sizeof(explanation.detail) - 1);
  const char *text = text_of("3", "cpu", raised, &explanation);
  ASSERT_HAS(text, backlog.advice);
  ASSERT_HAS(text, "...");
}

static void a_meter_without_words_has_its_name(void **state) {
  (void)state;
  const struct alert alert = {
      .meter = &fill,
      .state = THRESHOLD_FAILURE,
      .before = THRESHOLD_OKAY,
      .value = 97.5,
      .limit = 95,
      .peak = 97.5,
  };
  const char *text =
      text_of("tcp-443", "", alert, &(const struct explanation){0});
  ASSERT_HAS(text, "tcp-443 has ");
  ASSERT_HAS(text, "97.5 %");
  ASSERT_HAS(text, "fill");
  ASSERT_HAS(text, "limit 95");
  ASSERT_LACKS(text, "/s");
}

static void a_cleared_gauge_names_its_worst_value(void **state) {
  (void)state;
  const struct alert alert = {
      .meter = &fill,
      .state = THRESHOLD_OKAY,
      .before = THRESHOLD_FAILURE,
      .value = 12,
      .limit = 95,
      .lasted = 130,
      .quiet = 60,
      .peak = 99.26,
  };
  assert_string_equal(
      text_of("tcp-443", "", alert, &(const struct explanation){0}),
      "tcp-443 is back to 12 % fill (limit 95 %); 99.3 % at worst, in 2 min 10 "
      "s");
}

static void a_gauge_seen_once_has_no_duration(void **state) {
  (void)state;
  const struct alert alert = {
      .meter = &fill,
      .state = THRESHOLD_OKAY,
      .before = THRESHOLD_WARNING,
      .vanished = true,
      .value = NAN,
      .limit = 80,
      .peak = 85,
  };
  assert_string_equal(text_of("a", "", alert, &(const struct explanation){0}),
                      "a is gone; before that, 85 % at worst");
}

static void one_is_singular(void **state) {
  (void)state;
  struct alert alert = {
      .meter = &dropped,
      .state = THRESHOLD_OKAY,
      .before = THRESHOLD_WARNING,
      .value = 0.1,
      .limit = 1,
      .lasted = 10,
      .quiet = 60,
      .lost = 2,
      .lost_quiet = 1,
      .peak = 5,
  };
  assert_string_equal(
      text_of("3", "cpu", alert, &(const struct explanation){0}),
      "cpu 3 dropped only 1 packet from its backlog for 1 min; 1 packet lost "
      "in 10 s");
}

/* Below the limit and above, near 0, and what is exactly the limit. */
static void digits_tell_a_value_from_its_limit(void **state) {
  (void)state;
  static const struct meter share = {
      .name = "share", .type = "percent", .kind = METER_GAUGE, .unit = "%"};
  static const struct meter rate = {
      .name = "lost", .type = "packets", .kind = METER_COUNTER64};
  static const struct meter waiting = {.name = "waiting",
                                       .type = "gauge",
                                       .kind = METER_GAUGE,
                                       .unit = "connections"};
  static const struct {
    const struct meter *meter;
    double value, limit;
    const char *text;
  } rows[] = {
      {&share, 85.23, 80, "a has 85.2 % share (limit 80 %)"},
      {&share, 0.02, 0.01, "a has 0.02 % share (limit 0.01 %)"},
      {&share, 0.0104, 0.01, "a has 0.0104 % share (limit 0.01 %)"},
      {&share, 80.004, 80, "a has 80.004 % share (limit 80 %)"},
      {&share, 79.96, 80, "a has 79.96 % share (limit 80 %)"},
      {&share, 80, 80, "a has 80 % share (limit 80 %)"},
      {&share, 0.004, 0.01, "a has 0.004 % share (limit 0.01 %)"},
      {&share, 0, 0.01, "a has 0 % share (limit 0.01 %)"},
      {&share, 1e-9, 0.01, "a has 0.000000001 % share (limit 0.01 %)"},
      {&rate, 412, 1, "a has 412.0/s lost (limit 1/s)"},
      {&rate, 1.001, 1, "a has 1.001/s lost (limit 1/s)"},
      {&rate, 0.96, 1, "a has 0.96/s lost (limit 1/s)"},
      {&rate, 0.0167, 0, "a has 0.017/s lost (limit 0/s)"},
      {&rate, 0.0167, 0.017, "a has 0.0167/s lost (limit 0.017/s)"},
      {&waiting, 1, 0, "a has 1 connection waiting (limit 0 connections)"},
      {&waiting, 2, 1, "a has 2 connections waiting (limit 1 connection)"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const struct threshold_limits limits = THRESHOLD_NONE;
    const struct alert alert = {.meter = rows[i].meter,
                                .state = THRESHOLD_WARNING,
                                .value = rows[i].value,
                                .limit = rows[i].limit,
                                .limits = &limits};
    const char *text = text_of("a", "", alert, &(const struct explanation){0});
    CHECK(strcmp(text, rows[i].text) == 0, "row %zu: %s", i, text);
  }
}

static void units_have_a_singular(void **state) {
  (void)state;
  static const struct {
    const char *unit, *one;
  } rows[] = {
      {"packets", "1 packet"},
      {"entries", "1 entry"},
      {"processes", "1 process"},
      {"connection attempts", "1 connection attempt"},
      {"SYNs", "1 SYN"},
      {"s", "1 s"},
      {"us", "1 us"},
      {"%", "1 %"},
      {"times", "1 times"},
      {NULL, "1 event"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const struct meter meter = {.name = "x", .unit = rows[i].unit};
    char buffer[64];
    struct text text = TEXT_IN(buffer);
    alert_number_add_count(&text, &meter, 1);
    assert_string_equal(buffer, rows[i].one);
    text = TEXT_IN(buffer);
    alert_number_add_count(&text, &meter, 2);
    CHECK(strncmp(buffer, "2 ", 2) == 0 &&
              strcmp(buffer + 2,
                     rows[i].unit != NULL ? rows[i].unit : "events") == 0,
          "%s", buffer);
  }
}

static void a_vanished_object_is_gone(void **state) {
  (void)state;
  const struct alert alert = {
      .meter = &dropped,
      .state = THRESHOLD_OKAY,
      .before = THRESHOLD_FAILURE,
      .vanished = true,
      .value = NAN,
      .limit = 100,
      .lasted = 20,
      .quiet = 10,
      .lost = 5000,
      .peak = 500,
  };
  const char *text = text_of("eth0", "", alert, &(const struct explanation){0});
  ASSERT_HAS(text, "eth0 is gone");
  ASSERT_HAS(text, "5000 packets");
  ASSERT_LACKS(text, "nan");
}

static void nothing_left_to_judge_by_has_no_number(void **state) {
  (void)state;
  const struct alert alert = {
      .meter = &fill,
      .state = THRESHOLD_OKAY,
      .before = THRESHOLD_WARNING,
      .value = NAN,
      .limit = 80,
      .lasted = 20,
      .quiet = 60,
      .peak = 85,
  };
  ASSERT_LACKS(text_of("a", "", alert, &(const struct explanation){0}), "nan");
}

static void easing_from_failure_to_warning_is_no_new_alarm(void **state) {
  (void)state;
  struct alert alert = raised;
  alert.before = THRESHOLD_FAILURE;
  alert.value = 50;
  alert.limit = 100;
  const char *text = text_of("3", "cpu", alert, &(const struct explanation){0});
  ASSERT_HAS(text, "cpu 3 dropped 50.0/s");
  ASSERT_HAS(text, "no longer");
  ASSERT_HAS(text, "100/s");
}

static void a_persisting_okay_is_called_okay(void **state) {
  (void)state;
  struct alert alert = raised;
  alert.state = THRESHOLD_OKAY;
  alert.value = 0.5;
  const char *text = text_of("3", "cpu", alert, &(const struct explanation){0});
  ASSERT_HAS(text, "cpu 3 dropped 0.5/s");
  ASSERT_HAS(text, "okay");
}

static void a_long_name_does_not_cut_the_advice(void **state) {
  (void)state;
  char name[300];
  memset(name, 'n', sizeof(name) - 1);
  name[sizeof(name) - 1] = '\0';
  const char *text = text_of(name, "cpu", raised, &backlog);
  ASSERT_HAS(text, "412.0/s");
  ASSERT_HAS(text, "net.core.netdev_max_backlog is 1000");
}

static double random_number(struct random *random) {
  static const double special[] = {NAN, INFINITY, -INFINITY, 0,   -0.0,
                                   -1,  1e300,    -1e300,    1e-9};
  if (random_below(random, 3) == 0)
    return special[random_below(random, COUNT_OF(special))];
  return (double)random_next(random) / 1e10;
}

static const char *random_string(struct random *random, char *buffer,
                                 size_t size) {
  if (random_below(random, 5) == 0)
    return NULL;
  random_text(random, buffer, 1 + random_below(random, size));
  return buffer;
}

/* With any names: one line of printable ASCII, within collectd's limit. */
static void any_alert_is_one_short_line(void **state) {
  (void)state;
  struct random random = {8};
  for (int round = 0; round < 20000; ++round) {
    char name[300], noun[40], unit[40], verb[60], place[200], key[80],
        setting[300];
    random_text(&random, name, 1 + random_below(&random, sizeof(name)));
    random_text(&random, noun, 1 + random_below(&random, sizeof(noun)));
    random_text(&random, key, 2 + random_below(&random, sizeof(key) - 1));
    struct meter meter = {
        .name = key,
        .type = "packets",
        .kind = (enum meter_kind)random_below(&random, 3),
        .meaning = (enum meter_meaning)random_below(&random, 6),
        .unit = random_string(&random, unit, sizeof(unit)),
        .verb = random_string(&random, verb, sizeof(verb)),
        .place = random_string(&random, place, sizeof(place)),
    };
    const struct threshold_limits limits = THRESHOLD_NONE;
    struct alert alert = {
        .meter = &meter,
        .state = (enum threshold_state)random_below(&random, 3),
        .before = (enum threshold_state)random_below(&random, 3),
        .value = random_number(&random),
        .limit = random_number(&random),
        .limits = &limits,
        .lasted = random_number(&random),
        .quiet = random_number(&random),
        .lost = random_next(&random),
        .peak = random_number(&random),
    };
    alert.lost_quiet = alert.lost / (1 + random_below(&random, 9));
    alert.vanished =
        alert.state == THRESHOLD_OKAY && random_below(&random, 3) == 0;
    struct explanation explanation = {
        .setting = random_string(&random, setting, sizeof(setting))};
    random_text(&random, explanation.setting_value,
                1 + random_below(&random, sizeof(explanation.setting_value)));
    random_text(&random, explanation.advice,
                1 + random_below(&random, sizeof(explanation.advice)));
    random_text(&random, explanation.detail,
                1 + random_below(&random, sizeof(explanation.detail)));

    const char *text = text_of(name, noun, alert, &explanation);
    size_t length = strnlen(text, ALERT_TEXT_SIZE);
    CHECK(length > 0 && length <= 255, "round %d: %zu bytes", round, length);
    for (size_t i = 0; i < length; ++i)
      CHECK(text[i] >= 32 && text[i] <= 126, "round %d: byte %d", round,
            text[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_alert_names_object_rate_limit_and_setting),
      cmocka_unit_test(clearing_names_the_damage),
      cmocka_unit_test(clearing_names_the_loss_of_the_quiet_time),
      cmocka_unit_test(an_object_without_a_name_is_this_host),
      cmocka_unit_test(without_a_noun_the_name_stands_alone),
      cmocka_unit_test(a_setting_that_cannot_be_read_is_named),
      cmocka_unit_test(without_a_setting_there_is_advice_alone),
      cmocka_unit_test(the_detail_comes_last),
      cmocka_unit_test(a_long_detail_does_not_cut_the_advice),
      cmocka_unit_test(a_meter_without_words_has_its_name),
      cmocka_unit_test(a_cleared_gauge_names_its_worst_value),
      cmocka_unit_test(a_gauge_seen_once_has_no_duration),
      cmocka_unit_test(one_is_singular),
      cmocka_unit_test(digits_tell_a_value_from_its_limit),
      cmocka_unit_test(units_have_a_singular),
      cmocka_unit_test(a_vanished_object_is_gone),
      cmocka_unit_test(nothing_left_to_judge_by_has_no_number),
      cmocka_unit_test(easing_from_failure_to_warning_is_no_new_alarm),
      cmocka_unit_test(a_persisting_okay_is_called_okay),
      cmocka_unit_test(a_long_name_does_not_cut_the_advice),
      cmocka_unit_test(any_alert_is_one_short_line),
  };
  return cmocka_run_group_tests_name("alert_text", tests, NULL, NULL);
}
