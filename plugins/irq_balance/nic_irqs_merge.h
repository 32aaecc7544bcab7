/* SPDX-License-Identifier: MIT */
/* Interrupts of several interfaces, some of which they may share. */
#ifndef NIC_IRQS_MERGE_H
#define NIC_IRQS_MERGE_H

#include "nic_irqs.h"

/* Merges the numbers of all lists: ascending, each once; the caller frees *ret.
 * Marks the interrupts whose handler is in several lists, as with ports that
 * share a pool of vectors: the first list counts them. A later list has them
 * work only if none of its own works, so that either all of its working
 * interrupts are repeated or none. A line that calls a handler for each of its
 * interfaces is each one's own. Returns 0 or -ENOMEM; the lists are then
 * unchanged. */
int nic_irqs_merge(struct nic_irqs *const *lists, size_t count, uint32_t **ret,
                   size_t *ret_count);

#endif
