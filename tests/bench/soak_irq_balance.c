/* SPDX-License-Identifier: MIT */
/* irq_balance: adapters and their interrupts come and go, CPUs go offline, the
 * load moves from all CPUs to one, tables break. */
#include "soak.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fake_adapters.h"
#include "layers.h"

enum { CPUS = 4, ADAPTERS = 4, QUEUES = 4, FIRST_IRQ = 20 };

static struct fake_adapter *adapters[ADAPTERS];
static uint32_t interrupts[ADAPTERS][QUEUES][CPUS], soft[CPUS];
static uint32_t next_index = 1;

static void plug(const struct temp_tree *tree, unsigned i) {
  char name[IFNAMSIZ], path[128], text[32];
  snprintf(name, sizeof(name), "eth%u", i);
  adapters[i] = fake_adapter_add(++next_index, name, "ixgbe");
  snprintf(path, sizeof(path), "sys/class/net/%s/ifindex", name);
  snprintf(text, sizeof(text), "%u\n", next_index);
  temp_tree_write(tree, path, text);
  for (unsigned queue = 0; queue < QUEUES; queue++) {
    unsigned number = FIRST_IRQ + QUEUES * i + queue;
    snprintf(path, sizeof(path), "sys/class/net/%s/device/msi_irqs/%u", name,
             number);
    temp_tree_write(tree, path, "msix\n");
    snprintf(path, sizeof(path), "proc/irq/%u/smp_affinity_list", number);
    temp_tree_write(tree, path, "0-3\n");
    snprintf(path, sizeof(path), "proc/irq/%u/effective_affinity_list", number);
    snprintf(text, sizeof(text), "%u\n", queue);
    temp_tree_write(tree, path, text);
    memset(interrupts[i][queue], 0, sizeof(interrupts[i][queue]));
  }
}

static void move_adapter(const struct temp_tree *tree, unsigned i,
                         unsigned place) {
  bool is_there = soak_choice(place / 6, i, 5) > 0;
  if (!is_there && adapters[i] != NULL) {
    fake_adapter_remove(adapters[i]);
    adapters[i] = NULL;
  } else if (is_there && adapters[i] == NULL) {
    plug(tree, i);
  }
  for (unsigned queue = 0; queue < QUEUES; queue++)
    interrupts[i][queue][soak_loses(place) ? 0 : queue] += 20000000;
}

static int add(char *text, size_t size, int length, const char *label,
               const uint32_t counts[static CPUS], unsigned online) {
  length += snprintf(text + length, size - (size_t)length, "%8s:", label);
  for (unsigned i = 0; i < online; i++)
    length +=
        snprintf(text + length, size - (size_t)length, " %10u", counts[i]);
  return length;
}

static int add_heading(char *text, size_t size, unsigned online) {
  int length = snprintf(text, size, "        ");
  for (unsigned i = 0; i < online; i++)
    length += snprintf(text + length, size - (size_t)length, "       CPU%u", i);
  return length + snprintf(text + length, size - (size_t)length, "\n");
}

static void lay_interrupts(const struct temp_tree *tree, unsigned online) {
  static char text[8192];
  int length = add_heading(text, sizeof(text), online);
  for (unsigned i = 0; i < ADAPTERS; i++)
    for (unsigned queue = 0; adapters[i] != NULL && queue < QUEUES; queue++) {
      char label[16];
      snprintf(label, sizeof(label), "%u", FIRST_IRQ + QUEUES * i + queue);
      length =
          add(text, sizeof(text), length, label, interrupts[i][queue], online);
      length +=
          snprintf(text + length, sizeof(text) - (size_t)length,
                   "   PCI-MSI %s-edge      eth%u-TxRx-%u\n", label, i, queue);
    }
  temp_tree_write(tree, "proc/interrupts", text);
}

static void lay_softirqs(const struct temp_tree *tree, unsigned online) {
  char text[1024], softnet[CPUS * 160];
  int length = add_heading(text, sizeof(text), CPUS), at = 0;
  length = add(text, sizeof(text), length, "NET_TX", soft, CPUS);
  length += snprintf(text + length, sizeof(text) - (size_t)length, "\n");
  length = add(text, sizeof(text), length, "NET_RX", soft, CPUS);
  snprintf(text + length, sizeof(text) - (size_t)length, "\n");
  for (unsigned i = 0; i < online; i++)
    at += snprintf(softnet + at, sizeof(softnet) - (size_t)at,
                   "%08x 0 0 0 0 0 0 0 0 0 0 0 %08x 0 0\n", soft[i], i);
  temp_tree_write(tree, "proc/softirqs", text);
  temp_tree_write(tree, "proc/net/softnet_stat", softnet);
}

static void move(const struct temp_tree *tree, unsigned read, unsigned place) {
  (void)read;
  unsigned online = soak_choice(place / 8, 100, 6) == 0 ? CPUS - 1 : CPUS;
  for (unsigned i = 0; i < ADAPTERS; i++)
    move_adapter(tree, i, place);
  for (unsigned i = 0; i < CPUS; i++)
    soft[i] += soak_loses(place) && i > 0 ? 1 : 30000000;
  lay_interrupts(tree, online);
  lay_softirqs(tree, online);
  temp_tree_write(tree, "sys/devices/system/cpu/online",
                  online == CPUS ? "0-3\n" : "0-2\n");
  if (soak_choice(place, 101, 70) == 0)
    temp_tree_write(tree, "proc/softirqs", "no numbers\n");
  if (soak_choice(place, 102, 70) == 0)
    temp_tree_unlink(tree, "proc/interrupts");
}

static void make(const struct temp_tree *tree) {
  fake_kernel_reset();
  temp_tree_write(tree, "proc/2/comm", "kthreadd\n");
  temp_tree_write(tree, "sys/devices/system/cpu/possible", "0-3\n");
  move(tree, 0, 0);
}

int main(int argc, char **argv) {
  static const struct config_value yes = {.kind = CONFIG_BOOLEAN,
                                          .boolean = true};
  static const struct config_node options[] = {
      {.key = "ReportByQueue", .values = &yes, .value_count = 1},
      {.key = "ReportByCpu", .values = &yes, .value_count = 1},
  };
  static const struct soak soak = {.layer = &irq_balance_layer,
                                   .options = options,
                                   .option_count = 2,
                                   .make = make,
                                   .move = move,
                                   .end = fake_kernel_reset};
  return soak_run(&soak, argc, argv);
}
