/* SPDX-License-Identifier: MIT */
/* Packets lost between the wire and the stack: in the adapter, in its ring, and
 * on the way out in the qdisc. */
#include "nic_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layers.h"
#include "nic_describe.h"
#include "nic_explain.h"
#include "nic_meters.h"
#include "nic_report.h"
#include "nic_settings.h"
#include "nic_sharing.h"
#include "nic_visibility.h"

static const char *const raw_choices[] = {[NIC_RAW_NONE] = "none",
                                          [NIC_RAW_LOSS] = "loss",
                                          [NIC_RAW_ALL] = "all",
                                          NULL};

static const struct layer_option options[] = {
    INTERFACE_CHOICE_OPTIONS(struct nic_ethtool, choice),
    {.name = "ReportByQueue",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct nic_ethtool, report_by_queue),
     .value = "true|false",
     .help = "Whether to send the packets and losses of each queue, as far as "
             "the driver counts them; the plugin instance is then eth0-rx-3. "
             "Default: false."},
    {.name = "ReportRaw",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct nic_ethtool, report_raw),
     .choices = raw_choices,
     .value = "\"none\"|\"loss\"|\"all\"",
     .help = "Which of the driver's own counters to send as derive-NAME: none, "
             "those that count losses, or all. Default: none."},
    {.name = "Counter",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct nic_ethtool, counters),
     .value = "\"rx_missed_errors\"|\"/^rx_queue_/\"",
     .help = "Also sends these of the driver's own counters. Can be given "
             "several times."},
    {.name = "ReportOffloads",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct nic_ethtool, report_offloads),
     .value = "true|false",
     .help = "Whether to send which offloads are on. Default: false."},
    {.name = NULL},
};

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  struct nic_ethtool *nic = state;
  nic->context = context;
  nic->interfaces.entry_size = sizeof(struct nic_device);
  nic->interfaces.init = nic_device_init;
  nic->interfaces.clear = nic_device_clear;
  return nic_settings_open(nic, error);
}

static void stop(void *state) {
  struct nic_ethtool *nic = state;
  interface_table_free(&nic->interfaces);
  if (nic->context != NULL)
    nic_settings_close(nic);
  nic_backlog_free(&nic->backlog);
  qdisc_stats_free(&nic->qdiscs);
  netdev_qstats_free(&nic->qstats);
  interface_choice_free(&nic->choice);
  match_free(&nic->counters);
}

/* The attributes of qstats-get that a device has, as bits. */
static uint64_t find_qstats(const struct nic_ethtool *nic,
                            const struct nic_device *device) {
  const struct netdev_qstats_one *qstats =
      netdev_qstats_find(&nic->qstats, device->interface.index);
  return qstats != NULL ? qstats->present : 0;
}

static void ask(const struct nic_ethtool *nic, struct nic_device *device) {
  if (!device->has_layout)
    device->qstats = find_qstats(nic, device);
  device->asked = nic->interfaces.read;
  nic_device_read(device, nic->fd, nic->context);
}

static bool was_asked(const struct nic_ethtool *nic,
                      const struct nic_device *device) {
  return device->asked == nic->interfaces.read;
}

/* Finds out what a layout needs besides the driver's own counters. */
static void note_needs(struct nic_ethtool *nic,
                       const struct nic_sources *sources) {
  for (size_t i = 0; i < sources->count; i++) {
    const struct nic_source *source = &sources->items[i];
    if (source->place == NIC_PLACE_QSTATS)
      nic->needs_qstats = true;
    if (source->is_counted && (source->facts & NIC_OF_STACK) != 0)
      nic->needs_backlog = true;
  }
}

static void prepare(struct nic_ethtool *nic, struct nic_device *device,
                    struct report *report) {
  device->is_prepared = true;
  nic->has_new_layout = true;
  note_needs(nic, &device->layout.sources);
  nic_report_prepare(nic, device, report);
  nic_visibility_log(nic, device);
}

/* Reads them while some device is new, and then only if they are needed. */
static void read_qstats(struct nic_ethtool *nic, bool has_new_device) {
  if (nic->netdev == 0 || (!nic->needs_qstats && !has_new_device))
    return;
  int r = netdev_qstats_read(&nic->generic, nic->netdev, &nic->qstats);
  if (r == -EOPNOTSUPP)
    nic->netdev = 0;
  if (r < 0)
    nic->qstats.count = 0;
}

/* Interfaces that a change has hidden from the list are not gone. */
static int read_links(struct nic_ethtool *nic, struct report *report) {
  int r = link_list_read(&nic->list, nic->now);
  if (r == -EINTR)
    report_set_incomplete(report);
  if (r == 0 || r == -EINTR) {
    layer_problem_end(&nic->problem, nic->context,
                      "interfaces can be read again");
    return r;
  }
  layer_problem_begin(&nic->problem, nic->context,
                      "interfaces cannot be read by rtnetlink: %s; nothing is "
                      "reported until that ends",
                      strerror(-r));
  return r;
}

/* Few adapters ever have any but the main causes. */
static void set_sending(struct report *report) {
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++)
    if (!nic_meters_is_main((enum nic_cause)cause))
      report_set_sending(report, cause, METER_SENT_ONCE_COUNTED);
  report_set_sending(report, NIC_RX_UNCLASSIFIED_LOSS, METER_SENT_ONCE_COUNTED);
  report_set_sending(report, NIC_TX_UNCLASSIFIED_LOSS, METER_SENT_ONCE_COUNTED);
  report_set_sending(report, NIC_VF_RX_DROPPED, METER_SENT_ONCE_COUNTED);
  report_set_sending(report, NIC_VF_TX_DROPPED, METER_SENT_ONCE_COUNTED);
  report_set_sending(report, NIC_TX_STALLS, METER_SENT_ONCE_COUNTED);
  report_set_sending(report, NIC_CARRIER_FLAPS, METER_SENT_ONCE_COUNTED);
}

static struct nic_device *next_current(const struct nic_ethtool *nic,
                                       struct nic_device *device) {
  while (device != NULL &&
         !interface_table_is_current(&nic->interfaces, &device->interface))
    device = nic_device_next(device);
  return device;
}

/* A link that comes up can have another speed than before. */
static bool has_new_link(const struct nic_device *device) {
  const struct link_stats_one *link = device->interface.link;
  return link->has_carrier_changes &&
         link->carrier_changes != device->carrier.changes;
}

/* Asks the drivers that may have other counters than before: which sources the
 * other devices depend on, and who counts what they share, is known then. */
static void read_layouts(struct nic_ethtool *nic, struct report *report) {
  for (struct nic_device *device =
           next_current(nic, nic_device_first(&nic->interfaces));
       device != NULL; device = next_current(nic, nic_device_next(device))) {
    if (!device->is_slow && (!device->has_layout || device->may_have_changed))
      ask(nic, device);
    if (device->has_layout && !device->is_prepared)
      prepare(nic, device, report);
  }
}

static void share(struct nic_ethtool *nic) {
  nic_sharing_assign(&nic->interfaces);
  nic->has_new_layout = false;
}

/* Reports each device right after its driver was asked: its numbers are still
 * in the processor's cache. */
static void report_devices(struct nic_ethtool *nic, struct report *report) {
  for (struct nic_device *device =
           next_current(nic, nic_device_first(&nic->interfaces));
       device != NULL; device = next_current(nic, nic_device_next(device))) {
    if (!device->is_slow && !was_asked(nic, device))
      ask(nic, device);
    if (device->has_layout && !device->is_prepared)
      prepare(nic, device, report);
    if (nic->has_new_layout)
      share(nic);
    if (has_new_link(device))
      nic_settings_read(nic, device);
    nic_settings_count_pause(nic, device);
    nic_report_device(nic, device, report);
  }
}

static int read_adapters(void *state, struct report *report) {
  struct nic_ethtool *nic = state;
  if (nic->interfaces.read == 0)
    set_sending(report);
  nic->now = report_now(report);
  int r = read_links(nic, report);
  if (r < 0 && r != -EINTR)
    return r;
  bool has_changed =
      interface_table_update(&nic->interfaces, &nic->choice, nic->context->root,
                             &nic->list.links, r == 0);
  if (has_changed)
    clock_refresh_expire(&nic->refreshed);
  /* Without it, only the qdiscs' numbers are missing. */
  if (qdisc_stats_read(&nic->list.route, &nic->qdiscs) < 0)
    nic->qdiscs.count = 0;
  read_qstats(nic, has_changed);
  nic_settings_refresh(nic);
  read_layouts(nic, report);
  if (has_changed || nic->has_new_layout)
    share(nic);
  nic->backlog_drops = nic->needs_backlog
                           ? nic_backlog_read(&nic->backlog, nic->context->root)
                           : 0;
  report_devices(nic, report);
  return 0;
}

/* Asks slow drivers once the values of all others are sent, except those found
 * to be slow in this read. */
static void after(void *state) {
  struct nic_ethtool *nic = state;
  for (struct nic_device *device = nic_device_first(&nic->interfaces);
       device != NULL; device = nic_device_next(device))
    if (device->interface.is_wanted && device->is_slow &&
        !was_asked(nic, device))
      ask(nic, device);
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
    .describe = nic_describe,
    .stop = stop,
};
