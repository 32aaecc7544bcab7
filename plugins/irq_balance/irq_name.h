/* SPDX-License-Identifier: MIT */
/* Names of interrupts' handlers. Each driver names its vectors in its own way:
 * "eth0-TxRx-3", "virtio2-input.0", "mlx5_comp3@pci:0000:3b:00.0". The names
 * are made when an interface is opened; if it is renamed later, they keep the
 * old name. */
#ifndef IRQ_NAME_H
#define IRQ_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "scan.h"

enum irq_role {
  IRQ_UNKNOWN, /* "eth0": if there are others, mostly the link's state;
                  otherwise everything */
  IRQ_QUEUE,   /* packets */
  IRQ_OTHER,   /* configuration, mailbox, events, errors */
};

enum irq_direction {
  IRQ_BOTH, /* or unknown */
  IRQ_RX,
  IRQ_TX,
};

#define IRQ_NO_QUEUE UINT32_MAX

struct irq_meaning {
  enum irq_role role;
  enum irq_direction direction;
  uint32_t queue; /* the driver's number, or IRQ_NO_QUEUE */
};

/* Names of an adapter that may be part of its vectors' names. Each may be NULL
 * or empty. */
struct irq_name_owner {
  const char *interface; /* "eth0" */
  const char *device;    /* "virtio2" */
  const char *bus;       /* the PCI function: "0000:3b:00.0" */
};

/* Returns true if name contains one of the owner's names, between separators.
 */
bool irq_name_is_of(const char *name, const struct irq_name_owner *owner);

/* Chooses one of the names of an interrupt's handlers, which are separated by
 * commas: the first that contains a name of the owner, or else the first.
 * Writes it printable and cut to fit; "" if there is none. Returns true if it
 * contains a name of the owner. */
bool irq_name_choose(struct scan names, const struct irq_name_owner *owner,
                     char *ret, size_t size);

/* Parses one name of a handler. Words that no driver in the table uses are
 * skipped. */
struct irq_meaning irq_name_meaning(const char *name,
                                    const struct irq_name_owner *owner);

#endif
