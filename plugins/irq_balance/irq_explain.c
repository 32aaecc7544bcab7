/* SPDX-License-Identifier: MIT */
#include "irq_explain.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "irq_meters.h"
#include "irqbalance.h"

/* How many interrupts a message names; they lead to the others. */
#define NAMED_INTERRUPTS 4

static struct irq_device *find_device(const struct irq_state *state,
                                      const char *name) {
  for (struct irq_device *device = irq_device_first(&state->interfaces);
       device != NULL; device = irq_device_next(device))
    if (strcmp(device->interface.name, name) == 0)
      return device;
  return NULL;
}

/* Finds another interface that has the interrupts of this one's queues. */
static const struct irq_device *find_sharer(const struct irq_state *state,
                                            const struct irq_device *device) {
  const struct nic_irq *irq = nic_irqs_first_working(&device->irqs);
  if (irq == NULL || !irq->is_shared)
    return NULL;
  for (struct irq_device *other = irq_device_first(&state->interfaces);
       other != NULL; other = irq_device_next(other))
    if (other != device && irq_device_has(other, irq->number))
      return other;
  return NULL;
}

/* Whether most of an interrupt's gain was on this CPU. */
static bool is_mostly_on(const struct irq_gains *gains, uint32_t number,
                         uint32_t cpu) {
  const double *row = irq_gains_of(gains, number, NULL);
  double all = 0, there = 0;
  for (size_t i = 0; row != NULL && i < gains->last.columns; i++) {
    double gain = isnan(row[i]) ? 0 : row[i];
    all += gain;
    if (gains->last.cpus[i] == cpu)
      there = gain;
  }
  return there > all / 2;
}

/* "cpu 3 has 82 % of them: interrupts 45, 46" */
static void add_cpu(struct text *detail, const struct irq_state *state,
                    const struct irq_device *device) {
  const struct balance *balance = &device->spread.balance;
  unsigned count = 0;
  text_add(detail, "cpu %" PRIu32 " has %.0f %%", balance->busiest_cpu,
           100 * balance->busiest_share);
  for (size_t i = 0; i < device->irqs.count; i++) {
    uint32_t number = device->irqs.items[i].number;
    if (!device->irqs.items[i].works ||
        !is_mostly_on(&state->gains, number, balance->busiest_cpu))
      continue;
    if (++count <= NAMED_INTERRUPTS)
      text_add(detail, count == 1 ? ": interrupts %" PRIu32 : ", %" PRIu32,
               number);
  }
  if (count > NAMED_INTERRUPTS)
    text_add(detail, " and %u more", count - NAMED_INTERRUPTS);
  const struct irq_device *sharer = find_sharer(state, device);
  if (sharer != NULL)
    text_add(detail, ", shared with %s", sharer->interface.name);
}

/* The remedy depends on who may move the interrupts. */
static void advise(const struct sysroot *root, const struct irq_device *device,
                   struct explanation *explanation) {
  struct text advice = TEXT_IN(explanation->advice);
  if (!device->is_settable) {
    text_add(&advice, "the interrupts cannot be moved: add channels "
                      "(ethtool -L) or use RPS (rps_cpus)");
    return;
  }
  int runs = irqbalance_runs(root);
  if (runs < 0) {
    text_add(&advice, "spread the interrupts with smp_affinity_list");
    return;
  }
  explanation->setting = "irqbalance";
  struct text value = TEXT_IN(explanation->setting_value);
  text_add(&value, runs > 0 ? "running" : "not running");
  text_add(&advice, runs > 0 ? "check its policy, or stop it and spread the "
                               "interrupts with smp_affinity_list"
                             : "start it, or spread the interrupts with "
                               "smp_affinity_list");
}

void irq_explain(void *data, const struct report *report,
                 const struct alert *alert, struct explanation *explanation) {
  const struct irq_state *state = data;
  struct text detail = TEXT_IN(explanation->detail);
  (void)report;
  if (alert->meter == &irq_meters[IRQ_NET_RX_IMBALANCE]) {
    struct balance balance = irq_host_balance(&state->host, &state->rps);
    text_add(&detail, "cpu %" PRIu32 " has %.0f %%", balance.busiest_cpu,
             100 * balance.busiest_share);
    return;
  }
  const char *name = report_object_labels(alert->object)->device;
  struct irq_device *device = name != NULL ? find_device(state, name) : NULL;
  if (device == NULL || !device->spread.is_known)
    return;
  irq_device_look(device, state->context->root, &state->host.online);
  add_cpu(&detail, state, device);
  if (alert->meter == &irq_meters[IRQ_IMBALANCE] ||
      alert->meter == &irq_meters[IRQ_VECTOR_CPUS])
    advise(state->context->root, device, explanation);
}
