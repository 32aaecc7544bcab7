/* SPDX-License-Identifier: MIT */
/* One adapter: what its driver can tell, and what it tells in a read. */
#ifndef NIC_DEVICE_H
#define NIC_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "ethtool_ioctl.h"
#include "ethtool_settings.h"
#include "ethtool_stats.h"
#include "hash.h"
#include "layer.h"
#include "layer_problem.h"
#include "link_stats.h"
#include "net_sysfs.h"
#include "netdev_qstats.h"
#include "nic_counters.h"
#include "nic_meters.h"
#include "nic_names.h"

/* Beyond this, in seconds, a driver is slow, and below half of it no more. */
#define NIC_SLOW 0.05

/* A driver that never took longer has no series that says so. */
#define NIC_DURATION_NOTED 0.001

struct nic_sum {
  uint64_t value;
  uint8_t bits;
  bool is_told; /* in this read */
};

/* The sum, which is not below nothing: what is subtracted can have been counted
 * a moment earlier than what it is a part of. */
static inline uint64_t nic_sum_value(const struct nic_sum *sum) {
  return sum->bits > 32 && sum->value > INT64_MAX ? 0 : sum->value;
}

struct nic_queues;

/* One of the driver's own counters, and the meter that shows it. */
struct nic_shown {
  unsigned index;
  unsigned meter;
};

struct nic_device {
  UT_hash_handle hh; /* by index */
  uint32_t index;
  char name[IFNAMSIZ];
  const struct link_stats_one *link; /* of the read that saw it last */
  bool is_wanted;
  bool is_virtual; /* made by software */
  bool was_reported;
  bool is_prepared; /* shown and by_queue are for what it has learned */
  bool is_learned;  /* statistics, names and sources are its driver's */
  bool is_doubtful; /* the kernel said that something is another now */
  uint64_t seen;    /* the number of the read that saw it last */
  uint64_t asked;   /* and of that in which its driver was asked last */

  struct ethtool_statistics statistics;
  struct nic_names names;
  struct nic_sources sources;
  uint32_t causes; /* bit N: there is a source that counts for cause N */
  uint8_t bits[NIC_CAUSE_COUNT]; /* of each cause: where its sum wraps */
  uint64_t qstats; /* the attributes that qstats-get tells, set before */
  uint32_t said;   /* the causes that were logged */
  bool is_said;
  uint64_t *last;                       /* of each source, as read last */
  uint64_t *gains;                      /* and what it gained */
  struct nic_sum sums[NIC_CAUSE_COUNT]; /* of the read before */
  bool has_gains;          /* there is something in gains that is not 0 */
  struct nic_shown *shown; /* those of the driver's counters that are shown */
  size_t shown_count;
  struct nic_queues *by_queue; /* NULL: not wanted */

  /* The driver's own values of the last read; NULL: there were none. */
  const uint64_t *values;
  double duration; /* seconds that they took; NAN: not asked */
  bool is_slow;
  bool has_taken_long; /* once, at least */
  struct layer_problem problem;

  struct ethtool_settings settings;
  struct ethtool_offloads offloads;
  struct net_sysfs_queues queues;

  /* When the carrier changed, the last times, in a ring. */
  double changed[8];
  unsigned change_count; /* all that were noticed */
  uint32_t carrier_changes;
};

/* Returns NULL when there is no memory. */
struct nic_device *nic_device_new(const struct link_stats_one *link);
void nic_device_free(struct nic_device *device);

/* Asks the driver for its values, and first for their names if they are not
 * known, or are others now. What is known stays as it is if that fails. Faults
 * are logged, once. */
void nic_device_read(struct nic_device *device, int fd,
                     const struct layer_context *context);

/* Adds up the causes, from the values, the standard statistics and the kernel's
 * own of the queues (NULL: none). */
void nic_device_sum(struct nic_device *device,
                    const struct netdev_qstats_one *qstats,
                    struct nic_sum sums[static NIC_CAUSE_COUNT]);

/* Notes the carrier's changes. Returns how many there were within
 * NIC_FLAP_SECONDS, up to the length of the ring. */
unsigned nic_device_flaps(struct nic_device *device, uint32_t carrier_changes,
                          double now);

/* The name of a source, as its driver or the kernel calls it. */
const char *nic_device_source_name(const struct nic_device *device,
                                   const struct nic_source *source);

#endif
