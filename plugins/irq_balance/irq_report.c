/* SPDX-License-Identifier: MIT */
/* What is reported of interfaces' interrupts and of the host. */
#include <math.h>
#include <stdio.h>

#include "irq_balance.h"

/* Below so many interrupts a second, or soft interrupts, shares say nothing. */
#define FLOOR 100

/* RPS is to spread packets. Where these are spread, the soft interrupts of the
 * CPU that hands them on do not matter. */
#define UNEVEN 1.5

/* Enough to do for it to hurt. What is not known is not enough. */
static bool is_busy(const struct irq_balance *irq,
                    const struct irq_device *device) {
  return device->spread.rate >= irq->min_rate ||
         device->packet_rate >= irq->min_rate;
}

/* Reports a gauge, and has it judged or not. */
static void report_judged(struct report *report, struct report_object *object,
                          unsigned meter, double value, bool judged) {
  if (judged)
    report_gauge(report, object, meter, value);
  else
    report_gauge_unjudged(report, object, meter, value);
}

static void report_spread(const struct irq_balance *irq,
                          const struct irq_device *device,
                          struct report *report, struct report_object *object) {
  const struct irq_spread *spread = &device->spread;
  const struct balance *balance = &spread->balance;
  if (!spread->is_known)
    return;
  if (spread->rate < FLOOR || !(balance->total > 0)) {
    report_idle(report, object, IRQ_BUSIEST_CPU);
    report_idle(report, object, IRQ_IMBALANCE);
    report_idle(report, object, IRQ_EFFECTIVE_CPUS);
    report_idle(report, object, IRQ_BUSY_QUEUES);
    report_idle(report, object, IRQ_REMOTE_NODE);
    return;
  }
  bool judged = is_busy(irq, device);
  report_gauge(report, object, IRQ_BUSIEST_CPU, 100 * balance->busiest_share);
  /* Where all are bound to one CPU, that is what is said. */
  report_judged(report, object, IRQ_IMBALANCE, balance->imbalance,
                judged && device->vectors.count != 1 &&
                    irq_device_can_spread(device));
  report_gauge(report, object, IRQ_EFFECTIVE_CPUS, balance->effective_cpus);
  report_gauge(report, object, IRQ_BUSY_QUEUES, spread->busy_queues);
  bool has_nodes = device->steering.local.count > 0 &&
                   device->steering.local.count < irq->online.count;
  if (has_nodes && !isnan(balance->remote_share))
    report_judged(report, object, IRQ_REMOTE_NODE, 100 * balance->remote_share,
                  judged);
}

/* Each CPU's share of the interface's interrupts, as counters. */
static void report_cpus(const struct irq_balance *irq,
                        const struct irq_device *device,
                        struct report *report) {
  const struct irq_table *table = &irq->gains.last;
  for (size_t i = 0; i < table->columns; i++) {
    char number[16];
    uint32_t sum = 0;
    for (size_t j = 0; j < device->irqs.count; j++) {
      ptrdiff_t row = irq_table_find(table, device->irqs.items[j].number);
      if (row >= 0)
        sum += irq_table_counts(table, (size_t)row)[i];
    }
    if (irq->online.count > 0 && !cpulist_has(&irq->online, table->cpus[i]))
      continue;
    snprintf(number, sizeof(number), "%u", table->cpus[i]);
    const struct labels labels = {.device = device->name, .cpu = number};
    struct report_object *object = report_object(report, NULL, &labels, false);
    if (device->is_replaced)
      report_object_rebase(object);
    report_counter_of(report, object, IRQ_TOTAL, sum, 32);
  }
}

/* Several vectors of one queue would be one object; drivers have none such. */
static void report_queues(const struct irq_balance *irq,
                          const struct irq_device *device,
                          struct report *report) {
  static const char *const directions[] = {
      [IRQ_BOTH] = "rxtx", [IRQ_RX] = "rx", [IRQ_TX] = "tx"};
  const struct irq_table *table = &irq->gains.last;
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *item = &device->irqs.items[i];
    ptrdiff_t row = irq_table_find(table, item->number);
    if (item->meaning.role != IRQ_QUEUE || row < 0 ||
        item->meaning.queue == IRQ_NO_QUEUE)
      continue;
    char number[16];
    uint32_t sum = 0;
    for (size_t j = 0; j < table->columns; j++)
      sum += irq_table_counts(table, (size_t)row)[j];
    snprintf(number, sizeof(number), "%u", item->meaning.queue);
    const struct labels labels = {.device = device->name,
                                  .direction =
                                      directions[item->meaning.direction],
                                  .queue = number};
    struct report_object *object = report_object(report, NULL, &labels, false);
    if (device->is_replaced)
      report_object_rebase(object);
    report_counter_of(report, object, IRQ_TOTAL, sum, 32);
  }
}

/* All that a single queue can do is let other CPUs take its packets in. */
static void hint(const struct irq_balance *irq, struct irq_device *device) {
  if (device->hinted || device->queues != 1 || device->steering.rps.count > 0 ||
      irq->online.count < 4 || !is_busy(irq, device))
    return;
  device->hinted = true;
  layer_log(irq->context, LAYER_NOTICE,
            "%s has one queue, so that one of %zu CPUs takes in all its "
            "packets: more channels (ethtool -L %s), or RPS "
            "(/sys/class/net/%s/queues/rx-0/rps_cpus), spread them",
            device->name, irq->online.count, device->name, device->name);
}

void irq_report_device(struct irq_balance *irq, struct irq_device *device,
                       struct report *report) {
  if (device->irqs.count == 0)
    return;
  const struct labels labels = {.device = device->name};
  struct report_object *object = report_object(report, NULL, &labels, false);
  if (device->is_replaced)
    report_object_rebase(object);
  report_counter_of(report, object, IRQ_TOTAL,
                    irq_device_sum(device, &irq->gains.last), 32);
  report_spread(irq, device, report, object);
  report_gauge(report, object, IRQ_QUEUES, (double)device->queues);
  report_gauge(report, object, IRQ_ALLOWED_CPUS, (double)device->allowed.count);
  report_judged(report, object, IRQ_VECTOR_CPUS, (double)device->vectors.count,
                is_busy(irq, device) && device->queues >= 2 &&
                    device->vectors.count > 0 && irq->online.count > 1);
  if (irq->report_by_cpu)
    report_cpus(irq, device, report);
  if (irq->report_by_queue)
    report_queues(irq, device, report);
  device->is_replaced = false;
  hint(irq, device);
}

/* The share of the busiest CPU and how that compares with a fair one. */
static struct balance balance_of_gains(const struct cpu_gains *gains,
                                       const struct cpulist *allowed) {
  return balance_of(gains->cpus, gains->gains, gains->count, allowed, 0, NULL);
}

static void report_softirq(struct report *report, struct report_object *object,
                           unsigned total_meter, const struct cpu_gains *gains,
                           const struct cpulist *allowed, bool judged) {
  report_counter_of(report, object, total_meter, cpu_gains_total(gains), 64);
  if (!gains->is_known)
    return;
  struct balance balance = balance_of_gains(gains, allowed);
  if (balance.total / gains->elapsed < FLOOR) {
    report_idle(report, object, total_meter + 1);
    report_idle(report, object, total_meter + 2);
    return;
  }
  report_gauge(report, object, total_meter + 1, 100 * balance.busiest_share);
  report_judged(report, object, total_meter + 2, balance.imbalance, judged);
}

static void report_each_cpu(const struct irq_balance *irq,
                            struct report *report) {
  /* What could not be read is as it was. */
  for (size_t i = 0; i < irq->softirqs.count && irq->net_rx.count > 0; i++) {
    const struct softirqs_cpu *cpu = &irq->softirqs.cpus[i];
    char number[16];
    snprintf(number, sizeof(number), "%u", cpu->cpu);
    const struct labels labels = {.cpu = number};
    struct report_object *object = report_object(report, NULL, &labels, false);
    report_counter_of(report, object, IRQ_NET_RX, cpu->net_rx, 32);
    report_counter_of(report, object, IRQ_NET_TX, cpu->net_tx, 32);
  }
  for (size_t i = 0; i < irq->softnet.count && irq->packets.count > 0; i++) {
    const struct softnet_cpu *cpu = &irq->softnet.cpus[i];
    char number[16];
    snprintf(number, sizeof(number), "%u", cpu->cpu);
    const struct labels labels = {.cpu = number};
    report_counter(report, report_object(report, NULL, &labels, false),
                   IRQ_PACKETS, cpu->processed);
  }
}

void irq_report_host(const struct irq_balance *irq, struct report *report) {
  struct report_object *host = report_object(report, NULL, REPORT_HOST, false);
  struct balance packets = balance_of_gains(&irq->packets, &irq->rps);
  double rate =
      irq->packets.is_known ? packets.total / irq->packets.elapsed : 0;
  bool judged = irq->rps.count >= 2 && rate >= irq->min_rate &&
                packets.imbalance >= UNEVEN;
  if (irq->net_rx.count > 0) {
    report_softirq(report, host, IRQ_NET_RX, &irq->net_rx, &irq->rps, judged);
    report_softirq(report, host, IRQ_NET_TX, &irq->net_tx, NULL, false);
  }
  if (irq->packets.is_known && rate >= FLOOR)
    report_gauge(report, host, IRQ_PACKETS_BUSIEST_CPU,
                 100 * packets.busiest_share);
  else if (irq->packets.is_known)
    report_idle(report, host, IRQ_PACKETS_BUSIEST_CPU);
  if (irq->report_by_cpu)
    report_each_cpu(irq, report);
}
