/* SPDX-License-Identifier: MIT */
/* How often interrupts came to each CPU: rows of interrupts, columns of CPUs.
 * Both ways of reading them (interrupts.h, irq_counts.h) fill such a table. */
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
  uint32_t *counts; /* rows x columns; 32 bits wide in the kernel, and wrap */

  /* The rest is the table's own. */
  size_t cpu_room, row_room, count_room;
};

/* The counts of a row, one for each column. */
static inline const uint32_t *irq_table_counts(const struct irq_table *table,
                                               size_t row) {
  return table->counts + row * table->columns;
}

/* The row of an interrupt, or -1. */
ptrdiff_t irq_table_find(const struct irq_table *table, uint32_t number);

/* Appends the CPU of one more column, which must be above the last one; the
 * table has no rows yet. Returns 0, -ENOMEM, or -EBADMSG. */
int irq_table_add_cpu(struct irq_table *table, uint32_t cpu);

/* Makes room for so many rows of the columns that there are. Returns 0 or
 * -ENOMEM. */
int irq_table_reserve(struct irq_table *table, size_t rows);

/* Takes all rows and columns out and keeps the memory. */
void irq_table_clear(struct irq_table *table);
void irq_table_free(struct irq_table *table);

#endif
