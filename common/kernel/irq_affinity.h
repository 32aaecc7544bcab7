/* SPDX-License-Identifier: MIT */
/* /proc/irq/N: the CPUs that an interrupt may go to, and those it goes to.
 * Source: kernel/irq/proc.c. */
#ifndef IRQ_AFFINITY_H
#define IRQ_AFFINITY_H

#include "cpulist.h"

/* All zero is empty. The sets keep their memory from read to read. */
struct irq_affinity {
  struct cpulist wanted;    /* smp_affinity_list */
  struct cpulist effective; /* effective_affinity_list (Linux 4.15, on some
                               architectures): on x86 mostly one CPU. Empty if
                               the kernel does not report it */
  bool settable; /* the mode of smp_affinity_list allows writing. A managed
                    interrupt cannot be set even if its mode allows it */
};

/* Reads the files of an interrupt. Returns 0, or -errno: -ENOENT if there is no
 * such interrupt; affinity is then empty. */
int irq_affinity_read(const struct sysroot *root, uint32_t number,
                      struct irq_affinity *affinity);

/* Returns the CPUs that it goes to: effective, or wanted if that is empty. */
static inline const struct cpulist *
irq_affinity_cpus(const struct irq_affinity *affinity) {
  return affinity->effective.count > 0 ? &affinity->effective
                                       : &affinity->wanted;
}

void irq_affinity_free(struct irq_affinity *affinity);

#endif
