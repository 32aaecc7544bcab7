/* SPDX-License-Identifier: MIT */
/* One interface: its interrupts, the CPUs that they may go to, and the CPUs
 * that they went to in an interval. */
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

/* Where the interrupts of one interval went. */
struct irq_spread {
  bool is_known;          /* at least one interrupt has a gain */
  double rate;            /* interrupts per second */
  struct balance balance; /* of those that carry packets */
  unsigned busy_queues;   /* with at least a tenth of a fair share */
  double largest_share;   /* of the busiest queue, 0 to 1 */
};

struct irq_device {
  UT_hash_handle hh; /* by index */
  uint32_t index;
  char name[IFNAMSIZ];
  bool is_wanted;      /* the user's selection includes it */
  bool needs_baseline; /* its interrupts have changed, so that a sum of their
                          counts is no gain over the sum before */
  bool has_hinted;     /* the hint about a single queue is in the log */
  uint64_t seen;       /* number of the last read that listed it */

  struct nic_irqs irqs;
  struct net_steering steering;
  bool receives;            /* some queue's interrupt is for receiving */
  size_t queues;            /* with an interrupt */
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

/* Returns NULL if there is no memory. */
struct irq_device *irq_device_new(const struct link_stats_one *link);
void irq_device_free(struct irq_device *device);

/* Reads how the interface is set up; its interrupts are known already. */
void irq_device_look(struct irq_device *device, const struct sysroot *root,
                     const struct cpulist *online);

/* Takes the number of packets received at the time now, in seconds. */
void irq_device_count(struct irq_device *device,
                      const struct link_stats_one *link, double now);

/* Computes the spread. cpu_sums is scratch, one number for each column. */
void irq_device_spread(struct irq_device *device, const struct irq_gains *gains,
                       double *cpu_sums);

/* Returns true if several queues make the busiest CPU's work, so that another
 * CPU could take some of it. One flow always stays on one queue. */
bool irq_device_can_spread(const struct irq_device *device);

/* Returns true if an interrupt carries received packets, or sent ones on an
 * interface whose interrupts carry no others. */
bool irq_device_works(const struct irq_device *device,
                      const struct nic_irq *irq);

/* Returns the sum of all counts of the interface's interrupts, which wraps at
 * 32 bits. */
uint32_t irq_device_sum(const struct irq_device *device,
                        const struct irq_table *table);

#endif
