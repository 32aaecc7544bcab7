/* SPDX-License-Identifier: MIT */
#include "balance.h"

#include <math.h>

#include "cpulist.h"

static double gain_of(double gain) {
  return isfinite(gain) && gain > 0 ? gain : 0;
}

static uint32_t cpu_of(const uint32_t *cpus, size_t i) {
  return cpus != NULL ? cpus[i] : (uint32_t)i;
}

static double fair_share(size_t count, const struct cpulist *allowed,
                         size_t queues) {
  size_t workers = count;
  if (allowed != NULL && allowed->count > 0)
    workers = allowed->count;
  if (queues > 0 && queues < workers)
    workers = queues;
  return workers > 0 ? 1.0 / (double)workers : (double)NAN;
}

struct balance balance_of(const uint32_t *cpus, const double *gains,
                          size_t count, const struct cpulist *allowed,
                          size_t queues, const struct cpulist *local) {
  struct balance balance = {
      .busiest_cpu = BALANCE_NO_CPU,
      .busiest_share = (double)NAN,
      .fair_share = fair_share(count, allowed, queues),
      .imbalance = (double)NAN,
      .effective_cpus = (double)NAN,
      .remote_share = (double)NAN,
  };
  /* Divides by the largest gain, so that no sum or square overflows. */
  double most = 0;
  for (size_t i = 0; i < count; i++) {
    double gain = gain_of(gains[i]);
    uint32_t cpu = cpu_of(cpus, i);
    if (gain > most ||
        (gain == most && gain > 0 && cpu < balance.busiest_cpu)) {
      most = gain;
      balance.busiest_cpu = cpu;
    }
  }
  if (most <= 0)
    return balance;

  bool knows_local = local != NULL && local->count > 0;
  double sum = 0, squares = 0, remote = 0;
  for (size_t i = 0; i < count; i++) {
    double part = gain_of(gains[i]) / most;
    sum += part;
    squares += part * part;
    if (knows_local && !cpulist_has(local, cpu_of(cpus, i)))
      remote += part;
  }
  balance.total = sum * most;
  balance.busiest_share = 1 / sum;
  balance.imbalance = balance.busiest_share / balance.fair_share;
  balance.effective_cpus = sum * sum / squares;
  if (knows_local)
    balance.remote_share = remote / sum;
  return balance;
}
