/* SPDX-License-Identifier: MIT */
/* A kernel with network adapters, for programs linked with $(wrap_adapters). It
 * answers rtnetlink, the generic netlink of ethtool and netdev, and ethtool's
 * ioctl from a table that the test changes between reads; rtnetlink announces
 * such changes. */
#ifndef FAKE_ADAPTERS_H
#define FAKE_ADAPTERS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_NAMES 4096
#define FAKE_ADAPTERS 160
#define FAKE_LINK_MEMBERS 25
#define FAKE_QSTATS 48
#define FAKE_VFS 256

struct fake_adapter {
  uint32_t index; /* 0: unused */
  char name[IFNAMSIZ];
  char kind[16]; /* "": not made by software */
  bool has_device;
  char parent[32]; /* the device's name; "": one of its own */
  char port[32];   /* IFLA_PHYS_PORT_ID; "": not reported */
  char driver[32]; /* "": GDRVINFO is not answered */
  uint32_t txqueuelen, carrier_changes;
  uint64_t link[FAKE_LINK_MEMBERS];

  char (*names)[32]; /* may lack terminators */
  uint64_t *values;
  size_t count;
  size_t count_later; /* from the next GSTATS on; 0: as before */
  int error;          /* positive errno of GSTATS; 0: none */
  bool is_detached;   /* ends a list of settings with ENODEV */
  unsigned delay_ms;  /* how far GSTATS advances the clock */

  char qdisc[16]; /* "": none */
  uint32_t qdisc_limit, qdisc_drops, qdisc_requeues, qdisc_packets;

  /* By ethtool; 0 everywhere: not supported. */
  uint32_t rx_ring, rx_ring_max, tx_ring, tx_ring_max;
  uint32_t combined, combined_max;
  bool has_pause_stats;
  uint64_t rx_pause_frames, tx_pause_frames;
  uint32_t tx_pause;

  uint32_t speed; /* Mb/s; 0: there is no link */
  bool is_half_duplex;
  const char *advertised[4]; /* modes, "1000baseT/Full" */

  struct {
    uint64_t rx_dropped, tx_dropped;
  } vfs[FAKE_VFS];
  uint32_t vf_count;

  uint64_t qstats_present; /* bit N: attribute N */
  uint64_t qstats[FAKE_QSTATS];
};

struct fake_kernel {
  struct fake_adapter adapters[FAKE_ADAPTERS];
  double clock;    /* clock_monotonic_seconds(): only delays advance it */
  bool no_ethtool; /* no such family: before Linux 5.6 */
  bool no_netdev;
  bool no_statistics;  /* no RTM_GETSTATS: before Linux 4.7 */
  unsigned disturbed;  /* lists of interfaces to interrupt */
  int link_error;      /* positive errno of a list of interfaces; 0: none */
  int vf_error;        /* and of a list of virtual functions */
  unsigned announced;  /* messages waiting in ethtool's monitor group */
  unsigned silences;   /* changes of interfaces not to announce */
  uint64_t interfaces; /* hash of what was announced last */
  /* Requests so far. */
  unsigned lists, functions, statistics, strings, stats, settings, qstats;
};

extern struct fake_kernel fake_kernel;

/* Starts anew without adapters. */
void fake_kernel_reset(void);

/* Adds an interface with device and driver, and no statistics. */
struct fake_adapter *fake_adapter_add(uint32_t index, const char *name,
                                      const char *driver);

/* Adds a statistic of the driver's own, or sets it. */
void fake_adapter_set(struct fake_adapter *adapter, const char *name,
                      uint64_t value);

/* Loads the adapter of a fixture. */
struct nic_fixture;
void fake_adapter_load(struct fake_adapter *adapter,
                       const struct nic_fixture *fixture);

void fake_adapter_remove(struct fake_adapter *adapter);

#endif
