/* SPDX-License-Identifier: MIT */
/* What the counters of a network adapter mean: one name for one cause, whatever
 * the driver calls it, and each packet in one place only. The facts are in
 * nic_counters.tsv, of which the build makes a table. */
#ifndef NIC_COUNTERS_H
#define NIC_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nic_names;

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

/* "ring_full" and the like; the direction is not part of it. */
const char *nic_cause_name(enum nic_cause cause);

/* Where a number stands. */
enum nic_place {
  NIC_PLACE_ETHTOOL, /* the driver's own statistics; index: which of them */
  NIC_PLACE_LINK,    /* struct rtnl_link_stats64; index: which 64-bit member */
  NIC_PLACE_QSTATS,  /* netdev generic netlink, qstats-get of the whole device;
                        index: the attribute's number */
};

/* One number that tells about a cause. A number can be here twice: added to one
 * cause, and subtracted from another that contains it (counted and minus).
 * There can be thousands. */
struct nic_source {
  enum nic_place place : 8;
  enum nic_cause cause : 8;
  uint16_t index;
  uint8_t bits; /* 32 or 64: where it wraps */
  bool counted; /* in the cause's sum; else another source tells the same */
  bool minus;   /* to be subtracted in that sum */
};

struct nic_sources {
  struct nic_source *items;
  size_t count;
  bool is_known; /* the table knows the driver */
};

/* Finds what tells about the losses of an adapter. driver is what ethtool's
 * GDRVINFO says; names are those of its statistics; qstats has bit N set if
 * qstats-get tells attribute N. For a driver that is not in the table, the
 * standard members of rtnl_link_stats64 count for what if_link.h says they
 * are, and names that look like a loss are unclassified.
 * Returns 0 or -ENOMEM; sources is then unchanged. */
int nic_counters_find(const char *driver, const struct nic_names *names,
                      uint64_t qstats, struct nic_sources *ret);
void nic_sources_free(struct nic_sources *sources);

/* The name of a member of rtnl_link_stats64, "rx_missed_errors", or NULL. */
const char *nic_link_member(unsigned index);
#define NIC_LINK_MEMBERS 25

#endif
