/* SPDX-License-Identifier: MIT */
/* Which interrupts belong to which interface, and which CPUs they may go to. */
#ifndef IRQ_LOOK_H
#define IRQ_LOOK_H

#include "irq_state.h"

/* Finds out again if interfaces or CPUs came or went, and once a minute,
 * because interrupts move too. */
void irq_look(struct irq_state *state);

#endif
