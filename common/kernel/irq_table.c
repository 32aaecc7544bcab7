/* SPDX-License-Identifier: MIT */
#include "irq_table.h"

#include <errno.h>
#include <stdlib.h>

ptrdiff_t irq_table_find(const struct irq_table *table, uint32_t number) {
  size_t low = 0, high = table->rows;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (table->numbers[middle] == number)
      return (ptrdiff_t)middle;
    if (table->numbers[middle] < number)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

uint32_t irq_table_sum(const struct irq_table *table, uint32_t number) {
  ptrdiff_t row = irq_table_find(table, number);
  if (row < 0)
    return 0;
  const uint32_t *counts = irq_table_counts(table, (size_t)row);
  size_t columns = table->columns, i = 0;
  /* Four sums at once do not wait for each other. */
  uint32_t sums[4] = {0};
  for (; columns - i >= 4; i += 4)
    for (size_t j = 0; j < 4; j++)
      sums[j] += counts[i + j];
  for (; i < columns; i++)
    sums[0] += counts[i];
  return sums[0] + sums[1] + sums[2] + sums[3];
}

static int grow(uint32_t **array, size_t *room, size_t wanted) {
  if (wanted <= *room)
    return 0;
  size_t new_room = *room + *room / 2 + 16;
  if (new_room < wanted)
    new_room = wanted;
  uint32_t *new_array = reallocarray(*array, new_room, sizeof(**array));
  if (new_array == NULL)
    return -ENOMEM;
  *array = new_array;
  *room = new_room;
  return 0;
}

int irq_table_add_cpu(struct irq_table *table, uint32_t cpu) {
  if (table->columns > 0 && cpu <= table->cpus[table->columns - 1])
    return -EBADMSG;
  int r = grow(&table->cpus, &table->cpu_room, table->columns + 1);
  if (r == 0)
    table->cpus[table->columns++] = cpu;
  return r;
}

int irq_table_reserve(struct irq_table *table, size_t rows) {
  if (table->columns > 0 && rows > SIZE_MAX / table->columns)
    return -ENOMEM;
  int r = grow(&table->numbers, &table->row_room, rows);
  if (r == 0)
    r = grow(&table->counts, &table->count_room, rows * table->columns);
  return r;
}

void irq_table_clear(struct irq_table *table) {
  table->columns = 0;
  table->rows = 0;
}

void irq_table_free(struct irq_table *table) {
  free(table->cpus);
  free(table->numbers);
  free(table->counts);
  *table = (struct irq_table){0};
}
