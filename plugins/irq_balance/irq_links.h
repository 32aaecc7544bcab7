/* SPDX-License-Identifier: MIT */
/* The interfaces, and how many packets each received. */
#ifndef IRQ_LINKS_H
#define IRQ_LINKS_H

#include "irq_state.h"

/* Reads the list of interfaces if it may have changed, or if so many packets
 * come that their number for each interface matters. Returns 0 or -errno. */
int irq_links_read(struct irq_state *state, struct report *report);

#endif
