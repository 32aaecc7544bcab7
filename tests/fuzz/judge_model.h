/* SPDX-License-Identifier: MIT */
/* A slow model of a judge: keeps every reading, and finds the state after each
 * by looking back, by the words of threshold.h and judge.h. */
#ifndef JUDGE_MODEL_H
#define JUDGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "threshold.h"

#define JUDGE_MODEL_MOST 80

/* A value that was judged or, if it is idle, counted as within the limits. */
struct judge_model_verdict {
  bool is_idle;
  bool is_rate;
  double value;
  double now;
  uint64_t gain;
};

struct judge_model {
  struct judge_model_verdict list[JUDGE_MODEL_MOST];
  size_t count;
};

struct judge_model_answer {
  enum threshold_state state;
  uint64_t lost; /* in the episode that the last reading belongs to, or the last
                    episode */
  uint64_t lost_quiet;
};

/* Judges all readings, from okay on. */
void judge_model_ask(const struct judge_model *model,
                     const struct threshold_limits *limits,
                     struct judge_model_answer *ret);

#endif
