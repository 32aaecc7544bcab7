/* SPDX-License-Identifier: MIT */
/* /proc/interrupts: how often each interrupt came to each CPU. Its size, and so
 * the time that it takes, grows with CPUs times interrupts: where the kernel
 * has irq_counts.h's files, those are the cheap way.
 * Source: kernel/irq/proc.c, show_interrupts(); arch/.../kernel/irq.c. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include "irq_table.h"
#include "scan.h"
#include "sysroot.h"

struct interrupts {
  struct irq_table table; /* columns: the CPUs that are online */
  size_t misfits; /* rows that were wanted, but did not fit the header at any
                     attempt: a CPU came or went between two pieces of the
                     text. They are not in the table */

  /* The rest is the reader's own. */
  struct irq_table next;
  struct sysroot_file file;
};

#define INTERRUPTS_INIT                                                        \
  (struct interrupts) { .file = {.path = "proc/interrupts"}, }

/* Reads the rows of some interrupts, reusing its memory and its open file. The
 * numbers must be ascending, each once. An interrupt that has no row is not in
 * the table; of one that has two, the first row counts. Rows that are no
 * numbered interrupts ("LOC:", "ERR:", "IPI0:") are passed over. A row with
 * other columns than the header has everything read again, three times in all.
 * Returns 0; -ENOENT where there is no such file; -EBADMSG for a text that does
 * not begin with a header, with error filled (may be NULL); or another -errno.
 * table and misfits are then unchanged. */
int interrupts_read(const struct sysroot *root, struct interrupts *interrupts,
                    const uint32_t *numbers, size_t count,
                    struct scan_error *error);

/* The same on text in memory. A row that does not fit is left out and counted.
 * Returns 0, -ENOMEM or -EBADMSG. */
int interrupts_parse(struct scan text, struct interrupts *interrupts,
                     const uint32_t *numbers, size_t count,
                     struct scan_error *error);

/* Reads the whole and tells the names of each numbered interrupt's handlers:
 * one, or several with ", " between them; empty where there is none (only
 * kernels up to 6.10 show such rows). This is for rare occasions. take returns
 * 0, or an -errno which ends this. names points into the reader's memory.
 * Returns 0, what take returned, or as interrupts_read(); the table is not
 * touched. */
int interrupts_names(const struct sysroot *root, struct interrupts *interrupts,
                     int (*take)(uint32_t number, struct scan names,
                                 void *data),
                     void *data);

/* The same on text in memory. */
int interrupts_parse_names(struct scan text,
                           int (*take)(uint32_t number, struct scan names,
                                       void *data),
                           void *data);

/* Frees what was read; it can be read again. */
void interrupts_free(struct interrupts *interrupts);

#endif
