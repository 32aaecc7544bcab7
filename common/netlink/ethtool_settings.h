/* SPDX-License-Identifier: MIT */
/* How an adapter is set up: its rings, channels, pause frames, coalescing and
 * offloads, as ethtool -g, -l, -a, -c and -k show them. By ethtool's generic
 * netlink, which tells of all interfaces at once (Linux 5.6; net/ethtool/), or
 * by ioctl where the kernel does not have that. No capability is needed. */
#ifndef ETHTOOL_SETTINGS_H
#define ETHTOOL_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct netlink;
struct nlmsghdr;

/* What a driver does not tell. */
#define ETHTOOL_UNKNOWN UINT32_MAX
#define ETHTOOL_NOT_COUNTED UINT64_MAX

struct ethtool_settings {
  /* Packets, or rather descriptors. */
  uint32_t rx_ring, rx_ring_max;
  uint32_t tx_ring, tx_ring_max;

  /* Combined channels do both ways. */
  uint32_t rx_channels, rx_channels_max;
  uint32_t tx_channels, tx_channels_max;
  uint32_t combined_channels, combined_channels_max;

  uint32_t rx_pause, tx_pause; /* 0 or 1 */

  /* Frames so far, where the driver tells them in this standard way too (Linux
   * 5.10); else ETHTOOL_NOT_COUNTED. */
  uint64_t rx_pause_frames, tx_pause_frames;

  /* Interrupts wait so many microseconds, or adapt themselves (0 or 1). */
  uint32_t rx_usecs, rx_adaptive;
};

struct ethtool_offloads {
  uint32_t gro, gso, tso, lro, rx_checksum, tx_checksum; /* 0 or 1 */
};

/* Everything unknown. */
void ethtool_settings_forget(struct ethtool_settings *settings);

/* Which of them. */
enum ethtool_settings_part {
  ETHTOOL_RINGS,
  ETHTOOL_CHANNELS,
  ETHTOOL_PAUSE,
  ETHTOOL_COALESCE,
  ETHTOOL_PARTS,
};

/* Finds the settings of an interface, to be filled; NULL: they are not wanted.
 */
typedef struct ethtool_settings *ethtool_settings_find(uint32_t index,
                                                       void *data);

/* Asks by netlink for one part: of one interface, or, with index 0, of all that
 * have it. Returns 0, or -errno: -EOPNOTSUPP where the kernel, or the driver of
 * that interface, does not tell. */
int ethtool_settings_read(struct netlink *netlink, uint16_t family,
                          enum ethtool_settings_part part, uint32_t index,
                          ethtool_settings_find *find, void *data);

/* Takes one message of that answer. Returns 0, or -EBADMSG. */
int ethtool_settings_take(const struct nlmsghdr *message,
                          enum ethtool_settings_part part,
                          ethtool_settings_find *find, void *data);

/* Asks by ioctl for all parts of one interface; what the driver does not tell
 * becomes unknown. fd is that of ethtool_open(). */
void ethtool_settings_ask(int fd, const char *interface,
                          struct ethtool_settings *settings);

/* Asks by ioctl which offloads are on. */
void ethtool_offloads_ask(int fd, const char *interface,
                          struct ethtool_offloads *ret);

#endif
