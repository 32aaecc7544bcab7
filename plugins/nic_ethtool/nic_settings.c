/* SPDX-License-Identifier: MIT */
#include "nic_settings.h"

#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "nic_state.h"
#include "nic_vfs.h"

/* Without these, ioctls have to do, which report less. */
static void open_generic(struct nic_ethtool *nic) {
  struct netlink_family family;
  if (netlink_open(&nic->generic, NETLINK_GENERIC) < 0)
    return;
  if (netlink_find_family(&nic->generic, "netdev", &family) == 0)
    nic->netdev = family.id;
  if (netlink_find_family(&nic->generic, ETHTOOL_GENL_NAME, &family) < 0)
    return;
  nic->ethtool = family.id;
  if (family.monitor == 0 || netlink_open(&nic->monitor, NETLINK_GENERIC) < 0)
    return;
  if (netlink_join(&nic->monitor, family.monitor) < 0)
    netlink_close(&nic->monitor);
}

int nic_settings_open(struct nic_ethtool *nic, struct layer_error *error) {
  nic->refreshed = CLOCK_REFRESH_NEVER;
  nic->fd = ethtool_ioctl_open();
  if (nic->fd < 0) {
    int r = nic->fd;
    layer_fail(error, "no socket for ethtool: %s", strerror(-r));
    return r;
  }
  int r = link_list_open(&nic->list);
  if (r < 0) {
    layer_fail(error, "no rtnetlink socket: %s", strerror(-r));
    return r;
  }
  open_generic(nic);
  return 0;
}

void nic_settings_close(struct nic_ethtool *nic) {
  if (nic->fd >= 0)
    close(nic->fd);
  link_list_close(&nic->list);
  netlink_close(&nic->generic);
  netlink_close(&nic->monitor);
}

static struct nic_device *find_wanted(const struct nic_ethtool *nic,
                                      uint32_t index) {
  struct interface_entry *entry = interface_table_find(&nic->interfaces, index);
  return entry != NULL && entry->is_wanted ? (struct nic_device *)entry : NULL;
}

static struct ethtool_settings *find_settings(uint32_t index, void *data) {
  struct nic_device *device = find_wanted(data, index);
  return device != NULL ? &device->settings : NULL;
}

/* Asks device by device: one that does not answer ends the kernel's list. */
static void read_each(struct nic_ethtool *nic,
                      enum ethtool_settings_part part) {
  for (struct nic_device *device = nic_device_first(&nic->interfaces);
       device != NULL; device = nic_device_next(device))
    if (device->interface.is_wanted)
      ethtool_settings_read(&nic->generic, nic->ethtool, part,
                            device->interface.index, find_settings, nic);
}

/* A kernel reports all parts by netlink, or none (Linux 5.7). */
static bool read_by_netlink(struct nic_ethtool *nic, uint32_t index) {
  if (nic->ethtool == 0)
    return false;
  for (int i = 0; i < ETHTOOL_PARTS; i++) {
    enum ethtool_settings_part part = (enum ethtool_settings_part)i;
    int r = ethtool_settings_read(&nic->generic, nic->ethtool, part, index,
                                  find_settings, nic);
    if (index != 0 || r == 0)
      continue;
    if (r == -EOPNOTSUPP)
      return false;
    read_each(nic, part);
  }
  return true;
}

static void read_rest(struct nic_ethtool *nic, struct nic_device *device) {
  net_sysfs_read_queues(nic->context->root, device->interface.name,
                        device->interface.index, &device->sysfs);
  if (!device->interface.is_software)
    nic_vfs_find(nic, device);
  if (nic->report_offloads)
    ethtool_ioctl_offloads(nic->fd, device->interface.name, &device->offloads);
}

/* Names can have changed with what the kernel announced, and an adapter that
 * had no statistics may have some by now. */
static void expect_changes(struct nic_ethtool *nic, bool is_announced) {
  for (struct nic_device *device = nic_device_first(&nic->interfaces);
       device != NULL; device = nic_device_next(device))
    if (is_announced || device->layout.statistics.count == 0)
      device->may_have_changed = true;
}

void nic_settings_refresh(struct nic_ethtool *nic) {
  bool is_announced =
      nic->monitor.socket != NULL && netlink_has_news(&nic->monitor);
  if (!is_announced && !clock_refresh_is_due(&nic->refreshed, nic->now))
    return;
  expect_changes(nic, is_announced);
  clock_refresh_done(&nic->refreshed, nic->now);
  struct nic_device *device;
  for (device = nic_device_first(&nic->interfaces); device != NULL;
       device = nic_device_next(device))
    ethtool_settings_clear(&device->settings);
  bool is_read = read_by_netlink(nic, 0);
  for (device = nic_device_first(&nic->interfaces); device != NULL;
       device = nic_device_next(device)) {
    if (!device->interface.is_wanted)
      continue;
    if (!is_read)
      ethtool_ioctl_settings(nic->fd, device->interface.name,
                             &device->settings);
    read_rest(nic, device);
  }
}

void nic_settings_read(struct nic_ethtool *nic, struct nic_device *device) {
  ethtool_settings_clear(&device->settings);
  if (!read_by_netlink(nic, device->interface.index))
    ethtool_ioctl_settings(nic->fd, device->interface.name, &device->settings);
  read_rest(nic, device);
}

void nic_settings_count_pause(struct nic_ethtool *nic,
                              const struct nic_device *device) {
  const struct ethtool_settings *settings = &device->settings;
  const uint32_t pauses = UINT32_C(1) << NIC_RX_PAUSE | UINT32_C(1)
                                                            << NIC_TX_PAUSE;
  bool is_counted = (device->layout.tally.causes & pauses) == pauses;
  if (is_counted || settings->rx_pause_frames == ETHTOOL_NOT_COUNTED)
    return;
  ethtool_settings_read(&nic->generic, nic->ethtool, ETHTOOL_PAUSE,
                        device->interface.index, find_settings, nic);
}

uint32_t nic_settings_channels(const struct ethtool_settings *settings,
                               uint32_t *ret_max) {
  bool is_combined = settings->combined_channels_max != ETHTOOL_UNKNOWN &&
                     settings->combined_channels_max > 0;
  *ret_max =
      is_combined ? settings->combined_channels_max : settings->rx_channels_max;
  return is_combined ? settings->combined_channels : settings->rx_channels;
}
