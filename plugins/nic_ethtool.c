/* SPDX-License-Identifier: MIT */
/* Packets lost between the wire and the stack: in the adapter, in its ring, and
 * on the way out in the qdisc. */
#include "nic_ethtool.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layers.h"

/* Below so many packets a second, a share of them says nothing. */
#define TRAFFIC_FLOOR 10
/* So many must be lost a second for their share to be judged. */
#define LOSS_FLOOR 10
/* How often a list of interfaces that changes meanwhile is asked for again. */
#define LIST_ATTEMPTS 3

static const char *const raw_choices[] = {[NIC_RAW_NONE] = "none",
                                          [NIC_RAW_LOSS] = "loss",
                                          [NIC_RAW_ALL] = "all",
                                          NULL};

static const struct layer_option options[] = {
    {.name = "Interface",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct nic_ethtool, interfaces),
     .value = "\"eth0\"|\"/^en/\"",
     .help = "Looks at these interfaces, made by software or not. Can be given "
             "several times. Default: those that have a device."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct nic_ethtool, ignore_selected),
     .value = "true|false",
     .help = "Looks at all interfaces that have a device, but those. Default: "
             "false."},
    {.name = "ReportByQueue",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct nic_ethtool, report_by_queue),
     .value = "true|false",
     .help = "Whether the packets and losses of each queue are sent, as far as "
             "the driver tells them; the plugin instance is then eth0-rx-3. "
             "Default: false."},
    {.name = "ReportRaw",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct nic_ethtool, report_raw),
     .choices = raw_choices,
     .value = "\"none\"|\"loss\"|\"all\"",
     .help = "Which of the driver's own counters are sent besides, as derive-"
             "NAME: none, those that tell of losses, or all. Default: none."},
    {.name = "Counter",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct nic_ethtool, counters),
     .value = "\"rx_missed_errors\"|\"/^rx_queue_/\"",
     .help = "Sends these of the driver's own counters too. Can be given "
             "several times."},
    {.name = "ReportOffloads",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct nic_ethtool, report_offloads),
     .value = "true|false",
     .help = "Whether it is sent which offloads are on. Default: false."},
    {.name = NULL},
};

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  struct nic_ethtool *nic = state;
  nic->context = context;
  return nic_settings_open(nic, error);
}

static void forget(struct nic_ethtool *nic, struct nic_device *device) {
  HASH_DEL(nic->devices, device);
  nic_device_free(device);
}

static void stop(void *state) {
  struct nic_ethtool *nic = state;
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next) forget(nic, device);
  if (nic->context != NULL)
    nic_settings_close(nic);
  link_stats_free(&nic->links);
  qdisc_stats_free(&nic->qdiscs);
  netdev_qstats_free(&nic->qstats);
  match_free(&nic->interfaces);
  match_free(&nic->counters);
}

/* Interfaces that are made by software have a kind, except for the loopback
 * device and a few old ones; newer kernels name the device of the others. */
static bool has_device(const struct nic_ethtool *nic,
                       const struct link_stats_one *link) {
  if (link->has_device)
    return true;
  return link->kind[0] == '\0' &&
         net_sysfs_has_device(nic->context->root, link->name, link->index);
}

static bool is_wanted(const struct nic_ethtool *nic,
                      const struct link_stats_one *link) {
  bool is_named = match_any(&nic->interfaces, link->name);
  if (nic->interfaces.count > 0 && !nic->ignore_selected)
    return is_named;
  return !is_named && has_device(nic, link);
}

/* The device of an interface, made or renamed if need be; NULL when there is no
 * memory. */
static struct nic_device *take_device(struct nic_ethtool *nic,
                                      const struct link_stats_one *link) {
  struct nic_device *device;
  HASH_FIND(hh, nic->devices, &link->index, sizeof(link->index), device);
  if (device != NULL && strcmp(device->name, link->name) != 0) {
    forget(nic, device);
    device = NULL;
  }
  if (device == NULL) {
    device = nic_device_new(link);
    if (device == NULL)
      return NULL;
    device->is_wanted = is_wanted(nic, link);
    device->is_virtual = !has_device(nic, link);
    HASH_ADD(hh, nic->devices, index, sizeof(device->index), device);
    if (!HASH_ADDED(device)) {
      nic_device_free(device);
      return NULL;
    }
    if (device->is_wanted)
      nic->refreshed = NAN;
  }
  device->seen = nic->read;
  return device;
}

static const struct netdev_qstats_one *
qstats_of(const struct nic_ethtool *nic, const struct nic_device *device) {
  return netdev_qstats_find(&nic->qstats, device->index);
}

static bool uses_qstats(const struct nic_device *device) {
  for (size_t i = 0; i < device->sources.count; i++)
    if (device->sources.items[i].place == NIC_PLACE_QSTATS)
      return true;
  return false;
}

static void learn(struct nic_ethtool *nic, struct nic_device *device) {
  const struct netdev_qstats_one *qstats = qstats_of(nic, device);
  int r = nic_device_learn(device, nic->fd, qstats != NULL ? qstats->told : 0);
  if (r < 0)
    return;
  nic->has_qstats = nic->has_qstats || uses_qstats(device);
  nic_explain_device(nic, device);
}

/* Asked for while something is new, and from then on if anything uses them. */
static void read_qstats(struct nic_ethtool *nic) {
  if (nic->netdev == 0 || (!nic->has_qstats && !isnan(nic->refreshed)))
    return;
  int r = netdev_qstats_read(&nic->generic, nic->netdev, &nic->qstats);
  if (r == -EOPNOTSUPP)
    nic->netdev = 0;
  if (r < 0)
    nic->qstats.count = 0;
}

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

/* What has to be done once a device has learned its names. */
static void prepare(struct nic_ethtool *nic, struct nic_device *device,
                    struct report *report) {
  if (device->is_prepared)
    return;
  device->is_prepared = true;
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

/* Where the driver's own statistics do not tell a cause, something else may. */
static void report_instead(const struct nic_device *device,
                           const struct nic_sum *sums, struct report *report,
                           struct report_object *object) {
  const struct ethtool_settings *settings = &device->settings;
  if (!sums[NIC_TX_TIMEOUT].is_told && device->queues.has_timeouts)
    report_counter(report, object, NIC_TX_TIMEOUT, device->queues.timeouts);
  if (!sums[NIC_RX_PAUSE].is_told &&
      settings->rx_pause_frames != ETHTOOL_NOT_COUNTED)
    report_counter(report, object, NIC_RX_PAUSE, settings->rx_pause_frames);
  if (!sums[NIC_TX_PAUSE].is_told &&
      settings->tx_pause_frames != ETHTOOL_NOT_COUNTED)
    report_counter(report, object, NIC_TX_PAUSE, settings->tx_pause_frames);
  if (device->queues.has_stalls)
    report_counter(report, object, NIC_TX_STALLS, device->queues.stalls);
}

static void report_causes(struct nic_ethtool *nic, struct nic_device *device,
                          struct report *report, struct report_object *object) {
  struct nic_sum sums[NIC_CAUSE_COUNT];
  nic_device_sum(device, qstats_of(nic, device), sums);
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++)
    if (sums[cause].is_told)
      report_counter_of(report, object, cause, sums[cause].value,
                        sums[cause].bits);
  report_instead(device, sums, report, object);
}

static void report_ring_loss(struct report *report,
                             struct report_object *object) {
  double lost = report_rate(report, object, NIC_RX_RING_FULL);
  double all = lost + report_rate(report, object, NIC_PACKETS_RX);
  if (isnan(all))
    return;
  if (all < TRAFFIC_FLOOR)
    report_rest(report, object, NIC_RX_RING_LOSS);
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

static void report_qdisc(const struct nic_ethtool *nic,
                         const struct nic_device *device, struct report *report,
                         struct report_object *object) {
  const struct qdisc_stats_one *qdisc =
      qdisc_stats_find(&nic->qdiscs, device->index);
  if (qdisc == NULL || strcmp(qdisc->kind, "noqueue") == 0)
    return;
  report_counter(report, object, NIC_QDISC_DROPS, qdisc->drops);
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

static void report_device(struct nic_ethtool *nic, struct nic_device *device,
                          struct report *report) {
  /* One of that name which was there before is another one. */
  bool is_new =
      !device->was_reported && report_find(report, device->name) != NULL;
  struct report_object *object =
      report_object(report, NULL, device->name, false);
  if (is_new)
    report_rebase(object);
  device->was_reported = true;
  report_link(nic, device, report, object);
  report_causes(nic, device, report, object);
  report_ring_loss(report, object);
  report_qdisc(nic, device, report, object);
  report_settings(nic, device, report, object);
  report_gauge(report, object, NIC_READ_DURATION, device->duration);
  report_raw(device, report, object);
  if (device->by_queue != NULL)
    nic_queues_report(device->by_queue, device, &nic->queue_meters, report);
}

/* Reads the interfaces; those that a change hid are not taken to be gone. */
static int read_links(struct nic_ethtool *nic, struct report *report) {
  int r = -EINTR;
  for (int i = 0; i < LIST_ATTEMPTS && r == -EINTR; i++)
    r = link_stats_read(&nic->route, &nic->links);
  if (r == -EINTR)
    report_incomplete(report);
  if (r == 0 || r == -EINTR) {
    layer_problem_ends(&nic->problem, nic->context,
                       "interfaces can be read again");
    return r;
  }
  layer_problem_is(&nic->problem, nic->context,
                   "interfaces cannot be read by rtnetlink: %s; nothing is "
                   "reported until that ends",
                   strerror(-r));
  return r;
}

static void forget_gone(struct nic_ethtool *nic) {
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next)
  if (device->seen != nic->read)
    forget(nic, device);
}

static int read_adapters(void *state, struct report *report) {
  struct nic_ethtool *nic = state;
  nic->now = report_now(report);
  nic->read++;
  int r = read_links(nic, report);
  if (r < 0 && r != -EINTR)
    return r;
  bool is_whole = r == 0;
  for (size_t i = 0; i < nic->links.count; i++) {
    struct nic_device *device = take_device(nic, &nic->links.items[i]);
    if (device != NULL)
      device->link = &nic->links.items[i];
  }
  if (is_whole)
    forget_gone(nic);
  /* Without it there are no numbers of qdiscs in this read, and that is all. */
  if (qdisc_stats_read(&nic->route, &nic->qdiscs) < 0)
    nic->qdiscs.count = 0;
  read_qstats(nic);
  nic_settings_refresh(nic);
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next) {
    if (device->seen != nic->read || !device->is_wanted)
      continue;
    if (!device->is_learned)
      learn(nic, device);
    if (!device->is_slow)
      nic_device_read(device, nic->fd, nic->context);
    if (device->is_learned)
      prepare(nic, device, report);
    nic_settings_count_pause(nic, device);
    report_device(nic, device, report);
  }
  return 0;
}

/* Drivers that are slow are asked once the values of all others are sent. */
static void after(void *state) {
  struct nic_ethtool *nic = state;
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next)
  if (device->is_wanted && device->is_slow)
    nic_device_read(device, nic->fd, nic->context);
}

const struct layer nic_ethtool_layer = {
    .name = "nic_ethtool",
    .summary = "packets lost in network adapters, their rings and qdiscs",
    .noun = "",
    .options = options,
    .meters = nic_meters,
    .meter_count = NIC_METER_COUNT,
    .learns_meters = true,
    .state_size = sizeof(struct nic_ethtool),
    .start = start,
    .read = read_adapters,
    .after = after,
    .explain = nic_explain,
    .stop = stop,
};
