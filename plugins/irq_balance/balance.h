/* SPDX-License-Identifier: MIT */
/* How evenly work is spread over CPUs. Pure arithmetic, without allocation. */
#ifndef BALANCE_H
#define BALANCE_H

#include <stddef.h>
#include <stdint.h>

struct cpulist;

#define BALANCE_NO_CPU UINT32_MAX

/* Of a total of 0 there are no shares: busiest_cpu is then BALANCE_NO_CPU and
 * all that is made of shares is NAN. */
struct balance {
  double total;          /* of all CPUs, whether allowed or not */
  uint32_t busiest_cpu;  /* the lowest of several that are equal */
  double busiest_share;  /* its part of the total, 0 to 1 */
  double fair_share;     /* what each would have: 1 / min(queues, allowed CPUs);
                            NAN if no CPU is there */
  double imbalance;      /* busiest share / fair share: 1 is even, and less is
                            possible where more CPUs work than are allowed */
  double effective_cpus; /* 1 / sum of squared shares: as many equally busy CPUs
                            would be as uneven; 1 to the number of CPUs */
  double remote_share; /* on CPUs that are not local; NAN if local is not known
                        */
};

/* gains is how much each CPU did in an interval, in any unit; what is negative
 * or not finite counts as 0. cpus are their numbers, each once (NULL: 0, 1,
 * 2...). allowed are the CPUs that may work (NULL or empty: all of cpus); those
 * that are offline must not be among them. queues is how many can be served at
 * the same time (0: not known, or no limit). local are the CPUs of the device's
 * NUMA node (NULL or empty: not known). */
struct balance balance_of(const uint32_t *cpus, const double *gains,
                          size_t count, const struct cpulist *allowed,
                          size_t queues, const struct cpulist *local);

#endif
