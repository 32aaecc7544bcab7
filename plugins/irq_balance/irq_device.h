/* SPDX-License-Identifier: MIT */
/* One interface: its interrupts, the CPUs that they may go to, and the CPUs
 * that they went to in an interval. */
#ifndef IRQ_DEVICE_H
#define IRQ_DEVICE_H

#include "balance.h"
#include "interface_table.h"
#include "irq_affinity.h"
#include "irq_gains.h"
#include "net_steering.h"
#include "nic_irqs.h"

/* Where the interrupts of one interval went. */
struct irq_spread {
  bool is_known;          /* at least one interrupt has a gain */
  double rate;            /* interrupts per second */
  struct balance balance; /* of those that carry packets */
  unsigned busy_queues;   /* with at least a tenth of a fair share */
  double largest_share;   /* of the busiest queue, 0 to 1 */
};

struct irq_device {
  struct interface_entry interface;
  bool needs_baseline;    /* its interrupts have changed, so that a sum of their
                             counts is no gain over the sum before */
  bool has_hinted;        /* the hint about a single queue is in the log */
  bool has_noted_sharing; /* the note about shared interrupts is in the log */

  struct nic_irqs irqs;
  struct nic_irqs irqs_before; /* of the look before */
  struct net_steering steering;
  size_t queues;            /* with an interrupt that works */
  bool shares_queues;       /* another interface has the same ones and is judged
                               by them */
  struct cpulist allowed;   /* online CPUs that the queues' interrupts may go
                               to */
  struct cpulist effective; /* online CPUs that they do go to */
  bool is_settable; /* all of them can be moved, by their files' modes */
  struct irq_affinity affinity; /* scratch: of one interrupt */

  uint64_t packets;    /* received */
  double packets_time; /* of that number; NAN: there is none */
  double packet_rate;  /* per second; NAN: not known */

  size_t rows; /* interrupts that the last table had */
  struct irq_spread spread;
  bool contradicts_affinity; /* interrupts went to other CPUs than effective */
};

/* For a struct interface_table whose entries are devices. */
void irq_device_init(struct interface_entry *entry);
void irq_device_clear(struct interface_entry *entry);

/* Returns the first wanted device of a table, and the next one; NULL: there is
 * none. */
struct irq_device *irq_device_first(const struct interface_table *table);
struct irq_device *irq_device_next(const struct irq_device *device);

/* Reads how the interface is set up; its interrupts are known already. */
void irq_device_look(struct irq_device *device, const struct sysroot *root,
                     const struct cpulist *online);

/* Takes the number of packets received, from a list that was read at the time
 * now, in seconds. */
void irq_device_count(struct irq_device *device, double now);

/* Computes the spread. cpu_sums is scratch, one number for each column. */
void irq_device_spread(struct irq_device *device, const struct irq_gains *gains,
                       double *cpu_sums);

/* Returns true if several queues make the busiest CPU's work, so that another
 * CPU could take some of it. One flow always stays on one queue. */
bool irq_device_can_spread(const struct irq_device *device);

/* Returns true if the interrupt is the interface's. */
bool irq_device_has(const struct irq_device *device, uint32_t number);

/* Adds up the counts of the interrupts that this interface counts, modulo 2^32.
 * Returns false if it counts none. */
bool irq_device_sum(const struct irq_device *device,
                    const struct irq_table *table, uint32_t *ret);

#endif
