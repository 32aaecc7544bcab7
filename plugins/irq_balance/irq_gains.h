/* SPDX-License-Identifier: MIT */
/* What each interrupt gained on each CPU since the read before. Interrupts and
 * CPUs come and go between reads. */
#ifndef IRQ_GAINS_H
#define IRQ_GAINS_H

#include <stdbool.h>

#include "irq_table.h"

/* All zero knows nothing yet. */
struct irq_gains {
  struct irq_table last; /* the table that was taken last, with the columns of
                            CPUs that are missing in it as they were before */
  double *gains;         /* as last.counts; NAN: not known */
  size_t room;
  double time;       /* when it was taken, in seconds */
  double elapsed;    /* since the one before; NAN: there was none */
  bool has_new_cpus; /* it has columns that the one before had not */

  struct irq_table next; /* its own */
};

/* Takes a table of the same host at the time now, in seconds. What was not in
 * the one before, or went back by more than a wrap can explain, has no gain; a
 * CPU that is missing gains nothing. Returns 0 or -ENOMEM; nothing has a gain
 * then. */
int irq_gains_update(struct irq_gains *gains, const struct irq_table *table,
                     double now);

/* The gains of an interrupt, one for each column of last; NULL: there is no
 * such row. */
const double *irq_gains_of(const struct irq_gains *gains, uint32_t number);

void irq_gains_free(struct irq_gains *gains);

#endif
