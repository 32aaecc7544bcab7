/* SPDX-License-Identifier: MIT */
/* nic_ethtool on a stage with fake adapters. */
#ifndef NIC_STAGE_H
#define NIC_STAGE_H

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_adapters.h"
#include "layers.h"
#include "stage.h"

static inline int nic_stage_make(void **state) {
  fake_kernel_reset();
  *state = stage_new(&nic_ethtool_layer);
  return 0;
}

static inline int nic_stage_remove(void **state) {
  stage_free(*state);
  fake_kernel_reset();
  return 0;
}

/* Traffic: packets received since the last read. */
static inline void nic_stage_receive(struct fake_adapter *adapter,
                                     uint64_t packets) {
  adapter->link[0] += packets;
}

static inline struct fake_adapter *nic_stage_igb(void) {
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "igb");
  fake_adapter_set(adapter, "rx_missed_errors", 5);
  fake_adapter_set(adapter, "rx_no_buffer_count", 5);
  fake_adapter_set(adapter, "rx_crc_errors", 7);
  fake_adapter_set(adapter, "rx_fifo_errors", 16);
  fake_adapter_set(adapter, "rx_queue_0_packets", 1000);
  fake_adapter_set(adapter, "rx_queue_0_drops", 11);
  fake_adapter_set(adapter, "tx_timeout_count", 0);
  adapter->link[0] = 1000;
  adapter->link[15] = 5; /* rx_missed_errors once more */
  adapter->rx_ring = adapter->tx_ring = 512;
  adapter->rx_ring_max = adapter->tx_ring_max = 4096;
  adapter->combined = 2;
  adapter->combined_max = 8;
  return adapter;
}

/* Adds to a counter that the adapter has. */
static inline void nic_stage_count_more(struct fake_adapter *adapter,
                                        const char *name, uint64_t packets) {
  for (size_t i = 0; i < adapter->count; i++)
    if (strcmp(adapter->names[i], name) == 0)
      adapter->values[i] += packets;
}

/* Packets that find no buffer in the ring, wait for one, and are given up. */
static inline void nic_stage_lose_in_ring(struct fake_adapter *adapter,
                                          uint64_t packets) {
  nic_stage_count_more(adapter, "rx_no_buffer_count", packets);
  nic_stage_count_more(adapter, "rx_missed_errors", packets);
}

#define NIC_TEST(function)                                                     \
  cmocka_unit_test_setup_teardown(function, nic_stage_make, nic_stage_remove)

#endif
