/* SPDX-License-Identifier: MIT */
/* The meters of nic_ethtool. */
#ifndef NIC_METERS_H
#define NIC_METERS_H

#include "meter.h"
#include "nic_cause.h"

/* The causes come first, by their own numbers. */
enum {
  NIC_PACKETS_RX = NIC_CAUSE_COUNT,
  NIC_PACKETS_TX,
  NIC_RX_RING_LOSS,
  NIC_RX_UNCLASSIFIED_LOSS,
  NIC_TX_UNCLASSIFIED_LOSS,
  NIC_QDISC_DROPS,
  NIC_QDISC_DELAY_DROPS,
  NIC_QDISC_REQUEUES,
  NIC_QDISC_BACKLOG,
  NIC_RX_RING,
  NIC_RX_RING_MAX,
  NIC_TX_RING,
  NIC_TX_RING_MAX,
  NIC_CHANNELS,
  NIC_CHANNELS_MAX,
  NIC_TXQUEUELEN,
  NIC_CARRIER_CHANGES,
  NIC_CARRIER_FLAPS,
  NIC_TX_STALLS,
  NIC_LINK,
  NIC_LINK_SHARE,
  NIC_HALF_DUPLEX,
  NIC_VF_RX_DROPPED,
  NIC_VF_TX_DROPPED,
  NIC_GRO,
  NIC_GSO,
  NIC_TSO,
  NIC_LRO,
  NIC_RX_CHECKSUM,
  NIC_TX_CHECKSUM,
  NIC_READ_DURATION,
  NIC_METER_COUNT,
};

extern const struct meter nic_meters[NIC_METER_COUNT];

/* Whether a cause, or such a meter, is a loss or an error. */
bool nic_meters_is_loss(unsigned meter);

/* Whether a cause is sent from the start; others are sent from their first
 * event on. */
bool nic_meters_is_main(enum nic_cause cause);

#endif
