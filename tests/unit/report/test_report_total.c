/* SPDX-License-Identifier: MIT */
/* Totals of counters and of gauges; hidden members. */
#include "report_scene.h"

#include "random.h"

/* Reads the CPUs 0, 1, 2; a negative number: the CPU is absent. */
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

static void a_late_member_adds_its_gains_alone(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, DROPPED, 100, -1, -1);
  READ_CPUS(report, 10, DROPPED, 100, 5000000, -1);
  assert_int_equal(count_of(report, "", DROPPED), 100);
  assert_number(rate_of(report, "", DROPPED), 0);
  assert_string_equal(alerts_of(report), "");
  READ_CPUS(report, 20, DROPPED, 100, 5000003, -1);
  assert_int_equal(count_of(report, "", DROPPED), 103);
}

static void a_forgotten_member_returns_as_a_late_one(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  READ_CPUS(report, 0, PROCESSED, 100, 1000, -1);
  READ_CPUS(report, 10, PROCESSED, 100, -1, -1);
  READ_CPUS(report, 20, PROCESSED, 100, 9000, -1);
  assert_int_equal(count_of(report, "", PROCESSED), 1100);
  READ_CPUS(report, 30, PROCESSED, 100, 9001, -1);
  assert_int_equal(count_of(report, "", PROCESSED), 1101);
}

static void a_member_can_wrap(void **state) {
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

static void a_member_with_a_known_baseline_adds_its_gain(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const char *const values[] = {"/processed=100 0/processed=100",
                                       "/processed=107 0/processed=100 "
                                       "1/processed was=50"};
  for (unsigned i = 0; i < COUNT_OF(values); i++) {
    report_begin(report, 10 * i);
    struct report_object *host = report_object(report, NULL, NAMED(""), false);
    report_counter(report, report_object(report, host, NAMED("0"), false),
                   PROCESSED, 100);
    if (i > 0)
      report_counter_since(report,
                           report_object(report, host, NAMED("1"), false),
                           PROCESSED, 50, 57);
    report_end(report);
    assert_string_equal(values_of(report), values[i]);
  }
  assert_number(rate_of(report, "", PROCESSED), 0.7);
}

static void a_total_begins_with_all_of_its_members(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read_nothing(report, 0);
  report_begin(report, 10);
  struct report_object *host = report_object(report, NULL, NAMED(""), false);
  report_counter_since(report, report_object(report, host, NAMED("1"), false),
                       PROCESSED, 50, 57);
  report_end(report);
  assert_int_equal(count_of(report, "", PROCESSED), 57);
}

/* A CPU's counter in the kernel, and the gain that the total must show. */
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

static void or_take_the_largest(void **state) {
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

static void an_idle_meter_adds_nothing(void **state) {
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

static void a_general_rule_does_not_judge_totals(void **state) {
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

static void a_rule_that_names_a_total_judges_it(void **state) {
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

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(totals_add_up_counters),
      SCENE_TEST(a_total_never_goes_back),
      SCENE_TEST(a_late_member_adds_its_gains_alone),
      SCENE_TEST(a_forgotten_member_returns_as_a_late_one),
      SCENE_TEST(a_member_can_wrap),
      SCENE_TEST(a_rebased_member_adds_nothing),
      SCENE_TEST(a_member_with_a_known_baseline_adds_its_gain),
      SCENE_TEST(a_total_begins_with_all_of_its_members),
      SCENE_TEST(any_history_of_members_adds_up),
      SCENE_TEST(totals_add_up_gauges),
      SCENE_TEST(or_take_the_largest),
      SCENE_TEST(some_meters_do_not_add_up),
      SCENE_TEST(an_idle_meter_adds_nothing),
      SCENE_TEST(each_member_is_judged_and_the_total_is_not),
      SCENE_TEST(a_general_rule_does_not_judge_totals),
      SCENE_TEST(a_rule_that_names_a_total_judges_it),
      SCENE_TEST(a_total_is_not_judged_at_its_first_reading),
      SCENE_TEST(hidden_objects_are_judged_but_not_sent),
      SCENE_TEST(a_hidden_object_that_vanishes_is_cleared),
  };
  return cmocka_run_group_tests_name("report_total", tests, NULL, NULL);
}
