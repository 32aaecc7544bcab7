/* SPDX-License-Identifier: MIT */
/* How evenly work is spread over CPUs. */
#ifndef BALANCE_H
#define BALANCE_H

#include <stddef.h>
#include <stdint.h>

struct cpulist;

#define BALANCE_NO_CPU UINT32_MAX

/* If the total is 0, busiest_cpu is BALANCE_NO_CPU and every share is NAN. */
struct balance {
  double total;          /* of all CPUs, allowed or not */
  uint32_t busiest_cpu;  /* the lowest of several equally busy ones */
  double busiest_share;  /* 0 to 1 */
  double fair_share;     /* 1 / the smaller number of queues and allowed CPUs;
                            NAN if there is no CPU */
  double imbalance;      /* busiest_share / fair_share. 1 is even; less than 1:
                            CPUs work that are not allowed */
  double effective_cpus; /* how many equally busy CPUs would be as uneven:
                            1 / the sum of squared shares */
  double remote_share;   /* on CPUs that are not local; NAN if local is not
                            known */
};

/* gains[i] is the work of cpus[i] in an interval, in any unit; negative and
 * infinite numbers count as 0. cpus has no CPU twice; NULL: 0, 1, 2 ... allowed
 * are the online CPUs that may work; NULL or empty: all of cpus. queues is how
 * many can be served at a time; 0: not known. local are the CPUs of the
 * device's NUMA node; NULL or empty: not known. Allocates nothing. */
struct balance balance_of(const uint32_t *cpus, const double *gains,
                          size_t count, const struct cpulist *allowed,
                          size_t queues, const struct cpulist *local);

#endif
