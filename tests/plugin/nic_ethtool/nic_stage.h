/* SPDX-License-Identifier: MIT */
/* A recording of nic_ethtool over adapters of a test's own. */
#ifndef NIC_STAGE_H
#define NIC_STAGE_H

#include "unit.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_adapters.h"
#include "layers.h"
#include "recording_frontend.h"
#include "temp_tree.h"

struct stage {
  struct temp_tree tree;
  struct recording recording;
  double now;
};

static inline int stage_make(void **state) {
  struct stage *stage = calloc(1, sizeof(*stage));
  if (stage == NULL)
    return -1;
  fake_kernel_reset();
  temp_tree_make(&stage->tree);
  recording_open(&stage->recording, &nic_ethtool_layer);
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

/* Reads, ten seconds after the last time. */
static inline int stage_try(struct stage *stage) {
  stage->now += 10;
  return recording_read(&stage->recording, stage->now);
}

static inline void stage_read(struct stage *stage) {
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

/* One value, written as "eth0/if_rx_dropped-ring_full"; NULL: it was not
 * sent. */
static inline const struct recorded_value *stage_find(const struct stage *stage,
                                                      const char *series) {
  char instance[64], type[64], type_instance[64];
  CHECK(sscanf(series, "%63[^/]/%63[^-]-%63s", instance, type, type_instance) ==
            3,
        "%s", series);
  return recording_value(&stage->recording, instance, type, type_instance);
}

static inline void stage_expect(const struct stage *stage, const char *series,
                                double number) {
  const struct recorded_value *value = stage_find(stage, series);
  CHECK(value != NULL, "%s was not sent", series);
  double found = value->is_counter ? (double)value->count : value->gauge;
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

/* Traffic: packets received since the last read. */
static inline void stage_receive(struct fake_adapter *adapter,
                                 uint64_t packets) {
  adapter->link[0] += packets;
}

static inline struct fake_adapter *stage_igb(void) {
  struct fake_adapter *adapter = fake_adapter_add(2, "eth0", "igb");
  fake_adapter_set(adapter, "rx_missed_errors", 5);
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

#endif
