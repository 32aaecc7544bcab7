/* SPDX-License-Identifier: MIT */
/* The running kernel's description of the tracepoint skb:kfree_skb: its
 * arguments or fields, and the names of the reasons. */
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

/* Reads the kernel's BTF, for a raw tracepoint. Returns 0, or -errno with the
 * reason as a clause; source is then empty. */
int drop_source_from_btf(struct drop_source *source, const struct sysroot *root,
                         char *reason, size_t size);

/* Reads tracefs, for a tracepoint. Returns as drop_source_from_btf(). */
int drop_source_from_tracefs(struct drop_source *source,
                             const struct sysroot *root, char *reason,
                             size_t size);

void drop_source_free(struct drop_source *source);

#endif
