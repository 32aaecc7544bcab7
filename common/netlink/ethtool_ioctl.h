/* SPDX-License-Identifier: MIT */
/* Questions to an adapter's driver by ethtool's ioctl, SIOCETHTOOL. Needs no
 * capability. Source: net/ethtool/ioctl.c. */
#ifndef ETHTOOL_IOCTL_H
#define ETHTOOL_IOCTL_H

#include <stdint.h>

struct ethtool_settings;

/* Which offloads are on: 0, 1, or ETHTOOL_UNKNOWN. */
struct ethtool_offloads {
  uint32_t gro, gso, tso, lro, rx_checksum, tx_checksum;
};

/* Opens a socket for the ioctl, in the calling thread's network namespace.
 * Returns a descriptor or -errno. */
int ethtool_ioctl_open(void);

/* Sends one request, a struct of linux/ethtool.h that begins with its command;
 * the kernel writes the answer into it. Returns 0 or -errno: -EOPNOTSUPP if the
 * driver does not implement the command, -ENODEV if the interface is gone. */
int ethtool_ioctl_ask(int fd, const char *interface, void *request);

/* Reads all settings of one interface; those the driver does not report become
 * unknown. */
void ethtool_ioctl_settings(int fd, const char *interface,
                            struct ethtool_settings *ret);

/* Reads which offloads are on. */
void ethtool_ioctl_offloads(int fd, const char *interface,
                            struct ethtool_offloads *ret);

#endif
