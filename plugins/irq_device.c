/* SPDX-License-Identifier: MIT */
#include "irq_device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A queue is busy from this part of a fair share on. */
#define BUSY 0.1

struct irq_device *irq_device_new(const struct link_stats_one *link) {
  struct irq_device *device = calloc(1, sizeof(*device));
  if (device == NULL)
    return NULL;
  device->index = link->index;
  memcpy(device->name, link->name, sizeof(device->name));
  device->packet_rate = NAN;
  device->is_replaced = true;
  return device;
}

void irq_device_free(struct irq_device *device) {
  if (device == NULL)
    return;
  nic_irqs_free(&device->irqs);
  irq_affinity_free(&device->affinity);
  net_steering_free(&device->steering);
  cpulist_free(&device->allowed);
  cpulist_free(&device->vectors);
  free(device);
}

bool irq_device_works(const struct irq_device *device,
                      const struct nic_irq *irq) {
  return irq->meaning.role == IRQ_QUEUE &&
         (irq->meaning.direction != IRQ_TX || !device->receives);
}

static bool receives(const struct nic_irqs *irqs) {
  for (size_t i = 0; i < irqs->count; i++)
    if (irqs->items[i].meaning.role == IRQ_QUEUE &&
        irqs->items[i].meaning.direction != IRQ_TX)
      return true;
  return false;
}

void irq_device_look(struct irq_device *device, const struct sysroot *root,
                     const struct cpulist *online) {
  device->receives = receives(&device->irqs);
  device->queues = nic_irqs_queues(&device->irqs);
  device->settable = true;
  cpulist_clear(&device->allowed);
  cpulist_clear(&device->vectors);
  net_steering_read(root, device->name, device->index, &device->steering);
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    struct irq_affinity *affinity = &device->affinity;
    if (!irq_device_works(device, irq) ||
        irq_affinity_read(root, irq->number, affinity) < 0)
      continue;
    cpulist_unite(&device->allowed, &affinity->wanted);
    cpulist_unite(&device->vectors, irq_affinity_cpus(affinity));
    device->settable = device->settable && affinity->settable;
  }
  if (online->count > 0) {
    cpulist_intersect(&device->allowed, online);
    cpulist_intersect(&device->vectors, online);
  }
}

void irq_device_count(struct irq_device *device,
                      const struct link_stats_one *link, double elapsed) {
  uint64_t packets = link->stats[LINK_STATS_RX_PACKETS];
  bool is_gain = device->has_packets && packets >= device->packets;
  device->packet_rate =
      is_gain ? (double)(packets - device->packets) / elapsed : NAN;
  device->packets = packets;
  device->has_packets = link->count > LINK_STATS_RX_PACKETS;
}

/* What an interrupt gained, added to the CPUs' sums if there are any. */
static double add_up(const double *gains, size_t columns, double *sums,
                     size_t *ret_most) {
  double all = 0, most = 0;
  for (size_t i = 0; i < columns; i++) {
    if (isnan(gains[i]))
      continue;
    all += gains[i];
    if (sums != NULL)
      sums[i] += gains[i];
    if (gains[i] > most) {
      most = gains[i];
      *ret_most = i;
    }
  }
  return all;
}

/* Counts the queues that are busy, once it is known what a fair share is. */
static void count_busy(struct irq_device *device,
                       const struct irq_gains *gains) {
  struct irq_spread *spread = &device->spread;
  double enough = BUSY * spread->balance.total / (double)device->queues;
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    const double *row = irq_gains_of(gains, irq->number);
    if (row == NULL || !irq_device_works(device, irq))
      continue;
    size_t most = 0;
    double all = add_up(row, gains->last.columns, NULL, &most);
    if (all <= 0 || all < enough)
      continue;
    spread->busy_queues++;
    spread->busy_on_busiest +=
        gains->last.cpus[most] == spread->balance.busiest_cpu;
  }
}

void irq_device_spread(struct irq_device *device, const struct irq_gains *gains,
                       double *scratch, double elapsed) {
  size_t columns = gains->last.columns;
  struct irq_spread spread = {.rate = 0};
  for (size_t i = 0; i < columns; i++)
    scratch[i] = 0;
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    const double *row = irq_gains_of(gains, irq->number);
    size_t most;
    if (row == NULL || columns == 0 || isnan(row[0]))
      continue;
    bool works = irq_device_works(device, irq);
    spread.rate +=
        add_up(row, columns, works ? scratch : NULL, &most) / elapsed;
    spread.is_known = true;
  }
  spread.balance =
      balance_of(gains->last.cpus, scratch, columns, &device->allowed,
                 device->queues, &device->steering.local);
  device->spread = spread;
  if (device->queues > 0)
    count_busy(device, gains);
}

uint32_t irq_device_sum(const struct irq_device *device,
                        const struct irq_table *table) {
  uint32_t sum = 0;
  for (size_t i = 0; i < device->irqs.count; i++) {
    ptrdiff_t row = irq_table_find(table, device->irqs.items[i].number);
    if (row < 0)
      continue;
    const uint32_t *counts = irq_table_counts(table, (size_t)row);
    for (size_t j = 0; j < table->columns; j++)
      sum += counts[j];
  }
  return sum;
}
