/* SPDX-License-Identifier: MIT */
/* Counts every packet that the kernel drops, by reason, place, protocol,
 * network namespace and interface. Source: the tracepoint skb:kfree_skb,
 * net/core/skbuff.c.
 *
 * The program of drop_program.h counts in the kernel, for all network
 * namespaces. BTF, or else tracefs, describes the tracepoint and the reasons of
 * the running kernel. Nothing stays behind when the process ends. */
#ifndef DROP_TRACE_H
#define DROP_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drop_maps.h"
#include "drop_names.h"
#include "drop_program.h"

struct sysroot;
struct drop_trace;

/* Why packets cannot be counted: a clause that can stand alone. */
struct drop_trace_error {
  char text[256];
};

/* What is counted separately. */
struct drop_trace_wish {
  unsigned places; /* combinations of place, reason, protocol and owner */
  bool by_netns;   /* even if it costs more: without typed programs */
  bool by_device;  /* by interface too; implies by_netns */
};

/* How packets are counted. */
struct drop_trace_method {
  enum drop_program_type type;
  bool has_reason;   /* since Linux 5.17 */
  bool has_protocol; /* not if lockdown keeps programs from reading memory */
  bool has_netns;    /* counts by network namespace (Linux 5.10 with BTF) */
  bool has_device;   /* and by interface */
};

/* Packets that were not counted completely. */
struct drop_trace_gaps {
  bool has_uncounted; /* since Linux 5.12 */
  uint64_t uncounted; /* packets for which the program was not run */
  bool is_full;       /* new places are counted by their reason only */
};

/* Starts counting. Returns 0, or -errno with error filled: -EPERM if a
 * capability is missing. */
int drop_trace_open(struct drop_trace **ret, const struct sysroot *root,
                    const struct drop_trace_wish *wish,
                    struct drop_trace_error *error);

/* Reads all counters. The rows live until the next read. Returns 0 or -errno.
 * Allocates nothing unless there are more rows than ever before. */
int drop_trace_read(struct drop_trace *trace, const struct drop_row **ret,
                    size_t *ret_count, struct drop_trace_gaps *ret_gaps);

const struct drop_trace_method *
drop_trace_method(const struct drop_trace *trace);
const struct drop_names *drop_trace_names(const struct drop_trace *trace);

/* Looks for names of subsystems' reasons in modules loaded since the last look.
 * Returns 0 or -errno; the names are then as they were. */
int drop_trace_learn_names(struct drop_trace *trace,
                           const struct sysroot *root);

/* The descriptor of the program, and its maps, for measurements. */
int drop_trace_program(const struct drop_trace *trace);
struct drop_maps *drop_trace_maps(struct drop_trace *trace);

/* Stops counting. Accepts NULL. */
void drop_trace_close(struct drop_trace *trace);

#endif
