/* SPDX-License-Identifier: MIT */
/* How an adapter is set up: rings, channels, pause frames, coalescing and link,
 * as ethtool -g, -l, -a, -c and without an option show them. Read by ethtool's
 * generic netlink family, which answers for all interfaces at once (Linux 5.6);
 * ethtool_ioctl.h serves older kernels. Needs no capability. Source:
 * net/ethtool/. */
#ifndef ETHTOOL_SETTINGS_H
#define ETHTOOL_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

/* Values that the driver does not report. */
#define ETHTOOL_UNKNOWN UINT32_MAX
#define ETHTOOL_NOT_COUNTED UINT64_MAX

struct ethtool_settings {
  /* Descriptors; a packet takes one or more. */
  uint32_t rx_ring, rx_ring_max;
  uint32_t tx_ring, tx_ring_max;

  /* A combined channel both receives and sends. */
  uint32_t rx_channels, rx_channels_max;
  uint32_t tx_channels, tx_channels_max;
  uint32_t combined_channels, combined_channels_max;

  uint32_t rx_pause, tx_pause; /* 0 or 1 */

  /* Frames so far, if the driver reports them in this standard form (Linux
   * 5.10); else ETHTOOL_NOT_COUNTED. */
  uint64_t rx_pause_frames, tx_pause_frames;

  uint32_t rx_usecs;    /* how long an interrupt is delayed */
  uint32_t rx_adaptive; /* 0, or 1: the delay adapts to the traffic */

  /* Megabits per second; unknown while there is no link. */
  uint32_t speed;
  uint32_t best_speed;  /* of the advertised modes */
  uint32_t full_duplex; /* 0 or 1 */
};

/* Makes everything unknown. */
void ethtool_settings_clear(struct ethtool_settings *settings);

/* Settings that one request reads. */
enum ethtool_settings_part {
  ETHTOOL_RINGS,
  ETHTOOL_CHANNELS,
  ETHTOOL_PAUSE,
  ETHTOOL_COALESCE,
  ETHTOOL_LINK,
  ETHTOOL_PARTS,
};

/* Returns the settings to fill for an interface, or NULL to skip it. */
typedef struct ethtool_settings *ethtool_settings_find(uint32_t index,
                                                       void *data);

/* Reads one part by netlink, for one interface or, with index 0, for all that
 * have it. Returns 0, or -errno: -EOPNOTSUPP if the kernel or that interface's
 * driver does not report the part. */
int ethtool_settings_read(struct netlink *netlink, uint16_t family,
                          enum ethtool_settings_part part, uint32_t index,
                          ethtool_settings_find *find, void *data);

/* Takes one message of the answer. Returns 0 or -EBADMSG. */
int ethtool_settings_take(const struct nlmsghdr *message,
                          enum ethtool_settings_part part,
                          ethtool_settings_find *find, void *data);

#endif
