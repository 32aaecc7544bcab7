/* SPDX-License-Identifier: MIT */
/* How drops can be counted on the kernel that runs: where it says what the
 * tracepoint skb:kfree_skb is given, and what the reasons are called. For
 * drop_trace.c. */
#ifndef DROP_SOURCE_H
#define DROP_SOURCE_H

#include "drop_names.h"
#include "drop_program.h"

struct sysroot;

struct drop_source {
  struct drop_plan plan; /* without maps */
  struct drop_names names;
  uint32_t id; /* of the tracepoint: its number, or its typedef in BTF */
};

/* From the kernel's BTF, for a raw tracepoint. Returns 0, or -errno with the
 * reason in words (without memory of its own): source is then empty. */
int drop_source_from_btf(struct drop_source *source, const struct sysroot *root,
                         char *reason, size_t size);

/* From tracefs, for a tracepoint. */
int drop_source_from_tracefs(struct drop_source *source,
                             const struct sysroot *root, char *reason,
                             size_t size);

void drop_source_free(struct drop_source *source);

#endif
