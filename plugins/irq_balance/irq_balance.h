/* SPDX-License-Identifier: MIT */
/* What the files of irq_balance share. */
#ifndef IRQ_BALANCE_H
#define IRQ_BALANCE_H

#include "cpu_gains.h"
#include "interface_choice.h"
#include "interrupts.h"
#include "irq_counts.h"
#include "irq_device.h"
#include "irq_meters.h"
#include "layer_problem.h"
#include "link_list.h"
#include "softirqs.h"
#include "softnet_stat.h"

struct irq_balance {
  /* Options. */
  struct interface_choice choice;
  bool report_by_cpu;
  bool report_by_queue;
  double min_rate;

  const struct layer_context *context;
  struct link_list list;
  struct netlink generic; /* not open: the kernel has no family "netdev" */
  uint16_t netdev;

  struct irq_device *devices; /* by index */
  uint64_t read;              /* number of this read */
  double now;
  double before; /* when the read before was; NAN: there was none */
  double looked; /* when the interfaces were looked at; NAN: to be done now */
  struct netdev_napi napi;
  struct cpulist online;        /* now; empty: unknown */
  struct cpulist looked_online; /* at the last look */
  struct cpulist rps;           /* CPUs that RPS may use, of all interfaces */

  uint32_t *numbers; /* of all interrupts that are read, ascending */
  size_t number_count;
  bool use_table; /* /proc/interrupts, because there is nothing cheaper */
  struct irq_counts counts;
  struct interrupts interrupts;
  struct irq_gains gains;
  double *scratch; /* a number for each column */
  size_t scratch_room;

  struct softirqs softirqs;
  struct softnet_stat softnet;
  struct cpu_gains net_rx, net_tx, packets;

  struct layer_problem link_problem, irq_problem, softirq_problem,
      softnet_problem;
};

/* Finds out which interrupts belong to which interface, if that is due. */
void irq_look(struct irq_balance *irq);

/* Reports an interface, by the spread that it has had. */
void irq_report_device(struct irq_balance *irq, struct irq_device *device,
                       struct report *report);

/* Reports the host: soft interrupts and packets. */
void irq_report_host(const struct irq_balance *irq, struct report *report);

/* The layer's explain. */
void irq_explain(void *state, const struct report *report,
                 const struct alert *alert, struct explanation *explanation);

#endif
