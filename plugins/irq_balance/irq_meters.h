/* SPDX-License-Identifier: MIT */
/* What irq_balance reports. */
#ifndef IRQ_METERS_H
#define IRQ_METERS_H

#include "meter.h"

/* From this many interrupts or softirqs per second on, shares mean something
 * and are sent. */
#define IRQ_METERS_MIN_RATE 100

enum {
  /* For each interface. */
  IRQ_TOTAL,
  IRQ_BUSIEST_CPU,
  IRQ_IMBALANCE,
  IRQ_EFFECTIVE_CPUS,
  IRQ_BUSY_QUEUES,
  IRQ_QUEUES,
  IRQ_ALLOWED_CPUS,
  IRQ_VECTOR_CPUS,
  IRQ_REMOTE_NODE,
  /* For the host. */
  IRQ_NET_RX,
  IRQ_NET_RX_BUSIEST_CPU,
  IRQ_NET_RX_IMBALANCE,
  IRQ_NET_TX,
  IRQ_NET_TX_BUSIEST_CPU,
  IRQ_NET_TX_IMBALANCE,
  IRQ_PACKETS_BUSIEST_CPU,
  IRQ_PACKETS,
  IRQ_METER_COUNT,
};

extern const struct meter irq_meters[IRQ_METER_COUNT];

#endif
