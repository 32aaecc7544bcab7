/* SPDX-License-Identifier: MIT */
/* The possible meanings of an adapter's counter, and the places it is read
 * from. */
#ifndef NIC_CAUSE_H
#define NIC_CAUSE_H

/* What became of a packet. Not all of these are losses. */
enum nic_cause {
  NIC_RX_RING_FULL,    /* the host had no free buffer in the ring */
  NIC_RX_FIFO_OVERRUN, /* the adapter's own memory was full, or its bus slow */
  NIC_RX_ALLOC_FAIL,   /* the driver got no memory */
  NIC_RX_CRC,          /* wrong checksum: cable, optics */
  NIC_RX_FRAME,        /* misaligned, bad symbols: cable, optics */
  NIC_RX_LENGTH,       /* too short or too long */
  NIC_RX_ERROR,        /* broken in another way, or not specified */
  NIC_RX_XDP_DROP,     /* dropped by an XDP program, or its target was full */
  NIC_RX_POLICY,   /* refused by a rule: VF limit, spoof check, storm control */
  NIC_RX_FILTERED, /* not meant for this host: no loss */
  NIC_RX_NO_BUFFER, /* waited for a buffer: nothing is lost yet */
  NIC_RX_PAUSE,     /* pause frames received: the peer asks this host to wait */
  NIC_RX_UNCLASSIFIED, /* guessed from the name */
  NIC_TX_RING_FULL,    /* given up because the ring was full */
  NIC_TX_DROP,         /* given up by driver or adapter for another reason */
  NIC_TX_ERROR,        /* carrier, collisions, underrun */
  NIC_TX_XDP_DROP,     /* an XDP frame that could not be queued */
  NIC_TX_POLICY,       /* refused by a rule */
  NIC_TX_TIMEOUT,      /* resets of a queue by the watchdog; not packets */
  NIC_TX_STOPPED,      /* the queue waited for the ring: nothing is lost */
  NIC_TX_PAUSE,        /* pause frames sent: this host asks the peer to wait */
  NIC_TX_UNCLASSIFIED, /* guessed from the name */
  NIC_ALLOWANCE,       /* delayed or dropped at a cloud's limit */
  NIC_CAUSE_COUNT,
};

/* Where a number is read. */
enum nic_place {
  NIC_PLACE_ETHTOOL, /* the driver's own statistics; index: their order */
  NIC_PLACE_LINK,    /* struct rtnl_link_stats64; index: the 64-bit member */
  NIC_PLACE_QSTATS,  /* netdev generic netlink, qstats-get of the whole device;
                        index: the attribute's number */
  NIC_PLACES,
};

/* Members of struct rtnl_link_stats64. */
#define NIC_LINK_MEMBERS 25

#endif
