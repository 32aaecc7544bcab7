/* SPDX-License-Identifier: MIT */
#include "irq_device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A queue is busy from this part of a fair share on. */
#define BUSY 0.1
/* A CPU that has more than this part of its work from one queue would hardly
 * get less if that were its only one. */
#define OF_ONE_QUEUE 0.8

struct irq_device *irq_device_new(const struct link_stats_one *link) {
  struct irq_device *device = calloc(1, sizeof(*device));
  if (device == NULL)
    return NULL;
  device->index = link->index;
  memcpy(device->name, link->name, sizeof(device->name));
  device->counted = device->packet_rate = NAN;
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
                      const struct link_stats_one *link, double now) {
  if (link->count <= LINK_STATS_RX_PACKETS)
    return;
  uint64_t packets = link->stats[LINK_STATS_RX_PACKETS];
  uint64_t gain = packets - device->packets;
  bool is_gain = packets >= device->packets;
  device->packet_rate =
      is_gain ? (double)gain / (now - device->counted) : (double)NAN;
  device->packets = packets;
  device->counted = now;
}

/* What an interrupt gained, added to the CPUs' sums if there are any; NAN where
 * it is not known on any CPU. */
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

/* Counts the queues that are busy, once it is known what a fair share is. */
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
                       double *scratch) {
  size_t columns = gains->last.columns, rows = 0;
  struct irq_spread spread = {.rate = 0};
  for (size_t i = 0; i < columns; i++)
    scratch[i] = 0;
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    const double *row = irq_gains_of(gains, irq->number);
    if (row == NULL)
      continue;
    rows++;
    double *sums = irq_device_works(device, irq) ? scratch : NULL;
    double all = add_up(row, columns, sums);
    if (isnan(all))
      continue;
    spread.rate += all / gains->elapsed;
    spread.is_known = true;
  }
  /* Sums are of what is there. */
  if (rows != device->rows || gains->has_new_cpus)
    device->is_replaced = true;
  device->rows = rows;
  spread.balance =
      balance_of(gains->last.cpus, scratch, columns, &device->allowed,
                 device->queues, &device->steering.local);
  device->spread = spread;
  if (device->queues > 0)
    find_busy(device, gains);
}

bool irq_device_can_spread(const struct irq_device *device) {
  const struct irq_spread *spread = &device->spread;
  return spread->busy_queues >= 2 &&
         spread->largest_share <= OF_ONE_QUEUE * spread->balance.busiest_share;
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
