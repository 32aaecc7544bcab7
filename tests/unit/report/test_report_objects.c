/* SPDX-License-Identifier: MIT */
/* Many objects: totals, hidden ones, names, learned meters, scale. */
#include "named.h"
#include "report_scene.h"

#include <errno.h>

#include "allocations.h"
#include "random.h"

/* What one read finds of the CPUs 0, 1, 2; a negative number: it is absent. */
static void read_cpus(struct report *report, double now, unsigned meter,
                      const double numbers[3], bool hidden) {
  report_begin(report, now);
  struct report_object *host = report_object(report, NULL, NAMED(""), false);
  for (int i = 0; i < 3; ++i) {
    if (numbers[i] < 0)
      continue;
    char name[16];
    snprintf(name, sizeof(name), "%d", i);
    struct report_object *cpu =
        report_object(report, host, NAMED(name), hidden);
    if (meter_is_counter(&meters[meter]))
      report_counter(report, cpu, meter, (uint64_t)numbers[i]);
    else
      report_gauge(report, cpu, meter, numbers[i]);
  }
  report_end(report);
}

#define READ_CPUS(report, now, meter, ...)                                     \
  read_cpus(report, now, meter, (const double[3]){__VA_ARGS__}, false)

static void totals_add_up_counters(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, PROCESSED, 100, 200, 3000);
  assert_string_equal(values_of(report),
                      "/processed=3300 0/processed=100 1/processed=200 "
                      "2/processed=3000");
  assert_number(rate_of(report, "", PROCESSED), NAN);
  READ_CPUS(report, 10, PROCESSED, 110, 250, 3040);
  assert_string_equal(values_of(report),
                      "/processed=3400 0/processed=110 1/processed=250 "
                      "2/processed=3040");
  assert_number(rate_of(report, "", PROCESSED), 10);
}

static void a_total_never_goes_back(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_persistent(report, true);
  READ_CPUS(report, 0, PROCESSED, 100, 200, 3000000);
  assert_int_equal(count_of(report, "", PROCESSED), 3000300);
  READ_CPUS(report, 10, PROCESSED, 101, -1, 3000000);
  assert_int_equal(count_of(report, "", PROCESSED), 3000301);
  READ_CPUS(report, 20, PROCESSED, 101, 210, 5);
  assert_int_equal(count_of(report, "", PROCESSED), 3000311);
  READ_CPUS(report, 30, PROCESSED, 101, 210, 7);
  assert_int_equal(count_of(report, "", PROCESSED), 3000313);
  assert_number(rate_of(report, "", PROCESSED), 0.2);
}

static void a_member_that_appears_late_brings_what_it_gains(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, DROPPED, 100, -1, -1);
  READ_CPUS(report, 10, DROPPED, 100, 5000000, -1);
  assert_int_equal(count_of(report, "", DROPPED), 100);
  assert_number(rate_of(report, "", DROPPED), 0);
  assert_string_equal(alerts_of(report), "");
  READ_CPUS(report, 20, DROPPED, 100, 5000003, -1);
  assert_int_equal(count_of(report, "", DROPPED), 103);
}

static void a_forgotten_member_that_returns_appears_late(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, PROCESSED, 100, 1000, -1);
  READ_CPUS(report, 10, PROCESSED, 100, -1, -1);
  READ_CPUS(report, 20, PROCESSED, 100, 9000, -1);
  assert_int_equal(count_of(report, "", PROCESSED), 1100);
  READ_CPUS(report, 30, PROCESSED, 100, 9001, -1);
  assert_int_equal(count_of(report, "", PROCESSED), 1101);
}

static void a_member_that_wraps_loses_nothing_of_the_total(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, PROCESSED, 4294967290, 10, -1);
  READ_CPUS(report, 10, PROCESSED, 4, 20, -1);
  assert_int_equal(count_of(report, "", PROCESSED), 4294967320);
  assert_number(rate_of(report, "", PROCESSED), 2);
}

static void a_rebased_member_adds_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, PROCESSED, 100, 10, -1);
  report_begin(report, 10);
  struct report_object *host = report_object(report, NULL, NAMED(""), false);
  struct report_object *cpu = report_object(report, host, NAMED("0"), false);
  report_object_rebase(cpu);
  report_counter(report, cpu, PROCESSED, 100000);
  report_end(report);
  assert_int_equal(count_of(report, "", PROCESSED), 110);
}

/* A CPU's counter as the kernel keeps it, and what is to become of it. */
struct member {
  uint32_t raw;
  uint32_t last_seen;
  uint64_t gained; /* since it was last seen */
  bool seen;
  bool was_reset; /* since it was last seen */
};

static void any_history_of_members_adds_up(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  struct random random = {7};
  struct member members[3] = {
      {.raw = 10}, {.raw = 4294967000}, {.raw = 2000000000}};
  uint64_t total = 0;
  report_set_persistent(report, true);
  for (int read = 0; read < 3000; ++read) {
    double numbers[3] = {-1, -1, -1};
    for (int i = 0; i < 3; ++i) {
      struct member *member = &members[i];
      if (member->seen && member->last_seen > 100000000 &&
          random_below(&random, 50) == 0) {
        member->raw = member->last_seen / 2;
        member->was_reset = true;
      } else {
        uint32_t gain = (uint32_t)random_below(&random, 1000000);
        member->raw += gain;
        member->gained += gain;
      }
      if (read > 0 && random_below(&random, 5) == 0)
        continue;
      numbers[i] = member->raw;
      if (!member->seen)
        total += read == 0 ? member->raw : 0;
      else if (!member->was_reset)
        total += member->gained;
      *member = (struct member){
          .raw = member->raw, .last_seen = member->raw, .seen = true};
    }
    read_cpus(report, 10.0 * read, PROCESSED, numbers, read % 2 == 0);
    int64_t sent = count_of(report, "", PROCESSED);
    CHECK(sent == (int64_t)total ||
              (numbers[0] < 0 && numbers[1] < 0 && numbers[2] < 0),
          "read %d: %lld instead of %llu", read, (long long)sent,
          (unsigned long long)total);
  }
}

static void totals_add_up_gauges(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, BACKLOG, 3, 0, 7.5);
  assert_string_equal(values_of(report),
                      "/backlog=10.5 0/backlog=3 1/backlog=0 2/backlog=7.5");
  READ_CPUS(report, 1, BACKLOG, 3, -1, 1);
  assert_string_equal(values_of(report), "/backlog=4 0/backlog=3 2/backlog=1");
  assert_number(level_of(report, "", BACKLOG), 4);
}

static void or_take_the_greatest(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, FILL, 3, 60, 7);
  assert_string_equal(values_of(report),
                      "/fill=60 0/fill=3 1/fill=60 2/fill=7");
  READ_CPUS(report, 1, FILL, 3, -1, 7);
  assert_string_equal(values_of(report), "/fill=7 0/fill=3 2/fill=7");
  report_begin(report, 2);
  struct report_object *host = report_object(report, NULL, NAMED(""), false);
  report_gauge(report, report_object(report, host, NAMED("0"), false), FILL,
               -5);
  report_gauge(report, report_object(report, host, NAMED("1"), false), FILL,
               -3);
  report_gauge(report, report_object(report, host, NAMED("2"), false), FILL,
               NAN);
  report_end(report);
  assert_string_equal(values_of(report), "/fill=-3 0/fill=-5 1/fill=-3");
}

static void some_meters_do_not_add_up(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, SPEED, 1, 2, 3);
  assert_string_equal(values_of(report), "0/speed=1 1/speed=2 2/speed=3");
  READ_CPUS(report, 1, BYTES, 1, 2, 3);
  assert_string_equal(values_of(report), "0/bytes=1 1/bytes=2 2/bytes=3");
}

static void a_meter_at_rest_adds_nothing(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  struct report_object *host = report_object(report, NULL, NAMED(""), false);
  report_gauge(report, report_object(report, host, NAMED("0"), false), FILL, 5);
  report_idle(report, report_object(report, host, NAMED("1"), false), FILL);
  report_end(report);
  assert_string_equal(values_of(report), "/fill=5 0/fill=5");
}

static void each_member_is_judged_and_the_total_is_not(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, DROPPED, 0, 0, 0);
  READ_CPUS(report, 10, DROPPED, 9, 9, 50);
  assert_string_equal(alerts_of(report), "2/dropped okay>warning");
}

static void a_total_is_judged_by_no_rule_that_does_not_name_it(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *any = scene_rule(scene, "dropped", NULL);
  any->limits.warning_max = 5;
  any->given = REPORT_WARNING_MAX;
  struct report_rule *regex = scene_rule(scene, "dropped", "/^$/");
  regex->limits.warning_max = 0;
  regex->given = REPORT_WARNING_MAX;
  READ_CPUS(report, 0, DROPPED, 0, 0, 0);
  READ_CPUS(report, 10, DROPPED, 40, 40, 40);
  assert_string_equal(alerts_of(report), "");
}

static void a_total_is_judged_by_a_rule_that_names_it(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "dropped", "");
  rule->limits.warning_max = 10;
  rule->limits.failure_max = 1000;
  rule->given = REPORT_WARNING_MAX | REPORT_FAILURE_MAX;
  READ_CPUS(report, 0, DROPPED, 0, 0, 0);
  assert_string_equal(alerts_of(report), "");
  READ_CPUS(report, 10, DROPPED, 9, 9, 90);
  assert_string_equal(alerts_of(report),
                      "2/dropped okay>warning, /dropped okay>warning");
  size_t count;
  const struct alert *alerts = report_alerts(report, &count);
  assert_number(alerts[1].value, 10.8);
  assert_int_equal(alerts[1].lost, 108);
  assert_string_equal(alerts[1].instance, "");
}

static void a_total_is_not_judged_at_its_first_reading(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "dropped", "");
  rule->limits.warning_max = 0;
  rule->given = REPORT_WARNING_MAX;
  READ_CPUS(report, 1000, DROPPED, 5000, 5000, 5000);
  assert_string_equal(alerts_of(report), "");
  READ_CPUS(report, 1010, DROPPED, 5000, 5000, 5000);
  assert_string_equal(alerts_of(report), "");
}

static void hidden_objects_are_judged_but_not_sent(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  read_cpus(report, 0, DROPPED, (const double[]){0, 10, 20}, true);
  assert_string_equal(values_of(report), "/dropped=30");
  read_cpus(report, 10, DROPPED, (const double[]){0, 60, 20}, true);
  assert_string_equal(values_of(report), "/dropped=80");
  assert_string_equal(alerts_of(report), "1/dropped okay>warning");
  assert_string_equal(alert_of(report)->instance, "1");
  assert_number(rate_of(report, "1", DROPPED), 5);
  read_cpus(report, 20, DROPPED, (const double[]){0, 60, 20}, false);
  assert_string_equal(values_of(report),
                      "/dropped=80 0/dropped=0 1/dropped=60 2/dropped=20");
}

static void a_hidden_object_that_vanishes_is_cleared(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  read_cpus(report, 0, DROPPED, (const double[]){0, 10, 20}, true);
  read_cpus(report, 10, DROPPED, (const double[]){0, 60, 20}, true);
  read_cpus(report, 20, DROPPED, (const double[]){0, -1, 20}, true);
  assert_string_equal(alerts_of(report), "1/dropped warning>okay gone");
}

static void values_come_in_order_of_first_appearance(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  scene_tell(report, "b", FILL, 1);
  scene_tell(report, "a", SPEED, 2);
  scene_tell(report, "b", DROPPED, 3);
  scene_tell(report, "a", BACKLOG, 4);
  report_end(report);
  assert_string_equal(values_of(report),
                      "b/fill=1 b/dropped=3 a/speed=2 a/backlog=4");
  report_begin(report, 1);
  scene_tell(report, "c", SPEED, 0);
  scene_tell(report, "a", SPEED, 2);
  scene_tell(report, "b", DROPPED, 3);
  scene_tell(report, "b", SPEED, 5);
  scene_tell(report, "b", FILL, 1);
  report_end(report);
  assert_string_equal(values_of(report),
                      "b/fill=1 b/dropped=3 b/speed=5 a/speed=2 c/speed=0");
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

static void names_that_become_equal_once_safe_are_told_apart(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const char *const names[] = {"a b", "a/b", "a_b", "a:b", "a_b_2"};
  char first[COUNT_OF(names)][64];
  for (int round = 0; round < 3; ++round) {
    report_begin(report, round);
    for (size_t i = 0; i < COUNT_OF(names); ++i)
      scene_tell(report, names[i], SPEED, (double)i);
    report_end(report);
    for (size_t i = 0; i < COUNT_OF(names); ++i) {
      const struct report_object *object =
          report_object_find(report, NAMED(names[i]));
      const char *instance = report_object_instance(object);
      assert_string_equal(report_object_name(object), names[i]);
      if (round == 0)
        snprintf(first[i], sizeof(first[i]), "%s", instance);
      assert_string_equal(instance, first[i]);
      for (size_t j = 0; j < i; ++j)
        CHECK(strcmp(instance, first[j]) != 0, "%s and %s are both %s",
              names[i], names[j], instance);
    }
  }
  assert_string_equal(first[0], "a_b");
}

static void long_names_are_told_apart_as_well(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  enum { NAMES = 150 };
  char instances[NAMES][64];
  report_begin(report, 0);
  for (int i = 0; i < NAMES; ++i) {
    char name[120];
    snprintf(name, sizeof(name), "%070d-%d", 0, i);
    scene_tell(report, name, SPEED, i);
    const char *instance =
        report_object_instance(report_object_find(report, NAMED(name)));
    CHECK(strlen(instance) <= 63, "%s", instance);
    snprintf(instances[i], sizeof(instances[i]), "%s", instance);
    for (int j = 0; j < i; ++j)
      CHECK(strcmp(instances[i], instances[j]) != 0, "%d and %d: %s", i, j,
            instance);
  }
  report_end(report);
}

static void the_name_of_what_vanished_is_free_again(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a b", SPEED, 1);
  scene_read_nothing(report, 1);
  scene_read(report, 2, "a/b", SPEED, 2);
  assert_string_equal(values_of(report), "a_b/speed=2");
}

static void an_object_can_have_any_name(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  scene_tell(report, "", SPEED, 0);
  scene_tell(report, ".", SPEED, 1);
  scene_tell(report, "..", SPEED, 2);
  scene_tell(report, " ", SPEED, 3);
  scene_tell(report, "\x01\xff", SPEED, 4);
  report_end(report);
  assert_string_equal(values_of(report),
                      "/speed=0 _/speed=1 __2/speed=2 __3/speed=3 __4/speed=4");
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

  assert_int_equal(report_meter_count(report), METERS + 1);
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
  assert_int_equal(report_meter_count(report), METERS + 1);
}

static void learned_names_that_become_equal_are_told_apart(void **state) {
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
                      "a/rx_missed=0 a/rx_missed_2=1 a/rx_missed=2");
}

static void rules_are_for_learned_meters_too(void **state) {
  struct scene *scene = *state;
  struct report *report = scene->report;
  struct report_rule *rule = scene_rule(scene, "rx_missed", NULL);
  rule->limits.warning_max = 3;
  rule->given = REPORT_WARNING_MAX;
  report_begin(report, 0);
  int index = report_learn(report, &(struct meter){.name = "rx_missed",
                                                   .type = "gauge",
                                                   .kind = METER_GAUGE});
  report_gauge(report, report_object(report, NULL, NAMED("a"), false),
               (unsigned)index, 4);
  report_end(report);
  assert_string_equal(alerts_of(report), "a/rx_missed okay>warning");
}

static void thousands_of_meters_can_be_learned(void **state) {
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
  assert_int_equal(report_meter_count(report), METERS + LEARNED);
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
      SCENE_TEST(totals_add_up_counters),
      SCENE_TEST(a_total_never_goes_back),
      SCENE_TEST(a_member_that_appears_late_brings_what_it_gains),
      SCENE_TEST(a_forgotten_member_that_returns_appears_late),
      SCENE_TEST(a_member_that_wraps_loses_nothing_of_the_total),
      SCENE_TEST(a_rebased_member_adds_nothing),
      SCENE_TEST(any_history_of_members_adds_up),
      SCENE_TEST(totals_add_up_gauges),
      SCENE_TEST(or_take_the_greatest),
      SCENE_TEST(some_meters_do_not_add_up),
      SCENE_TEST(a_meter_at_rest_adds_nothing),
      SCENE_TEST(each_member_is_judged_and_the_total_is_not),
      SCENE_TEST(a_total_is_judged_by_no_rule_that_does_not_name_it),
      SCENE_TEST(a_total_is_judged_by_a_rule_that_names_it),
      SCENE_TEST(a_total_is_not_judged_at_its_first_reading),
      SCENE_TEST(hidden_objects_are_judged_but_not_sent),
      SCENE_TEST(a_hidden_object_that_vanishes_is_cleared),
      SCENE_TEST(values_come_in_order_of_first_appearance),
      SCENE_TEST(without_an_object_nothing_happens),
      SCENE_TEST(names_that_become_equal_once_safe_are_told_apart),
      SCENE_TEST(long_names_are_told_apart_as_well),
      SCENE_TEST(the_name_of_what_vanished_is_free_again),
      SCENE_TEST(an_object_can_have_any_name),
      SCENE_TEST(meters_are_learned),
      SCENE_TEST(a_meter_that_is_known_is_not_learned_again),
      SCENE_TEST(learned_names_that_become_equal_are_told_apart),
      SCENE_TEST(rules_are_for_learned_meters_too),
      SCENE_TEST(thousands_of_meters_can_be_learned),
      SCENE_TEST(thousands_of_objects),
      SCENE_TEST(the_steady_state_allocates_nothing),
  };
  return cmocka_run_group_tests_name("report_objects", tests, NULL, NULL);
}
