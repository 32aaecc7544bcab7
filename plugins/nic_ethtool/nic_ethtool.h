/* SPDX-License-Identifier: MIT */
/* What the files of nic_ethtool share. */
#ifndef NIC_ETHTOOL_H
#define NIC_ETHTOOL_H

#include "interface_choice.h"
#include "layer_problem.h"
#include "link_list.h"
#include "nic_device.h"
#include "nic_queues.h"
#include "qdisc_stats.h"

enum nic_raw { NIC_RAW_NONE, NIC_RAW_LOSS, NIC_RAW_ALL };

struct nic_ethtool {
  /* Options. */
  struct interface_choice choice;
  bool report_by_queue;
  bool report_offloads;
  int report_raw; /* enum nic_raw */
  struct match counters;

  const struct layer_context *context;
  struct link_list list;
  struct netlink generic; /* not open: the kernel has neither family */
  struct netlink monitor; /* joined to what ethtool announces, if it does */
  uint16_t ethtool;       /* families; 0: there is none */
  uint16_t netdev;
  int fd; /* for ethtool's ioctl */

  struct nic_device *devices; /* by index */
  uint64_t read;              /* number of this read */
  struct qdisc_stats qdiscs;
  struct netdev_qstats qstats;
  bool has_qstats; /* some device's losses stand there */
  double now;
  double refreshed; /* when the settings were read; NAN: to be read now */
  struct nic_queue_meters queue_meters;
  bool has_queue_meters;
  struct layer_problem problem;
  char said[16][32]; /* drivers of interfaces made by software, as logged */
  size_t said_count;
};

/* Opens what the kernel is asked through. Returns 0, or -errno with error
 * filled. */
int nic_settings_open(struct nic_ethtool *nic, struct layer_error *error);
void nic_settings_close(struct nic_ethtool *nic);

/* Reads the settings of all wanted devices again if a minute has passed, a
 * device is new, or the kernel announced a change. */
void nic_settings_refresh(struct nic_ethtool *nic);

/* Reads those that decide a loss, of one device, now. */
void nic_settings_read(struct nic_ethtool *nic, struct nic_device *device);

/* Reads how many pause frames a device has counted, if only ethtool's netlink
 * tells. */
void nic_settings_count_pause(struct nic_ethtool *nic,
                              const struct nic_device *device);

/* The channels that receive, and how many there can be. ETHTOOL_UNKNOWN: the
 * driver does not tell. */
uint32_t nic_settings_channels(const struct ethtool_settings *settings,
                               uint32_t *ret_max);

/* Makes the meters that show a device's raw counters and queues, once it has
 * learned its names. */
void nic_report_prepare(struct nic_ethtool *nic, struct nic_device *device,
                        struct report *report);

/* Reports what there is of a device in this read. */
void nic_report_device(struct nic_ethtool *nic, struct nic_device *device,
                       struct report *report);

/* Logs what of a device's losses can be seen and what cannot. */
void nic_explain_device(struct nic_ethtool *nic, struct nic_device *device);

/* The layer's explain. */
void nic_explain(void *state, const struct report *report,
                 const struct alert *alert, struct explanation *explanation);

#endif
