/* SPDX-License-Identifier: MIT */
#include "cpu_gains.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "array.h"

void cpu_gains_begin(struct cpu_gains *gains) {
  gains->has_begun = gains->has_begun || gains->count > 0;
  gains->count = 0;
  gains->is_known = false;
  gains->elapsed = INFINITY;
}

/* Makes a counter for each CPU up to this one. */
static int make_counters(struct cpu_gains *gains, uint32_t cpu) {
  while (gains->counter_count <= cpu) {
    struct cpu_gains_counter *counters =
        array_room(gains->counters, &gains->counters_room, gains->counter_count,
                   sizeof(*counters));
    if (counters == NULL)
      return -ENOMEM;
    gains->counters = counters;
    counters[gains->counter_count++] = (struct cpu_gains_counter){.time = 0};
  }
  return 0;
}

static int make_room(struct cpu_gains *gains) {
  uint32_t *cpus =
      array_room(gains->cpus, &gains->cpus_room, gains->count, sizeof(*cpus));
  if (cpus == NULL)
    return -ENOMEM;
  gains->cpus = cpus;
  double *each =
      array_room(gains->gains, &gains->gains_room, gains->count, sizeof(*each));
  if (each == NULL)
    return -ENOMEM;
  gains->gains = each;
  return 0;
}

int cpu_gains_add(struct cpu_gains *gains, uint32_t cpu, uint32_t raw,
                  double now) {
  int r = make_counters(gains, cpu);
  if (r == 0)
    r = make_room(gains);
  if (r < 0)
    return r;
  struct cpu_gains_counter *last = &gains->counters[cpu];
  double elapsed = last->counter.started ? now - last->time : 0;
  uint64_t gain;
  enum counter_step step =
      counter_update(&last->counter, 32, raw, elapsed, &gain);
  if (step == COUNTER_FIRST && gains->has_begun)
    last->counter.total = 0;
  if (step == COUNTER_GAINED) {
    gains->is_known = true;
    gains->elapsed = fmin(gains->elapsed, elapsed);
  }
  last->time = now;
  gains->cpus[gains->count] = cpu;
  gains->gains[gains->count++] = (double)gain;
  return 0;
}

uint64_t cpu_gains_total(const struct cpu_gains *gains) {
  uint64_t total = 0;
  for (size_t i = 0; i < gains->counter_count; i++)
    total += gains->counters[i].counter.total;
  return total;
}

void cpu_gains_free(struct cpu_gains *gains) {
  free(gains->counters);
  free(gains->cpus);
  free(gains->gains);
  *gains = (struct cpu_gains){0};
}
