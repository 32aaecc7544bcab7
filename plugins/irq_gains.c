/* SPDX-License-Identifier: MIT */
#include "irq_gains.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "counter.h"

static int make_room(struct irq_gains *gains, size_t count) {
  if (count <= gains->room)
    return 0;
  double *grown = realloc(gains->gains, count * sizeof(*grown));
  if (grown == NULL)
    return -ENOMEM;
  gains->gains = grown;
  gains->room = count;
  return 0;
}

static double gain_of(uint32_t before, uint32_t now, double elapsed) {
  struct counter counter = {.raw = before, .started = true};
  uint64_t gain;
  if (counter_update(&counter, 32, now, elapsed, &gain) != COUNTER_GAINED)
    return NAN;
  return (double)gain;
}

/* The gains of a row; both tables list CPUs in ascending order. */
static void compare_row(const struct irq_table *last, size_t last_row,
                        const struct irq_table *table, size_t row,
                        double elapsed, double *gains) {
  const uint32_t *before = irq_table_counts(last, last_row);
  const uint32_t *now = irq_table_counts(table, row);
  size_t j = 0;
  for (size_t i = 0; i < table->columns; i++) {
    while (j < last->columns && last->cpus[j] < table->cpus[i])
      j++;
    bool was_there = j < last->columns && last->cpus[j] == table->cpus[i];
    gains[i] = was_there ? gain_of(before[j], now[i], elapsed) : NAN;
  }
}

static int copy(struct irq_table *to, const struct irq_table *from) {
  irq_table_clear(to);
  for (size_t i = 0; i < from->columns; i++) {
    int r = irq_table_add_cpu(to, from->cpus[i]);
    if (r < 0)
      return r;
  }
  int r = irq_table_reserve(to, from->rows);
  if (r < 0)
    return r;
  if (from->rows == 0)
    return 0;
  memcpy(to->numbers, from->numbers, from->rows * sizeof(*to->numbers));
  memcpy(to->counts, from->counts,
         from->rows * from->columns * sizeof(*to->counts));
  to->rows = from->rows;
  return 0;
}

int irq_gains_update(struct irq_gains *gains, const struct irq_table *table,
                     double elapsed) {
  int r = make_room(gains, table->rows * table->columns + 1);
  size_t j = 0;
  for (size_t i = 0; i < table->rows && r == 0; i++) {
    double *row = gains->gains + i * table->columns;
    while (j < gains->last.rows && gains->last.numbers[j] < table->numbers[i])
      j++;
    if (j < gains->last.rows && gains->last.numbers[j] == table->numbers[i])
      compare_row(&gains->last, j, table, i, elapsed, row);
    else
      for (size_t k = 0; k < table->columns; k++)
        row[k] = NAN;
  }
  if (r == 0)
    r = copy(&gains->last, table);
  if (r < 0)
    irq_table_clear(&gains->last);
  return r;
}

const double *irq_gains_of(const struct irq_gains *gains, uint32_t number) {
  ptrdiff_t row = irq_table_find(&gains->last, number);
  return row < 0 ? NULL : gains->gains + (size_t)row * gains->last.columns;
}

void irq_gains_free(struct irq_gains *gains) {
  irq_table_free(&gains->last);
  free(gains->gains);
  *gains = (struct irq_gains){0};
}
