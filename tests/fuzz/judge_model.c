/* SPDX-License-Identifier: MIT */
#include "judge_model.h"

static bool is_above(double value, double max,
                     const struct judge_model_verdict *verdict) {
  return !isnan(max) && value > max &&
         !(verdict->is_rate && max > 0 && verdict->gain < 2);
}

static enum threshold_state
level_of(const struct threshold_limits *limits,
         const struct judge_model_verdict *verdict) {
  double value = verdict->value;
  if (verdict->is_idle)
    return THRESHOLD_OKAY;
  if (is_above(value, limits->failure_max, verdict) ||
      value < limits->failure_min)
    return THRESHOLD_FAILURE;
  if (is_above(value, limits->warning_max, verdict) ||
      value < limits->warning_min)
    return THRESHOLD_WARNING;
  return THRESHOLD_OKAY;
}

/* Whether the value is within a pair of limits by the hysteresis. */
static bool is_kept(double max, double min, double hysteresis,
                    const struct judge_model_verdict *verdict) {
  if (verdict->is_idle)
    return true;
  bool below = isnan(max) || verdict->value <= max - hysteresis ||
               (verdict->is_rate && max > 0 && verdict->gain < 2);
  return below && (isnan(min) || verdict->value >= min + hysteresis);
}

static bool is_good(const struct threshold_limits *limits,
                    enum threshold_state state,
                    const struct judge_model_verdict *verdict) {
  double hysteresis = limits->hysteresis;
  bool keeps_failure =
      is_kept(limits->failure_max, limits->failure_min, hysteresis, verdict);
  if (state == THRESHOLD_FAILURE)
    return keeps_failure;
  return keeps_failure &&
         is_kept(limits->warning_max, limits->warning_min, hysteresis, verdict);
}

/* Whether the last of count verdicts ends a state. */
static bool ends(const struct threshold_limits *limits,
                 enum threshold_state state,
                 const struct judge_model_verdict *list, size_t count) {
  size_t good = 0;
  while (good < count && is_good(limits, state, &list[count - 1 - good]))
    good++;
  if (good < limits->clear_hits)
    return false;
  double since = good < count ? list[count - 1 - good].now : 0;
  return round(list[count - 1].now - since) >= 10;
}

static bool begins(const struct threshold_limits *limits,
                   enum threshold_state state,
                   const struct judge_model_verdict *list, size_t count) {
  size_t hits = 0;
  while (hits < count && level_of(limits, &list[count - 1 - hits]) >= state)
    hits++;
  return hits >= limits->hits;
}

static enum threshold_state state_after(const struct threshold_limits *limits,
                                        enum threshold_state before,
                                        const struct judge_model_verdict *list,
                                        size_t count) {
  if (begins(limits, THRESHOLD_FAILURE, list, count))
    return THRESHOLD_FAILURE;
  if (before == THRESHOLD_OKAY)
    return begins(limits, THRESHOLD_WARNING, list, count) ? THRESHOLD_WARNING
                                                          : THRESHOLD_OKAY;
  if (before == THRESHOLD_FAILURE &&
      !ends(limits, THRESHOLD_FAILURE, list, count))
    return THRESHOLD_FAILURE;
  return ends(limits, THRESHOLD_WARNING, list, count) ? THRESHOLD_OKAY
                                                      : THRESHOLD_WARNING;
}

void judge_model_ask(const struct judge_model *model,
                     const struct threshold_limits *limits,
                     struct judge_model_answer *ret) {
  bool in_episode = false;
  ret->state = THRESHOLD_OKAY;
  ret->lost = ret->lost_quiet = 0;
  for (size_t i = 0; i < model->count; i++) {
    const struct judge_model_verdict *verdict = &model->list[i];
    bool is_bad = level_of(limits, verdict) != THRESHOLD_OKAY;
    if (is_bad && !in_episode)
      ret->lost = 0;
    in_episode = in_episode || is_bad;
    if (in_episode && !verdict->is_idle) {
      ret->lost += verdict->gain;
      ret->lost_quiet = is_bad ? 0 : ret->lost_quiet + verdict->gain;
    }
    ret->state = state_after(limits, ret->state, model->list, i + 1);
    if (!is_bad && ret->state == THRESHOLD_OKAY)
      in_episode = false;
  }
}
