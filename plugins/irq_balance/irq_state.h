/* SPDX-License-Identifier: MIT */
/* The state of irq_balance. */
#ifndef IRQ_STATE_H
#define IRQ_STATE_H

#include "clock.h"
#include "interface_choice.h"
#include "interrupts.h"
#include "irq_counts.h"
#include "irq_device.h"
#include "irq_gains.h"
#include "irq_host.h"
#include "layer_problem.h"
#include "link_list.h"
#include "netdev_napi.h"

struct irq_state {
  /* Options. */
  struct interface_choice choice;
  bool report_by_cpu;
  bool report_by_queue;
  double min_rate;

  const struct layer_context *context;
  double now;
  double before; /* when the last read was; NAN: there was none */
  struct irq_host host;

  struct link_list list;
  struct interface_table interfaces; /* of struct irq_device */
  struct layer_problem link_problem;

  /* Which interrupts belong to which interface (irq_look.h). */
  struct clock_refresh look;
  struct cpulist look_online; /* the CPUs online at the last look */
  struct netlink generic;
  uint16_t netdev_family; /* 0: the kernel does not have it */
  struct netdev_napi napi;
  struct cpulist rps; /* CPUs that the RPS masks of all interfaces name */

  /* The interrupts of all interfaces. */
  uint32_t *numbers; /* ascending */
  size_t number_count;
  bool needs_table; /* irq_counts cannot be read: use interrupts */
  struct irq_counts counts;
  struct interrupts interrupts;
  struct irq_gains gains;
  double *cpu_sums; /* scratch: one for each column of gains */
  size_t cpu_sums_room;
  struct layer_problem irq_problem;
};

#endif
