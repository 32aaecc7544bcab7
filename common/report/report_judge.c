/* SPDX-License-Identifier: MIT */
#include "report_judge.h"

#include "array.h"
#include "report_state.h"

/* Makes room for one more alert. Without it nothing is judged: no change of
 * state goes unreported. */
static bool make_room(struct report *report) {
  struct alert *alerts = array_room(report->alerts, &report->alert_room,
                                    report->alert_count, sizeof(*alerts));
  if (alerts == NULL)
    return false;
  report->alerts = alerts;
  return true;
}

/* Counts a state in place of the one before. */
static void count_state(struct report *report, enum threshold_state before,
                        enum threshold_state state) {
  if (before != THRESHOLD_OKAY)
    report->raised[before]--;
  if (state != THRESHOLD_OKAY)
    report->raised[state]++;
}

static struct alert *add_alert(struct report *report,
                               const struct report_object *object,
                               const struct report_cell *cell,
                               enum threshold_state before, double value) {
  const struct judge *judge = cell->judge;
  enum threshold_state state = judge->threshold.state;
  enum threshold_state worse = state > before ? state : before;
  count_state(report, before, state);
  struct alert *alert = &report->alerts[report->alert_count++];
  *alert = (struct alert){
      .meter = cell->meter,
      .object = object,
      .instance = object->instance,
      .type = cell->meter->type,
      .type_instance = meter_set_instance(report->meters, cell->index),
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
  return alert;
}

/* Most values of most cells are far from any limit: they need no look at the
 * judge. */
static bool is_calm(const struct report_cell *cell, double value) {
  return cell->is_calm && value >= cell->calm_min && value <= cell->calm_max;
}

static void note_calm(struct report_cell *cell) {
  cell->is_calm = judge_is_calm(cell->judge, &cell->calm_min, &cell->calm_max);
}

static void judge_reading(struct report *report,
                          const struct report_object *object,
                          struct report_cell *cell,
                          const struct judge_reading *reading) {
  struct judge *judge = cell->judge;
  if (judge == NULL || is_calm(cell, reading->value) || !make_room(report))
    return;
  enum threshold_state before = judge->threshold.state;
  if (judge_update(judge, reading))
    add_alert(report, object, cell, before, reading->value);
  note_calm(cell);
}

void report_judge_idle(struct report *report,
                       const struct report_object *object,
                       struct report_cell *cell, double value) {
  struct judge *judge = cell->judge;
  if (judge == NULL || cell->is_calm || !make_room(report))
    return;
  enum threshold_state before = judge->threshold.state;
  if (judge_idle(judge, report->now))
    add_alert(report, object, cell, before, value);
  note_calm(cell);
}

void report_judge_gauge(struct report *report,
                        const struct report_object *object,
                        struct report_cell *cell, double before,
                        bool is_judged) {
  if (!is_judged) {
    report_judge_idle(report, object, cell, cell->gauge);
    return;
  }
  const struct judge_reading reading = {
      .value = cell->gauge, .before = before, .now = report->now};
  judge_reading(report, object, cell, &reading);
}

static void begin_window(const struct report *report,
                         struct report_cell *cell) {
  cell->window_begin = report->now;
  cell->window_gain = 0;
}

/* Ends a window that is long enough, with its rate. False: it goes on. */
static bool end_window(const struct report *report, struct report_cell *cell,
                       struct judge_reading *ret) {
  cell->rate = NAN;
  cell->window_gain += cell->gain;
  double elapsed = report->now - cell->window_begin;
  if (!(elapsed > 0) || elapsed < report->interval / 2)
    return false;
  cell->rate = (double)cell->window_gain / elapsed;
  *ret = (struct judge_reading){.value = cell->rate,
                                .before = cell->window_begin,
                                .now = report->now,
                                .is_rate = true,
                                .gain = cell->window_gain};
  begin_window(report, cell);
  return true;
}

void report_judge_counter(struct report *report,
                          const struct report_object *object,
                          struct report_cell *cell, bool is_judged) {
  struct judge_reading reading;
  if (!end_window(report, cell, &reading))
    return;
  if (is_judged)
    judge_reading(report, object, cell, &reading);
  else
    report_judge_idle(report, object, cell, cell->rate);
}

void report_judge_await(struct report *report, struct report_cell *cell) {
  struct judge_reading reading;
  if (!end_window(report, cell, &reading))
    return;
  cell->rest_begin = reading.before;
  cell->rest_elapsed = reading.now - reading.before;
}

void report_judge_rest(struct report *report,
                       const struct report_object *object,
                       struct report_cell *cell) {
  if (!(cell->rest_elapsed > 0))
    return;
  const struct judge_reading reading = {.value = (double)cell->window_rest /
                                                 cell->rest_elapsed,
                                        .before = cell->rest_begin,
                                        .now = report->now,
                                        .is_rate = true,
                                        .gain = cell->window_rest};
  cell->rest_elapsed = 0;
  cell->window_rest = 0;
  judge_reading(report, object, cell, &reading);
}

void report_judge_restart(struct report *report,
                          const struct report_object *object,
                          struct report_cell *cell, bool is_judged) {
  cell->rate = NAN;
  begin_window(report, cell);
  if (!is_judged)
    report_judge_idle(report, object, cell, NAN);
}

void report_judge_vanished(struct report *report,
                           const struct report_object *object,
                           struct report_cell *cell) {
  if (cell->judge == NULL)
    return;
  enum threshold_state state = cell->judge->threshold.state;
  if (state != THRESHOLD_OKAY) {
    if (!make_room(report))
      return;
    cell->judge->threshold.state = THRESHOLD_OKAY;
    add_alert(report, object, cell, state, NAN)->vanished = true;
  }
  judge_reset(cell->judge);
}
