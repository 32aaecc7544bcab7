/* SPDX-License-Identifier: MIT */
/* How often each interrupt came to each CPU: a row for each interrupt, a column
 * for each CPU. interrupts.h and irq_counts.h fill it. */
#ifndef IRQ_TABLE_H
#define IRQ_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* All zero is the empty table. */
struct irq_table {
  uint32_t *cpus; /* the CPU of each column, ascending */
  size_t columns;
  uint32_t *numbers; /* the interrupt of each row, ascending */
  size_t rows;
  uint32_t *counts; /* rows x columns; they wrap at 32 bits */

  /* Private. */
  size_t cpu_room, row_room, count_room;
};

/* Returns the counts of a row, one for each column. */
static inline const uint32_t *irq_table_counts(const struct irq_table *table,
                                               size_t row) {
  return table->counts + row * table->columns;
}

/* Returns the row of an interrupt, or -1. */
ptrdiff_t irq_table_find(const struct irq_table *table, uint32_t number);

/* Returns the sum of an interrupt's counts, modulo 2^32; 0 without a row. */
uint32_t irq_table_sum(const struct irq_table *table, uint32_t number);

/* Appends a column to a table that has no rows. Returns 0, -ENOMEM, or -EBADMSG
 * unless the CPU is above that of the last column. */
int irq_table_add_cpu(struct irq_table *table, uint32_t cpu);

/* Makes room for this many rows of the present columns. Returns 0 or -ENOMEM.
 */
int irq_table_reserve(struct irq_table *table, size_t rows);

/* Removes all rows and columns and keeps the memory. */
void irq_table_clear(struct irq_table *table);
void irq_table_free(struct irq_table *table);

#endif
