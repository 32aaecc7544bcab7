/* SPDX-License-Identifier: MIT */
#include "report_model.h"

#include <math.h>

const struct meter model_meters[MODEL_METERS] = {
    [MODEL_WIDE] = {.name = "wide",
                    .type = "packets",
                    .kind = METER_COUNTER64,
                    .total = METER_TOTAL_SUM,
                    .verb = "lost",
                    .limits = THRESHOLD_ABOVE(0, 1000)},
    [MODEL_NARROW] = {.name = "narrow",
                      .type = "packets",
                      .kind = METER_COUNTER32,
                      .meaning = METER_LOSS,
                      .total = METER_TOTAL_SUM,
                      .unit = "packets",
                      .limits = THRESHOLD_ABOVE(0.3, 100)},
    [MODEL_GAUGE] = {.name = "level",
                     .type = "gauge",
                     .kind = METER_GAUGE,
                     .total = METER_TOTAL_SUM,
                     .unit = "%",
                     .limits =
                         &(const struct threshold_limits){.warning_max = 80,
                                                          .failure_max = 95,
                                                          .warning_min = 5,
                                                          .failure_min = NAN,
                                                          .hysteresis = 2,
                                                          .hits = 2,
                                                          .clear_hits = 3}},
};

/* A meter's history up to some read. */
struct history {
  struct model_answer answer;
  struct judge_model verdicts;
  bool is_started;
  bool is_rebased;
  bool has_gained;
  uint64_t raw;
  double fastest;
  double time; /* of the last reading */
  double window_begin;
  uint64_t window_gain;
};

static void add_verdict(struct history *history,
                        struct judge_model_verdict verdict) {
  history->verdicts.list[history->verdicts.count++] = verdict;
}

static bool is_wrap(const struct history *history, size_t meter, uint64_t gain,
                    double elapsed) {
  if (meter != MODEL_NARROW || gain > INT32_MAX)
    return false;
  if (!history->has_gained)
    return 50e6 * elapsed < INT32_MAX && (double)gain <= 50e6 * elapsed;
  double burst = 1e5 * (elapsed < 60 ? elapsed : 60);
  double usual = 16 * history->fastest * elapsed;
  return (double)gain <= 50e6 * elapsed &&
         ((double)gain <= usual || (double)gain <= burst);
}

/* Takes a count; false: there is no gain, and this count is the baseline. */
static bool take_count(struct history *history, size_t meter, uint64_t raw,
                       double elapsed, uint64_t *ret_gain) {
  uint64_t before = history->raw, gain = raw - before;
  history->raw = raw;
  if (history->is_rebased) {
    history->is_rebased = false;
    history->has_gained = false;
    return false;
  }
  if (raw < before) {
    gain &= UINT32_MAX;
    if (!is_wrap(history, meter, gain, elapsed))
      return false;
  }
  if (elapsed > 0) {
    double rate = (double)gain / elapsed;
    if (!history->has_gained || rate > history->fastest)
      history->fastest = rate;
    history->has_gained = true;
  }
  *ret_gain = gain;
  return true;
}

static void restart_window(struct history *history, double now,
                           bool is_judged) {
  history->window_begin = now;
  history->window_gain = 0;
  if (!is_judged)
    add_verdict(history,
                (struct judge_model_verdict){.is_idle = true, .now = now});
}

static void end_window(const struct model *model, struct history *history,
                       double now, bool is_judged) {
  double elapsed = now - history->window_begin;
  if (elapsed <= 0 || elapsed < model->interval / 2)
    return;
  double rate = (double)history->window_gain / elapsed;
  history->answer.rate = rate;
  add_verdict(history,
              (struct judge_model_verdict){.is_idle = !is_judged,
                                           .is_rate = true,
                                           .value = rate,
                                           .now = now,
                                           .gain = history->window_gain});
  history->window_begin = now;
  history->window_gain = 0;
}

static void take_counter(const struct model *model, struct history *history,
                         size_t read, size_t object, size_t meter,
                         bool is_reset) {
  const struct model_read *reads = model->reads;
  const struct model_mention *mention = &reads[read].objects[object];
  const struct model_number *number = &mention->numbers[meter];
  struct model_answer *answer = &history->answer;
  double now = reads[read].now;
  uint64_t raw =
      meter == MODEL_NARROW ? (uint32_t)number->count : number->count;
  bool begins_before = false;
  if (!history->is_started && number->has_before && read > 0 &&
      number->before <= number->count) {
    begins_before = true;
    history->is_started = true;
    history->is_rebased = false;
    history->raw = answer->total = number->before;
    history->time = history->window_begin = reads[read - 1].now;
  }
  uint64_t gain = 0;
  if (!history->is_started) {
    history->is_started = true;
    history->is_rebased = false;
    history->raw = answer->total = raw;
    answer->is_new = answer->has_value = true;
    restart_window(history, now, number->is_judged);
  } else {
    if (is_reset && raw < history->raw)
      history->is_rebased = true;
    if (take_count(history, meter, raw, now - history->time, &gain)) {
      answer->has_value = true;
      answer->total += gain;
      history->window_gain += gain;
      end_window(model, history, now, number->is_judged);
    } else {
      restart_window(history, now, number->is_judged);
    }
  }
  history->time = now;
  answer->added = gain;
  answer->is_new = answer->is_new || begins_before;

  const struct model_mention *before =
      read > 0 ? &reads[read - 1].objects[object] : NULL;
  bool was_hidden = before != NULL && before->is_mentioned &&
                    before->is_hidden &&
                    before->numbers[meter].kind != MODEL_NOTHING;
  bool omits = model->omits_zeros[object];
  answer->is_of_previous_read = gain > 0 && (begins_before || was_hidden ||
                                             (omits && gain == answer->total));
  answer->sent = answer->total - (answer->is_of_previous_read ? gain : 0);
  answer->is_sent = answer->has_value && !mention->is_hidden &&
                    !(omits && answer->total == 0);
}

static void take_gauge(const struct model *model, struct history *history,
                       size_t read, size_t object) {
  const struct model_mention *mention = &model->reads[read].objects[object];
  const struct model_number *number = &mention->numbers[MODEL_GAUGE];
  history->answer.has_value = true;
  if (number->gauge != 0)
    history->answer.total = 1; /* it was not always 0 */
  history->answer.is_sent =
      !mention->is_hidden &&
      (history->answer.total > 0 || !model->omits_zeros[object]);
  add_verdict(history,
              (struct judge_model_verdict){.is_idle = !number->is_judged,
                                           .value = number->gauge,
                                           .now = model->reads[read].now});
}

/* Whether the 64-bit counter of the object goes back in this read: then the
 * other one was reset as well, if it goes back. raw: as last read. */
static bool goes_back(const struct model_mention *mention, bool is_started,
                      uint64_t raw) {
  const struct model_number *wide = &mention->numbers[MODEL_WIDE];
  return wide->kind == MODEL_VALUE && is_started && wide->count < raw;
}

static void forget(const struct model *model, struct history *history) {
  history->answer.has_vanished = history->answer.judged.state != THRESHOLD_OKAY;
  history->answer.judged.state = THRESHOLD_OKAY;
  history->verdicts.count = 0;
  if (!model->is_persistent)
    *history = (struct history){.answer = history->answer};
}

struct model_answer model_ask(const struct model *model, size_t object,
                              size_t meter) {
  struct history history = {0};
  bool wide_is_started = false;
  uint64_t wide = 0;
  for (size_t i = 0; i < model->count; i++) {
    const struct model_read *read = &model->reads[i];
    const struct model_mention *mention = &read->objects[object];
    const struct model_number *number = &mention->numbers[meter];
    struct model_answer *answer = &history.answer;
    *answer = (struct model_answer){
        .total = answer->total, .judged = answer->judged, .rate = NAN};
    if (!mention->is_mentioned) {
      if (read->is_incomplete)
        continue;
      forget(model, &history);
      if (!model->is_persistent) {
        answer->total = 0;
        wide_is_started = false;
      }
      continue;
    }
    bool is_reset = goes_back(mention, wide_is_started, wide);
    if (mention->numbers[MODEL_WIDE].kind == MODEL_VALUE) {
      wide_is_started = true;
      wide = mention->numbers[MODEL_WIDE].count;
    }
    if (mention->is_rebased)
      history.is_rebased = true;
    if (number->kind == MODEL_NOTHING)
      continue;
    answer->is_present = true;
    if (number->kind == MODEL_IDLE) {
      history.is_rebased = true;
      history.time = read->now;
      add_verdict(&history, (struct judge_model_verdict){.is_idle = true,
                                                         .now = read->now});
    } else if (meter == MODEL_GAUGE) {
      take_gauge(model, &history, i, object);
    } else {
      take_counter(model, &history, i, object, meter, is_reset);
    }
    judge_model_ask(&history.verdicts, model_meters[meter].limits,
                    &answer->judged);
  }
  return history.answer;
}
