/* SPDX-License-Identifier: MIT */
/* Reports the numbers of an interface. */
#ifndef NIC_REPORT_H
#define NIC_REPORT_H

struct nic_device;
struct nic_ethtool;
struct report;

/* Makes the meters of a device's raw counters and queues, for a new layout. */
void nic_report_prepare(struct nic_ethtool *nic, struct nic_device *device,
                        struct report *report);

/* Reports what this read found of a device. */
void nic_report_device(struct nic_ethtool *nic, struct nic_device *device,
                       struct report *report);

#endif
