/* SPDX-License-Identifier: MIT */
/* irq_balance on a fake machine: its interfaces are fake adapters, everything
 * else is files that are written before each read. */
#ifndef IRQ_STAGE_H
#define IRQ_STAGE_H

#include <inttypes.h>
#include <math.h>

#include "fake_adapters.h"
#include "irq_tree.h"
#include "layers.h"
#include "stage.h"

#define IRQ_STAGE_CPUS 8
#define IRQ_STAGE_IRQS 64

struct irq_stage_irq {
  char name[32]; /* "": no interrupt has this number */
  uint32_t counts[IRQ_STAGE_CPUS];
};

struct irq_stage_machine {
  unsigned cpus;
  bool offline[IRQ_STAGE_CPUS];
  bool lacks_counts;       /* no /sys/kernel/irq, only /proc/interrupts */
  bool lacks_cpu_column;   /* of softnet_stat: before Linux 5.10 */
  const char *online_view; /* the online CPUs in sysfs; NULL: as they are */
  struct irq_stage_irq irqs[IRQ_STAGE_IRQS];
  uint32_t net_rx[IRQ_STAGE_CPUS], net_tx[IRQ_STAGE_CPUS],
      processed[IRQ_STAGE_CPUS];
};

static struct irq_stage_machine machine;

static inline void irq_stage_write(const struct stage *stage, const char *path,
                                   const struct irq_text *text) {
  temp_tree_write_bytes(&stage->tree, path,
                        text->text != NULL ? text->text : "", text->length);
}

static inline void irq_stage_lay_online(const struct stage *stage) {
  struct irq_text text = {0};
  for (unsigned i = 0; i < machine.cpus; i++)
    if (!machine.offline[i])
      irq_text_add(&text, "%s%u", text.length > 0 ? "," : "", i);
  irq_text_add(&text, "\n");
  if (machine.online_view != NULL) {
    irq_text_free(&text);
    irq_text_add(&text, "%s\n", machine.online_view);
  }
  irq_stage_write(stage, "sys/devices/system/cpu/online", &text);
  irq_text_free(&text);
  irq_text_add(&text, "0-%u\n", machine.cpus - 1);
  irq_stage_write(stage, "sys/devices/system/cpu/possible", &text);
  irq_text_free(&text);
}

/* Its columns are the online CPUs. */
static inline void irq_stage_lay_interrupts(const struct stage *stage) {
  struct irq_text text = {0};
  irq_text_add(&text, "     ");
  for (unsigned i = 0; i < machine.cpus; i++)
    if (!machine.offline[i])
      irq_text_add(&text, "       CPU%u", i);
  irq_text_add(&text, "\n");
  for (unsigned n = 0; n < IRQ_STAGE_IRQS; n++) {
    if (machine.irqs[n].name[0] == '\0')
      continue;
    irq_text_add(&text, "%3u: ", n);
    for (unsigned i = 0; i < machine.cpus; i++)
      if (!machine.offline[i])
        irq_text_add(&text, " %10" PRIu32, machine.irqs[n].counts[i]);
    irq_text_add(&text, "   PCI-MSI %u-edge      %s\n", n,
                 machine.irqs[n].name);
  }
  irq_stage_write(stage, "proc/interrupts", &text);
  irq_text_free(&text);
}

static inline void irq_stage_lay_files(const struct stage *stage) {
  for (unsigned n = 0; n < IRQ_STAGE_IRQS; n++) {
    char path[64];
    struct irq_text text = {0};
    if (machine.irqs[n].name[0] == '\0')
      continue;
    for (unsigned i = 0; i < machine.cpus; i++)
      irq_text_add(&text, "%s%" PRIu32, i > 0 ? "," : "",
                   machine.irqs[n].counts[i]);
    irq_text_add(&text, "\n");
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/per_cpu_count", n);
    irq_stage_write(stage, path, &text);
    irq_text_free(&text);
    irq_text_add(&text, "%s\n", machine.irqs[n].name);
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/actions", n);
    irq_stage_write(stage, path, &text);
    irq_text_free(&text);
  }
}

static inline void irq_stage_lay_softirqs(const struct stage *stage) {
  struct irq_text softirqs = {0}, softnet = {0};
  irq_text_add(&softirqs, "        ");
  for (unsigned i = 0; i < machine.cpus; i++)
    irq_text_add(&softirqs, "      CPU%u ", i);
  irq_text_add(&softirqs, "\n      HI:");
  for (unsigned i = 0; i < machine.cpus; i++)
    irq_text_add(&softirqs, " %10u", 7 * i);
  irq_text_add(&softirqs, "\n  NET_TX:");
  for (unsigned i = 0; i < machine.cpus; i++)
    irq_text_add(&softirqs, " %10" PRIu32, machine.net_tx[i]);
  irq_text_add(&softirqs, "\n  NET_RX:");
  for (unsigned i = 0; i < machine.cpus; i++)
    irq_text_add(&softirqs, " %10" PRIu32, machine.net_rx[i]);
  irq_text_add(&softirqs, "\n");
  for (unsigned i = 0; i < machine.cpus; i++)
    if (!machine.offline[i])
      irq_text_add(&softnet,
                   machine.lacks_cpu_column
                       ? "%08" PRIx32 " 0 0 0 0 0 0 0 0 0 0\n"
                       : "%08" PRIx32 " 0 0 0 0 0 0 0 0 0 0 0 %08x 0 0\n",
                   machine.processed[i], i);
  irq_stage_write(stage, "proc/softirqs", &softirqs);
  irq_stage_write(stage, "proc/net/softnet_stat", &softnet);
  irq_text_free(&softirqs);
  irq_text_free(&softnet);
}

static inline void irq_stage_lay(const struct stage *stage) {
  irq_stage_lay_online(stage);
  irq_stage_lay_interrupts(stage);
  irq_stage_lay_softirqs(stage);
  if (!machine.lacks_counts)
    irq_stage_lay_files(stage);
}

static inline int irq_stage_make(void **state) {
  machine = (struct irq_stage_machine){.cpus = 4};
  fake_kernel_reset();
  struct stage *stage = stage_new(&irq_balance_layer);
  temp_tree_write(&stage->tree, "proc/2/comm", "kthreadd\n");
  *state = stage;
  return 0;
}

static inline int irq_stage_remove(void **state) {
  stage_free(*state);
  fake_kernel_reset();
  return 0;
}

static inline void irq_stage_read(struct stage *stage) {
  irq_stage_lay(stage);
  stage_read(stage);
}

static inline void irq_stage_start(struct stage *stage) {
  stage_start(stage);
  irq_stage_read(stage);
}

/* --- Interfaces --- */

/* Writes the affinity of an interrupt. */
static inline void irq_stage_affinity(const struct stage *stage,
                                      unsigned number, const char *allowed,
                                      const char *effective) {
  char path[64], text[64];
  snprintf(path, sizeof(path), "proc/irq/%u/smp_affinity_list", number);
  snprintf(text, sizeof(text), "%s\n", allowed);
  temp_tree_write(&stage->tree, path, text);
  snprintf(path, sizeof(path), "proc/irq/%u/effective_affinity_list", number);
  snprintf(text, sizeof(text), "%s\n", effective);
  temp_tree_write(&stage->tree, path, text);
}

/* Writes a file of an interface in sysfs. */
static inline void irq_stage_file(const struct stage *stage, const char *file,
                                  const char *interface, const char *text) {
  char path[128];
  int at = snprintf(path, sizeof(path), "sys/class/net/%s/%s", interface, file);
  assert_in_range(at, 1, (int)sizeof(path) - 1);
  temp_tree_write(&stage->tree, path, text);
}

/* Adds an interrupt to an interface. It may go to all CPUs and goes to one. */
static inline void irq_stage_vector(struct stage *stage, const char *interface,
                                    unsigned number, const char *name,
                                    unsigned cpu) {
  char file[64], allowed[16], effective[16];
  snprintf(machine.irqs[number].name, sizeof(machine.irqs[number].name), "%s",
           name);
  snprintf(file, sizeof(file), "device/msi_irqs/%u", number);
  irq_stage_file(stage, file, interface, "msix\n");
  snprintf(allowed, sizeof(allowed), "0-%u", machine.cpus - 1);
  snprintf(effective, sizeof(effective), "%u", cpu);
  irq_stage_affinity(stage, number, allowed, effective);
}

/* Adds an interface. Its queues' interrupts have the numbers from first on;
 * queue i is CPU i's. One more interrupt belongs to no queue. */
static inline struct fake_adapter *
irq_stage_adapter(struct stage *stage, uint32_t index, const char *interface,
                  unsigned first, unsigned queues) {
  char text[32];
  struct fake_adapter *adapter = fake_adapter_add(index, interface, "ixgbe");
  snprintf(text, sizeof(text), "%u\n", index);
  irq_stage_file(stage, "ifindex", interface, text);
  for (unsigned i = 0; i < queues; i++) {
    char file[64];
    snprintf(text, sizeof(text), "%s-TxRx-%u", interface, i);
    irq_stage_vector(stage, interface, first + i, text, i % machine.cpus);
    snprintf(file, sizeof(file), "queues/rx-%u/rps_cpus", i);
    irq_stage_file(stage, file, interface, "0\n");
  }
  irq_stage_vector(stage, interface, first + queues, interface, 0);
  return adapter;
}

#endif
