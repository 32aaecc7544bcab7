/* SPDX-License-Identifier: MIT */
/* /sys/kernel/irq/N/per_cpu_count: how often one interrupt came to each CPU
 * (Linux 4.9, with CONFIG_SPARSE_IRQ; readable by all). Costs as much as the
 * interrupts that are asked for, however many the host has.
 * Source: kernel/irq/irqdesc.c, per_cpu_count_show(). */
#ifndef IRQ_COUNTS_H
#define IRQ_COUNTS_H

#include <stdbool.h>

#include "irq_table.h"
#include "scan.h"
#include "sysroot.h"

/* So many files are kept open; further ones are opened at each read. */
#define IRQ_COUNTS_OPEN 128

/* The file of one interrupt. */
struct irq_counts_file {
  uint32_t number;
  int fd;
};

struct irq_counts {
  struct irq_table table; /* columns: all CPUs that are possible, also those
                             that are offline or never were there */

  /* The rest is the reader's own. */
  struct irq_table next;
  struct irq_counts_file *files;
  size_t file_count;
  char *text;
};

/* Reads some interrupts, reusing its memory and its open files; those of
 * interrupts that are no longer asked for are closed. The numbers must be
 * ascending, each once. An interrupt that does not exist (any more) is not in
 * the table. One without a handler is, unlike in /proc/interrupts; and a number
 * that was given back can be another device's later, with counts from 0 on.
 * Returns 0; -ENOENT where the kernel has no such files; -EMSGSIZE where there
 * are so many CPUs that the kernel cuts their counts off (a page is all it
 * has): interrupts.h is then the way; -EBADMSG for counts that are none, or
 * are not as many as CPUs are possible; or another -errno. table is then
 * unchanged. */
int irq_counts_read(const struct sysroot *root, struct irq_counts *counts,
                    const uint32_t *numbers, size_t count);

/* Takes the text of one file, which must hold so many counts. Returns 0,
 * -EMSGSIZE or -EBADMSG; ret may then be filled in part. */
int irq_counts_parse(struct scan text, uint32_t *ret, size_t columns);

/* Reads the names of an interrupt's handlers, with commas between them (and
 * they can hold commas), cut to fit. Returns 0, or -errno: -ENOENT where there
 * is no such interrupt, or no such files. */
int irq_counts_actions(const struct sysroot *root, uint32_t number, char *ret,
                       size_t size);

/* Closes and frees all; it can be read again. */
void irq_counts_free(struct irq_counts *counts);

#endif
