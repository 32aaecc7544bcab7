/* SPDX-License-Identifier: MIT */
/* The network's soft interrupts and packets on each CPU of the host. */
#ifndef IRQ_HOST_H
#define IRQ_HOST_H

#include "balance.h"
#include "cpu_gains.h"
#include "cpulist.h"
#include "layer_problem.h"
#include "softirqs.h"
#include "softnet_stat.h"

struct irq_host {
  struct softirqs softirqs;
  struct softnet_stat softnet;
  struct cpu_gains net_rx, net_tx; /* softirqs */
  struct cpu_gains packets;        /* after GRO has merged them */
  struct cpulist online;           /* empty: unknown */
  struct layer_problem softirqs_problem, softnet_problem;
};

void irq_host_start(struct irq_host *host);

/* Reads both tables at the time now, in seconds; logs what cannot be read.
 * Returns 0 if one of them could be read, or -errno. */
int irq_host_read(struct irq_host *host, const struct layer_context *context,
                  double now);

/* How many packets all CPUs received in this interval; 0 if that is unknown. */
double irq_host_packets(const struct irq_host *host);

/* How the NET_RX softirqs of this interval were spread. rps are the CPUs that
 * RPS may use; empty: RPS is off. */
struct balance irq_host_balance(const struct irq_host *host,
                                const struct cpulist *rps);

/* Reports the host's totals and shares and, if by_cpu is set, the values of
 * each CPU. The spread is judged from min_rate packets per second on. */
void irq_host_report(const struct irq_host *host, const struct cpulist *rps,
                     double min_rate, bool by_cpu, struct report *report);

void irq_host_free(struct irq_host *host);

#endif
