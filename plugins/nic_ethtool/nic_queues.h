/* SPDX-License-Identifier: MIT */
/* The queues of an adapter, as far as its driver counts them separately: each
 * is an object "eth0-rx-3". For ReportByQueue. */
#ifndef NIC_QUEUES_H
#define NIC_QUEUES_H

#include <stdint.h>

#include "nic_cause.h"

struct nic_layout;
struct report;

struct nic_queues;

/* The meter after the causes: packets of the queue. */
#define NIC_QUEUE_PACKETS NIC_CAUSE_COUNT

/* The meters of queues. They have the names of the adapter's meters and no
 * limits: a loss is judged once. */
struct nic_queue_meters {
  unsigned meters[NIC_QUEUE_PACKETS + 1];
};

/* Adds the meters to the report. Returns 0 or -ENOMEM. */
int nic_queues_learn_meters(struct report *report,
                            struct nic_queue_meters *ret);

/* Finds the queues in the names and sources of a layout that has not taken any
 * values yet. Returns 0 or -ENOMEM. */
int nic_queues_new(struct nic_queues **ret, const struct nic_layout *layout);
void nic_queues_free(struct nic_queues *queues);

/* Adds what the layout's counters have grown by in this read. */
void nic_queues_take(struct nic_queues *queues,
                     const struct nic_layout *layout);

/* Reports each queue of an interface. values are the driver's, of this read. */
void nic_queues_report(struct nic_queues *queues, const char *interface,
                       const uint64_t *values,
                       const struct nic_queue_meters *meters,
                       struct report *report);

#endif
