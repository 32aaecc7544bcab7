/* SPDX-License-Identifier: MIT */
#include "nic_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nic_meters.h"
#include "nic_settings.h"
#include "nic_state.h"
#include "nic_vfs.h"

/* A share of fewer packets per second than this is not reported. */
#define TRAFFIC_FLOOR 10
/* The share of a loss that is not faster than this is not judged. */
#define LOSS_FLOOR 10

static bool counts_loss(const struct nic_sources *sources, unsigned index) {
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    if (source->place == NIC_PLACE_ETHTOOL && source->index == index &&
        nic_meters_is_loss(source->cause))
      return true;
  }
  return false;
}

/* The meter that shows a counter of the driver, or a negative number. */
static int raw_meter(const struct nic_ethtool *nic,
                     const struct nic_device *device, unsigned index,
                     struct report *report) {
  const struct nic_name *name = &device->layout.names.items[index];
  bool is_sent = nic->report_raw == NIC_RAW_ALL ||
                 match_any(&nic->counters, name->name) ||
                 (nic->report_raw == NIC_RAW_LOSS &&
                  counts_loss(&device->layout.sources, index));
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
  struct nic_layout *layout = &device->layout;
  nic_queues_free(device->queues);
  device->queues = NULL;
  layout->raw_count = 0;
  for (unsigned i = 0; i < layout->names.count; i++) {
    int meter = raw_meter(nic, device, i, report);
    if (meter >= 0)
      layout->raw[layout->raw_count++] =
          (struct nic_raw){.index = i, .meter = (unsigned)meter};
  }
  if (!nic->report_by_queue)
    return;
  if (!nic->has_queue_meters)
    nic->has_queue_meters =
        nic_queues_learn_meters(report, &nic->queue_meters) == 0;
  if (nic->has_queue_meters)
    nic_queues_new(&device->queues, layout);
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

static bool counts(const struct nic_device *device, enum nic_cause cause) {
  return (device->layout.tally.causes & UINT32_C(1) << cause) != 0;
}

/* Reports from elsewhere what the driver's own statistics never contain. */
static void report_instead(const struct nic_device *device,
                           struct report *report,
                           struct report_object *object) {
  const struct ethtool_settings *settings = &device->settings;
  if (!counts(device, NIC_TX_TIMEOUT) && device->sysfs.has_timeouts)
    report_counter(report, object, NIC_TX_TIMEOUT, device->sysfs.timeouts);
  if (!counts(device, NIC_RX_PAUSE) &&
      settings->rx_pause_frames != ETHTOOL_NOT_COUNTED)
    report_counter(report, object, NIC_RX_PAUSE, settings->rx_pause_frames);
  if (!counts(device, NIC_TX_PAUSE) &&
      settings->tx_pause_frames != ETHTOOL_NOT_COUNTED)
    report_counter(report, object, NIC_TX_PAUSE, settings->tx_pause_frames);
  if (device->sysfs.has_stalls)
    report_counter(report, object, NIC_TX_STALLS, device->sysfs.stalls);
}

/* The gains are taken before anything is reported of them. */
static void take_gains(struct nic_ethtool *nic, struct nic_device *device) {
  struct nic_layout *layout = &device->layout;
  struct nic_reading reading = nic_device_reading(
      device, netdev_qstats_find(&nic->qstats, device->interface.index),
      nic->now);
  reading.backlog_drops = nic->backlog_drops;
  nic_tally_take(&layout->tally, &layout->sources, &reading);
  nic->backlog_drops = reading.backlog_drops;
  if (device->queues != NULL)
    nic_queues_take(device->queues, layout);
}

static void report_causes(struct nic_ethtool *nic, struct nic_device *device,
                          struct report *report, struct report_object *object) {
  const struct nic_tally *tally = &device->layout.tally;
  if (!device->has_layout)
    return;
  take_gains(nic, device);
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++)
    if ((tally->present >> cause & 1) != 0)
      report_counter(report, object, cause, tally->sums[cause].value);
  report_instead(device, report, object);
}

/* Reports a loss as a share of all packets, those lost included. */
static void report_share(struct report *report, struct report_object *object,
                         unsigned meter, unsigned lost_meter,
                         unsigned packets_meter) {
  double lost = report_rate(report, object, lost_meter);
  double all = lost + report_rate(report, object, packets_meter);
  if (isnan(all))
    return;
  if (all < TRAFFIC_FLOOR)
    report_idle(report, object, meter);
  else if (lost <= LOSS_FLOOR)
    report_gauge_unjudged(report, object, meter, 100 * lost / all);
  else
    report_gauge(report, object, meter, 100 * lost / all);
}

static void report_shares(struct report *report, struct report_object *object) {
  report_share(report, object, NIC_RX_RING_LOSS, NIC_RX_RING_FULL,
               NIC_PACKETS_RX);
  report_share(report, object, NIC_RX_UNCLASSIFIED_LOSS, NIC_RX_UNCLASSIFIED,
               NIC_PACKETS_RX);
  report_share(report, object, NIC_TX_UNCLASSIFIED_LOSS, NIC_TX_UNCLASSIFIED,
               NIC_PACKETS_TX);
}

static void report_link(const struct nic_ethtool *nic,
                        struct nic_device *device, struct report *report,
                        struct report_object *object) {
  const struct link_stats_one *link = device->interface.link;
  if (link->count > LINK_STATS_TX_PACKETS) {
    report_counter(report, object, NIC_PACKETS_RX,
                   link->stats[LINK_STATS_RX_PACKETS]);
    report_counter(report, object, NIC_PACKETS_TX,
                   link->stats[LINK_STATS_TX_PACKETS]);
  }
  report_gauge(report, object, NIC_TXQUEUELEN, link->txqueuelen);
  if (link->has_carrier_changes) {
    report_counter(report, object, NIC_CARRIER_CHANGES, link->carrier_changes);
    report_gauge(
        report, object, NIC_CARRIER_FLAPS,
        nic_carrier_flaps(&device->carrier, link->carrier_changes, nic->now));
  }
}

/* A link that is down has no speed. An adapter that advertises nothing has no
 * best speed. */
static void report_speed(const struct nic_device *device, struct report *report,
                         struct report_object *object) {
  const struct ethtool_settings *settings = &device->settings;
  if (settings->speed == ETHTOOL_UNKNOWN)
    return;
  report_gauge(report, object, NIC_LINK, settings->speed);
  if (settings->full_duplex != ETHTOOL_UNKNOWN)
    report_gauge(report, object, NIC_HALF_DUPLEX, 1 - settings->full_duplex);
  if (settings->best_speed != ETHTOOL_UNKNOWN)
    report_gauge(report, object, NIC_LINK_SHARE,
                 100.0 * settings->speed / settings->best_speed);
}

/* Whether a kind of qdisc drops packets before it is full, to slow senders
 * down. */
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
      qdisc_stats_find(&nic->qdiscs, device->interface.index);
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
  const struct nic_layout *layout = &device->layout;
  for (size_t i = 0; i < layout->raw_count; i++)
    report_counter(report, object, layout->raw[i].meter,
                   device->values[layout->raw[i].index]);
}

void nic_report_device(struct nic_ethtool *nic, struct nic_device *device,
                       struct report *report) {
  const struct labels labels = {.device = device->interface.name};
  /* An older object of that name belongs to another interface or layout. */
  bool is_replaced =
      !device->was_reported && report_object_find(report, &labels) != NULL;
  struct report_object *object = report_object(report, NULL, &labels, false);
  if (is_replaced)
    report_object_rebase(object);
  device->was_reported = true;
  /* An unknown driver may not fill all standard statistics. */
  report_object_omit_zeros(object, device->has_layout &&
                                       !device->layout.sources.is_known);
  report_link(nic, device, report, object);
  report_causes(nic, device, report, object);
  report_shares(report, object);
  report_qdisc(nic, device, report, object);
  report_settings(nic, device, report, object);
  report_speed(device, report, object);
  nic_vfs_report(nic, device, report);
  if (device->has_taken_long)
    report_gauge(report, object, NIC_READ_DURATION, device->duration);
  if (device->values == NULL)
    return;
  report_raw(device, report, object);
  if (device->queues != NULL)
    nic_queues_report(device->queues, device->interface.name, device->values,
                      &nic->queue_meters, report);
}
