/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <stdlib.h>

#include "report_private.h"

int report_new(struct report **ret, const struct meter *meters, size_t count) {
  struct report *report = calloc(1, sizeof(*report));
  if (report == NULL)
    return -ENOMEM;
  int r = meter_set_new(&report->meters, meters, count);
  if (r < 0) {
    free(report);
    return r;
  }
  *ret = report;
  return 0;
}

void report_free(struct report *report) {
  if (report == NULL)
    return;
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) {
    HASH_DEL(report->objects, object);
    report_object_free(report, object);
  }
  name_set_free(&report->instances);
  meter_set_free(report->meters);
  free(report->alerts);
  free(report);
}

void report_set_rules(struct report *report, const struct report_rule *rules,
                      size_t count) {
  report->rules = rules;
  report->rule_count = count;
}

void report_set_persistent(struct report *report, bool persistent) {
  report->persistent = persistent;
}

static void forget_gone(struct report *report) {
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) {
    if (object->gone) {
      HASH_DEL(report->objects, object);
      report_object_free(report, object);
    }
  }
}

void report_begin(struct report *report, double now) {
  if (!report->persistent)
    forget_gone(report);
  report->read++;
  report->now = now;
  report->incomplete = false;
  report->alert_count = 0;
}

int report_learn(struct report *report, const struct meter *meter) {
  return meter_set_learn(report->meters, meter);
}

int report_find_meter(const struct report *report, const char *key) {
  return meter_set_find(report->meters, key);
}

void report_set_sending(struct report *report, unsigned meter,
                        enum meter_sending sending) {
  meter_set_choose_sending(report->meters, meter, sending);
}

void report_set_incomplete(struct report *report) { report->incomplete = true; }

/* Room for one more alert, made before a state changes: without it, nothing is
 * judged, so that no change goes unreported. */
static bool make_alert_room(struct report *report) {
  if (report->alert_count < report->alert_capacity)
    return true;
  size_t capacity =
      report->alert_capacity == 0 ? 8 : 2 * report->alert_capacity;
  struct alert *alerts = realloc(report->alerts, capacity * sizeof(*alerts));
  if (alerts == NULL)
    return false;
  report->alerts = alerts;
  report->alert_capacity = capacity;
  return true;
}

static void add_alert(struct report *report, const struct report_object *object,
                      const struct cell *cell, enum threshold_state before,
                      double value) {
  const struct judge *judge = cell->judge;
  enum threshold_state state = judge->threshold.state;
  enum threshold_state worse = state > before ? state : before;
  report->alerts[report->alert_count++] = (struct alert){
      .meter = cell->about,
      .object = object,
      .instance = object->instance,
      .type_instance = meter_set_instance(report->meters, cell->meter),
      .state = state,
      .before = before,
      .value = value,
      .limit = threshold_limit(&judge->limits, worse, judge->peak),
      .limits = &judge->limits,
      .lasted = judge->last_bad - judge->began,
      .quiet = report->now - judge->last_bad,
      .lost = judge->gained,
      .lost_quiet = judge->gained_quiet,
      .peak = judge->peak,
  };
}

/* Keeps the count of what is raised. */
static void note_state(struct report *report, enum threshold_state before,
                       enum threshold_state state) {
  if (before != THRESHOLD_OKAY)
    report->raised[before]--;
  if (state != THRESHOLD_OKAY)
    report->raised[state]++;
}

/* Judges one reading; rest: whatever value is, it counts as one inside the
 * limits. */
static void judge(struct report *report, const struct report_object *object,
                  struct cell *cell, double value, double before_time,
                  bool rest) {
  struct judge *judge = cell->judge;
  if (judge == NULL || !make_alert_room(report))
    return;
  enum threshold_state before = judge->threshold.state;
  bool changed =
      rest ? judge_idle(judge)
           : judge_update(judge, value, cell->gain, before_time, report->now);
  if (!changed)
    return;
  note_state(report, before, judge->threshold.state);
  add_alert(report, object, cell, before, value);
}

/* Adds what a member gained, or its first reading if the total begins with it.
 * A member that appears later brings in only what it gains from then on. */
static void add_to_total(struct report *report, struct report_object *parent,
                         unsigned meter, const struct cell *member,
                         enum counter_step step) {
  struct cell *total = report_cell_take(report, parent, meter, true);
  if (total == NULL)
    return;
  total->sendable = true;
  total->gain += member->gain;
  total->counter.total += member->gain;
  if (step == COUNTER_FIRST && total->first_read == report->read)
    total->counter.total += member->counter.total;
}

static double rate(uint64_t gain, double elapsed) {
  return elapsed > 0 ? (double)gain / elapsed : NAN;
}

/* unjudged: it counts as one inside the limits. */
static void take_counter(struct report *report, struct report_object *object,
                         unsigned meter, uint64_t raw, unsigned bits,
                         bool unjudged) {
  struct cell *cell = report_cell_take(report, object, meter, false);
  if (cell == NULL)
    return;
  const struct meter *about = cell->about;
  double before = cell->time;
  double elapsed = report->now - before;
  enum counter_step step =
      counter_update(&cell->counter, bits, raw, elapsed, &cell->gain);
  cell->time = report->now;
  cell->rate = step == COUNTER_GAINED ? rate(cell->gain, elapsed) : NAN;
  /* After a reset the gain is not known. Without a value now, the next one
   * spreads what was gained since over both intervals. */
  cell->sendable = step != COUNTER_RESET;
  judge(report, object, cell, cell->rate, before, unjudged);
  if (about->total != METER_TOTAL_NONE && object->parent != NULL)
    add_to_total(report, object->parent, meter, cell, step);
}

void report_counter_of(struct report *report, struct report_object *object,
                       unsigned meter, uint64_t raw, unsigned bits) {
  take_counter(report, object, meter, raw, bits, false);
}

static unsigned bits_of(const struct report *report, unsigned meter) {
  const struct meter *about = meter_set_get(report->meters, meter);
  return about != NULL && about->kind == METER_COUNTER32 ? 32 : 64;
}

void report_counter(struct report *report, struct report_object *object,
                    unsigned meter, uint64_t raw) {
  take_counter(report, object, meter, raw, bits_of(report, meter), false);
}

void report_counter_unjudged(struct report *report,
                             struct report_object *object, unsigned meter,
                             uint64_t raw) {
  take_counter(report, object, meter, raw, bits_of(report, meter), true);
}

static void gauge_to_total(struct report *report, struct report_object *parent,
                           unsigned meter, enum meter_total how, double value) {
  struct cell *total = report_cell_take(report, parent, meter, true);
  if (total == NULL)
    return;
  bool is_first = !total->sendable;
  total->sendable = true;
  total->was_something = total->was_something || value != 0;
  if (is_first)
    total->gauge = value;
  else if (how == METER_TOTAL_SUM)
    total->gauge += value;
  else if (value > total->gauge)
    total->gauge = value;
}

/* unjudged: it counts as one inside the limits. */
static void take_gauge(struct report *report, struct report_object *object,
                       unsigned meter, double value, bool unjudged) {
  if (isnan(value))
    return;
  struct cell *cell = report_cell_take(report, object, meter, false);
  if (cell == NULL)
    return;
  const struct meter *about = cell->about;
  double before = cell->time;
  cell->time = report->now;
  cell->gauge = value;
  cell->sendable = true;
  cell->was_something = cell->was_something || value != 0;
  judge(report, object, cell, value, before, unjudged);
  if (about->total != METER_TOTAL_NONE && object->parent != NULL)
    gauge_to_total(report, object->parent, meter, about->total, value);
}

void report_gauge(struct report *report, struct report_object *object,
                  unsigned meter, double value) {
  take_gauge(report, object, meter, value, false);
}

void report_gauge_unjudged(struct report *report, struct report_object *object,
                           unsigned meter, double value) {
  take_gauge(report, object, meter, value, true);
}

void report_idle(struct report *report, struct report_object *object,
                 unsigned meter) {
  struct cell *cell = report_cell_take(report, object, meter, false);
  if (cell == NULL)
    return;
  cell->time = report->now;
  cell->rate = NAN;
  /* What the kernel counts meanwhile is not wanted, at once or later. */
  if (meter_is_counter(cell->about))
    counter_rebase(&cell->counter);
  judge(report, object, cell, NAN, report->now, true);
}

static void judge_total(struct report *report,
                        const struct report_object *object, struct cell *cell) {
  double before = cell->time;
  cell->time = report->now;
  if (meter_is_counter(cell->about)) {
    cell->rate = rate(cell->gain, report->now - before);
    judge(report, object, cell, cell->rate, before, false);
  } else {
    judge(report, object, cell, cell->gauge, before, false);
  }
}

static void clear_vanished(struct report *report,
                           const struct report_object *object,
                           struct cell *cell) {
  if (cell->judge == NULL)
    return;
  enum threshold_state before = cell->judge->threshold.state;
  if (before != THRESHOLD_OKAY) {
    if (!make_alert_room(report))
      return;
    cell->judge->threshold.state = THRESHOLD_OKAY;
    note_state(report, before, THRESHOLD_OKAY);
    add_alert(report, object, cell, before, NAN);
    report->alerts[report->alert_count - 1].vanished = true;
  }
  judge_reset(cell->judge);
}

static void end_object(struct report *report, struct report_object *object) {
  bool is_here = object->read == report->read;
  if (object->gone || (!is_here && report->incomplete))
    return;
  bool is_all_done = is_here && !object->has_totals;
  for (size_t i = 0; i < object->cell_count && !is_all_done; i++) {
    struct cell *cell = &object->cells[i];
    if (!is_here)
      clear_vanished(report, object, cell);
    else if (cell->is_total && cell->read == report->read)
      judge_total(report, object, cell);
  }
  object->gone = !is_here;
}

void report_end(struct report *report) {
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) end_object(report, object);
}
