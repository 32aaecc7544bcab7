/* SPDX-License-Identifier: MIT */
/* What is reported of an adapter. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nic_ethtool.h"

/* Below so many packets a second, a share of them says nothing. */
#define TRAFFIC_FLOOR 10
/* So many must be lost a second for their share to be judged. */
#define LOSS_FLOOR 10

/* Which meter shows a counter of the driver; -1: none. */
static int raw_meter(const struct nic_ethtool *nic,
                     const struct nic_device *device, unsigned index,
                     struct report *report) {
  const struct nic_name *name = &device->names.items[index];
  bool is_sent =
      nic->report_raw == NIC_RAW_ALL || match_any(&nic->counters, name->name);
  for (size_t i = 0; i < device->sources.count && !is_sent; i++) {
    const struct nic_source *source = &device->sources.items[i];
    is_sent = nic->report_raw == NIC_RAW_LOSS &&
              source->place == NIC_PLACE_ETHTOOL && source->index == index &&
              nic_meters_is_loss(source->cause);
  }
  if (!is_sent || name->is_number)
    return -1;
  char key[NIC_NAME_SIZE + 8];
  snprintf(key, sizeof(key), "raw:%s", name->name);
  const struct meter meter = {.name = name->name,
                              .key = key,
                              .type = "derive",
                              .kind = METER_COUNTER64,
                              .meaning = METER_INFORMATION,
                              .source = "ethtool -S",
                              .help = "A counter of the driver's own."};
  return report_learn(report, &meter);
}

void nic_report_prepare(struct nic_ethtool *nic, struct nic_device *device,
                        struct report *report) {
  nic_queues_free(device->by_queue);
  device->by_queue = NULL;
  device->shown_count = 0;
  for (unsigned i = 0; i < device->names.count; i++) {
    int meter = raw_meter(nic, device, i, report);
    if (meter >= 0)
      device->shown[device->shown_count++] =
          (struct nic_shown){.index = i, .meter = (unsigned)meter};
  }
  if (!nic->report_by_queue)
    return;
  if (!nic->has_queue_meters)
    nic->has_queue_meters =
        nic_queues_learn_meters(report, &nic->queue_meters) == 0;
  if (nic->has_queue_meters)
    nic_queues_new(&device->by_queue, device);
}

static void report_size(struct report *report, struct report_object *object,
                        unsigned meter, uint32_t size) {
  if (size != ETHTOOL_UNKNOWN)
    report_gauge(report, object, meter, size);
}

static void report_settings(const struct nic_ethtool *nic,
                            const struct nic_device *device,
                            struct report *report,
                            struct report_object *object) {
  const struct ethtool_settings *settings = &device->settings;
  uint32_t channels_max;
  uint32_t channels = nic_settings_channels(settings, &channels_max);
  report_size(report, object, NIC_RX_RING, settings->rx_ring);
  report_size(report, object, NIC_RX_RING_MAX, settings->rx_ring_max);
  report_size(report, object, NIC_TX_RING, settings->tx_ring);
  report_size(report, object, NIC_TX_RING_MAX, settings->tx_ring_max);
  report_size(report, object, NIC_CHANNELS, channels);
  report_size(report, object, NIC_CHANNELS_MAX, channels_max);
  if (!nic->report_offloads)
    return;
  const struct ethtool_offloads *offloads = &device->offloads;
  report_size(report, object, NIC_GRO, offloads->gro);
  report_size(report, object, NIC_GSO, offloads->gso);
  report_size(report, object, NIC_TSO, offloads->tso);
  report_size(report, object, NIC_LRO, offloads->lro);
  report_size(report, object, NIC_RX_CHECKSUM, offloads->rx_checksum);
  report_size(report, object, NIC_TX_CHECKSUM, offloads->tx_checksum);
}

static bool tells(const struct nic_device *device, enum nic_cause cause) {
  return (device->causes & UINT32_C(1) << cause) != 0;
}

/* What the driver's own statistics never tell, something else may. */
static void report_instead(const struct nic_device *device,
                           struct report *report,
                           struct report_object *object) {
  const struct ethtool_settings *settings = &device->settings;
  if (!tells(device, NIC_TX_TIMEOUT) && device->queues.has_timeouts)
    report_counter(report, object, NIC_TX_TIMEOUT, device->queues.timeouts);
  if (!tells(device, NIC_RX_PAUSE) &&
      settings->rx_pause_frames != ETHTOOL_NOT_COUNTED)
    report_counter(report, object, NIC_RX_PAUSE, settings->rx_pause_frames);
  if (!tells(device, NIC_TX_PAUSE) &&
      settings->tx_pause_frames != ETHTOOL_NOT_COUNTED)
    report_counter(report, object, NIC_TX_PAUSE, settings->tx_pause_frames);
  if (device->queues.has_stalls)
    report_counter(report, object, NIC_TX_STALLS, device->queues.stalls);
}

static void report_causes(struct nic_ethtool *nic, struct nic_device *device,
                          struct report *report, struct report_object *object) {
  struct nic_sum sums[NIC_CAUSE_COUNT];
  if (!device->is_learned)
    return;
  nic_device_sum(device, netdev_qstats_find(&nic->qstats, device->index), sums);
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++)
    if (sums[cause].is_told)
      report_counter_of(report, object, cause, sums[cause].value,
                        sums[cause].bits);
  report_instead(device, report, object);
}

static void report_ring_loss(struct report *report,
                             struct report_object *object) {
  double lost = report_rate(report, object, NIC_RX_RING_FULL);
  double all = lost + report_rate(report, object, NIC_PACKETS_RX);
  if (isnan(all))
    return;
  if (all < TRAFFIC_FLOOR)
    report_idle(report, object, NIC_RX_RING_LOSS);
  else if (lost <= LOSS_FLOOR)
    report_gauge_unjudged(report, object, NIC_RX_RING_LOSS, 100 * lost / all);
  else
    report_gauge(report, object, NIC_RX_RING_LOSS, 100 * lost / all);
}

static void report_link(const struct nic_ethtool *nic,
                        struct nic_device *device, struct report *report,
                        struct report_object *object) {
  const struct link_stats_one *link = device->link;
  if (link->count > LINK_STATS_TX_PACKETS) {
    report_counter(report, object, NIC_PACKETS_RX,
                   link->stats[LINK_STATS_RX_PACKETS]);
    report_counter(report, object, NIC_PACKETS_TX,
                   link->stats[LINK_STATS_TX_PACKETS]);
  }
  report_gauge(report, object, NIC_TXQUEUELEN, link->txqueuelen);
  if (link->has_carrier_changes) {
    report_counter(report, object, NIC_CARRIER_CHANGES, link->carrier_changes);
    report_gauge(report, object, NIC_CARRIER_FLAPS,
                 nic_device_flaps(device, link->carrier_changes, nic->now));
  }
}

/* Whether a kind drops packets before it is full, to slow senders down. */
static bool drops_on_purpose(const char *kind) {
  static const char *const kinds[] = {"codel", "fq_codel", "cake",   "cake_mq",
                                      "pie",   "fq_pie",   "red",    "sfb",
                                      "choke", "gred",     "dualpi2"};
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
    if (strcmp(kinds[i], kind) == 0)
      return true;
  return false;
}

static void report_qdisc(const struct nic_ethtool *nic,
                         const struct nic_device *device, struct report *report,
                         struct report_object *object) {
  const struct qdisc_stats_one *qdisc =
      qdisc_stats_find(&nic->qdiscs, device->index);
  if (qdisc == NULL || strcmp(qdisc->kind, "noqueue") == 0)
    return;
  report_counter(report, object,
                 drops_on_purpose(qdisc->kind) ? NIC_QDISC_DELAY_DROPS
                                               : NIC_QDISC_DROPS,
                 qdisc->drops);
  report_counter(report, object, NIC_QDISC_REQUEUES, qdisc->requeues);
  report_gauge(report, object, NIC_QDISC_BACKLOG, qdisc->packets);
}

static void report_raw(const struct nic_device *device, struct report *report,
                       struct report_object *object) {
  if (device->values == NULL)
    return;
  for (size_t i = 0; i < device->shown_count; i++)
    report_counter(report, object, device->shown[i].meter,
                   device->values[device->shown[i].index]);
}

void nic_report_device(struct nic_ethtool *nic, struct nic_device *device,
                       struct report *report) {
  /* One of that name which was there before is another one. */
  const struct labels labels = {.device = device->name};
  bool is_new =
      !device->was_reported && report_object_find(report, &labels) != NULL;
  struct report_object *object = report_object(report, NULL, &labels, false);
  if (is_new)
    report_object_rebase(object);
  device->was_reported = true;
  /* Whether a driver that is not known fills the standard statistics, neither
   * is. */
  report_object_omit_zeros(object,
                           device->is_learned && !device->sources.is_known);
  report_link(nic, device, report, object);
  report_causes(nic, device, report, object);
  report_ring_loss(report, object);
  report_qdisc(nic, device, report, object);
  report_settings(nic, device, report, object);
  if (device->has_taken_long)
    report_gauge(report, object, NIC_READ_DURATION, device->duration);
  report_raw(device, report, object);
  if (device->by_queue != NULL)
    nic_queues_report(device->by_queue, device, &nic->queue_meters, report);
}
