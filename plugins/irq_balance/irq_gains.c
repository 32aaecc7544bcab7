/* SPDX-License-Identifier: MIT */
#include "irq_gains.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "counter.h"

static int make_room(double **array, size_t *room, size_t count) {
  while (*room < count) {
    double *grown = array_room(*array, room, *room, sizeof(*grown));
    if (grown == NULL)
      return -ENOMEM;
    *array = grown;
  }
  return 0;
}

/* Gives the next table the columns of both tables, in ascending order. */
static int unite_columns(struct irq_gains *gains,
                         const struct irq_table *table) {
  const struct irq_table *last = &gains->last;
  size_t i = 0, j = 0;
  int r = 0;
  irq_table_clear(&gains->next);
  while (r == 0 && (i < table->columns || j < last->columns)) {
    bool is_new = j == last->columns ||
                  (i < table->columns && table->cpus[i] < last->cpus[j]);
    uint32_t cpu = is_new ? table->cpus[i] : last->cpus[j];
    i += i < table->columns && table->cpus[i] == cpu;
    j += !is_new;
    r = irq_table_add_cpu(&gains->next, cpu);
  }
  gains->has_new_cpus = gains->next.columns > last->columns;
  return r;
}

static double gain_of(uint32_t before, uint32_t now, double elapsed) {
  if (now >= before)
    return now - before;
  struct counter counter = {.raw = before, .started = true};
  uint64_t gain;
  if (counter_update(&counter, 32, now, elapsed, &gain) != COUNTER_GAINED)
    return NAN;
  return (double)gain;
}

/* Adds a row whose columns are those of the table before. Most interrupts are
 * idle. */
static double add_same_columns(size_t columns, const uint32_t *counts,
                               const uint32_t *before, double elapsed,
                               uint32_t *to, double *gain) {
  double sum = 0;
  memcpy(to, counts, columns * sizeof(*to));
  if (memcmp(counts, before, columns * sizeof(*counts)) == 0) {
    memset(gain, 0, columns * sizeof(*gain));
    return 0;
  }
  for (size_t i = 0; i < columns; i++) {
    gain[i] = gain_of(before[i], counts[i], elapsed);
    if (!isnan(gain[i]))
      sum += gain[i];
  }
  return sum;
}

/* Adds a row of other columns. before are the counts of the table before; NULL:
 * the interrupt is new. */
static double add_columns(const struct irq_gains *gains,
                          const struct irq_table *table, const uint32_t *counts,
                          const uint32_t *before, uint32_t *to, double *gain) {
  const struct irq_table *next = &gains->next;
  const struct irq_table *last = &gains->last;
  double sum = NAN;
  size_t i = 0, j = 0;
  for (size_t k = 0; k < next->columns; k++) {
    bool is_present = i < table->columns && table->cpus[i] == next->cpus[k];
    bool was_present = j < last->columns && last->cpus[j] == next->cpus[k];
    uint32_t old = before != NULL && was_present ? before[j] : 0;
    to[k] = is_present ? counts[i] : old;
    gain[k] = before != NULL && was_present
                  ? gain_of(old, to[k], gains->elapsed)
                  : (double)NAN;
    if (!isnan(gain[k]))
      sum = isnan(sum) ? gain[k] : sum + gain[k];
    i += is_present;
    j += was_present;
  }
  return sum;
}

static void add_row(struct irq_gains *gains, const struct irq_table *table,
                    const uint32_t *counts, const uint32_t *before) {
  struct irq_table *next = &gains->next;
  uint32_t *to = next->counts + next->rows * next->columns;
  double *gain = gains->gains + next->rows * next->columns;
  bool are_same = table->columns == next->columns &&
                  gains->last.columns == next->columns && before != NULL;
  gains->sums[next->rows] =
      are_same ? add_same_columns(next->columns, counts, before, gains->elapsed,
                                  to, gain)
               : add_columns(gains, table, counts, before, to, gain);
}

static void add_rows(struct irq_gains *gains, const struct irq_table *table) {
  const struct irq_table *last = &gains->last;
  struct irq_table *next = &gains->next;
  size_t j = 0;
  for (size_t i = 0; i < table->rows; i++) {
    while (j < last->rows && last->numbers[j] < table->numbers[i])
      j++;
    bool was_present = j < last->rows && last->numbers[j] == table->numbers[i];
    add_row(gains, table, irq_table_counts(table, i),
            was_present ? irq_table_counts(last, j) : NULL);
    next->numbers[next->rows++] = table->numbers[i];
  }
}

int irq_gains_update(struct irq_gains *gains, const struct irq_table *table,
                     double now) {
  int r = unite_columns(gains, table);
  if (r == 0)
    r = irq_table_reserve(&gains->next, table->rows);
  if (r == 0)
    r = make_room(&gains->gains, &gains->room,
                  table->rows * gains->next.columns + 1);
  if (r == 0)
    r = make_room(&gains->sums, &gains->sums_room, table->rows + 1);
  if (r < 0) {
    irq_table_clear(&gains->last);
    return r;
  }
  gains->elapsed = gains->last.columns > 0 ? now - gains->time : (double)NAN;
  gains->time = now;
  add_rows(gains, table);
  struct irq_table last = gains->last;
  gains->last = gains->next;
  gains->next = last;
  return 0;
}

const double *irq_gains_of(const struct irq_gains *gains, uint32_t number,
                           double *ret_sum) {
  ptrdiff_t row = irq_table_find(&gains->last, number);
  if (row < 0)
    return NULL;
  if (ret_sum != NULL)
    *ret_sum = gains->sums[row];
  return gains->gains + (size_t)row * gains->last.columns;
}

void irq_gains_free(struct irq_gains *gains) {
  irq_table_free(&gains->last);
  irq_table_free(&gains->next);
  free(gains->gains);
  free(gains->sums);
  *gains = (struct irq_gains){0};
}
