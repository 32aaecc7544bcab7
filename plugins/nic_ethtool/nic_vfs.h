/* SPDX-License-Identifier: MIT */
/* Losses of an adapter's virtual functions, as its physical function counts
 * them: each is an object "eth0-vf-3". */
#ifndef NIC_VFS_H
#define NIC_VFS_H

struct nic_device;
struct nic_ethtool;
struct report;

/* Finds out whether a device has virtual functions. */
void nic_vfs_find(const struct nic_ethtool *nic, struct nic_device *device);

/* Reads and reports them, if there are any. A problem is logged once. */
void nic_vfs_report(struct nic_ethtool *nic, struct nic_device *device,
                    struct report *report);

#endif
