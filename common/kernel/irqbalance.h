/* SPDX-License-Identifier: MIT */
/* Whether the daemon irqbalance runs, which moves interrupts between CPUs. */
#ifndef IRQBALANCE_H
#define IRQBALANCE_H

struct sysroot;

/* Reads the names of all processes that this /proc shows: not for every read.
 * Returns 1 if one is irqbalance; 0 if none is; -ENODATA if none is and other
 * processes are hidden, by hidepid or in a PID namespace; or another -errno. */
int irqbalance_runs(const struct sysroot *root);

#endif
