/* SPDX-License-Identifier: MIT */
/* A part of the dropped packets, such as those of one network namespace, summed
 * by reason and by class. */
#ifndef DROP_SHARE_H
#define DROP_SHARE_H

#include "drop_counts.h"

/* One reason's part. */
struct drop_portion {
  uint64_t count;
  uint64_t gained; /* in the last read */
};

/* All zero is empty. */
struct drop_share {
  struct drop_portion *portions; /* by the number of the reason */
  size_t count;
  struct drop_portion classes[DROP_CLASSES];
};

/* Begins a read. */
void drop_share_begin(struct drop_share *share);

/* Adds packets of the last read. Returns 0 or -ENOMEM. Allocates nothing for
 * reasons that the share has had before. */
int drop_share_add(struct drop_share *share, const struct drop_reason *reason,
                   uint64_t gained);

/* The part of a reason; all zero if there is none. */
struct drop_portion drop_share_of(const struct drop_share *share,
                                  const struct drop_reason *reason);

/* Frees the memory; the share is empty then. */
void drop_share_free(struct drop_share *share);

#endif
