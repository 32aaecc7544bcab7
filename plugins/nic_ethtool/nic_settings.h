/* SPDX-License-Identifier: MIT */
/* How the adapters are set up: read when the kernel announces a change, and
 * once a minute in case it does not. */
#ifndef NIC_SETTINGS_H
#define NIC_SETTINGS_H

#include <stdint.h>

struct ethtool_settings;
struct layer_error;
struct nic_device;
struct nic_ethtool;

/* Opens the sockets. Returns 0, or -errno with error filled. */
int nic_settings_open(struct nic_ethtool *nic, struct layer_error *error);
void nic_settings_close(struct nic_ethtool *nic);

/* Reads the settings of all wanted devices again if that is due. */
void nic_settings_refresh(struct nic_ethtool *nic);

/* Reads the settings of one device now. */
void nic_settings_read(struct nic_ethtool *nic, struct nic_device *device);

/* Reads how many pause frames a device has counted, if only ethtool's netlink
 * reports them. */
void nic_settings_count_pause(struct nic_ethtool *nic,
                              const struct nic_device *device);

/* The number of channels that receive, and how many there can be.
 * ETHTOOL_UNKNOWN: the driver does not report it. */
uint32_t nic_settings_channels(const struct ethtool_settings *settings,
                               uint32_t *ret_max);

#endif
