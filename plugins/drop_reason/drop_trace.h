/* SPDX-License-Identifier: MIT */
/* Every packet that the kernel throws away, counted where it does so: by why,
 * by where, and by the packet's protocol (skb:kfree_skb, net/core/skbuff.c).
 *
 * The counting is done in the kernel, by drop_program.h's program, for all
 * network namespaces. Where that is attached, how the arguments are found and
 * what the reasons are called, the running kernel says itself: in its BTF, and
 * else in tracefs. Nothing stays behind when the process ends. */
#ifndef DROP_TRACE_H
#define DROP_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drop_names.h"
#include "drop_program.h"

struct sysroot;
struct drop_trace;

/* Why packets cannot be counted, in words that stand alone. */
struct drop_trace_error {
  char text[256];
};

/* How it is done. */
struct drop_trace_ways {
  enum drop_way way;
  bool has_reason;   /* since Linux 5.17 */
  bool has_protocol; /* not where lockdown keeps programs from the memory */
};

struct drop_row {
  struct drop_key key; /* location 0: not told, the map of places being full */
  uint64_t count;      /* packets, since the start; never goes back */
};

/* What was not counted as it should be. */
struct drop_trace_gaps {
  bool tells_uncounted; /* since Linux 5.12 */
  uint64_t uncounted;   /* packets for which the program was not run */
  bool is_full;         /* there are more than so many places */
};

/* Begins to count. places: how many combinations of place, reason and protocol
 * are told apart. Returns 0, or -errno with error filled: -EPERM for a missing
 * capability. */
int drop_trace_open(struct drop_trace **ret, const struct sysroot *root,
                    unsigned places, struct drop_trace_error *error);

/* Reads all there is. The rows live until the next read. Returns 0 or -errno.
 * Allocates nothing unless there are more than ever before. */
int drop_trace_read(struct drop_trace *trace, const struct drop_row **ret,
                    size_t *ret_count, struct drop_trace_gaps *ret_gaps);

const struct drop_trace_ways *drop_trace_ways(const struct drop_trace *trace);
const struct drop_names *drop_trace_names(const struct drop_trace *trace);

/* The descriptor of the program, for measuring and tests. */
int drop_trace_program(const struct drop_trace *trace);

/* Ends the counting. Accepts NULL. */
void drop_trace_close(struct drop_trace *trace);

#endif
