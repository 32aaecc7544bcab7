/* SPDX-License-Identifier: MIT */
/* Whether the program irqbalance is there to move interrupts. */
#ifndef IRQBALANCE_H
#define IRQBALANCE_H

struct sysroot;

/* Looks at the names of all processes that this /proc shows, so ask seldom.
 * Returns 1 if one is irqbalance, 0 if none is, or -errno. Inside a container
 * with processes of its own, the host's are not seen. */
int irqbalance_runs(const struct sysroot *root);

#endif
