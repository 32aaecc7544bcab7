/* SPDX-License-Identifier: MIT */
/* The values of an interface. */
#ifndef IRQ_REPORT_H
#define IRQ_REPORT_H

#include "irq_state.h"

/* Reports an interface by its spread in this interval. */
void irq_report_device(const struct irq_state *state, struct irq_device *device,
                       struct report *report);

#endif
