/* SPDX-License-Identifier: MIT */
/* What each interrupt gained on each CPU since the read before. Interrupts and
 * CPUs come and go between reads. */
#ifndef IRQ_GAINS_H
#define IRQ_GAINS_H

#include <stdbool.h>

#include "irq_table.h"

/* All zero knows nothing yet. */
struct irq_gains {
  struct irq_table last;
  double *gains; /* as last.counts; NAN: not known */
  size_t room;
};

/* Takes a table of the same host. What was not in the one before, or went back
 * by more than a wrap can explain, has no gain. elapsed is in seconds. Returns
 * 0 or -ENOMEM; nothing has a gain then. */
int irq_gains_update(struct irq_gains *gains, const struct irq_table *table,
                     double elapsed);

/* The gains of an interrupt, one for each column of last; NULL: there is no
 * such row. */
const double *irq_gains_of(const struct irq_gains *gains, uint32_t number);

void irq_gains_free(struct irq_gains *gains);

#endif
