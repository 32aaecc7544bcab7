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

void irq_device_init(struct interface_entry *entry) {
  struct irq_device *device = (struct irq_device *)entry;
  device->packets_time = device->packet_rate = NAN;
  device->needs_baseline = true;
}

void irq_device_clear(struct interface_entry *entry) {
  struct irq_device *device = (struct irq_device *)entry;
  nic_irqs_free(&device->irqs);
  nic_irqs_free(&device->irqs_before);
  irq_affinity_free(&device->affinity);
  net_steering_free(&device->steering);
  cpulist_free(&device->allowed);
  cpulist_free(&device->effective);
}

/* Returns this device, or the next one that is wanted. */
static struct irq_device *find_wanted(struct irq_device *device) {
  while (device != NULL && !device->interface.is_wanted)
    device = device->interface.hh.next;
  return device;
}

struct irq_device *irq_device_first(const struct interface_table *table) {
  return find_wanted((struct irq_device *)table->entries);
}

struct irq_device *irq_device_next(const struct irq_device *device) {
  return find_wanted(device->interface.hh.next);
}

void irq_device_look(struct irq_device *device, const struct sysroot *root,
                     const struct cpulist *online) {
  device->queues = nic_irqs_queues(&device->irqs);
  const struct nic_irq *working = nic_irqs_first_working(&device->irqs);
  device->shares_queues = working != NULL && working->is_repeated;
  device->is_settable = true;
  cpulist_clear(&device->allowed);
  cpulist_clear(&device->effective);
  net_steering_read(root, device->interface.name, device->interface.index,
                    &device->steering);
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    struct irq_affinity *affinity = &device->affinity;
    if (!irq->works || irq_affinity_read(root, irq->number, affinity) < 0)
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

void irq_device_count(struct irq_device *device, double now) {
  const struct link_stats_one *link = device->interface.link;
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

/* Finds the busy queues and the busiest one. */
static void find_busy(struct irq_device *device,
                      const struct irq_gains *gains) {
  struct irq_spread *spread = &device->spread;
  double total = spread->balance.total, largest = 0;
  double enough = BUSY * total / (double)device->queues;
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    double all;
    if (!irq->works || irq_gains_of(gains, irq->number, &all) == NULL)
      continue;
    spread->busy_queues += all > 0 && all >= enough;
    largest = fmax(largest, all);
  }
  spread->largest_share = total > 0 ? largest / total : 0;
}

static void add_gains(double *sums, const double *gains, size_t columns) {
  for (size_t i = 0; i < columns; i++)
    if (!isnan(gains[i]))
      sums[i] += gains[i];
}

void irq_device_spread(struct irq_device *device, const struct irq_gains *gains,
                       double *cpu_sums) {
  size_t columns = gains->last.columns, rows = 0;
  struct irq_spread spread = {.rate = 0};
  for (size_t i = 0; i < columns; i++)
    cpu_sums[i] = 0;
  for (size_t i = 0; i < device->irqs.count; i++) {
    const struct nic_irq *irq = &device->irqs.items[i];
    double all;
    const double *row = irq_gains_of(gains, irq->number, &all);
    if (row == NULL || (irq->is_repeated && !irq->works))
      continue;
    rows += !irq->is_repeated;
    if (isnan(all))
      continue;
    if (irq->works && all > 0)
      add_gains(cpu_sums, row, columns);
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

bool irq_device_has(const struct irq_device *device, uint32_t number) {
  for (size_t i = 0; i < device->irqs.count; i++)
    if (device->irqs.items[i].number == number)
      return true;
  return false;
}

bool irq_device_sum(const struct irq_device *device,
                    const struct irq_table *table, uint32_t *ret) {
  bool counts_any = false;
  *ret = 0;
  for (size_t i = 0; i < device->irqs.count; i++) {
    if (device->irqs.items[i].is_repeated)
      continue;
    counts_any = true;
    *ret += irq_table_sum(table, device->irqs.items[i].number);
  }
  return counts_any;
}
