/* SPDX-License-Identifier: MIT */
/* How drops are traced. For drop_trace.c and drop_read.c alone. */
#ifndef DROP_TRACE_PRIVATE_H
#define DROP_TRACE_PRIVATE_H

#include "drop_source.h"
#include "drop_trace.h"

/* As many keys are read at once. */
#define DROP_BATCH 64

struct drop_trace {
  struct drop_source source;
  struct drop_trace_ways ways;
  int places, spill; /* maps */
  int program, link;
  size_t cpus; /* numbers that each value has */
  bool one_by_one;
  struct drop_key *keys; /* a batch */
  uint64_t *values;
  uint64_t *spilled; /* by reason; the last one is of all others */
  uint64_t spilled_total;
  struct drop_row *rows;
  size_t row_count, row_room;
};

#endif
