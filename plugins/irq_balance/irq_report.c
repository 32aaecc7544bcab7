/* SPDX-License-Identifier: MIT */
#include "irq_report.h"

#include <math.h>

#include "irq_meters.h"
#include "text.h"

/* Whether there is enough traffic for an uneven spread to hurt. A rate that is
 * not known is not enough. Shared interrupts are judged once, as those of the
 * interface that counts them. */
static bool is_judged(const struct irq_state *state,
                      const struct irq_device *device) {
  return !device->shares_queues && (device->spread.rate >= state->min_rate ||
                                    device->packet_rate >= state->min_rate);
}

static void report_judged(struct report *report, struct report_object *object,
                          unsigned meter, double value, bool judge) {
  if (judge)
    report_gauge(report, object, meter, value);
  else
    report_gauge_unjudged(report, object, meter, value);
}

static void report_spread(const struct irq_state *state,
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
  bool judge = is_judged(state, device);
  report_gauge(report, object, IRQ_BUSIEST_CPU, 100 * balance->busiest_share);
  /* If all interrupts go to one CPU, IRQ_VECTOR_CPUS is judged instead. */
  report_judged(report, object, IRQ_IMBALANCE, balance->imbalance,
                judge && device->effective.count != 1 &&
                    irq_device_can_spread(device));
  report_gauge(report, object, IRQ_EFFECTIVE_CPUS, balance->effective_cpus);
  report_gauge(report, object, IRQ_BUSY_QUEUES, spread->busy_queues);
  bool has_nodes = device->steering.local.count > 0 &&
                   device->steering.local.count < state->host.online.count;
  if (has_nodes && !isnan(balance->remote_share))
    report_judged(report, object, IRQ_REMOTE_NODE, 100 * balance->remote_share,
                  judge);
}

static void report_cpus(const struct irq_state *state,
                        const struct irq_device *device,
                        struct report *report) {
  const struct irq_table *table = &state->gains.last;
  for (size_t i = 0; i < table->columns; i++) {
    char number[TEXT_U32_SIZE];
    uint32_t sum = 0;
    for (size_t j = 0; j < device->irqs.count; j++) {
      ptrdiff_t row = irq_table_find(table, device->irqs.items[j].number);
      if (row >= 0 && !device->irqs.items[j].is_repeated)
        sum += irq_table_counts(table, (size_t)row)[i];
    }
    if (state->host.online.count > 0 &&
        !cpulist_has(&state->host.online, table->cpus[i]))
      continue;
    text_u32(number, table->cpus[i]);
    const struct labels labels = {.device = device->interface.name,
                                  .cpu = number};
    struct report_object *object = report_object(report, NULL, &labels, false);
    if (device->needs_baseline)
      report_object_rebase(object);
    report_counter_of(report, object, IRQ_TOTAL, sum, 32);
  }
}

/* Whether an interrupt adds to a queue's object. Several may do so. */
static bool has_object(const struct nic_irq *irq,
                       const struct irq_table *table) {
  return irq->meaning.role == IRQ_QUEUE && irq->meaning.queue != IRQ_NO_QUEUE &&
         !irq->is_repeated && irq_table_find(table, irq->number) >= 0;
}

static bool is_same_queue(const struct nic_irq *a, const struct nic_irq *b) {
  return a->meaning.direction == b->meaning.direction &&
         a->meaning.queue == b->meaning.queue;
}

static bool is_first_of_queue(const struct nic_irqs *irqs, size_t at,
                              const struct irq_table *table) {
  for (size_t i = 0; i < at; i++)
    if (is_same_queue(&irqs->items[i], &irqs->items[at]) &&
        has_object(&irqs->items[i], table))
      return false;
  return has_object(&irqs->items[at], table);
}

/* Adds up the counts of all interrupts of a queue. */
static uint32_t sum_of_queue(const struct nic_irqs *irqs, size_t first,
                             const struct irq_table *table) {
  uint32_t sum = 0;
  for (size_t i = first; i < irqs->count; i++)
    if (is_same_queue(&irqs->items[i], &irqs->items[first]) &&
        has_object(&irqs->items[i], table))
      sum += irq_table_sum(table, irqs->items[i].number);
  return sum;
}

static void report_queues(const struct irq_state *state,
                          const struct irq_device *device,
                          struct report *report) {
  static const char *const directions[] = {
      [IRQ_BOTH] = "rxtx", [IRQ_RX] = "rx", [IRQ_TX] = "tx"};
  const struct irq_table *table = &state->gains.last;
  const struct nic_irqs *irqs = &device->irqs;
  for (size_t i = 0; i < irqs->count; i++) {
    if (!is_first_of_queue(irqs, i, table))
      continue;
    const struct irq_meaning *meaning = &irqs->items[i].meaning;
    char number[TEXT_U32_SIZE];
    text_u32(number, meaning->queue);
    const struct labels labels = {.device = device->interface.name,
                                  .direction = directions[meaning->direction],
                                  .queue = number};
    struct report_object *object = report_object(report, NULL, &labels, false);
    if (device->needs_baseline)
      report_object_rebase(object);
    report_counter_of(report, object, IRQ_TOTAL, sum_of_queue(irqs, i, table),
                      32);
  }
}

/* Logs once that a busy interface with a single queue keeps one CPU busy. */
static void hint(const struct irq_state *state, struct irq_device *device) {
  if (device->has_hinted || device->queues != 1 ||
      device->steering.rps.count > 0 || state->host.online.count < 4 ||
      !is_judged(state, device))
    return;
  device->has_hinted = true;
  layer_log(state->context, LAYER_NOTICE,
            "%s has one queue, so one of %zu CPUs receives all its packets: "
            "more channels (ethtool -L %s) or RPS "
            "(/sys/class/net/%s/queues/rx-0/rps_cpus) spread them",
            device->interface.name, state->host.online.count,
            device->interface.name, device->interface.name);
}

void irq_report_device(const struct irq_state *state, struct irq_device *device,
                       struct report *report) {
  if (device->irqs.count == 0)
    return;
  const struct labels labels = {.device = device->interface.name};
  struct report_object *object = report_object(report, NULL, &labels, false);
  if (device->needs_baseline)
    report_object_rebase(object);
  uint32_t sum;
  bool counts_any = irq_device_sum(device, &state->gains.last, &sum);
  if (counts_any)
    report_counter_of(report, object, IRQ_TOTAL, sum, 32);
  report_spread(state, device, report, object);
  report_gauge(report, object, IRQ_QUEUES, (double)device->queues);
  report_gauge(report, object, IRQ_ALLOWED_CPUS, (double)device->allowed.count);
  report_judged(
      report, object, IRQ_VECTOR_CPUS, (double)device->effective.count,
      is_judged(state, device) && device->queues >= 2 &&
          device->effective.count > 0 && state->host.online.count > 1);
  if (state->report_by_cpu && counts_any)
    report_cpus(state, device, report);
  if (state->report_by_queue)
    report_queues(state, device, report);
  device->needs_baseline = false;
  hint(state, device);
}
