/* SPDX-License-Identifier: MIT */
/* A host's readings, written by a test, and the ladder made of them. */
#ifndef LADDER_SCENE_H
#define LADDER_SCENE_H

#include "unit.h"

#include <math.h>
#include <string.h>

#include "ladder.h"

static const struct meter scene_meters[] = {
    {.name = "dropped",
     .key = "receive_dropped",
     .bucket = LEDGER_UDP_RECEIVE,
     .exactness = LEDGER_OBJECT,
     .type = "packets",
     .kind = METER_COUNTER64,
     .meaning = METER_LOSS,
     .unit = "datagrams",
     .verb = "lost",
     .place = "at its receive buffer",
     .limits = THRESHOLD_ABOVE(1, 100)},
    {.name = "receive_queue",
     .type = "percent",
     .kind = METER_GAUGE,
     .meaning = METER_PRESSURE,
     .unit = "%",
     .verb = "uses",
     .place = "of its receive buffer",
     .limits = THRESHOLD_ABOVE(80, 95)},
    {.name = "accept_queue",
     .type = "percent",
     .kind = METER_GAUGE,
     .meaning = METER_PRESSURE,
     .unit = "%",
     .verb = "uses",
     .place = "of its accept queue",
     .limits = THRESHOLD_ABOVE(80, 95)},
    {.name = "RcvbufErrors",
     .key = "Udp:RcvbufErrors",
     .bucket = LEDGER_UDP_RECEIVE,
     .exactness = LEDGER_HOST,
     .type = "packets",
     .kind = METER_COUNTER64,
     .meaning = METER_LOSS,
     .part_of = "InErrors",
     .verb = "lost",
     .place = "in full receive buffers (RcvbufErrors)",
     .limits = THRESHOLD_ABOVE(1, 100)},
    {.name = "InErrors",
     .key = "Udp:InErrors",
     .no_bucket = "the sum of the others",
     .type = "packets",
     .kind = METER_COUNTER64,
     .meaning = METER_LOSS},
    {.name = "socket_rcvbuff",
     .bucket = LEDGER_UDP_RECEIVE,
     .exactness = LEDGER_KERNEL,
     .type = "packets",
     .kind = METER_COUNTER64,
     .meaning = METER_LOSS,
     .limits = THRESHOLD_ABOVE(1, 100)},
    {.name = "dropped",
     .bucket = LEDGER_BACKLOG,
     .exactness = LEDGER_OBJECT,
     .type = "packets",
     .kind = METER_COUNTER32,
     .meaning = METER_LOSS,
     .verb = "dropped",
     .place = "from its backlog",
     .limits = THRESHOLD_ABOVE(1, 100)},
    {.name = "ring_full",
     .key = "rx_ring_full",
     .bucket = LEDGER_RX_RING,
     .exactness = LEDGER_OBJECT,
     .type = "if_rx_dropped",
     .kind = METER_COUNTER64,
     .meaning = METER_LOSS,
     .verb = "lost",
     .place = "in the RX ring"},
    {.name = "rx_ring_loss",
     .type = "percent",
     .kind = METER_GAUGE,
     .meaning = METER_LOSS,
     .unit = "%",
     .limits = THRESHOLD_ABOVE(0.01, 1)},
    {.name = "crc",
     .key = "rx_crc",
     .bucket = LEDGER_WIRE,
     .exactness = LEDGER_OBJECT,
     .type = "if_rx_errors",
     .kind = METER_COUNTER64,
     .meaning = METER_ERROR,
     .verb = "received",
     .place = "with a wrong checksum (CRC)",
     .limits = THRESHOLD_ABOVE(1, 100)},
    {.name = "policy",
     .key = "rx_policy",
     .bucket = LEDGER_NIC_POLICY,
     .exactness = LEDGER_OBJECT,
     .type = "if_rx_dropped",
     .kind = METER_COUNTER64,
     .meaning = METER_LOSS},
    {.name = "rx",
     .key = "packets_rx",
     .type = "packets",
     .kind = METER_COUNTER64,
     .meaning = METER_VOLUME},
};

/* The real layers' names with the meters above. */
static const struct layer scene_socket = {.name = "sock_backlog",
                                          .noun = "",
                                          .meters = scene_meters,
                                          .meter_count =
                                              COUNT_OF(scene_meters)};
static const struct layer scene_proto = {.name = "snmp_proto",
                                         .noun = "",
                                         .meters = scene_meters,
                                         .meter_count = COUNT_OF(scene_meters)};
static const struct layer scene_reason = {.name = "drop_reason",
                                          .noun = "",
                                          .meters = scene_meters,
                                          .meter_count =
                                              COUNT_OF(scene_meters)};
static const struct layer scene_softnet = {.name = "softnet",
                                           .noun = "cpu",
                                           .meters = scene_meters,
                                           .meter_count =
                                               COUNT_OF(scene_meters)};
static const struct layer scene_nic = {.name = "nic_ethtool",
                                       .noun = "",
                                       .meters = scene_meters,
                                       .meter_count = COUNT_OF(scene_meters)};
static const struct layer scene_irq = {.name = "irq_balance", .noun = ""};

static inline const struct meter *scene_meter(const char *key) {
  for (size_t i = 0; i < COUNT_OF(scene_meters); i++)
    if (strcmp(meter_key(&scene_meters[i]), key) == 0)
      return &scene_meters[i];
  fail_msg("no meter %s", key);
  return NULL;
}

/* The object of each reading is its labels' address. */
static inline void scene_reading(struct ladder *ladder,
                                 const struct layer *layer, const char *key,
                                 const struct labels *labels, const char *name,
                                 double value, bool is_raised) {
  const struct meter *meter = scene_meter(key);
  struct report_reading reading = {
      .object = (const struct report_object *)labels,
      .labels = labels,
      .name = name,
      .meter = meter,
      .type_instance = meter->name,
      .rate = NAN,
      .gauge = NAN,
      .state = is_raised ? THRESHOLD_WARNING : THRESHOLD_OKAY,
  };
  if (meter_is_counter(meter)) {
    reading.gained = (uint64_t)value;
    reading.count = (uint64_t)value + 1000;
    reading.rate = value / ladder->elapsed;
  } else {
    reading.gauge = value;
  }
  ladder_take(ladder, layer, &reading);
}

static inline void scene_lose(struct ladder *ladder, const struct layer *layer,
                              const char *key, const struct labels *labels,
                              const char *name, double lost) {
  scene_reading(ladder, layer, key, labels, name, lost, false);
}

/* Begins a read of two seconds; every layer can be read. */
static inline void scene_begin(struct ladder *ladder) {
  static const struct layer *const layers[] = {&scene_socket, &scene_proto,
                                               &scene_reason, &scene_softnet,
                                               &scene_nic,    &scene_irq};
  ladder_begin(ladder, 2);
  for (size_t i = 0; i < COUNT_OF(layers); i++)
    ladder_layer(ladder, layers[i], NULL);
}

/* Explains by the meter's key. */
static inline void scene_explain(void *data, const struct layer *layer,
                                 const struct alert *alert,
                                 struct explanation *ret) {
  (void)data;
  (void)layer;
  *ret = (struct explanation){.setting = "some.setting"};
  TEXT_FILL(ret->setting_value, "%d", 17);
  TEXT_FILL(ret->advice, "raise it");
  TEXT_FILL(ret->detail, "by %s", meter_key(alert->meter));
}

static inline void scene_end(struct ladder *ladder) {
  assert_int_equal(ladder_end(ladder, scene_explain, NULL), 0);
}

#endif
