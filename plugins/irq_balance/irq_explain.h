/* SPDX-License-Identifier: MIT */
/* The explanation of an alert: the CPU, its interrupts, and who moves them. */
#ifndef IRQ_EXPLAIN_H
#define IRQ_EXPLAIN_H

#include "irq_state.h"

/* The layer's explain(); data is struct irq_state. */
void irq_explain(void *data, const struct report *report,
                 const struct alert *alert, struct explanation *explanation);

#endif
