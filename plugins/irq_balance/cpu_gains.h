/* SPDX-License-Identifier: MIT */
/* A 32-bit counter of each CPU: what it gained since the read before. A CPU
 * that was offline meanwhile goes on from where it was. */
#ifndef CPU_GAINS_H
#define CPU_GAINS_H

#include "counter.h"

#include <stddef.h>

/* All zero knows nothing yet. */
struct cpu_gains {
  struct counter *counters; /* by CPU */
  double *times;            /* of their last readings */
  size_t room;

  /* Of this read: */
  uint32_t *cpus;
  double *gains; /* 0 where it is not known */
  size_t count;
  bool is_known;  /* some gain is */
  double elapsed; /* seconds in which it was gained: the shortest time of a CPU
                     whose gain is known */

  bool has_begun; /* this is not the first read */
};

void cpu_gains_begin(struct cpu_gains *gains);

/* Takes one CPU's number at the time now, in seconds. Returns 0 or -ENOMEM. */
int cpu_gains_add(struct cpu_gains *gains, uint32_t cpu, uint32_t raw,
                  double now);

/* The sum of all CPUs, of those that are offline too. What a CPU had counted
 * before it came, later than the others, is not in it. */
uint64_t cpu_gains_total(const struct cpu_gains *gains);

void cpu_gains_free(struct cpu_gains *gains);

#endif
