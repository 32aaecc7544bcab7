/* SPDX-License-Identifier: MIT */
/* Meters, questions, scale. */
#include "report_scene.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocations.h"

static void a_meter_that_was_not_read_has_no_rate_or_level(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  for (double now = 0; now < 20; now += 10) {
    report_begin(report, now);
    scene_give(report, "a", DROPPED, now);
    scene_give(report, "a", FILL, 5);
    report_end(report);
  }
  assert_number(rate_of(report, "a", DROPPED), 1);
  assert_number(rate_of(report, "a", PROCESSED), NAN);
  assert_number(level_of(report, "a", FILL), 5);
  assert_number(level_of(report, "a", SPEED), NAN);
  assert_number(rate_of(report, "a", 9999), NAN);

  scene_read(report, 20, "a", SPEED, 1);
  assert_number(rate_of(report, "a", DROPPED), NAN);
  assert_number(level_of(report, "a", FILL), NAN);
  assert_string_equal(values_of(report), "a/speed=1");
}

static void a_meter_that_is_not_mentioned_keeps_its_state(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", FILL, 90);
  assert_string_equal(alerts_of(report), "a/fill okay>warning");
  for (double now = 1; now < 20; ++now) {
    scene_read(report, now, "a", SPEED, 1);
    assert_string_equal(alerts_of(report), "");
  }
  assert_int_equal(report_worst(report), THRESHOLD_WARNING);
}

static void an_idle_meter_counts_as_within_limits(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a", FILL, 90);
  for (int i = 1; i <= 6; ++i) {
    report_begin(report, 10 * i);
    report_idle(report, report_object(report, NULL, NAMED("a"), false), FILL);
    report_end(report);
    assert_string_equal(values_of(report), "");
    assert_string_equal(alerts_of(report), i < 6 ? "" : "a/fill warning>okay");
  }
  assert_number(alert_of(report)->value, NAN);
  assert_false(alert_of(report)->vanished);
}

static void meters_are_found_by_their_keys(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  assert_int_equal(report_find_meter(report, "dropped"), DROPPED);
  assert_int_equal(report_find_meter(report, "octets"), BYTES);
  assert_int_equal(report_find_meter(report, "bytes"), -ENOENT);
  assert_int_equal(report_find_meter(report, ""), -ENOENT);
  assert_int_equal(report_find_meter(report, "new"), -ENOENT);
  int learned = report_learn(
      report,
      &(struct meter){.name = "new", .type = "derive", .kind = METER_GAUGE});
  assert_int_equal(report_find_meter(report, "new"), learned);
}

static void a_meter_neither_sent_nor_judged_is_not_wanted(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  for (unsigned i = 0; i < METERS; ++i)
    assert_true(report_wants(report, i));
  for (unsigned i = 0; i < METERS; ++i)
    report_set_sending(report, i, METER_SENT_NEVER);
  /* These have limits of their own. */
  for (unsigned i = 0; i < METERS; ++i)
    CHECK(report_wants(report, i) == (i == DROPPED || i == FILL), "%s",
          meters[i].name);
  scene_rule(scene, "octets", "eth0");
  scene_rule(scene, "speed", NULL);
  for (unsigned i = 0; i < METERS; ++i)
    CHECK(report_wants(report, i) ==
              (i == DROPPED || i == FILL || i == BYTES || i == SPEED),
          "%s", meters[i].name);
  assert_false(report_wants(report, METERS));
}

static void idle_needs_an_object_and_a_meter(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  report_idle(report, NULL, FILL);
  report_idle(report, report_object(report, NULL, NAMED("a"), false), 9999);
  report_idle(report, report_object(report, NULL, NAMED("a"), false), SPEED);
  report_end(report);
  assert_string_equal(values_of(report), "");
  assert_string_equal(alerts_of(report), "");
}

static void without_an_object_nothing_happens(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  report_counter(report, NULL, DROPPED, 5);
  report_gauge(report, NULL, FILL, 99);
  report_idle(report, NULL, FILL);
  report_object_rebase(NULL);
  report_end(report);
  assert_string_equal(values_of(report), "");
  assert_string_equal(alerts_of(report), "");
  assert_null(report_object_find(report, NAMED("x")));
  assert_number(report_rate(report, NULL, DROPPED), NAN);
  assert_number(report_level(report, NULL, FILL), NAN);
}

static void read_twice(struct report *report) {
  report_begin(report, 0);
  scene_give(report, "eth0-tx-0", DROPPED, 1000);
  scene_give(report, "eth0-tx-0", DROPPED, 500000);
  report_end(report);
}

/* Two counters under one name; with each number the other seems to be reset. */
static void a_meter_is_given_once_a_read(void **state) {
  struct report *report = ((struct scene *)*state)->report;
#ifdef NDEBUG
  read_twice(report);
  assert_string_equal(values_of(report), "eth0-tx-0/dropped=1000");
#else
  pid_t child = fork();
  if (child == 0) {
    fclose(stderr);
    signal(SIGABRT, SIG_DFL);
    read_twice(report);
    _exit(EXIT_SUCCESS);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
#endif
}

static void meters_are_learned(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  char name[] = "rx_missed", key[] = "ring", type[] = "derive";
  struct threshold_limits limits = *THRESHOLD_ABOVE(2, 50);
  const struct meter learned = {.name = name,
                                .key = key,
                                .type = type,
                                .kind = METER_COUNTER64,
                                .total = METER_TOTAL_SUM,
                                .limits = &limits};
  int index = report_learn(report, &learned);
  assert_int_equal(index, METERS);
  assert_int_equal(report_learn(report, &learned), index);
  memset(name, 'x', sizeof(name) - 1);
  memset(key, 'x', sizeof(key) - 1);
  memset(type, 'x', sizeof(type) - 1);
  limits = (struct threshold_limits)THRESHOLD_NONE;

  assert_non_null(report_meter(report, METERS));
  assert_null(report_meter(report, METERS + 1));
  const struct meter *meter = report_meter(report, (unsigned)index);
  assert_string_equal(meter->name, "rx_missed");
  assert_string_equal(meter->key, "ring");
  assert_string_equal(meter->type, "derive");
  assert_number(meter->limits->warning_max, 2);

  for (int i = 0; i < 2; ++i) {
    report_begin(report, 10 * i);
    struct report_object *host = report_object(report, NULL, NAMED(""), false);
    struct report_object *eth0 =
        report_object(report, host, NAMED("eth0"), false);
    report_counter(report, eth0, (unsigned)index, i == 0 ? 100 : 150);
    report_end(report);
  }
  assert_string_equal(values_of(report), "/rx_missed=150 eth0/rx_missed=150");
  assert_string_equal(alerts_of(report), "eth0/rx_missed okay>warning");
}

static void a_meter_that_is_known_is_not_learned_again(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  const struct meter by_name = {
      .name = "dropped", .type = "packets", .kind = METER_COUNTER32};
  assert_int_equal(report_learn(report, &by_name), DROPPED);
  const struct meter by_key = {.name = "other",
                               .key = "octets",
                               .type = "total_bytes",
                               .kind = METER_COUNTER64};
  assert_int_equal(report_learn(report, &by_key), BYTES);
  const struct meter other_type = {
      .name = "dropped", .type = "derive", .kind = METER_COUNTER64};
  assert_int_equal(report_learn(report, &other_type), DROPPED);
  const struct meter other_key = {.name = "dropped",
                                  .key = "tail dropped",
                                  .type = "packets",
                                  .kind = METER_COUNTER64};
  assert_int_equal(report_learn(report, &other_key), METERS);
  assert_non_null(report_meter(report, METERS));
  assert_null(report_meter(report, METERS + 1));
}

static void safe_names_of_learned_meters_differ(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const struct meter learned[] = {
      {.name = "rx missed", .type = "derive", .kind = METER_GAUGE},
      {.name = "rx/missed", .type = "derive", .kind = METER_GAUGE},
      {.name = "rx:missed", .type = "gauge", .kind = METER_GAUGE},
  };
  report_begin(report, 0);
  struct report_object *object = report_object(report, NULL, NAMED("a"), false);
  for (size_t i = 0; i < COUNT_OF(learned); ++i) {
    int index = report_learn(report, &learned[i]);
    assert_int_equal(index, METERS + (int)i);
    report_gauge(report, object, (unsigned)index, (double)i);
  }
  report_end(report);
  assert_string_equal(values_of(report),
                      "a/rx_missed=0 a/rx_missed_02b391a8=1 a/rx_missed=2");
}

static void thousands_of_meters_are_learned(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  enum { LEARNED = 3000 };
  report_begin(report, 0);
  struct report_object *object = report_object(report, NULL, NAMED("a"), false);
  for (int i = 0; i < LEARNED; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "counter %d", i);
    int index = report_learn(
        report,
        &(struct meter){.name = name, .type = "derive", .kind = METER_GAUGE});
    assert_int_equal(index, METERS + i);
    report_gauge(report, object, (unsigned)index, i);
  }
  report_end(report);
  assert_null(report_meter(report, METERS + LEARNED));
  for (unsigned i = 0; i < LEARNED; ++i)
    assert_number(report_level(report, object, METERS + i), i);
}

#define MANY 5000

/* Each of many objects with a counter and a gauge. */
static void read_many(struct report *report, double now, uint64_t dropped) {
  report_begin(report, now);
  struct report_object *host = report_object(report, NULL, NAMED(""), false);
  for (int i = 0; i < MANY; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "tcp-%d", i);
    struct report_object *object =
        report_object(report, host, NAMED(name), i % 2);
    report_counter(report, object, DROPPED, dropped);
    report_gauge(report, object, BACKLOG, i % 10);
  }
  report_end(report);
}

static void count_value(void *data, const struct report_value *value) {
  (void)value;
  ++*(size_t *)data;
}

static size_t count_values(const struct report *report) {
  size_t count = 0;
  report_value_each(report, count_value, &count);
  return count;
}

static void thousands_of_objects(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  size_t count;
  read_many(report, 0, 7);
  assert_int_equal(count_values(report), 2 + MANY);
  assert_int_equal(count_of(report, "", DROPPED), 7 * MANY);
  report_alerts(report, &count);
  assert_int_equal(count, 0);

  read_many(report, 10, 57);
  const struct alert *alerts = report_alerts(report, &count);
  assert_int_equal(count, MANY);
  for (int i = 0; i < MANY; ++i) {
    char name[32];
    snprintf(name, sizeof(name), "tcp-%d", i);
    assert_string_equal(report_object_name(alerts[i].object), name);
    assert_int_equal(alerts[i].state, THRESHOLD_WARNING);
  }

  scene_read_nothing(report, 20);
  report_alerts(report, &count);
  assert_int_equal(count, MANY);
  assert_int_equal(report_worst(report), THRESHOLD_OKAY);
  scene_read_nothing(report, 30);
  report_alerts(report, &count);
  assert_int_equal(count, 0);
  assert_int_equal(count_values(report), 0);
}

static void the_steady_state_allocates_nothing(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "dropped", NULL);
  rule->limits.clear_hits = 1;
  rule->given = REPORT_CLEAR_HITS;
  uint64_t dropped = 0;
  double now = 0;
  for (int i = 0; i < 4; ++i)
    read_many(report, now += 10, dropped += i % 2 == 0 ? 0 : 50);

  size_t before = allocations_count();
  size_t alerts = 0, count;
  for (int i = 0; i < 20; ++i) {
    read_many(report, now += 10, dropped += i % 2 == 0 ? 0 : 50);
    count_values(report);
    report_alerts(report, &count);
    alerts += count;
  }
  assert_int_equal(allocations_count(), before);
  assert_int_equal(alerts, 20 * MANY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_meter_that_was_not_read_has_no_rate_or_level),
      SCENE_TEST(a_meter_that_is_not_mentioned_keeps_its_state),
      SCENE_TEST(an_idle_meter_counts_as_within_limits),
      SCENE_TEST(meters_are_found_by_their_keys),
      SCENE_TEST(a_meter_neither_sent_nor_judged_is_not_wanted),
      SCENE_TEST(idle_needs_an_object_and_a_meter),
      SCENE_TEST(without_an_object_nothing_happens),
      SCENE_TEST(a_meter_is_given_once_a_read),
      SCENE_TEST(meters_are_learned),
      SCENE_TEST(a_meter_that_is_known_is_not_learned_again),
      SCENE_TEST(safe_names_of_learned_meters_differ),
      SCENE_TEST(thousands_of_meters_are_learned),
      SCENE_TEST(thousands_of_objects),
      SCENE_TEST(the_steady_state_allocates_nothing),
  };
  return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
