/* SPDX-License-Identifier: MIT */
/* The list of interfaces, and a device for each. */
#ifndef IRQ_LINKS_H
#define IRQ_LINKS_H

#include "irq_balance.h"

/* Reads the list if it may have changed, or if so many packets come that their
 * number for each interface matters. Makes devices for new interfaces and
 * forgets those that are gone. Returns 0 or -errno. */
int irq_links_read(struct irq_balance *state, struct report *report);

/* Forgets all devices. */
void irq_links_free(struct irq_balance *state);

#endif
