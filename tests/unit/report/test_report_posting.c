/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>

#include "report.h"

enum { LOST, REFUSED, WATCHED, SEEN, METERS };

static const struct meter meters[METERS] = {
    [LOST] = {.name = "lost",
              .type = "packets",
              .kind = METER_COUNTER64,
              .meaning = METER_LOSS,
              .total = METER_TOTAL_SUM,
              .bucket = LEDGER_UDP_RECEIVE,
              .exactness = LEDGER_OBJECT,
              .limits = THRESHOLD_ABOVE(1, 100)},
    [REFUSED] = {.name = "refused",
                 .key = "Udp:refused",
                 .type = "packets",
                 .kind = METER_COUNTER64,
                 .meaning = METER_LOSS,
                 .bucket = LEDGER_UDP_RECEIVE,
                 .exactness = LEDGER_HOST,
                 .explained = 2,
                 .limits = THRESHOLD_ABOVE(1, 100)},
    [WATCHED] = {.name = "watched",
                 .type = "packets",
                 .kind = METER_COUNTER64,
                 .meaning = METER_LOSS,
                 .bucket = LEDGER_UDP_RECEIVE,
                 .exactness = LEDGER_WATCHES},
    [SEEN] = {.name = "seen",
              .type = "packets",
              .kind = METER_COUNTER64,
              .meaning = METER_VOLUME},
};

static int begin(void **state) {
  struct report *report;
  if (report_new(&report, meters, METERS) != 0)
    return -1;
  report_set_ledger(report, true);
  *state = report;
  return 0;
}

static int end(void **state) {
  report_free(*state);
  return 0;
}

static struct report_object *object(struct report *report, const char *netns,
                                    const char *port) {
  const struct labels labels = {.netns = netns, .port = port};
  return report_object(report, NULL, &labels, false);
}

static void objects_of_a_namespace_add_up(void **state) {
  struct report *report = *state;
  size_t count;
  for (unsigned read = 0; read < 2; read++) {
    report_begin(report, 10 * read);
    for (unsigned i = 0; i < 5; i++) {
      char port[8];
      snprintf(port, sizeof(port), "%u", i);
      report_counter(report, object(report, NULL, port), LOST, read * i);
      report_counter(report, object(report, NULL, port), SEEN, read * 1000);
      report_counter(report, object(report, "web", port), LOST, read * 10 * i);
    }
    report_end(report);
  }
  const struct ledger_posting *postings = report_postings(report, &count);
  assert_int_equal(count, 2);
  assert_null(postings[0].netns);
  assert_int_equal(postings[0].exactness, LEDGER_OBJECT);
  assert_int_equal(postings[0].gain, 10);
  assert_string_equal(postings[1].netns, "web");
  assert_int_equal(postings[1].gain, 100);
}

static void a_meter_of_the_host_stands_alone(void **state) {
  struct report *report = *state;
  size_t count;
  for (unsigned read = 0; read < 2; read++) {
    report_begin(report, 10 * read);
    report_counter(report, object(report, NULL, "4"), REFUSED, read * 5);
    report_counter(report, object(report, NULL, "6"), REFUSED, read * 7);
    report_counter(report, object(report, NULL, "4"), WATCHED, read * 9);
    report_end(report);
  }
  const struct ledger_posting *postings = report_postings(report, &count);
  assert_int_equal(count, 3);
  assert_string_equal(postings[0].meter, "Udp:refused");
  assert_int_equal(postings[0].order, 2);
  assert_int_equal(postings[0].gain, 5);
  assert_int_equal(postings[1].gain, 7);
  assert_int_equal(postings[2].exactness, LEDGER_WATCHES);
}

/* Its packets are those of another object. */
static void a_part_is_not_posted(void **state) {
  struct report *report = *state;
  size_t count;
  report_begin(report, 0);
  struct report_object *part = object(report, "web", "4");
  report_object_set_part(part, true);
  report_counter(report, part, LOST, 5);
  report_counter(report, object(report, NULL, "4"), LOST, 5);
  report_end(report);
  const struct ledger_posting *postings = report_postings(report, &count);
  assert_int_equal(count, 1);
  assert_null(postings[0].netns);
}

static void without_a_ledger_nothing_is_posted(void **state) {
  struct report *report = *state;
  size_t count;
  report_set_ledger(report, false);
  report_begin(report, 0);
  report_counter(report, object(report, NULL, "4"), LOST, 5);
  report_end(report);
  report_postings(report, &count);
  assert_int_equal(count, 0);
}

/* Reads a counter that gains 500, rest of them unexplained. Returns how many
 * alerts are raised. */
static size_t judge(struct report *report, uint64_t rest) {
  size_t count;
  for (unsigned read = 0; read < 2; read++) {
    report_begin(report, 10 * read);
    report_counter(report, object(report, NULL, "4"), REFUSED, 500 * read);
    struct ledger_posting *postings = report_postings(report, &count);
    for (size_t i = 0; i < count; i++)
      postings[i].rest = read * rest;
    report_judge_postings(report);
    report_end(report);
  }
  const struct alert *alerts = report_alerts(report, &count);
  if (count > 0)
    assert_true(alerts[0].value == (double)rest / 10);
  assert_true(report_rate(report, object(report, NULL, "4"), REFUSED) == 50);
  return count;
}

static void the_rest_is_judged(void **state) {
  assert_int_equal(judge(*state, 300), 1);
}

static void what_is_explained_raises_nothing(void **state) {
  assert_int_equal(judge(*state, 0), 0);
}

static void all_is_judged_if_the_layer_ignores_the_ledger(void **state) {
  report_ignore_ledger(*state, true);
  assert_int_equal(judge(*state, 500), 1);
}

/* The rests of reads that come too soon are judged together. */
static void a_short_interval_keeps_its_rest(void **state) {
  struct report *report = *state;
  size_t count;
  report_set_interval(report, 10);
  static const double times[] = {0, 10, 12, 20};
  for (unsigned read = 0; read < 4; read++) {
    report_begin(report, times[read]);
    report_counter(report, object(report, NULL, "4"), REFUSED, 100 * read);
    report_postings(report, &count)[0].rest = read == 2 ? 60 : 0;
    report_judge_postings(report);
    report_end(report);
    const struct alert *alerts = report_alerts(report, &count);
    assert_int_equal(count, read == 3);
    if (read == 3)
      assert_true(alerts[0].value == 6);
  }
}

#define REPORT_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      REPORT_TEST(objects_of_a_namespace_add_up),
      REPORT_TEST(a_meter_of_the_host_stands_alone),
      REPORT_TEST(a_part_is_not_posted),
      REPORT_TEST(without_a_ledger_nothing_is_posted),
      REPORT_TEST(the_rest_is_judged),
      REPORT_TEST(what_is_explained_raises_nothing),
      REPORT_TEST(all_is_judged_if_the_layer_ignores_the_ledger),
      REPORT_TEST(a_short_interval_keeps_its_rest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
