/* SPDX-License-Identifier: MIT */
/* Other interfaces of the same device, such as the ports of one PCI function.
 * Source: /sys/class/net/X/device/net. */
#ifndef IRQ_NEIGHBOURS_H
#define IRQ_NEIGHBOURS_H

#include <net/if.h>
#include <stdbool.h>

#include "net_device.h"
#include "sysroot.h"

/* All zero: there are none. */
struct irq_neighbours {
  char (*names)[IFNAMSIZ];
  size_t count, room;
};

/* Adds all interfaces of the device except this one. Returns 0, also if the
 * kernel does not list them, or -errno. */
int irq_neighbours_read(const struct sysroot *root,
                        const struct net_device *device, const char *interface,
                        struct irq_neighbours *neighbours);

/* Returns true if an interrupt's name contains the name of one of them. */
bool irq_neighbours_own(const struct irq_neighbours *neighbours,
                        const char *name);

void irq_neighbours_free(struct irq_neighbours *neighbours);

#endif
