/* SPDX-License-Identifier: MIT */
/* What netlink reports of an interrupt's queues (netdev_napi.h). */
#ifndef IRQ_NAPI_H
#define IRQ_NAPI_H

#include <stdbool.h>

#include "irq_name.h"
#include "netdev_napi.h"

/* Returns the queues that a NAPI instance polls. */
struct irq_meaning irq_napi_meaning(const struct netdev_napi_one *one);

/* Adds the queues of another NAPI instance with the same interrupt. */
void irq_napi_unite(struct irq_meaning *meaning, struct irq_meaning other);

/* Returns true if napi (may be NULL) has the interrupt for other interfaces and
 * not for the one with this index. */
bool irq_napi_is_of_another(const struct netdev_napi *napi, uint32_t number,
                            uint32_t index);

#endif
