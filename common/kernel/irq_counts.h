/* SPDX-License-Identifier: MIT */
/* /sys/kernel/irq/N/per_cpu_count: how often an interrupt came to each CPU
 * (Linux 4.9 with CONFIG_SPARSE_IRQ; readable by all). The cost depends on the
 * number of interrupts read, not on how many the host has. Source:
 * kernel/irq/irqdesc.c, per_cpu_count_show(). */
#ifndef IRQ_COUNTS_H
#define IRQ_COUNTS_H

#include <stdbool.h>

#include "irq_table.h"
#include "scan.h"
#include "sysroot.h"

/* How many files stay open; the others are opened at each read. */
#define IRQ_COUNTS_OPEN 128

/* The file of one interrupt. */
struct irq_counts_file {
  uint32_t number;
  bool is_open;
  int fd; /* while is_open */

  char *text;    /* from which the table's row was parsed */
  size_t length; /* of text; 0: there is none */
};

struct irq_counts {
  struct irq_table table; /* columns: all possible CPUs, including those that
                             are offline or absent */

  /* Private to the reader. */
  struct irq_table next;
  struct irq_counts_file *files;
  size_t file_count;
  char *text;
  int directory; /* of all interrupts, during a read */
  bool has_directory;
  bool can_stay_open; /* its files */
};

/* Reads the given interrupts, reusing memory and open files, and closes the
 * files of all others. The numbers must be strictly ascending. An interrupt
 * that does not exist is not in the table; one without a handler is, unlike in
 * /proc/interrupts. A freed number can later belong to another device, whose
 * counts begin at 0.
 * Returns 0; -ENOENT if the kernel has no such files; -EMSGSIZE if the counts
 * of all CPUs exceed a page, where the kernel cuts them off: use interrupts.h
 * then; -EBADMSG for malformed counts, or more or fewer than there are possible
 * CPUs; or another -errno. table is then unchanged. */
int irq_counts_read(const struct sysroot *root, struct irq_counts *counts,
                    const uint32_t *numbers, size_t count);

/* Parses the text of one file, which must hold columns counts. Returns 0,
 * -EMSGSIZE or -EBADMSG; ret may then be filled partly. */
int irq_counts_parse(struct scan text, uint32_t *ret, size_t columns);

/* The same if ret has the counts of an earlier text, which was well-formed and
 * as long: parses only the counts that differ. Between two reads, an interrupt
 * comes to few CPUs. */
int irq_counts_parse_changes(struct scan text, const char *before,
                             uint32_t *ret, size_t columns);

/* Reads the names of an interrupt's handlers, cut to fit. They are separated by
 * commas and may contain commas. Returns 0 or -errno: -ENOENT if there is no
 * such interrupt, or the kernel has no such files. */
int irq_counts_actions(const struct sysroot *root, uint32_t number, char *ret,
                       size_t size);

/* Frees the memory and closes the files. It can be read again. */
void irq_counts_free(struct irq_counts *counts);

#endif
