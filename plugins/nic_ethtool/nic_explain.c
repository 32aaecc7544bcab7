/* SPDX-License-Identifier: MIT */
#include "nic_explain.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nic_meters.h"
#include "nic_settings.h"
#include "nic_state.h"

/* Interrupts that are delayed longer, in microseconds, are mentioned. */
#define LONG_WAIT 200

/* How many counters a message names. */
#define NAMES_IN_DETAIL 2

/* Power saving of the PCIe bus, as pcie_aspm.policy= sets it. */
#define ASPM_POLICY "sys/module/pcie_aspm/parameters/policy"

static struct nic_device *find_device(const struct nic_ethtool *nic,
                                      const char *name) {
  for (struct nic_device *device = nic_device_first(&nic->interfaces);
       device != NULL; device = nic_device_next(device))
    if (device->interface.is_wanted &&
        strcmp(device->interface.name, name) == 0)
      return device;
  return NULL;
}

/* Whether a source has added to a cause in this read. */
static bool has_added(const struct nic_layout *layout, size_t index,
                      unsigned cause) {
  const struct nic_source *source = &layout->sources.items[index];
  return source->cause == cause && source->is_counted &&
         source->rule != NIC_MINUS && layout->tally.has_gains &&
         layout->tally.shares[index] > 0;
}

/* Whether a source comes after another one if the largest shares come first. */
static bool is_after(const uint64_t *shares, uint32_t index, uint32_t other) {
  const uint64_t *one = &shares[index], *another = &shares[other];
  return *one != *another ? *one < *another : one > another;
}

/* The source that added most to a cause in this read, after the one given;
 * NIC_NONE: there is none. */
static uint32_t find_largest(const struct nic_layout *layout, unsigned cause,
                             uint32_t previous) {
  const uint64_t *shares = layout->tally.shares;
  uint32_t largest = NIC_NONE;
  for (uint32_t i = 0; i < layout->sources.count; i++)
    if (has_added(layout, i, cause) &&
        (previous == NIC_NONE || is_after(shares, i, previous)) &&
        (largest == NIC_NONE || is_after(shares, largest, i)))
      largest = i;
  return largest;
}

static unsigned count_added(const struct nic_layout *layout, unsigned cause) {
  unsigned count = 0;
  for (size_t i = 0; i < layout->sources.count; i++)
    count += has_added(layout, i, cause);
  return count;
}

/* Names the counters that grew, the largest first. */
static void add_counters(struct text *detail, const struct nic_device *device,
                         unsigned cause) {
  const struct nic_layout *layout = &device->layout;
  unsigned count = count_added(layout, cause);
  uint32_t index = NIC_NONE;
  for (unsigned i = 0; i < count && i < NAMES_IN_DETAIL; i++) {
    index = find_largest(layout, cause, index);
    const struct nic_source *source = &layout->sources.items[index];
    text_add(detail, i == 0 ? "by %s" : ", %s",
             nic_layout_name(layout, source));
    if ((source->facts & NIC_OF_STACK) != 0)
      text_add(detail, " (holds the stack's drops too)");
  }
  if (count > NAMES_IN_DETAIL)
    text_add(detail, " and %u more", count - NAMES_IN_DETAIL);
}

/* Whether a counter of events added to a cause; an event can be many packets.
 */
static bool is_at_least(const struct nic_ethtool *nic,
                        const struct nic_device *device, unsigned cause) {
  const struct nic_layout *layout = &device->layout;
  const struct nic_reading reading = nic_device_reading(device, NULL, nic->now);
  for (size_t i = 0; i < layout->sources.count; i++)
    if (has_added(layout, i, cause) &&
        nic_tally_is_events(&layout->sources.items[i], &reading))
      return true;
  return false;
}

/* Whether packets count for a cause only because a counter of another cause did
 * not grow. */
static bool is_moved(const struct nic_device *device, unsigned cause) {
  const struct nic_layout *layout = &device->layout;
  for (size_t i = 0; i < layout->sources.count; i++)
    if (has_added(layout, i, cause) &&
        layout->sources.items[i].moved_from != NIC_NONE)
      return true;
  return false;
}

static bool is_known(uint32_t size) {
  return size != ETHTOOL_UNKNOWN && size > 0;
}

/* Advises more channels, for a ring at its maximum. */
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

static void explain_rx_ring(const struct nic_ethtool *nic,
                            const struct nic_device *device,
                            const struct report *report,
                            const struct alert *alert,
                            struct explanation *explanation) {
  const struct ethtool_settings *settings = &device->settings;
  struct text detail = TEXT_IN(explanation->detail);
  text_add(&detail, "%s%.1f/s ",
           is_at_least(nic, device, NIC_RX_RING_FULL) ? "at least " : "",
           report_rate(report, alert->object, NIC_RX_RING_FULL));
  add_counters(&detail, device, NIC_RX_RING_FULL);
  /* A burst can fill the ring in that time. */
  if (settings->rx_adaptive != 1 && settings->rx_usecs >= LONG_WAIT &&
      settings->rx_usecs != ETHTOOL_UNKNOWN)
    text_add(&detail, ", interrupts are delayed %" PRIu32 " us (ethtool -C)",
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
              device->interface.name, settings->rx_ring_max);
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
              device->interface.name, settings->tx_ring_max);
  else
    TEXT_FILL(explanation->advice, "send through more queues, or less at once");
}

/* The policy in force is the word in brackets. Returns whether it is found. */
static bool read_aspm(const struct sysroot *root, char *ret, size_t size) {
  char text[128];
  if (sysroot_read_text(root, ASPM_POLICY, text, sizeof(text)) < 0)
    return false;
  const char *begin = strchr(text, '[');
  const char *end = begin != NULL ? strchr(begin, ']') : NULL;
  if (end == NULL)
    return false;
  text_fill(ret, size, "%.*s", (int)(end - begin - 1), begin + 1);
  return true;
}

/* Packets are lost although the ring has room: the adapter does not reach
 * memory in time. */
static void explain_bus(const struct nic_ethtool *nic,
                        struct explanation *explanation) {
  explanation->setting = "PCIe ASPM policy";
  TEXT_FILL(explanation->advice, "the ring has room, the bus is slow: try "
                                 "pcie_aspm=off, another slot");
  if (!read_aspm(nic->context->root, explanation->setting_value,
                 sizeof(explanation->setting_value)))
    TEXT_FILL(explanation->setting_value, "not readable");
}

static void explain_fifo(const struct nic_ethtool *nic,
                         const struct nic_device *device,
                         struct explanation *explanation) {
  if (is_moved(device, NIC_RX_FIFO_OVERRUN)) {
    explain_bus(nic, explanation);
    return;
  }
  if (device->settings.tx_pause != 0)
    return;
  explanation->setting = "flow control";
  TEXT_FILL(explanation->setting_value, "off");
  TEXT_FILL(explanation->advice,
            "consider ethtool -A %s tx on, or a faster PCIe slot",
            device->interface.name);
}

/* Names the mode of the link and the best one. */
static void explain_link(const struct nic_device *device,
                         struct explanation *explanation) {
  const struct ethtool_settings *settings = &device->settings;
  struct text value = TEXT_IN(explanation->setting_value);
  if (settings->speed == ETHTOOL_UNKNOWN)
    return;
  explanation->setting = "link";
  text_add(&value, "%" PRIu32 " Mb/s", settings->speed);
  if (settings->full_duplex != ETHTOOL_UNKNOWN)
    text_add(&value, " %s duplex",
             settings->full_duplex == 1 ? "full" : "half");
  if (settings->best_speed != ETHTOOL_UNKNOWN)
    text_add(&value, " of %" PRIu32 " Mb/s advertised", settings->best_speed);
}

/* pfifo_fast holds txqueuelen packets; other kinds have limits of their own. */
static void explain_qdisc(const struct nic_ethtool *nic,
                          const struct nic_device *device,
                          const struct report *report,
                          const struct alert *alert,
                          struct explanation *explanation) {
  const struct qdisc_stats_one *qdisc =
      qdisc_stats_find(&nic->qdiscs, device->interface.index);
  if (qdisc == NULL)
    return;
  const struct net_sysfs_queues *queues = &device->sysfs;
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

/* The cause that a percentage shows. */
static unsigned cause_of(unsigned meter) {
  switch (meter) {
  case NIC_RX_UNCLASSIFIED_LOSS:
    return NIC_RX_UNCLASSIFIED;
  case NIC_TX_UNCLASSIFIED_LOSS:
    return NIC_TX_UNCLASSIFIED;
  default:
    return meter;
  }
}

/* Names the counters that grew, unless the meter is no cause. */
static void explain_counters(const struct nic_ethtool *nic,
                             const struct nic_device *device, unsigned meter,
                             struct explanation *explanation) {
  unsigned cause = cause_of(meter);
  struct text detail = TEXT_IN(explanation->detail);
  if (cause >= NIC_CAUSE_COUNT)
    return;
  if (is_at_least(nic, device, cause))
    text_add(&detail, "events, at least as many packets, ");
  add_counters(&detail, device, cause);
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
  explain_counters(nic, device, meter, explanation);
  nic_settings_read(nic, device);
  switch (meter) {
  case NIC_RX_RING_LOSS:
    explain_rx_ring(nic, device, report, alert, explanation);
    break;
  case NIC_RX_FIFO_OVERRUN:
    explain_fifo(nic, device, explanation);
    break;
  case NIC_TX_RING_FULL:
    explain_tx_ring(device, explanation);
    break;
  case NIC_LINK_SHARE:
  case NIC_HALF_DUPLEX:
    explain_link(device, explanation);
    break;
  case NIC_QDISC_DROPS:
    explain_qdisc(nic, device, report, alert, explanation);
    break;
  default:
    break;
  }
}
