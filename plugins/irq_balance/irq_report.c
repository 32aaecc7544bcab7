/* SPDX-License-Identifier: MIT */
#include "irq_report.h"

#include <math.h>
#include <stdio.h>

#include "irq_meters.h"

/* Whether there is enough traffic for an uneven spread to hurt. A rate that is
 * not known is not enough. */
static bool is_busy(const struct irq_balance *state,
                    const struct irq_device *device) {
  return device->spread.rate >= state->min_rate ||
         device->packet_rate >= state->min_rate;
}

static void report_judged(struct report *report, struct report_object *object,
                          unsigned meter, double value, bool is_judged) {
  if (is_judged)
    report_gauge(report, object, meter, value);
  else
    report_gauge_unjudged(report, object, meter, value);
}

static void report_spread(const struct irq_balance *state,
                          const struct irq_device *device,
                          struct report *report, struct report_object *object) {
  const struct irq_spread *spread = &device->spread;
  const struct balance *balance = &spread->balance;
  if (!spread->is_known)
    return;
  if (spread->rate < IRQ_METERS_MIN_RATE || !(balance->total > 0)) {
    report_idle(report, object, IRQ_BUSIEST_CPU);
    report_idle(report, object, IRQ_IMBALANCE);
    report_idle(report, object, IRQ_EFFECTIVE_CPUS);
    report_idle(report, object, IRQ_BUSY_QUEUES);
    report_idle(report, object, IRQ_REMOTE_NODE);
    return;
  }
  bool is_judged = is_busy(state, device);
  report_gauge(report, object, IRQ_BUSIEST_CPU, 100 * balance->busiest_share);
  /* If all interrupts go to one CPU, IRQ_VECTOR_CPUS is judged instead. */
  report_judged(report, object, IRQ_IMBALANCE, balance->imbalance,
                is_judged && device->effective.count != 1 &&
                    irq_device_can_spread(device));
  report_gauge(report, object, IRQ_EFFECTIVE_CPUS, balance->effective_cpus);
  report_gauge(report, object, IRQ_BUSY_QUEUES, spread->busy_queues);
  bool has_nodes = device->steering.local.count > 0 &&
                   device->steering.local.count < state->host.online.count;
  if (has_nodes && !isnan(balance->remote_share))
    report_judged(report, object, IRQ_REMOTE_NODE, 100 * balance->remote_share,
                  is_judged);
}

static void report_cpus(const struct irq_balance *state,
                        const struct irq_device *device,
                        struct report *report) {
  const struct irq_table *table = &state->gains.last;
  for (size_t i = 0; i < table->columns; i++) {
    char number[16];
    uint32_t sum = 0;
    for (size_t j = 0; j < device->irqs.count; j++) {
      ptrdiff_t row = irq_table_find(table, device->irqs.items[j].number);
      if (row >= 0)
        sum += irq_table_counts(table, (size_t)row)[i];
    }
    if (state->host.online.count > 0 &&
        !cpulist_has(&state->host.online, table->cpus[i]))
      continue;
    snprintf(number, sizeof(number), "%u", table->cpus[i]);
    const struct labels labels = {.device = device->name, .cpu = number};
    struct report_object *object = report_object(report, NULL, &labels, false);
    if (device->needs_baseline)
      report_object_rebase(object);
    report_counter_of(report, object, IRQ_TOTAL, sum, 32);
  }
}

static void report_queues(const struct irq_balance *state,
                          const struct irq_device *device,
                          struct report *report) {
  static const char *const directions[] = {
      [IRQ_BOTH] = "rxtx", [IRQ_RX] = "rx", [IRQ_TX] = "tx"};
  const struct irq_table *table = &state->gains.last;
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
    if (device->needs_baseline)
      report_object_rebase(object);
    report_counter_of(report, object, IRQ_TOTAL, sum, 32);
  }
}

/* Logs once that a busy interface with a single queue keeps one CPU busy. */
static void hint(const struct irq_balance *state, struct irq_device *device) {
  if (device->has_hinted || device->queues != 1 ||
      device->steering.rps.count > 0 || state->host.online.count < 4 ||
      !is_busy(state, device))
    return;
  device->has_hinted = true;
  layer_log(state->context, LAYER_NOTICE,
            "%s has one queue, so one of %zu CPUs receives all its packets: "
            "more channels (ethtool -L %s) or RPS "
            "(/sys/class/net/%s/queues/rx-0/rps_cpus) spread them",
            device->name, state->host.online.count, device->name, device->name);
}

void irq_report_device(const struct irq_balance *state,
                       struct irq_device *device, struct report *report) {
  if (device->irqs.count == 0)
    return;
  const struct labels labels = {.device = device->name};
  struct report_object *object = report_object(report, NULL, &labels, false);
  if (device->needs_baseline)
    report_object_rebase(object);
  report_counter_of(report, object, IRQ_TOTAL,
                    irq_device_sum(device, &state->gains.last), 32);
  report_spread(state, device, report, object);
  report_gauge(report, object, IRQ_QUEUES, (double)device->queues);
  report_gauge(report, object, IRQ_ALLOWED_CPUS, (double)device->allowed.count);
  report_judged(
      report, object, IRQ_VECTOR_CPUS, (double)device->effective.count,
      is_busy(state, device) && device->queues >= 2 &&
          device->effective.count > 0 && state->host.online.count > 1);
  if (state->report_by_cpu)
    report_cpus(state, device, report);
  if (state->report_by_queue)
    report_queues(state, device, report);
  device->needs_baseline = false;
  hint(state, device);
}
