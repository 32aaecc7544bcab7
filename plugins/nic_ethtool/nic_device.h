/* SPDX-License-Identifier: MIT */
/* One interface: its adapter's statistics and settings. */
#ifndef NIC_DEVICE_H
#define NIC_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "ethtool_ioctl.h"
#include "ethtool_settings.h"
#include "interface_table.h"
#include "layer_problem.h"
#include "net_sysfs.h"
#include "netdev_qstats.h"
#include "nic_carrier.h"
#include "nic_layout.h"
#include "vf_stats.h"

/* A driver that takes longer, in seconds, is slow until it takes less than
 * half of that. */
#define NIC_SLOW 0.05

/* How long a driver takes is sent once it has taken longer than this. */
#define NIC_DURATION_NOTED 0.001

struct nic_queues;

struct nic_device {
  struct interface_entry interface;
  uint64_t asked; /* the number of the last read that asked its driver */
  bool was_reported;

  struct nic_layout layout;
  bool has_layout;
  bool may_have_changed; /* the kernel announced a change: look again */
  bool is_prepared;      /* its meters and queues are those of the layout */
  uint64_t qstats; /* attributes that qstats-get reports; set before a layout */
  struct nic_queues *queues; /* NULL: not wanted */
  uint32_t logged_causes;    /* as of the last line that listed them */
  bool has_logged_causes;

  /* The driver's own values of the last read; NULL: there were none. */
  const uint64_t *values;
  double duration; /* seconds that the driver took; NAN: it was not asked */
  bool is_slow;
  bool has_taken_long;
  struct layer_problem problem;

  struct ethtool_settings settings;
  struct ethtool_offloads offloads;
  struct net_sysfs_queues sysfs;
  struct nic_carrier carrier;
  bool has_vfs; /* virtual functions exist */
  struct vf_stats vfs;
  struct layer_problem vf_problem;
};

/* For a struct interface_table whose entries are devices. */
void nic_device_init(struct interface_entry *entry);
void nic_device_clear(struct interface_entry *entry);

/* The first device of a table; the next one, or NULL. */
static inline struct nic_device *
nic_device_first(const struct interface_table *table) {
  return (struct nic_device *)table->entries;
}
static inline struct nic_device *
nic_device_next(const struct nic_device *device) {
  return device->interface.hh.next;
}

/* Reads the driver's values, and before that their names if there is no layout
 * or it may have changed; on failure, the layout stays. A problem is logged
 * once. */
void nic_device_read(struct nic_device *device, int fd,
                     const struct layer_context *context);

/* The numbers of the last read, for the tally. qstats may be NULL. */
struct nic_reading nic_device_reading(const struct nic_device *device,
                                      const struct netdev_qstats_one *qstats,
                                      double now);

#endif
