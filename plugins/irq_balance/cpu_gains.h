/* SPDX-License-Identifier: MIT */
/* Gains of a 32-bit counter on each CPU, from read to read. The counter of a
 * CPU that was offline goes on from its last reading. */
#ifndef CPU_GAINS_H
#define CPU_GAINS_H

#include "counter.h"

#include <stddef.h>

/* The last reading of one CPU. */
struct cpu_gains_counter {
  struct counter counter;
  double time; /* seconds */
};

/* All zero: there was no read yet. */
struct cpu_gains {
  /* The CPUs of this read. */
  uint32_t *cpus;
  double *gains; /* 0 if it is not known */
  size_t count;
  bool is_known;  /* at least one gain is known */
  double elapsed; /* seconds; the shortest of all known gains */

  /* Private. */
  struct cpu_gains_counter *counters; /* by CPU */
  size_t counter_count;
  size_t counters_room, cpus_room, gains_room;
  bool has_begun; /* this is not the first read */
};

/* Begins a read. */
void cpu_gains_begin(struct cpu_gains *gains);

/* Adds one CPU's number at the time now, in seconds. Returns 0 or -ENOMEM. */
int cpu_gains_add(struct cpu_gains *gains, uint32_t cpu, uint32_t raw,
                  double now);

/* Returns the sum over all CPUs, offline ones included. A CPU that first
 * appears after the first read adds only what it gains from then on. */
uint64_t cpu_gains_total(const struct cpu_gains *gains);

void cpu_gains_free(struct cpu_gains *gains);

#endif
