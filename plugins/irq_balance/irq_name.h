/* SPDX-License-Identifier: MIT */
/* What the names of interrupts' handlers say: drivers name their vectors each
 * in a manner of its own ("eth0-TxRx-3", "virtio2-input.0",
 * "mlx5_comp3@pci:0000:3b:00.0"). Names are given when an interface is opened:
 * one that is renamed later keeps its old name in them. */
#ifndef IRQ_NAME_H
#define IRQ_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "scan.h"

enum irq_role {
  IRQ_UNKNOWN, /* "eth0": the only vector, or beside others what is no queue's,
                  such as the link's state */
  IRQ_QUEUE,   /* packets */
  IRQ_OTHER,   /* configuration, mailbox, events, errors */
};

enum irq_direction {
  IRQ_BOTH, /* or it cannot be told */
  IRQ_RX,
  IRQ_TX,
};

#define IRQ_NO_QUEUE UINT32_MAX

struct irq_meaning {
  enum irq_role role;
  enum irq_direction direction;
  uint32_t queue; /* the driver's number, or IRQ_NO_QUEUE */
};

/* The names of an adapter that can stand in those of its vectors. Each can be
 * NULL or empty. */
struct irq_name_owner {
  const char *interface; /* "eth0" */
  const char *device;    /* "virtio2" */
  const char *bus;       /* the PCI function: "0000:3b:00.0" */
};

/* True if one of the owner's names stands in name, between separators. */
bool irq_name_is_of(const char *name, const struct irq_name_owner *owner);

/* Chooses among the names of an interrupt's handlers, which have commas between
 * them: the first that is the owner's, else the first. Writes it, made
 * printable and cut to fit; empty where there is none. True if it is the
 * owner's. */
bool irq_name_choose(struct scan names, const struct irq_name_owner *owner,
                     char *ret, size_t size);

/* Understands one name of a handler, as far as that goes. */
struct irq_meaning irq_name_meaning(const char *name,
                                    const struct irq_name_owner *owner);

#endif
