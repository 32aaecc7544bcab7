/* SPDX-License-Identifier: MIT */
/* What a network adapter's counter can mean, and where it stands. */
#ifndef NIC_CAUSE_H
#define NIC_CAUSE_H

/* What became of a packet; of some of these nothing is lost. */
enum nic_cause {
  NIC_RX_RING_FULL,    /* the host had no free buffer in the ring for it */
  NIC_RX_FIFO_OVERRUN, /* the adapter's own memory was full, or its bus slow */
  NIC_RX_ALLOC_FAIL,   /* the driver found no memory for it */
  NIC_RX_CRC,          /* wrong checksum: cable, optics */
  NIC_RX_FRAME,        /* misaligned, bad symbols: cable, optics */
  NIC_RX_LENGTH,       /* too short or too long */
  NIC_RX_ERROR,        /* broken in another way, or the driver does not say */
  NIC_RX_XDP_DROP,     /* an XDP program said so, or it could not be sent on */
  NIC_RX_POLICY,    /* by a rule: a VF's limits, spoof check, storm control */
  NIC_RX_FILTERED,  /* not meant for this host: no loss */
  NIC_RX_NO_BUFFER, /* had to wait for a buffer: nothing is lost yet */
  NIC_RX_PAUSE,     /* pause frames received: the peer asks us to wait */
  NIC_RX_UNCLASSIFIED, /* guessed from the name */
  NIC_TX_RING_FULL,    /* no room in the ring, and the packet given up */
  NIC_TX_DROP,         /* given up by driver or adapter otherwise */
  NIC_TX_ERROR,        /* carrier, collisions, underrun */
  NIC_TX_XDP_DROP,     /* a frame of XDP that could not be queued */
  NIC_TX_POLICY,       /* by a rule */
  NIC_TX_TIMEOUT,      /* the watchdog reset the queue; events, no packets */
  NIC_TX_STOPPED,      /* the queue had to wait for the ring: nothing is lost */
  NIC_TX_PAUSE,        /* pause frames sent: we ask the peer to wait */
  NIC_TX_UNCLASSIFIED, /* guessed from the name */
  NIC_ALLOWANCE, /* queued or dropped because a cloud's limit is reached */
  NIC_CAUSE_COUNT,
};

/* Where a number stands. */
enum nic_place {
  NIC_PLACE_ETHTOOL, /* the driver's own statistics; index: which of them */
  NIC_PLACE_LINK,    /* struct rtnl_link_stats64; index: which 64-bit member */
  NIC_PLACE_QSTATS,  /* netdev generic netlink, qstats-get of the whole device;
                        index: the attribute's number */
};

/* Members of struct rtnl_link_stats64. */
#define NIC_LINK_MEMBERS 25

#endif
