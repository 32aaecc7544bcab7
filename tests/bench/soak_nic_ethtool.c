/* SPDX-License-Identifier: MIT */
/* nic_ethtool: adapters of known and unknown drivers are pulled, plugged in and
 * renamed; they lose in their rings and qdiscs, are reset, and cannot be read.
 */
#include "soak.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake_adapters.h"
#include "layers.h"

enum { SLOTS = 8 };

static struct {
  struct fake_adapter *adapter; /* NULL: there is none */
  uint64_t received, lost;
} slots[SLOTS];
static uint32_t next_index = 1;

static const char *driver_of(unsigned i) {
  static const char *const drivers[] = {"igb", "ixgbe", "virtio_net",
                                        "nobodys"};
  return drivers[i % 4];
}

static void plug(unsigned i) {
  char name[IFNAMSIZ];
  snprintf(name, sizeof(name), "eth%u", i);
  slots[i].adapter = fake_adapter_add(++next_index, name, driver_of(i));
  slots[i].received = slots[i].lost = 0;
  slots[i].adapter->rx_ring = slots[i].adapter->tx_ring = 512;
  slots[i].adapter->rx_ring_max = slots[i].adapter->tx_ring_max = 4096;
  slots[i].adapter->combined = slots[i].adapter->combined_max = 2;
  strcpy(slots[i].adapter->qdisc, "pfifo_fast");
}

static void pull(unsigned i) {
  fake_adapter_remove(slots[i].adapter);
  slots[i].adapter = NULL;
}

static void count(unsigned i, unsigned place) {
  struct fake_adapter *adapter = slots[i].adapter;
  slots[i].received += 100000;
  if (soak_loses(place))
    slots[i].lost += 5000 * soak_choice(place, 100 + i, 4);
  if (soak_choice(place, 200 + i, 150) == 0)
    slots[i].received = slots[i].lost = 0;
  adapter->link[0] = slots[i].received;
  adapter->link[15] = slots[i].lost;
  fake_adapter_set(adapter, "rx_missed_errors", slots[i].lost);
  fake_adapter_set(adapter, "rx_no_buffer_count", slots[i].lost);
  fake_adapter_set(adapter, "rx_queue_0_packets", slots[i].received);
  fake_adapter_set(adapter, "rx_queue_0_drops", slots[i].lost);
  fake_adapter_set(adapter, "rx0_drops", slots[i].lost);
  fake_adapter_set(adapter, "rx0_xdp_drops", slots[i].lost / 2);
  adapter->qdisc_drops = (uint32_t)slots[i].lost;
  adapter->error = soak_choice(place, 300 + i, 60) == 0 ? EIO : 0;
}

static void move_slot(unsigned i, unsigned place) {
  bool is_there = soak_choice(place / 4, i, 5) > 0;
  if (!is_there && slots[i].adapter != NULL)
    pull(i);
  else if (is_there && slots[i].adapter == NULL)
    plug(i);
  if (slots[i].adapter != NULL)
    count(i, place);
}

static void move(const struct temp_tree *tree, unsigned read, unsigned place) {
  (void)read;
  (void)tree;
  for (unsigned i = 0; i < SLOTS; i++)
    move_slot(i, place);
  /* One is renamed and gets its name back. */
  if (slots[0].adapter != NULL)
    strcpy(slots[0].adapter->name, place % 20 < 10 ? "eth0" : "wan0");
  fake_kernel.link_error = soak_choice(place, 400, 80) == 0 ? ENOBUFS : 0;
  fake_kernel.clock += 10;
}

static void make(const struct temp_tree *tree) {
  (void)tree;
  fake_kernel_reset();
}

int main(int argc, char **argv) {
  static const struct config_value yes = {.kind = CONFIG_BOOLEAN,
                                          .boolean = true};
  static const struct config_value all = {.kind = CONFIG_STRING,
                                          .string = "all"};
  static const struct config_node options[] = {
      {.key = "ReportByQueue", .values = &yes, .value_count = 1},
      {.key = "ReportRaw", .values = &all, .value_count = 1},
  };
  static const struct soak soak = {.layer = &nic_ethtool_layer,
                                   .options = options,
                                   .option_count = 2,
                                   .make = make,
                                   .move = move,
                                   .end = fake_kernel_reset};
  return soak_run(&soak, argc, argv);
}
