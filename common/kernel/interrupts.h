/* SPDX-License-Identifier: MIT */
/* /proc/interrupts: how often each interrupt came to each CPU. Its size, and
 * the time to read it, grow with CPUs times interrupts; irq_counts.h is cheaper
 * if the kernel has its files. Source: kernel/irq/proc.c, show_interrupts();
 * arch/.../kernel/irq.c. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include "irq_table.h"
#include "scan.h"
#include "sysroot.h"

struct interrupts {
  struct irq_table table; /* columns: the CPUs that are online */
  size_t misfits; /* wanted rows left out because their columns did not match
                     the header at any attempt: a CPU came or went between two
                     pieces of the text */

  /* Private to the reader. */
  struct irq_table next;
  struct sysroot_file file;
  size_t parsed; /* bytes of the text up to the last wanted row */
};

#define INTERRUPTS_INIT                                                        \
  (struct interrupts) { .file = {.path = "proc/interrupts"}, }

/* Reads the rows of the given interrupts, reusing memory and the open file. The
 * numbers must be strictly ascending. An interrupt without a row is not in the
 * table; of two rows the first counts. Rows without a number ("LOC:", "ERR:",
 * "IPI0:") are skipped. If a row does not match the header, the file is read
 * again, three times in all. If the last read found all rows, reads little more
 * than up to the last one.
 * Returns 0; -ENOENT if there is no such file; -EBADMSG for a text without a
 * header, with error filled (may be NULL); or another -errno. table and misfits
 * are then unchanged. */
int interrupts_read(const struct sysroot *root, struct interrupts *interrupts,
                    const uint32_t *numbers, size_t count,
                    struct scan_error *error);

/* Parses a text in memory. A row that does not match the header is left out and
 * counted in misfits. Returns 0, -ENOMEM or -EBADMSG. */
int interrupts_parse(struct scan text, struct interrupts *interrupts,
                     const uint32_t *numbers, size_t count,
                     struct scan_error *error);

/* Reads the whole file and passes the names of each numbered interrupt's
 * handlers to take(): one, several separated by ", ", or none (only kernels up
 * to 6.10 print such rows). Costs a whole read: not for every read. names
 * points into the reader's memory. The table stays as it is. Returns 0; the
 * first -errno of take(), which ends the read; or as interrupts_read(). */
int interrupts_names(const struct sysroot *root, struct interrupts *interrupts,
                     int (*take)(uint32_t number, struct scan names,
                                 void *data),
                     void *data);

/* Parses a text in memory. Returns 0 or the -errno of take(). */
int interrupts_parse_names(struct scan text,
                           int (*take)(uint32_t number, struct scan names,
                                       void *data),
                           void *data);

/* Frees the memory and closes the file. It can be read again. */
void interrupts_free(struct interrupts *interrupts);

#endif
