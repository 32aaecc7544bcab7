/* SPDX-License-Identifier: MIT */
/* /proc/irq/N: the CPUs that an interrupt may go to, and does.
 * Source: kernel/irq/proc.c. */
#ifndef IRQ_AFFINITY_H
#define IRQ_AFFINITY_H

#include "cpulist.h"

struct sysroot;

/* All zero is the empty one; its sets keep their memory from read to read. */
struct irq_affinity {
  struct cpulist wanted;    /* smp_affinity_list */
  struct cpulist effective; /* effective_affinity_list: on x86 mostly one CPU.
                               Empty where the kernel does not tell (it does
                               since 4.15, on some architectures) */
  bool settable; /* by its mode, smp_affinity_list can be written. A managed
                    interrupt is not settable, but its mode may not say so */
  int node;      /* of memory; -1: none */
};

/* Returns 0, or -errno: -ENOENT where there is no such interrupt. affinity is
 * then empty. */
int irq_affinity_read(const struct sysroot *root, uint32_t number,
                      struct irq_affinity *affinity);

/* The CPUs that it goes to: effective, or where that is empty, wanted. */
static inline const struct cpulist *
irq_affinity_cpus(const struct irq_affinity *affinity) {
  return affinity->effective.count > 0 ? &affinity->effective
                                       : &affinity->wanted;
}

void irq_affinity_free(struct irq_affinity *affinity);

#endif
