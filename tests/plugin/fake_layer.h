/* SPDX-License-Identifier: MIT */
/* A small layer with an option of every kind. It reads a table of lanes:
 *
 *   LANE LOST SEEN FILL
 *
 * from proc/net/lanes, and the settings that it names. */
#ifndef FAKE_LAYER_H
#define FAKE_LAYER_H

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"
#include "layer_problem.h"
#include "named.h"
#include "scan.h"

enum {
  FAKE_LOST,
  FAKE_SEEN,
  FAKE_FILL,
  FAKE_MAX_BACKLOG,
  FAKE_ABSENT,
  FAKE_METERS,
};

static const struct meter fake_meters[FAKE_METERS] = {
    [FAKE_LOST] = {.name = "lost",
                   .type = "packets",
                   .kind = METER_COUNTER32,
                   .meaning = METER_LOSS,
                   .total = METER_TOTAL_SUM,
                   .unit = "packets",
                   .verb = "lost",
                   .place = "at its end",
                   .limits = THRESHOLD_ABOVE(1, 100),
                   .setting = "net.core.netdev_max_backlog",
                   .advice = "raise it"},
    [FAKE_SEEN] = {.name = "seen",
                   .key = "traffic",
                   .type = "packets",
                   .kind = METER_COUNTER32,
                   .meaning = METER_VOLUME,
                   .total = METER_TOTAL_SUM},
    [FAKE_FILL] = {.name = "fill",
                   .type = "percent",
                   .kind = METER_GAUGE,
                   .meaning = METER_PRESSURE,
                   .total = METER_TOTAL_MAX},
    [FAKE_MAX_BACKLOG] = {.name = "netdev_max_backlog",
                          .type = "gauge",
                          .kind = METER_GAUGE,
                          .meaning = METER_SETTING,
                          .setting = "net.core.netdev_max_backlog"},
    [FAKE_ABSENT] = {.name = "absent",
                     .type = "gauge",
                     .kind = METER_GAUGE,
                     .meaning = METER_SETTING,
                     .setting = "net.core.absent"},
};

static const char *const fake_modes[] = {"fast", "slow", NULL};

struct fake {
  bool flag;
  double level;
  double limit;
  unsigned count;
  char *name;
  int mode;
  struct match lanes;
  int parsed; /* how many strings */
  bool fail_start;

  const struct layer_context *context;
  struct sysroot_file file;
  struct layer_problem problem;
};

/* The fake that was started last, and the calls of all. */
static struct fake fake_started;
static atomic_int fake_starts, fake_stops, fake_explains;

static int fake_parse(void *state, const char *value,
                      struct layer_error *error) {
  if (strcmp(value, "bad") == 0)
    return layer_fail(error, "expects anything else, found \"%s\"", value);
  ((struct fake *)state)->parsed++;
  return 0;
}

static const struct layer_option fake_options[] = {
    {.name = "Flag",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct fake, flag)},
    {.name = "Level",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct fake, level),
     .min = -5,
     .max = 10},
    {.name = "Limit",
     .kind = OPTION_LIMIT,
     .offset = offsetof(struct fake, limit),
     .min = 0,
     .max = 1000},
    {.name = "Count",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct fake, count),
     .min = 1,
     .max = 50},
    {.name = "Name",
     .kind = OPTION_STRING,
     .offset = offsetof(struct fake, name)},
    {.name = "Mode",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct fake, mode),
     .choices = fake_modes},
    {.name = "Lane",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct fake, lanes)},
    {.name = "Parsed", .kind = OPTION_PARSED, .parse = fake_parse},
    {.name = "FailStart",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct fake, fail_start)},
    {.name = NULL},
};

static void fake_set_defaults(void *state) {
  struct fake *fake = state;
  fake->level = 3;
  fake->count = 7;
  fake->file = SYSROOT_FILE("proc/net/lanes");
}

static int fake_start(void *state, const struct layer_context *context,
                      struct layer_error *error) {
  struct fake *fake = state;
  atomic_fetch_add(&fake_starts, 1);
  fake->context = context;
  fake_started = *fake;
  if (fake->fail_start)
    return layer_fail(error, "this kernel has no lanes");
  return 0;
}

/* Reports one line, or only checks it if host is NULL. */
static int fake_read_lane(struct report *report, struct report_object *host,
                          struct scan *line) {
  struct scan word;
  uint64_t lost, seen, fill;
  char name[64];
  if (!scan_word(line, &word) || !scan_u64(line, &lost) ||
      !scan_u64(line, &seen) || !scan_u64(line, &fill))
    return -EBADMSG;
  if (host == NULL)
    return 0;
  snprintf(name, sizeof(name), "%.*s", (int)(word.end - word.at), word.at);
  struct report_object *lane = report_object(report, host, NAMED(name), false);
  report_counter(report, lane, FAKE_LOST, lost);
  report_counter(report, lane, FAKE_SEEN, seen);
  report_gauge(report, lane, FAKE_FILL, (double)fill);
  return 0;
}

static int fake_read_lanes(const struct fake *fake, struct report *report,
                           struct report_object *host) {
  struct scan text = scan_text(fake->file.data, fake->file.length);
  struct scan line;
  int r = 0;
  while (r == 0 && scan_line(&text, &line))
    r = fake_read_lane(report, host, &line);
  return r;
}

static int fake_read(void *state, struct report *report) {
  struct fake *fake = state;
  int r = sysroot_file_read(fake->context->root, &fake->file);
  if (r < 0) {
    layer_problem_begin(&fake->problem, fake->context,
                        "the lanes cannot be read: %s", strerror(-r));
    return r;
  }
  r = fake_read_lanes(fake, report, NULL);
  if (r < 0) {
    layer_problem_begin(&fake->problem, fake->context, "the lanes are garbage");
    return r;
  }
  layer_problem_end(&fake->problem, fake->context,
                    "the lanes can be read again");
  return fake_read_lanes(fake, report,
                         report_object(report, NULL, NAMED(""), false));
}

static void fake_explain(void *state, const struct report *report,
                         const struct alert *alert,
                         struct explanation *explanation) {
  (void)state;
  atomic_fetch_add(&fake_explains, 1);
  double seen = report_rate(report, alert->object, FAKE_SEEN);
  if (alert->meter == &fake_meters[FAKE_LOST])
    snprintf(explanation->detail, sizeof(explanation->detail), "of %.1f/s",
             seen);
}

static void fake_stop(void *state) {
  struct fake *fake = state;
  atomic_fetch_add(&fake_stops, 1);
  sysroot_file_free(&fake->file);
  match_free(&fake->lanes);
  free(fake->name);
}

static const struct layer fake_layer = {
    .name = "fake",
    .summary = "lanes that are not there",
    .noun = "lane",
    .options = fake_options,
    .meters = fake_meters,
    .meter_count = FAKE_METERS,
    .state_size = sizeof(struct fake),
    .set_defaults = fake_set_defaults,
    .start = fake_start,
    .read = fake_read,
    .explain = fake_explain,
    .stop = fake_stop,
};

#endif
