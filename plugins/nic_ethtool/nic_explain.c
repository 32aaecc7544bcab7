/* SPDX-License-Identifier: MIT */
/* What an operator is told about an adapter: which losses it can tell of, and
 * what decides one that it has. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nic_ethtool.h"

/* Microseconds that interrupts can well be held back. */
#define LONG_WAIT 200

/* Enough to name the counters by; the others are much like them. */
#define NAMES_IN_DETAIL 2

static bool tells(const struct nic_device *device, unsigned cause) {
  return (device->causes & UINT32_C(1) << cause) != 0 ||
         (cause == NIC_TX_TIMEOUT && device->queues.has_timeouts);
}

static void add_key(struct text *text, unsigned cause) {
  if (text->length > 0)
    text_add(text, ", ");
  text_add(text, "%s", meter_key(&nic_meters[cause]));
}

/* Interfaces made by software come and go; for them, one of each driver will
 * do. */
static bool is_said(struct nic_ethtool *nic, const struct nic_device *device) {
  const char *driver = device->statistics.driver;
  const size_t room = sizeof(nic->said) / sizeof(nic->said[0]);
  if (!device->is_virtual)
    return false;
  for (size_t i = 0; i < nic->said_count; i++)
    if (strcmp(nic->said[i], driver) == 0)
      return true;
  if (nic->said_count == room)
    return true;
  memcpy(nic->said[nic->said_count++], driver, sizeof(nic->said[0]));
  return false;
}

void nic_explain_device(struct nic_ethtool *nic, struct nic_device *device) {
  if (device->is_said && device->said == device->causes)
    return;
  device->is_said = true;
  device->said = device->causes;
  if (is_said(nic, device))
    return;
  char told_buffer[400], silent_buffer[200];
  struct text told = TEXT_IN(told_buffer), silent = TEXT_IN(silent_buffer);
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++) {
    if (tells(device, cause))
      add_key(&told, cause);
    else if (nic_meters_is_main((enum nic_cause)cause))
      add_key(&silent, cause);
  }
  const char *driver = device->statistics.driver;
  bool is_strange = driver[0] != '\0' && !device->sources.is_known;
  layer_log(nic->context, LAYER_NOTICE,
            "%s (%s%s) %s of %s; it cannot tell of %s", device->name,
            driver[0] != '\0' ? driver : "no driver",
            is_strange ? ", which is not known here" : "",
            device->sources.is_known ? "tells" : "may tell",
            told.length > 0 ? told_buffer : "nothing",
            silent.length > 0 ? silent_buffer : "nothing else");
}

static struct nic_device *find_device(const struct nic_ethtool *nic,
                                      const char *name) {
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next)
  if (device->is_wanted && strcmp(device->name, name) == 0)
    return device;
  return NULL;
}

/* The counters that gained since the read before. */
static void add_counters(struct text *detail, const struct nic_device *device,
                         unsigned cause) {
  unsigned count = 0;
  for (size_t i = 0; i < device->sources.count; i++) {
    const struct nic_source *source = &device->sources.items[i];
    if (source->cause != cause || !source->counted || source->minus ||
        device->gains[i] == 0)
      continue;
    if (++count > NAMES_IN_DETAIL)
      continue;
    text_add(detail, count == 1 ? "by %s" : ", %s",
             nic_device_source_name(device, source));
  }
  if (count > NAMES_IN_DETAIL)
    text_add(detail, " and %u more", count - NAMES_IN_DETAIL);
}

static bool is_known(uint32_t size) {
  return size != ETHTOOL_UNKNOWN && size > 0;
}

/* With the ring at its maximum, more channels are next. */
static void advise_channels(const struct nic_device *device,
                            struct explanation *explanation) {
  const struct ethtool_settings *settings = &device->settings;
  uint32_t max;
  uint32_t channels = nic_settings_channels(settings, &max);
  if (is_known(channels) && is_known(max) && channels < max)
    TEXT_FILL(explanation->advice,
              "%" PRIu32 " of %" PRIu32
              " channels: ethtool -L; or see irq_balance, "
              "softnet",
              channels, max);
}

static void explain_rx_ring(const struct nic_device *device,
                            const struct report *report,
                            const struct alert *alert,
                            struct explanation *explanation) {
  const struct ethtool_settings *settings = &device->settings;
  struct text detail = TEXT_IN(explanation->detail);
  text_add(&detail, "%.1f/s ",
           report_rate(report, alert->object, NIC_RX_RING_FULL));
  add_counters(&detail, device, NIC_RX_RING_FULL);
  /* In that time a burst can fill the ring. */
  if (settings->rx_adaptive != 1 && settings->rx_usecs >= LONG_WAIT &&
      settings->rx_usecs != ETHTOOL_UNKNOWN)
    text_add(&detail, ", interrupts wait %" PRIu32 " us (ethtool -C)",
             settings->rx_usecs);
  if (!is_known(settings->rx_ring) || !is_known(settings->rx_ring_max)) {
    advise_channels(device, explanation);
    return;
  }
  explanation->setting = "ring";
  TEXT_FILL(explanation->setting_value, "%" PRIu32 " of %" PRIu32,
            settings->rx_ring, settings->rx_ring_max);
  if (settings->rx_ring < settings->rx_ring_max)
    TEXT_FILL(explanation->advice,
              "ethtool -G %s rx %" PRIu32 " (the link drops briefly)",
              device->name, settings->rx_ring_max);
  else
    advise_channels(device, explanation);
}

static void explain_tx_ring(const struct nic_device *device,
                            struct explanation *explanation) {
  const struct ethtool_settings *settings = &device->settings;
  if (!is_known(settings->tx_ring) || !is_known(settings->tx_ring_max))
    return;
  explanation->setting = "ring";
  TEXT_FILL(explanation->setting_value, "%" PRIu32 " of %" PRIu32,
            settings->tx_ring, settings->tx_ring_max);
  if (settings->tx_ring < settings->tx_ring_max)
    TEXT_FILL(explanation->advice,
              "ethtool -G %s tx %" PRIu32 " (the link drops briefly)",
              device->name, settings->tx_ring_max);
  else
    TEXT_FILL(explanation->advice, "send through more queues, or less at once");
}

static void explain_fifo(const struct nic_device *device,
                         struct explanation *explanation) {
  if (device->settings.tx_pause != 0)
    return;
  explanation->setting = "flow control";
  TEXT_FILL(explanation->setting_value, "off");
  TEXT_FILL(explanation->advice,
            "consider ethtool -A %s tx on, or a faster PCIe slot",
            device->name);
}

/* Queues that hold txqueuelen packets are told from those with a limit of their
 * own. */
static void explain_qdisc(const struct nic_ethtool *nic,
                          const struct nic_device *device,
                          const struct report *report,
                          const struct alert *alert,
                          struct explanation *explanation) {
  const struct qdisc_stats_one *qdisc =
      qdisc_stats_find(&nic->qdiscs, device->index);
  if (qdisc == NULL)
    return;
  const struct net_sysfs_queues *queues = &device->queues;
  if (queues->has_limits && queues->limit > 0) {
    struct text detail = TEXT_IN(explanation->detail);
    text_add(&detail, "%" PRIu64 " of %" PRIu64 " bytes are with the adapter",
             queues->inflight, queues->limit);
  }
  double txqueuelen = report_level(report, alert->object, NIC_TXQUEUELEN);
  if (strcmp(qdisc->kind, "pfifo_fast") == 0 && !isnan(txqueuelen)) {
    explanation->setting = "txqueuelen";
    TEXT_FILL(explanation->setting_value, "%.0f", txqueuelen);
    TEXT_FILL(explanation->advice,
              "the link is full; a longer queue helps with bursts only");
    return;
  }
  explanation->setting = "qdisc";
  if (qdisc->limit_unit == QDISC_NO_LIMIT)
    TEXT_FILL(explanation->setting_value, "%s", qdisc->kind);
  else
    TEXT_FILL(explanation->setting_value, "%s, limit %" PRIu32 " %s",
              qdisc->kind, qdisc->limit,
              qdisc->limit_unit == QDISC_BYTES ? "bytes" : "packets");
}

void nic_explain(void *state, const struct report *report,
                 const struct alert *alert, struct explanation *explanation) {
  struct nic_ethtool *nic = state;
  if (alert->meter < nic_meters || alert->meter >= nic_meters + NIC_METER_COUNT)
    return;
  struct nic_device *device =
      find_device(nic, report_object_labels(alert->object)->device);
  if (device == NULL)
    return;
  unsigned meter = (unsigned)(alert->meter - nic_meters);
  if (meter < NIC_CAUSE_COUNT) {
    struct text detail = TEXT_IN(explanation->detail);
    add_counters(&detail, device, meter);
  }
  nic_settings_read(nic, device);
  switch (meter) {
  case NIC_RX_RING_LOSS:
    explain_rx_ring(device, report, alert, explanation);
    break;
  case NIC_RX_FIFO_OVERRUN:
    explain_fifo(device, explanation);
    break;
  case NIC_TX_RING_FULL:
    explain_tx_ring(device, explanation);
    break;
  case NIC_QDISC_DROPS:
    explain_qdisc(nic, device, report, alert, explanation);
    break;
  default:
    break;
  }
}
