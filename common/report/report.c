/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "report_admission.h"
#include "report_cell.h"
#include "report_judge.h"
#include "report_posting.h"
#include "report_state.h"
#include "report_total.h"

/* How long services of a host go on starting. */
#define START_SECONDS 600

int report_new(struct report **ret, const struct meter *meters, size_t count) {
  struct report *report = calloc(1, sizeof(*report));
  if (report == NULL)
    return -ENOMEM;
  int r = meter_set_new(&report->meters, meters, count);
  if (r < 0) {
    free(report);
    return r;
  }
  keyed_hash_init(&report->hash);
  report_admission_init(&report->admission,
                        clock_uptime_seconds() < START_SECONDS);
  *ret = report;
  return 0;
}

void report_free(struct report *report) {
  if (report == NULL)
    return;
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next)
  report_object_remove(report, object);
  name_set_free(&report->instances);
  meter_set_free(report->meters);
  free(report->alerts);
  free(report->postings);
  free(report->posting_cells);
  free(report);
}

void report_set_rules(struct report *report, const struct report_rule *rules,
                      size_t count) {
  report->rules = rules;
  report->rule_count = count;
}

void report_set_persistent(struct report *report, bool persistent) {
  report->is_persistent = persistent;
}

void report_set_interval(struct report *report, double seconds) {
  report->interval = seconds;
}

void report_set_ledger(struct report *report, bool has_ledger) {
  report->has_ledger = has_ledger;
}

void report_ignore_ledger(struct report *report, bool ignores_ledger) {
  report->ignores_ledger = ignores_ledger;
}

struct ledger_posting *report_postings(const struct report *report,
                                       size_t *ret_count) {
  *ret_count = report->posting_count;
  return report->postings;
}

void report_judge_postings(struct report *report) {
  report_posting_judge(report);
}

int report_learn(struct report *report, const struct meter *meter) {
  return meter_set_learn(report->meters, meter);
}

int report_find_meter(const struct report *report, const char *key) {
  return meter_set_find(report->meters, key);
}

const struct meter *report_meter(const struct report *report, unsigned meter) {
  return meter_set_get(report->meters, meter);
}

void report_set_sending(struct report *report, unsigned meter,
                        enum meter_sending sending) {
  meter_set_choose_sending(report->meters, meter, sending);
}

bool report_has_rule(const struct report *report, unsigned index) {
  const struct meter *meter = meter_set_get(report->meters, index);
  return meter != NULL &&
         report_rule_any(report->rules, report->rule_count, meter_key(meter));
}

bool report_wants(const struct report *report, unsigned index) {
  const struct meter *meter = meter_set_get(report->meters, index);
  if (meter == NULL)
    return false;
  return meter->limits != NULL ||
         (report->has_ledger && meter->bucket != LEDGER_NO_BUCKET) ||
         meter_set_sending(report->meters, index) != METER_SENT_NEVER ||
         report_has_rule(report, index);
}

static void forget_gone(struct report *report) {
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) {
    if (object->is_gone)
      report_object_remove(report, object);
  }
}

void report_begin(struct report *report, double now) {
  if (!report->is_persistent)
    forget_gone(report);
  report->next = report->objects;
  report->read++;
  report->previous = report->now;
  report->now = now;
  report->is_incomplete = false;
  report->alert_count = 0;
  report->posting_count = 0;
}

double report_now(const struct report *report) { return report->now; }

void report_idle(struct report *report, struct report_object *object,
                 unsigned meter) {
  struct report_cell *cell = report_cell_take(report, object, meter, false);
  if (cell == NULL)
    return;
  cell->time = report->now;
  cell->rate = NAN;
  /* The kernel's counts until the next reading are not wanted, then or later.
   */
  if (meter_is_counter(cell->meter))
    counter_rebase(&cell->counter);
  report_judge_idle(report, object, cell, NAN);
}

void report_set_incomplete(struct report *report) {
  report->is_incomplete = true;
}

static void end_object(struct report *report, struct report_object *object) {
  if (report_object_is_present(report, object)) {
    report_total_judge(report, object);
    return;
  }
  if (object->is_gone || report->is_incomplete)
    return;
  for (size_t i = 0; i < object->cell_count; i++)
    report_judge_vanished(report, object, &object->cells[i]);
  object->is_gone = true;
}

void report_end(struct report *report) {
  struct report_object *object, *next;
  HASH_ITER(hh, report->objects, object, next) end_object(report, object);
}

double report_rate(const struct report *report,
                   const struct report_object *object, unsigned meter) {
  const struct report_cell *cell = report_cell_current(report, object, meter);
  return cell != NULL ? cell->rate : NAN;
}

double report_level(const struct report *report,
                    const struct report_object *object, unsigned meter) {
  const struct report_cell *cell = report_cell_current(report, object, meter);
  return cell != NULL ? cell->gauge : NAN;
}

bool report_count(const struct report *report,
                  const struct report_object *object, unsigned meter,
                  uint64_t *ret) {
  const struct report_cell *cell = report_cell_current(report, object, meter);
  if (cell == NULL || !meter_is_counter(cell->meter))
    return false;
  *ret = cell->counter.total;
  return true;
}

enum threshold_state report_state(const struct report_object *object,
                                  unsigned meter) {
  const struct report_cell *cell = report_cell_find(object, meter);
  return cell != NULL && cell->judge != NULL ? cell->judge->threshold.state
                                             : THRESHOLD_OKAY;
}

enum threshold_state report_worst(const struct report *report) {
  if (report->raised[THRESHOLD_FAILURE] > 0)
    return THRESHOLD_FAILURE;
  return report->raised[THRESHOLD_WARNING] > 0 ? THRESHOLD_WARNING
                                               : THRESHOLD_OKAY;
}

const struct alert *report_alerts(const struct report *report,
                                  size_t *ret_count) {
  *ret_count = report->alert_count;
  return report->alerts;
}
