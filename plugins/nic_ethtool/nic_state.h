/* SPDX-License-Identifier: MIT */
/* The state of the layer nic_ethtool. */
#ifndef NIC_STATE_H
#define NIC_STATE_H

#include "clock.h"
#include "interface_table.h"
#include "layer_problem.h"
#include "link_list.h"
#include "netdev_qstats.h"
#include "nic_backlog.h"
#include "nic_device.h"
#include "nic_queues.h"
#include "qdisc_stats.h"

/* Which of the drivers' own counters are sent under their own names. */
enum nic_raw_choice { NIC_RAW_NONE, NIC_RAW_LOSS, NIC_RAW_ALL };

struct nic_ethtool {
  /* Options. */
  struct interface_choice choice;
  bool report_by_queue;
  bool report_offloads;
  int report_raw; /* enum nic_raw_choice */
  struct match counters;

  const struct layer_context *context;
  struct link_list list;
  struct netlink generic; /* not open: the kernel has neither family */
  struct netlink
      monitor;      /* receives ethtool's announcements, if there are any */
  uint16_t ethtool; /* generic netlink families; 0: there is none */
  uint16_t netdev;
  int fd; /* for ethtool's ioctl */

  struct interface_table interfaces; /* of struct nic_device */
  double now;
  struct qdisc_stats qdiscs;
  struct netdev_qstats qstats;
  bool needs_qstats;              /* some device's losses are counted there */
  struct clock_refresh refreshed; /* when the settings were read */
  struct nic_backlog backlog;
  bool needs_backlog;     /* some device's losses include the stack's */
  uint64_t backlog_drops; /* of this read; no interface has taken them off */
  bool has_new_layout;    /* since the shared counters were last assigned */
  struct nic_queue_meters queue_meters;
  bool has_queue_meters;
  struct layer_problem problem;

  /* Drivers of software interfaces whose causes were logged. */
  char logged_drivers[16][32];
  size_t logged_driver_count;
};

#endif
