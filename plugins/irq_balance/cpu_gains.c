/* SPDX-License-Identifier: MIT */
#include "cpu_gains.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void cpu_gains_begin(struct cpu_gains *gains) {
  gains->has_begun = gains->has_begun || gains->count > 0;
  gains->count = 0;
  gains->is_known = false;
  gains->elapsed = INFINITY;
}

static int grow(void *array, size_t count, size_t size) {
  void **memory = array;
  void *grown = realloc(*memory, count * size);
  if (grown == NULL)
    return -ENOMEM;
  *memory = grown;
  return 0;
}

static int make_room(struct cpu_gains *gains, uint32_t cpu) {
  if (cpu < gains->room)
    return 0;
  size_t room = (size_t)cpu + 1;
  if (grow(&gains->counters, room, sizeof(*gains->counters)) < 0 ||
      grow(&gains->times, room, sizeof(*gains->times)) < 0 ||
      grow(&gains->cpus, room, sizeof(*gains->cpus)) < 0 ||
      grow(&gains->gains, room, sizeof(*gains->gains)) < 0)
    return -ENOMEM;
  memset(gains->counters + gains->room, 0,
         (room - gains->room) * sizeof(*gains->counters));
  gains->room = room;
  return 0;
}

int cpu_gains_add(struct cpu_gains *gains, uint32_t cpu, uint32_t raw,
                  double now) {
  int r = make_room(gains, cpu);
  if (r < 0 || gains->count == gains->room)
    return r;
  struct counter *counter = &gains->counters[cpu];
  double elapsed = counter->started ? now - gains->times[cpu] : 0;
  uint64_t gain;
  enum counter_step step = counter_update(counter, 32, raw, elapsed, &gain);
  if (step == COUNTER_FIRST && gains->has_begun)
    counter->total = 0;
  if (step == COUNTER_GAINED) {
    gains->is_known = true;
    gains->elapsed = fmin(gains->elapsed, elapsed);
  }
  gains->times[cpu] = now;
  gains->cpus[gains->count] = cpu;
  gains->gains[gains->count++] = (double)gain;
  return 0;
}

uint64_t cpu_gains_total(const struct cpu_gains *gains) {
  uint64_t total = 0;
  for (size_t i = 0; i < gains->room; i++)
    total += gains->counters[i].total;
  return total;
}

void cpu_gains_free(struct cpu_gains *gains) {
  free(gains->counters);
  free(gains->times);
  free(gains->cpus);
  free(gains->gains);
  *gains = (struct cpu_gains){0};
}
