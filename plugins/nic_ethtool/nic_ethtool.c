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
  qdisc_stats_free(&nic->qdiscs);
  netdev_qstats_free(&nic->qstats);
  interface_choice_free(&nic->choice);
  match_free(&nic->counters);
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
    const struct sysroot *root = nic->context->root;
    device->is_wanted = interface_choice_selects(&nic->choice, root, link);
    device->is_virtual = !interface_choice_has_device(root, link);
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

static bool uses_qstats(const struct nic_device *device) {
  for (size_t i = 0; i < device->sources.count; i++)
    if (device->sources.items[i].place == NIC_PLACE_QSTATS)
      return true;
  return false;
}

/* The attributes of qstats-get that a device has. */
static uint64_t told_of(const struct nic_ethtool *nic,
                        const struct nic_device *device) {
  const struct netdev_qstats_one *qstats =
      netdev_qstats_find(&nic->qstats, device->index);
  return qstats != NULL ? qstats->present : 0;
}

static void ask(const struct nic_ethtool *nic, struct nic_device *device) {
  device->asked = nic->read;
  nic_device_read(device, nic->fd, nic->context);
}

/* What has to be done once a device has learned its names. */
static void prepare(struct nic_ethtool *nic, struct nic_device *device,
                    struct report *report) {
  device->is_prepared = true;
  nic->has_qstats = nic->has_qstats || uses_qstats(device);
  nic_report_prepare(nic, device, report);
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

/* Reads the interfaces; those that a change hid are not taken to be gone. */
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

static void forget_gone(struct nic_ethtool *nic) {
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next)
  if (device->seen != nic->read)
    forget(nic, device);
}

/* A cause that few adapters ever have is held back until there is one. */
static void hold_back(struct report *report) {
  for (unsigned cause = 0; cause < NIC_CAUSE_COUNT; cause++)
    if (!nic_meters_is_main((enum nic_cause)cause))
      report_set_sending(report, cause, METER_SENT_ONCE_COUNTED);
  report_set_sending(report, NIC_TX_STALLS, METER_SENT_ONCE_COUNTED);
  report_set_sending(report, NIC_CARRIER_FLAPS, METER_SENT_ONCE_COUNTED);
}

static int read_adapters(void *state, struct report *report) {
  struct nic_ethtool *nic = state;
  if (nic->read == 0)
    hold_back(report);
  nic->now = report_now(report);
  nic->read++;
  int r = read_links(nic, report);
  if (r < 0 && r != -EINTR)
    return r;
  bool is_whole = r == 0;
  const struct link_stats *links = &nic->list.links;
  for (size_t i = 0; i < links->count; i++) {
    struct nic_device *device = take_device(nic, &links->items[i]);
    if (device != NULL)
      device->link = &links->items[i];
  }
  if (is_whole)
    forget_gone(nic);
  /* Without it there are no numbers of qdiscs in this read, and that is all. */
  if (qdisc_stats_read(&nic->list.route, &nic->qdiscs) < 0)
    nic->qdiscs.count = 0;
  read_qstats(nic);
  nic_settings_refresh(nic);
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next) {
    if (device->seen != nic->read || !device->is_wanted)
      continue;
    if (!device->is_learned)
      device->qstats = told_of(nic, device);
    if (!device->is_slow)
      ask(nic, device);
    if (device->is_learned && !device->is_prepared)
      prepare(nic, device, report);
    nic_settings_count_pause(nic, device);
    nic_report_device(nic, device, report);
  }
  return 0;
}

/* Drivers that are slow are asked once the values of all others are sent; but
 * for one that was found to be so just now. */
static void after(void *state) {
  struct nic_ethtool *nic = state;
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next)
  if (device->is_wanted && device->is_slow && device->asked != nic->read)
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
    .stop = stop,
};
