/* SPDX-License-Identifier: MIT */
/* Gains of each interrupt on each CPU, from read to read. Interrupts and CPUs
 * come and go between reads. */
#ifndef IRQ_GAINS_H
#define IRQ_GAINS_H

#include <stdbool.h>

#include "irq_table.h"

/* All zero: there was no read yet. */
struct irq_gains {
  struct irq_table last; /* the newest table; it keeps the columns of CPUs that
                            have gone, with their last counts */
  double *gains;         /* like last.counts; NAN: not known */
  double *sums;          /* of each row's gains; NAN: none is known */
  double elapsed;        /* seconds since the table before; NAN: there was none
                          */
  bool has_new_cpus;     /* the table before lacks one of the columns */

  /* Private. */
  size_t room;      /* of gains */
  size_t sums_room; /* of sums */
  double time;      /* of the newest table */
  struct irq_table next;
};

/* Takes a table of the same host at the time now, in seconds. An interrupt that
 * the table before lacks, or whose count went back by more than a wrap
 * explains, has no gain; a CPU that is missing gains nothing. Returns 0 or
 * -ENOMEM; nothing has a gain then. */
int irq_gains_update(struct irq_gains *gains, const struct irq_table *table,
                     double now);

/* Returns the gains of an interrupt, one for each column of last, or NULL if it
 * has no row. Sets *ret_sum, unless that is NULL, to their sum. */
const double *irq_gains_of(const struct irq_gains *gains, uint32_t number,
                           double *ret_sum);

void irq_gains_free(struct irq_gains *gains);

#endif
