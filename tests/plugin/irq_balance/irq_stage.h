/* SPDX-License-Identifier: MIT */
/* A recording of irq_balance over a machine of a test's own: its interfaces are
 * fake_adapters', all else are files that each read finds written anew. */
#ifndef IRQ_STAGE_H
#define IRQ_STAGE_H

#include "unit.h"

#include <inttypes.h>
#include <math.h>

#include "fake_adapters.h"
#include "irq_tree.h"
#include "layers.h"
#include "recording_host.h"

#define STAGE_CPUS 8
#define STAGE_IRQS 64

struct stage_irq {
  char name[32]; /* "": there is none of this number */
  uint32_t counts[STAGE_CPUS];
};

struct stage {
  struct temp_tree tree;
  struct recording recording;
  double now;
  unsigned cpus;
  bool offline[STAGE_CPUS];
  bool without_files;      /* /proc/interrupts is all there is */
  const char *online_view; /* what sysfs shows as online; NULL: the truth */
  struct stage_irq irqs[STAGE_IRQS];
  uint32_t net_rx[STAGE_CPUS], net_tx[STAGE_CPUS], processed[STAGE_CPUS];
};

static inline void stage_write(const struct stage *stage, const char *path,
                               const struct irq_text *text) {
  temp_tree_write_bytes(&stage->tree, path,
                        text->text != NULL ? text->text : "", text->length);
}

static inline void stage_lay_online(const struct stage *stage) {
  struct irq_text text = {0};
  for (unsigned i = 0; i < stage->cpus; i++)
    if (!stage->offline[i])
      irq_text_add(&text, "%s%u", text.length > 0 ? "," : "", i);
  irq_text_add(&text, "\n");
  if (stage->online_view != NULL) {
    irq_text_free(&text);
    irq_text_add(&text, "%s\n", stage->online_view);
  }
  stage_write(stage, "sys/devices/system/cpu/online", &text);
  irq_text_free(&text);
  irq_text_add(&text, "0-%u\n", stage->cpus - 1);
  stage_write(stage, "sys/devices/system/cpu/possible", &text);
  irq_text_free(&text);
}

/* The CPUs that are online, as the columns of /proc/interrupts. */
static inline void stage_lay_interrupts(const struct stage *stage) {
  struct irq_text text = {0};
  irq_text_add(&text, "     ");
  for (unsigned i = 0; i < stage->cpus; i++)
    if (!stage->offline[i])
      irq_text_add(&text, "       CPU%u", i);
  irq_text_add(&text, "\n");
  for (unsigned n = 0; n < STAGE_IRQS; n++) {
    if (stage->irqs[n].name[0] == '\0')
      continue;
    irq_text_add(&text, "%3u: ", n);
    for (unsigned i = 0; i < stage->cpus; i++)
      if (!stage->offline[i])
        irq_text_add(&text, " %10" PRIu32, stage->irqs[n].counts[i]);
    irq_text_add(&text, "   PCI-MSI %u-edge      %s\n", n, stage->irqs[n].name);
  }
  stage_write(stage, "proc/interrupts", &text);
  irq_text_free(&text);
}

static inline void stage_lay_files(const struct stage *stage) {
  for (unsigned n = 0; n < STAGE_IRQS; n++) {
    char path[64];
    struct irq_text text = {0};
    if (stage->irqs[n].name[0] == '\0')
      continue;
    for (unsigned i = 0; i < stage->cpus; i++)
      irq_text_add(&text, "%s%" PRIu32, i > 0 ? "," : "",
                   stage->irqs[n].counts[i]);
    irq_text_add(&text, "\n");
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/per_cpu_count", n);
    stage_write(stage, path, &text);
    irq_text_free(&text);
    irq_text_add(&text, "%s\n", stage->irqs[n].name);
    snprintf(path, sizeof(path), "sys/kernel/irq/%u/actions", n);
    stage_write(stage, path, &text);
    irq_text_free(&text);
  }
}

static inline void stage_lay_softirqs(const struct stage *stage) {
  struct irq_text softirqs = {0}, softnet = {0};
  irq_text_add(&softirqs, "        ");
  for (unsigned i = 0; i < stage->cpus; i++)
    irq_text_add(&softirqs, "      CPU%u ", i);
  irq_text_add(&softirqs, "\n      HI:");
  for (unsigned i = 0; i < stage->cpus; i++)
    irq_text_add(&softirqs, " %10u", 7 * i);
  irq_text_add(&softirqs, "\n  NET_TX:");
  for (unsigned i = 0; i < stage->cpus; i++)
    irq_text_add(&softirqs, " %10" PRIu32, stage->net_tx[i]);
  irq_text_add(&softirqs, "\n  NET_RX:");
  for (unsigned i = 0; i < stage->cpus; i++)
    irq_text_add(&softirqs, " %10" PRIu32, stage->net_rx[i]);
  irq_text_add(&softirqs, "\n");
  for (unsigned i = 0; i < stage->cpus; i++)
    if (!stage->offline[i])
      irq_text_add(&softnet, "%08" PRIx32 " 0 0 0 0 0 0 0 0 0 0 0 %08x 0 0\n",
                   stage->processed[i], i);
  stage_write(stage, "proc/softirqs", &softirqs);
  stage_write(stage, "proc/net/softnet_stat", &softnet);
  irq_text_free(&softirqs);
  irq_text_free(&softnet);
}

static inline void stage_lay(const struct stage *stage) {
  stage_lay_online(stage);
  stage_lay_interrupts(stage);
  stage_lay_softirqs(stage);
  if (!stage->without_files)
    stage_lay_files(stage);
}

static inline int stage_make(void **state) {
  struct stage *stage = calloc(1, sizeof(*stage));
  if (stage == NULL)
    return -1;
  stage->cpus = 4;
  fake_kernel_reset();
  temp_tree_make(&stage->tree);
  temp_tree_write(&stage->tree, "proc/2/comm", "kthreadd\n");
  recording_open(&stage->recording, &irq_balance_layer);
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                             LINE("SysRoot", STRING(stage->tree.sys))));
  *state = stage;
  return 0;
}

static inline int stage_remove(void **state) {
  struct stage *stage = *state;
  recording_close(&stage->recording);
  temp_tree_remove(&stage->tree);
  fake_kernel_reset();
  free(stage);
  return 0;
}

/* Reads what there is, ten seconds after the last time. */
static inline int stage_try(struct stage *stage) {
  stage->now += 10;
  return recording_read(&stage->recording, stage->now);
}

static inline void stage_read(struct stage *stage) {
  stage_lay(stage);
  int result = stage_try(stage);
  CHECK(result == 0, "%d, %s", result, recording_all_lines(&stage->recording));
}

static inline void stage_start(struct stage *stage) {
  int result = recording_start(&stage->recording);
  CHECK(result == 0, "%d, %s", result, recording_all_lines(&stage->recording));
  stage_read(stage);
}

static inline void stage_configure(struct stage *stage,
                                   const struct config_node *block) {
  recording_configure(&stage->recording, block);
}

/* --- Interfaces --- */

/* A file of an interrupt in /proc. */
static inline void stage_affinity(const struct stage *stage, unsigned number,
                                  const char *allowed, const char *effective) {
  char path[64], text[64];
  snprintf(path, sizeof(path), "proc/irq/%u/smp_affinity_list", number);
  snprintf(text, sizeof(text), "%s\n", allowed);
  temp_tree_write(&stage->tree, path, text);
  snprintf(path, sizeof(path), "proc/irq/%u/effective_affinity_list", number);
  snprintf(text, sizeof(text), "%s\n", effective);
  temp_tree_write(&stage->tree, path, text);
}

/* A file of an interface in sysfs, whose path has its name in it. */
static inline void stage_file(const struct stage *stage, const char *format,
                              const char *interface, const char *text) {
  char path[128];
  int at =
      snprintf(path, sizeof(path), "sys/class/net/%s/%s", interface, format);
  assert_in_range(at, 1, (int)sizeof(path) - 1);
  temp_tree_write(&stage->tree, path, text);
}

/* Gives a queue of an interface an interrupt, which may go to all CPUs and does
 * go to one. */
static inline void stage_vector(struct stage *stage, const char *interface,
                                unsigned number, const char *name,
                                unsigned cpu) {
  char file[64], allowed[16], effective[16];
  snprintf(stage->irqs[number].name, sizeof(stage->irqs[number].name), "%s",
           name);
  snprintf(file, sizeof(file), "device/msi_irqs/%u", number);
  stage_file(stage, file, interface, "msix\n");
  snprintf(allowed, sizeof(allowed), "0-%u", stage->cpus - 1);
  snprintf(effective, sizeof(effective), "%u", cpu);
  stage_affinity(stage, number, allowed, effective);
}

/* An interface with a number of queues, whose interrupts have the numbers from
 * first on, and one more that is no queue's; queue i is CPU i's. */
static inline struct fake_adapter *
stage_adapter(struct stage *stage, uint32_t index, const char *interface,
              unsigned first, unsigned queues) {
  char text[32];
  struct fake_adapter *adapter = fake_adapter_add(index, interface, "ixgbe");
  snprintf(text, sizeof(text), "%u\n", index);
  stage_file(stage, "ifindex", interface, text);
  for (unsigned i = 0; i < queues; i++) {
    char file[64];
    snprintf(text, sizeof(text), "%s-TxRx-%u", interface, i);
    stage_vector(stage, interface, first + i, text, i % stage->cpus);
    snprintf(file, sizeof(file), "queues/rx-%u/rps_cpus", i);
    stage_file(stage, file, interface, "0\n");
  }
  stage_vector(stage, interface, first + queues, interface, 0);
  return adapter;
}

/* --- What is expected --- */

/* One value, written as "eth0/percent-busiest_cpu"; NULL: it was not sent. */
static inline const struct recorded_value *stage_find(const struct stage *stage,
                                                      const char *series) {
  char instance[64];
  const char *slash = strchr(series, '/'), *dash = strchr(slash, '-');
  char type[64];
  snprintf(instance, sizeof(instance), "%.*s", (int)(slash - series), series);
  snprintf(type, sizeof(type), "%.*s", (int)(dash - slash - 1), slash + 1);
  return recording_value(&stage->recording, instance, type, dash + 1);
}

static inline double stage_value(const struct stage *stage,
                                 const char *series) {
  const struct recorded_value *value = stage_find(stage, series);
  CHECK(value != NULL, "%s was not sent", series);
  return value->is_counter ? (double)value->count : value->gauge;
}

static inline void stage_expect(const struct stage *stage, const char *series,
                                double number) {
  double found = stage_value(stage, series);
  CHECK(fabs(found - number) < 1e-6, "%s is %.6f, not %.6f", series, found,
        number);
}

static inline void stage_expect_none(const struct stage *stage,
                                     const char *series) {
  CHECK(stage_find(stage, series) == NULL, "%s was sent", series);
}

static inline void stage_expect_alerts(const struct stage *stage,
                                       const char *alerts) {
  assert_string_equal(recording_alerts(&stage->recording), alerts);
}

static inline void stage_expect_message(const struct stage *stage,
                                        const char *message) {
  CHECK(stage->recording.alert_count == 1, "%zu alerts",
        stage->recording.alert_count);
  assert_string_equal(stage->recording.alerts[0].message, message);
}

static inline size_t stage_series(const struct stage *stage,
                                  const char *instance) {
  size_t count = 0;
  for (size_t i = 0; i < stage->recording.value_count; i++)
    count += strcmp(stage->recording.values[i].instance, instance) == 0;
  return count;
}

#endif
