/* SPDX-License-Identifier: MIT */
/* One interface: its interrupts, the CPUs that they may go to, and where they
 * went in an interval. */
#ifndef IRQ_DEVICE_H
#define IRQ_DEVICE_H

#include <net/if.h>

#include "balance.h"
#include "hash.h"
#include "irq_affinity.h"
#include "irq_gains.h"
#include "link_stats.h"
#include "net_steering.h"
#include "nic_irqs.h"

/* What became of the interrupts in one interval. */
struct irq_spread {
  bool is_known;          /* there was a read before this one */
  double rate;            /* interrupts per second */
  struct balance balance; /* of its queues' */
  unsigned busy_queues;   /* that had at least a tenth of a fair share */
  double largest_share;   /* of the busiest queue */
};

struct irq_device {
  UT_hash_handle hh; /* by index */
  uint32_t index;
  char name[IFNAMSIZ];
  bool is_wanted;
  bool is_replaced; /* what was counted until now is of other interrupts */
  bool hinted;      /* that one queue is all it has */
  uint64_t seen;    /* the number of the read that saw it last */

  struct nic_irqs irqs;
  struct irq_affinity affinity; /* of one interrupt at a time */
  struct net_steering steering;
  bool receives;          /* some queue's interrupt is for receiving */
  size_t queues;          /* that have an interrupt */
  struct cpulist allowed; /* online CPUs to which these may go */
  struct cpulist vectors; /* and do */
  bool settable;          /* by its mode, each can be moved */

  /* Packets received. */
  uint64_t packets;
  double counted;     /* when that was; NAN: it was not */
  double packet_rate; /* per second; NAN: not known */

  size_t rows; /* interrupts that were there */
  struct irq_spread spread;
  bool is_doubtful; /* what came does not fit to vectors */
};

/* Returns NULL when there is no memory. */
struct irq_device *irq_device_new(const struct link_stats_one *link);
void irq_device_free(struct irq_device *device);

/* Finds out how the interface is set up; its interrupts are known already. */
void irq_device_look(struct irq_device *device, const struct sysroot *root,
                     const struct cpulist *online);

/* Notes how many packets it has received by now, in seconds. */
void irq_device_count(struct irq_device *device,
                      const struct link_stats_one *link, double now);

/* Works out the spread. scratch has room for a number for each column. */
void irq_device_spread(struct irq_device *device, const struct irq_gains *gains,
                       double *scratch);

/* Whether the busiest CPU's work is that of several queues, so that it could
 * share it. One flow is one queue's. */
bool irq_device_can_spread(const struct irq_device *device);

/* Whether an interrupt carries what the spread is about: packets that are
 * received, or sent where none are. */
bool irq_device_works(const struct irq_device *device,
                      const struct nic_irq *irq);

/* The sum of an interrupt's counts, or of all of the interface's, as 32 bits
 * that wrap. */
uint32_t irq_device_sum(const struct irq_device *device,
                        const struct irq_table *table);

#endif
