/* SPDX-License-Identifier: MIT */
#include "irq_device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A queue with at least this part of a fair share is busy. */
#define BUSY 0.1

/* If one queue makes more than this part of a CPU's work, moving the other
 * queues to another CPU hardly helps. */
#define ONE_QUEUE 0.8

struct irq_device *irq_device_new(const struct link_stats_one *link) {
  struct irq_device *device = calloc(1, sizeof(*device));
  if (device == NULL)
    return NULL;
  device->index = link->index;
  memcpy(device->name, link->name, sizeof(device->name));
  device->packets_time = device->packet_rate = NAN;
  device->needs_baseline = true;
  return device;
}

void irq_device_free(struct irq_device *device) {
  if (device == NULL)
    return;
  nic_irqs_free(&device->irqs);
  irq_affinity_free(&device->affinity);
  net_steering_free(&device->steering);
  cpulist_free(&device->allowed);
  cpulist_free(&device->effective);
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
  device->is_settable = true;
  cpulist_clear(&device->allowed);
  cpulist_clear(&device->effective);
  net_steering_read(root, device->name, device->index, &device->steering);
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    struct irq_affinity *affinity = &device->affinity;
    if (!irq_device_works(device, irq) ||
        irq_affinity_read(root, irq->number, affinity) < 0)
      continue;
    cpulist_unite(&device->allowed, &affinity->wanted);
    cpulist_unite(&device->effective, irq_affinity_cpus(affinity));
    device->is_settable = device->is_settable && affinity->settable;
  }
  if (online->count > 0) {
    cpulist_intersect(&device->allowed, online);
    cpulist_intersect(&device->effective, online);
  }
}

void irq_device_count(struct irq_device *device,
                      const struct link_stats_one *link, double now) {
  if (link->count <= LINK_STATS_RX_PACKETS)
    return;
  uint64_t packets = link->stats[LINK_STATS_RX_PACKETS];
  uint64_t gain = packets - device->packets;
  bool is_gain = packets >= device->packets;
  device->packet_rate =
      is_gain ? (double)gain / (now - device->packets_time) : (double)NAN;
  device->packets = packets;
  device->packets_time = now;
}

/* Returns what an interrupt gained on all CPUs, or NAN if that is not known of
 * any. Adds the gains to sums, one for each CPU, unless that is NULL. */
static double add_up(const double *gains, size_t columns, double *sums) {
  double all = NAN;
  for (size_t i = 0; i < columns; i++) {
    if (isnan(gains[i]))
      continue;
    all = isnan(all) ? gains[i] : all + gains[i];
    if (sums != NULL)
      sums[i] += gains[i];
  }
  return all;
}

/* Finds the busy queues and the busiest one. */
static void find_busy(struct irq_device *device,
                      const struct irq_gains *gains) {
  struct irq_spread *spread = &device->spread;
  double total = spread->balance.total, largest = 0;
  double enough = BUSY * total / (double)device->queues;
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    const double *row = irq_gains_of(gains, irq->number);
    if (row == NULL || !irq_device_works(device, irq))
      continue;
    double all = add_up(row, gains->last.columns, NULL);
    spread->busy_queues += all > 0 && all >= enough;
    largest = fmax(largest, all);
  }
  spread->largest_share = total > 0 ? largest / total : 0;
}

void irq_device_spread(struct irq_device *device, const struct irq_gains *gains,
                       double *cpu_sums) {
  size_t columns = gains->last.columns, rows = 0;
  struct irq_spread spread = {.rate = 0};
  for (size_t i = 0; i < columns; i++)
    cpu_sums[i] = 0;
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    const double *row = irq_gains_of(gains, irq->number);
    if (row == NULL)
      continue;
    rows++;
    double *sums = irq_device_works(device, irq) ? cpu_sums : NULL;
    double all = add_up(row, columns, sums);
    if (isnan(all))
      continue;
    spread.rate += all / gains->elapsed;
    spread.is_known = true;
  }
  /* A sum of counts only covers the rows and columns that are there. */
  if (rows != device->rows || gains->has_new_cpus)
    device->needs_baseline = true;
  device->rows = rows;
  spread.balance =
      balance_of(gains->last.cpus, cpu_sums, columns, &device->allowed,
                 device->queues, &device->steering.local);
  device->spread = spread;
  if (device->queues > 0)
    find_busy(device, gains);
}

bool irq_device_can_spread(const struct irq_device *device) {
  const struct irq_spread *spread = &device->spread;
  return spread->busy_queues >= 2 &&
         spread->largest_share <= ONE_QUEUE * spread->balance.busiest_share;
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
