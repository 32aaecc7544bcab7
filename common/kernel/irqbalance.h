/* SPDX-License-Identifier: MIT */
/* Whether the daemon irqbalance runs, which moves interrupts between CPUs. */
#ifndef IRQBALANCE_H
#define IRQBALANCE_H

struct sysroot;

/* Reads the names of all processes that this /proc shows: not for every read.
 * Returns 1 if one is irqbalance, 0 if none is, or -errno. A container with a
 * PID namespace of its own does not show the host's processes. */
int irqbalance_runs(const struct sysroot *root);

#endif
