/* SPDX-License-Identifier: MIT */
/* A report with meters of every kind, and its values and alerts in short lines:
 * "0/dropped=17 0/backlog=3", "0/dropped okay>failure". */
#ifndef REPORT_SCENE_H
#define REPORT_SCENE_H

#include "named.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

enum { DROPPED, PROCESSED, BYTES, BACKLOG, FILL, SPEED, METERS };

static const struct meter meters[METERS] = {
    [DROPPED] = {.name = "dropped",
                 .type = "packets",
                 .kind = METER_COUNTER32,
                 .meaning = METER_LOSS,
                 .total = METER_TOTAL_SUM,
                 .limits = THRESHOLD_ABOVE(1, 100)},
    [PROCESSED] = {.name = "processed",
                   .type = "packets",
                   .kind = METER_COUNTER32,
                   .meaning = METER_VOLUME,
                   .total = METER_TOTAL_SUM},
    [BYTES] = {.name = "bytes",
               .key = "octets",
               .type = "total_bytes",
               .kind = METER_COUNTER64,
               .meaning = METER_VOLUME},
    [BACKLOG] = {.name = "backlog",
                 .type = "queue_length",
                 .kind = METER_GAUGE,
                 .meaning = METER_PRESSURE,
                 .total = METER_TOTAL_SUM},
    [FILL] = {.name = "fill",
              .type = "percent",
              .kind = METER_GAUGE,
              .meaning = METER_PRESSURE,
              .total = METER_TOTAL_MAX,
              .limits = THRESHOLD_ABOVE(80, 95)},
    [SPEED] = {.name = "speed",
               .type = "gauge",
               .kind = METER_GAUGE,
               .meaning = METER_INFORMATION},
};

#define SCENE_RULES 8

struct scene {
  struct report *report;
  struct report_rule rules[SCENE_RULES];
  size_t rule_count;
};

static inline int scene_make(void **state) {
  struct scene *scene = calloc(1, sizeof(*scene));
  if (scene == NULL)
    return -1;
  *state = scene;
  return report_new(&scene->report, meters, METERS);
}

static inline int scene_remove(void **state) {
  struct scene *scene = *state;
  report_free(scene->report);
  for (size_t i = 0; i < scene->rule_count; ++i)
    report_rule_free(&scene->rules[i]);
  free(scene);
  return 0;
}

#define SCENE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, scene_make, scene_remove)

/* Adds a rule without limits, for the objects that match pattern; NULL: all. */
static inline struct report_rule *
scene_rule(struct scene *scene, const char *meter, const char *pattern) {
  assert_true(scene->rule_count < SCENE_RULES);
  struct report_rule *rule = &scene->rules[scene->rule_count++];
  rule->meter = strdup(meter);
  if (pattern != NULL)
    assert_int_equal(match_add(&rule->instances, pattern, NULL, 0), 0);
  report_set_rules(scene->report, scene->rules, scene->rule_count);
  return rule;
}

/* Gives a number of an object that has no parent. */
static inline void scene_give(struct report *report, const char *name,
                              unsigned meter, double number) {
  struct report_object *object =
      report_object(report, NULL, NAMED(name), false);
  assert_non_null(object);
  if (meter_is_counter(&meters[meter]))
    report_counter(report, object, meter, (uint64_t)number);
  else
    report_gauge(report, object, meter, number);
}

/* A read that finds this number alone. */
static inline void scene_read(struct report *report, double now,
                              const char *name, unsigned meter, double number) {
  report_begin(report, now);
  scene_give(report, name, meter, number);
  report_end(report);
}

/* A read that finds nothing. */
static inline void scene_read_nothing(struct report *report, double now) {
  report_begin(report, now);
  report_end(report);
}

struct listing {
  char text[4000];
  size_t length;
};

static inline void list(struct listing *listing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline void list(struct listing *listing, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length =
      vsnprintf(listing->text + listing->length,
                sizeof(listing->text) - listing->length, format, arguments);
  va_end(arguments);
  listing->length += (size_t)length;
  assert_true(listing->length < sizeof(listing->text));
}

static inline void list_value(void *data, const struct report_value *value) {
  struct listing *listing = data;
  list(listing, "%s%s/%s%s=", listing->length > 0 ? " " : "", value->instance,
       value->type_instance, value->is_of_previous_read ? " was" : "");
  if (value->is_counter)
    list(listing, "%llu", (unsigned long long)value->count);
  else
    list(listing, "%g", value->gauge);
}

static inline const char *values_of(const struct report *report) {
  static struct listing listing;
  listing = (struct listing){0};
  report_value_each(report, list_value, &listing);
  return listing.text;
}

static inline const char *alerts_of(const struct report *report) {
  static struct listing listing;
  listing = (struct listing){0};
  size_t count;
  const struct alert *alerts = report_alerts(report, &count);
  for (size_t i = 0; i < count; ++i)
    list(&listing, "%s%s/%s %s>%s%s", i > 0 ? ", " : "",
         report_object_name(alerts[i].object), alerts[i].meter->name,
         threshold_state_name(alerts[i].before),
         threshold_state_name(alerts[i].state),
         alerts[i].vanished ? " gone" : "");
  return listing.text;
}

/* The only alert of the read. */
static inline const struct alert *alert_of(const struct report *report) {
  size_t count;
  const struct alert *alerts = report_alerts(report, &count);
  assert_int_equal(count, 1);
  return alerts;
}

/* A counter whose value is looked for; count is -1 until it is found. */
struct wanted {
  const char *instance, *type_instance;
  int64_t count;
};

static inline void take_wanted(void *data, const struct report_value *value) {
  struct wanted *wanted = data;
  if (strcmp(value->instance, wanted->instance) == 0 &&
      strcmp(value->type_instance, wanted->type_instance) == 0)
    wanted->count = (int64_t)value->count;
}

static inline int64_t count_of(const struct report *report,
                               const char *instance, unsigned meter) {
  struct wanted wanted = {instance, meters[meter].name, -1};
  report_value_each(report, take_wanted, &wanted);
  return wanted.count;
}

static inline double rate_of(const struct report *report, const char *name,
                             unsigned meter) {
  const struct report_object *object = report_object_find(report, NAMED(name));
  assert_non_null(object);
  return report_rate(report, object, meter);
}

static inline double level_of(const struct report *report, const char *name,
                              unsigned meter) {
  const struct report_object *object = report_object_find(report, NAMED(name));
  assert_non_null(object);
  return report_level(report, object, meter);
}

/* NAN equals NAN here. */
static inline bool is_number(double number, double wanted) {
  return isnan(wanted) ? isnan(number) : fabs(number - wanted) < 1e-9;
}

#define assert_number(number, wanted)                                          \
  CHECK(is_number(number, wanted), "%s is %.17g instead of %.17g", #number,    \
        (double)(number), (double)(wanted))

#endif
