/* SPDX-License-Identifier: MIT */
#include "nic_device.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "clock.h"
#include "nic_queues.h"

void nic_device_init(struct interface_entry *entry) {
  struct nic_device *device = (struct nic_device *)entry;
  device->duration = NAN;
  device->carrier.changes = entry->link->carrier_changes;
  ethtool_settings_clear(&device->settings);
}

void nic_device_clear(struct interface_entry *entry) {
  struct nic_device *device = (struct nic_device *)entry;
  nic_layout_free(&device->layout);
  nic_queues_free(device->queues);
  vf_stats_free(&device->vfs);
}

static void replace_layout(struct nic_device *device,
                           const struct nic_layout *layout) {
  nic_layout_free(&device->layout);
  device->layout = *layout;
  device->values = NULL;
  device->has_layout = true;
  device->is_prepared = false;
  device->was_reported = false;
}

/* A driver without statistics of its own has a layout too. */
static int read_layout(struct nic_device *device, int fd) {
  struct ethtool_statistics statistics = {.count = 0};
  int r = ethtool_stats_read_names(&statistics, fd, device->interface.name);
  bool is_same =
      device->has_layout && nic_layout_fits(&device->layout, &statistics);
  if (r == 0 && !is_same) {
    struct nic_layout layout;
    r = nic_layout_new(&layout, &statistics, device->qstats,
                       device->interface.is_software);
    if (r == 0)
      replace_layout(device, &layout);
  }
  if (r == 0)
    device->may_have_changed = false;
  ethtool_stats_free(&statistics);
  return r;
}

static void note_duration(struct nic_device *device, double duration) {
  device->duration = duration;
  device->has_taken_long =
      device->has_taken_long || duration > NIC_DURATION_NOTED;
  if (duration > NIC_SLOW)
    device->is_slow = true;
  else if (duration < NIC_SLOW / 2)
    device->is_slow = false;
}

/* Tries twice: once the names are read again, the values must match them. */
static int read_values(struct nic_device *device, int fd) {
  int r = -EAGAIN;
  for (int i = 0; i < 2 && r == -EAGAIN; i++) {
    if (!device->has_layout || device->may_have_changed || i > 0) {
      r = read_layout(device, fd);
      if (r < 0)
        return r;
    }
    if (device->layout.statistics.count == 0)
      return 0;
    double began = clock_monotonic_seconds();
    r = ethtool_stats_read(&device->layout.statistics, fd,
                           device->interface.name, &device->values);
    note_duration(device, clock_monotonic_seconds() - began);
  }
  return r;
}

void nic_device_read(struct nic_device *device, int fd,
                     const struct layer_context *context) {
  device->values = NULL;
  device->duration = NAN;
  int r = read_values(device, fd);
  /* The device is being reset, or is gone, as the next list will show. */
  if (r == -ENODEV || r == -EBUSY || r == -ETIMEDOUT || r == -EAGAIN)
    return;
  if (r < 0)
    layer_problem_begin(&device->problem, context,
                        "%s: statistics cannot be read: %s; its counters are "
                        "not reported until that ends",
                        device->interface.name, strerror(-r));
  else
    layer_problem_end(&device->problem, context,
                      "%s: statistics can be read again",
                      device->interface.name);
}

struct nic_reading nic_device_reading(const struct nic_device *device,
                                      const struct netdev_qstats_one *qstats,
                                      double now) {
  struct nic_reading reading = {.now = now};
  const struct link_stats_one *link = device->interface.link;
  if (device->values != NULL)
    reading.places[NIC_PLACE_ETHTOOL] =
        (struct nic_numbers){device->values, device->layout.names.count};
  reading.places[NIC_PLACE_LINK] =
      (struct nic_numbers){link->stats, link->count};
  /* An attribute that is missing now must not read as 0. */
  if (qstats != NULL && (device->qstats & ~qstats->present) == 0)
    reading.places[NIC_PLACE_QSTATS] =
        (struct nic_numbers){qstats->values, NETDEV_QSTATS_ATTRIBUTES};
  return reading;
}
