/* SPDX-License-Identifier: MIT */
/* The interrupts of an interface, and the queues that they belong to. */
#ifndef NIC_IRQS_H
#define NIC_IRQS_H

#include <stddef.h>

#include "interrupts.h"
#include "irq_name.h"
#include "netdev_napi.h"

/* Why an interrupt counts as the interface's, best reason first. */
enum nic_irqs_source {
  NIC_IRQS_NAPI, /* netlink reports it for the interface's queues */
  NIC_IRQS_MSI,  /* it is a message interrupt of the device */
  NIC_IRQS_LINE, /* it is the device's line, which others may share */
  NIC_IRQS_NAME, /* its handler's name contains the interface's */
};

struct nic_irq {
  uint32_t number;
  enum nic_irqs_source source;
  struct irq_meaning meaning; /* its role is never IRQ_UNKNOWN */
  bool works;       /* carries received packets or, if none of the interface's
                       does, sent ones */
  bool is_shared;   /* other interfaces have its handler too: see
                       nic_irqs_merge.h */
  bool is_repeated; /* an interface before this one counts it */
  char name[48];    /* of its handler, printable, cut to fit; may be empty */
};

/* All zero is the empty list. */
struct nic_irqs {
  struct nic_irq *items; /* by number, ascending, each once */
  size_t count;
  size_t room;
};

/* Finds the interrupts of an interface that have a handler; with most drivers,
 * an interface that is down has none. napi is what netlink reports of all
 * interfaces, or NULL. interrupts is used to read names if there is no better
 * source; its table stays as it is.
 *
 * Several ports may share a PCI function. A vector whose name contains the name
 * of one port belongs to that port; if this interface's queues are named so,
 * queues with other names belong to other ports.
 *
 * If no vector's name indicates a queue, all that are not known to be for
 * something else count as queues'. If one does, a vector that is just named as
 * the interface does not.
 *
 * sysfs shows one network namespace. An interface that it does not show with
 * this index only has the interrupts that napi reports.
 *
 * Reads a few files for each interrupt: not for every read. Returns 0, also if
 * there are none; or -errno, and irqs is then empty. */
int nic_irqs_read(const struct sysroot *root, struct interrupts *interrupts,
                  const struct netdev_napi *napi, const char *interface,
                  uint32_t index, struct nic_irqs *irqs);

/* Returns how many vectors work. */
size_t nic_irqs_queues(const struct nic_irqs *irqs);

/* Returns the first one, or NULL. */
const struct nic_irq *nic_irqs_first_working(const struct nic_irqs *irqs);

void nic_irqs_free(struct nic_irqs *irqs);

#endif
