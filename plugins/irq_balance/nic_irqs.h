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
  bool shared;   /* another interface has it too: see nic_irqs_share() */
  bool repeated; /* and stands before this one, so that a sum of all interfaces
                    must not count it again */
  char name[48]; /* of its handler, printable, cut to fit; may be empty */
};

/* All zero is the empty list. */
struct nic_irqs {
  struct nic_irq *items; /* by number, ascending, each once */
  size_t count;
  size_t room;
};

/* Finds the interrupts of an interface. Only those that have a handler now are
 * told: an interface that is down has none with most drivers. napi is what the
 * kernel told of all interfaces, or NULL; interrupts serves to look at names
 * where nothing better is there, and its table is left alone. Where no vector's
 * name speaks of queues, all that are not known to be for something else are
 * taken for a queue's; where one does, a vector that has just the interface's
 * name is not.
 * sysfs shows one network namespace: for an interface that it does not show
 * with this index, napi is all that counts.
 * Not for the steady state: reads a few files for each interrupt. Returns 0,
 * also where none is found; or -errno, and irqs is then empty. */
int nic_irqs_read(const struct sysroot *root, struct interrupts *interrupts,
                  const struct netdev_napi *napi, const char *interface,
                  uint32_t index, struct nic_irqs *irqs);

/* Marks what is in several lists: ports of one PCI function have one pool of
 * vectors, devices can share a line. */
void nic_irqs_share(struct nic_irqs *const *lists, size_t count);

/* How many vectors are queues' that receive. Those of which all only transmit
 * are counted where no other is there. */
size_t nic_irqs_queues(const struct nic_irqs *irqs);

void nic_irqs_free(struct nic_irqs *irqs);

#endif
