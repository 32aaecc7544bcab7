/* SPDX-License-Identifier: MIT */
/* How the adapters are set up: read when the kernel announces a change, and
 * once a minute in case it does not. */
#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "nic_ethtool.h"

/* How many seconds a setting is taken to stay as it was read. */
#define SETTINGS_AGE 60

/* Without these there are only ioctls, and less to see. */
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
  nic->refreshed = NAN;
  nic->fd = ethtool_ioctl_open();
  if (nic->fd < 0) {
    int r = nic->fd;
    layer_fail(error, "no socket to ask ethtool through: %s", strerror(-r));
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
  struct nic_device *device;
  HASH_FIND(hh, nic->devices, &index, sizeof(index), device);
  return device != NULL && device->is_wanted ? device : NULL;
}

static struct ethtool_settings *find_settings(uint32_t index, void *data) {
  struct nic_device *device = find_wanted(data, index);
  return device != NULL ? &device->settings : NULL;
}

/* One device that does not answer ends the kernel's list: then each is asked.
 */
static void read_each(struct nic_ethtool *nic,
                      enum ethtool_settings_part part) {
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next)
  if (device->is_wanted)
    ethtool_settings_read(&nic->generic, nic->ethtool, part, device->index,
                          find_settings, nic);
}

/* A kernel has all the parts by netlink or none of them (Linux 5.7). */
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
  net_sysfs_read_queues(nic->context->root, device->name, device->index,
                        &device->queues);
  if (nic->report_offloads)
    ethtool_ioctl_offloads(nic->fd, device->name, &device->offloads);
}

/* What the kernel announces can be new names too, and an adapter that had no
 * statistics can have some now. */
static void doubt_names(struct nic_ethtool *nic, bool told) {
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next)
  if (told || device->statistics.count == 0)
    device->is_doubtful = true;
}

void nic_settings_refresh(struct nic_ethtool *nic) {
  bool told = nic->monitor.socket != NULL && netlink_has_news(&nic->monitor);
  if (!told && nic->now - nic->refreshed < SETTINGS_AGE)
    return;
  doubt_names(nic, told);
  nic->refreshed = nic->now;
  struct nic_device *device, *next;
  HASH_ITER(hh, nic->devices, device, next)
  ethtool_settings_clear(&device->settings);
  bool is_read = read_by_netlink(nic, 0);
  HASH_ITER(hh, nic->devices, device, next) {
    if (!device->is_wanted)
      continue;
    if (!is_read)
      ethtool_ioctl_settings(nic->fd, device->name, &device->settings);
    read_rest(nic, device);
  }
}

void nic_settings_read(struct nic_ethtool *nic, struct nic_device *device) {
  ethtool_settings_clear(&device->settings);
  if (!read_by_netlink(nic, device->index))
    ethtool_ioctl_settings(nic->fd, device->name, &device->settings);
  read_rest(nic, device);
}

void nic_settings_count_pause(struct nic_ethtool *nic,
                              const struct nic_device *device) {
  const struct ethtool_settings *settings = &device->settings;
  const uint32_t pauses = UINT32_C(1) << NIC_RX_PAUSE | UINT32_C(1)
                                                            << NIC_TX_PAUSE;
  bool is_told = (device->causes & pauses) == pauses;
  if (is_told || settings->rx_pause_frames == ETHTOOL_NOT_COUNTED)
    return;
  ethtool_settings_read(&nic->generic, nic->ethtool, ETHTOOL_PAUSE,
                        device->index, find_settings, nic);
}

uint32_t nic_settings_channels(const struct ethtool_settings *settings,
                               uint32_t *ret_max) {
  bool is_combined = settings->combined_channels_max != ETHTOOL_UNKNOWN &&
                     settings->combined_channels_max > 0;
  *ret_max =
      is_combined ? settings->combined_channels_max : settings->rx_channels_max;
  return is_combined ? settings->combined_channels : settings->rx_channels;
}
