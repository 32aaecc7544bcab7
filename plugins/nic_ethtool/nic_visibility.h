/* SPDX-License-Identifier: MIT */
/* Which losses an adapter can report. */
#ifndef NIC_VISIBILITY_H
#define NIC_VISIBILITY_H

struct nic_device;
struct nic_ethtool;

/* Logs which causes a device reports and which it does not, once for each
 * layout that differs. */
void nic_visibility_log(struct nic_ethtool *nic, struct nic_device *device);

#endif
