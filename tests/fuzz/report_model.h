/* SPDX-License-Identifier: MIT */
/* A slow model of a report: keeps every read and works out each answer from the
 * first read on, by the words of the headers. */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge_model.h"
#include "meter.h"

/* In the order in which a read gives them. */
enum {
  MODEL_WIDE,   /* a 64-bit counter */
  MODEL_NARROW, /* a 32-bit counter */
  MODEL_GAUGE,
  MODEL_METERS,
};

#define MODEL_OBJECTS 5
#define MODEL_READS JUDGE_MODEL_MOST

extern const struct meter model_meters[MODEL_METERS];

/* What a read gives for one meter. */
struct model_number {
  enum { MODEL_NOTHING, MODEL_VALUE, MODEL_IDLE } kind;
  bool is_judged;
  bool has_before; /* report_counter_since() */
  uint64_t before;
  uint64_t count; /* of a counter */
  double gauge;
};

struct model_mention {
  bool is_mentioned;
  bool is_hidden;
  bool is_rebased;
  struct model_number numbers[MODEL_METERS];
};

struct model_read {
  double now;
  bool is_incomplete;
  struct model_mention objects[MODEL_OBJECTS];
};

struct model {
  bool is_persistent;
  double interval;
  bool omits_zeros[MODEL_OBJECTS];
  struct model_read reads[MODEL_READS];
  size_t count;
};

/* One meter of one object after the last read. */
struct model_answer {
  bool is_present; /* the last read gave a number */
  bool has_value;
  bool is_sent;
  bool is_of_previous_read;
  uint64_t total; /* of a counter */
  uint64_t sent;  /* the count that is sent */
  uint64_t added; /* to the total of all objects, unless that begins now */
  bool is_new;    /* a total that begins now takes the whole count */
  double rate;
  struct judge_model_answer judged;
  bool has_vanished;
};

struct model_answer model_ask(const struct model *model, size_t object,
                              size_t meter);

#endif
