/* SPDX-License-Identifier: MIT */
/* What an operator is told about an interface whose work is not spread. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "irq_balance.h"
#include "irqbalance.h"

/* Enough to find the others by. */
#define NUMBERS_IN_DETAIL 4

static struct irq_device *find_device(const struct irq_balance *irq,
                                      const char *name) {
  struct irq_device *device, *next;
  HASH_ITER(hh, irq->devices, device, next)
  if (device->is_wanted && strcmp(device->name, name) == 0)
    return device;
  return NULL;
}

/* Whether most of what an interrupt gained was on a CPU. */
static bool is_mostly_on(const struct irq_gains *gains, uint32_t number,
                         uint32_t cpu) {
  const double *row = irq_gains_of(gains, number);
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
static void add_cpu(struct text *detail, const struct irq_balance *irq,
                    const struct irq_device *device) {
  const struct balance *balance = &device->spread.balance;
  unsigned count = 0;
  text_add(detail, "cpu %" PRIu32 " has %.0f %%", balance->busiest_cpu,
           100 * balance->busiest_share);
  for (size_t i = 0; i < device->irqs.count; i++) {
    uint32_t number = device->irqs.items[i].number;
    if (!irq_device_works(device, &device->irqs.items[i]) ||
        !is_mostly_on(&irq->gains, number, balance->busiest_cpu))
      continue;
    if (++count <= NUMBERS_IN_DETAIL)
      text_add(detail, count == 1 ? ": interrupts %" PRIu32 : ", %" PRIu32,
               number);
  }
  if (count > NUMBERS_IN_DETAIL)
    text_add(detail, " and %u more", count - NUMBERS_IN_DETAIL);
}

static void set_advice(struct explanation *explanation, const char *words) {
  struct text advice = TEXT_IN(explanation->advice);
  text_add(&advice, "%s", words);
}

/* What can be done depends on who may move them. */
static void advise(const struct sysroot *root, const struct irq_device *device,
                   struct explanation *explanation) {
  if (!device->settable) {
    set_advice(explanation, "they cannot be moved: more channels (ethtool -L), "
                            "or RPS (rps_cpus)");
    return;
  }
  int runs = irqbalance_runs(root);
  if (runs < 0) {
    set_advice(explanation, "spread them with smp_affinity_list");
    return;
  }
  explanation->setting = "irqbalance";
  struct text value = TEXT_IN(explanation->setting_value);
  text_add(&value, runs > 0 ? "running" : "not running");
  set_advice(explanation,
             runs > 0
                 ? "look at its policy, or stop it and set smp_affinity_list"
                 : "start it, or spread them with smp_affinity_list");
}

void irq_explain(void *state, const struct report *report,
                 const struct alert *alert, struct explanation *explanation) {
  const struct irq_balance *irq = state;
  struct text detail = TEXT_IN(explanation->detail);
  (void)report;
  if (alert->meter == &irq_meters[IRQ_NET_RX_IMBALANCE]) {
    struct balance balance = balance_of(irq->net_rx.cpus, irq->net_rx.gains,
                                        irq->net_rx.count, &irq->rps, 0, NULL);
    text_add(&detail, "cpu %" PRIu32 " has %.0f %%", balance.busiest_cpu,
             100 * balance.busiest_share);
    return;
  }
  const char *name = report_object_labels(alert->object)->device;
  struct irq_device *device = name != NULL ? find_device(irq, name) : NULL;
  if (device == NULL || !device->spread.is_known)
    return;
  irq_device_look(device, irq->context->root, &irq->online);
  add_cpu(&detail, irq, device);
  if (alert->meter == &irq_meters[IRQ_IMBALANCE] ||
      alert->meter == &irq_meters[IRQ_VECTOR_CPUS])
    advise(irq->context->root, device, explanation);
}
