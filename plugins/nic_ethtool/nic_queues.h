/* SPDX-License-Identifier: MIT */
/* The queues of an adapter, as far as its driver tells them apart: each is an
 * object "eth0-rx-3". For ReportByQueue. */
#ifndef NIC_QUEUES_H
#define NIC_QUEUES_H

#include "nic_device.h"

struct nic_queues;

/* Behind the causes: the packets of the queue. */
#define NIC_QUEUE_PACKETS NIC_CAUSE_COUNT

/* The meters of queues. They have the names of the adapter's and no limits: a
 * loss is judged once. */
struct nic_queue_meters {
  unsigned meters[NIC_QUEUE_PACKETS + 1];
};

/* Adds them to the report. Returns 0 or -ENOMEM. */
int nic_queues_learn_meters(struct report *report,
                            struct nic_queue_meters *ret);

/* Finds the queues in the names and sources that a device has learned. Returns
 * 0 or -ENOMEM. */
int nic_queues_new(struct nic_queues **ret, const struct nic_device *device);
void nic_queues_free(struct nic_queues *queues);

/* Reports what each queue counts, by the device's values of this read. */
void nic_queues_report(struct nic_queues *queues,
                       const struct nic_device *device,
                       const struct nic_queue_meters *meters,
                       struct report *report);

#endif
