/* SPDX-License-Identifier: MIT */
/* Reading what the program of drop_trace.c counted. */
#include <errno.h>

#include "array.h"
#include "bpf.h"
#include "drop_trace_private.h"

static uint64_t sum(const struct drop_trace *trace, const uint64_t *values) {
  uint64_t total = 0;
  for (size_t i = 0; i < trace->cpus; i++)
    total += values[i];
  return total;
}

static int add_row(struct drop_trace *trace, struct drop_key key,
                   uint64_t count) {
  struct drop_row *rows = array_room(trace->rows, &trace->row_room,
                                     trace->row_count, sizeof(*rows));
  if (rows == NULL)
    return -ENOMEM;
  trace->rows = rows;
  rows[trace->row_count++] = (struct drop_row){.key = key, .count = count};
  return 0;
}

static int read_one_by_one(struct drop_trace *trace) {
  struct drop_key key;
  int r = bpf_map_next(trace->places, NULL, &key);
  while (r == 0) {
    r = bpf_map_lookup(trace->places, &key, trace->values);
    if (r == 0)
      r = add_row(trace, key, sum(trace, trace->values));
    if (r == 0)
      r = bpf_map_next(trace->places, &key, &key);
  }
  return r == -ENOENT ? 0 : r;
}

static int read_in_batches(struct drop_trace *trace) {
  uint32_t position = 0;
  bool is_first = true;
  int r = 0;
  while (r == 0) {
    uint32_t count = DROP_BATCH;
    r = bpf_map_batch(trace->places, is_first, &position, trace->keys,
                      trace->values, &count);
    if (r < 0 && r != -ENOENT)
      return r;
    is_first = false;
    for (uint32_t i = 0; i < count; i++)
      if (add_row(trace, trace->keys[i],
                  sum(trace, &trace->values[i * trace->cpus])) < 0)
        return -ENOMEM;
  }
  return 0;
}

static int read_places(struct drop_trace *trace) {
  if (!trace->one_by_one) {
    int r = read_in_batches(trace);
    if (r == 0 || r == -ENOMEM)
      return r;
    /* Linux before 5.6, or a chain of keys that is longer than a batch. */
    trace->one_by_one = true;
    trace->row_count = 0;
  }
  return read_one_by_one(trace);
}

static int read_element(struct drop_trace *trace, uint32_t element,
                        uint64_t *ret) {
  int r = bpf_map_lookup(trace->spill, &element, trace->values);
  if (r == 0)
    *ret = sum(trace, trace->values);
  return r;
}

static int read_spilled(struct drop_trace *trace, uint64_t total) {
  uint32_t reasons = trace->source.plan.reasons;
  int r = read_element(trace, DROP_SPILL_OTHER, &trace->spilled[reasons]);
  for (uint32_t i = 0; r == 0 && i < reasons; i++)
    r = read_element(trace, DROP_SPILL_REASON + i, &trace->spilled[i]);
  if (r == 0)
    trace->spilled_total = total;
  return r;
}

/* What the second map counts, as rows without a place. It has hundreds of
 * elements, which are read only when it has counted something. */
static int add_spilled(struct drop_trace *trace) {
  uint32_t reasons = trace->source.plan.reasons;
  uint64_t total = 0;
  int r = read_element(trace, DROP_SPILLED, &total);
  if (r == 0 && total != trace->spilled_total)
    r = read_spilled(trace, total);
  uint32_t rest = trace->ways.has_reason ? DROP_OTHER_REASON : DROP_NO_REASON;
  for (uint32_t i = 0; r == 0 && total > 0 && i <= reasons; i++) {
    struct drop_key key = {.reason = i < reasons ? i : rest,
                           .protocol = DROP_PROTOCOL_OTHER};
    if (trace->spilled[i] > 0)
      r = add_row(trace, key, trace->spilled[i]);
  }
  return r;
}

static int read_gaps(struct drop_trace *trace, struct drop_trace_gaps *gaps) {
  uint64_t full = 0;
  int r = read_element(trace, DROP_FULL, &full);
  if (r < 0)
    return r;
  gaps->is_full = full > 0;
  r = bpf_program_misses(trace->program, &gaps->uncounted);
  gaps->tells_uncounted = r == 0;
  return r == -EOPNOTSUPP ? 0 : r;
}

int drop_trace_read(struct drop_trace *trace, const struct drop_row **ret,
                    size_t *ret_count, struct drop_trace_gaps *ret_gaps) {
  struct drop_trace_gaps gaps = {.tells_uncounted = false};
  trace->row_count = 0;
  int r = read_places(trace);
  if (r == 0)
    r = add_spilled(trace);
  if (r == 0)
    r = read_gaps(trace, &gaps);
  if (r < 0)
    return r;
  *ret = trace->rows;
  *ret_count = trace->row_count;
  *ret_gaps = gaps;
  return 0;
}
