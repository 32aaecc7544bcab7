/* SPDX-License-Identifier: MIT */
/* The places on a packet's way where it can be lost once. A meter names the
 * bucket of what it counts, and how exact it is. */
#ifndef LEDGER_BUCKET_H
#define LEDGER_BUCKET_H

#include <stdbool.h>
#include <stddef.h>

/* In the order in which a packet passes them: received, then sent. */
enum ledger_bucket {
  LEDGER_NO_BUCKET,
  LEDGER_WIRE,
  LEDGER_NIC_MEMORY,
  LEDGER_RX_RING,
  LEDGER_DRIVER_RX,
  LEDGER_NIC_POLICY,
  LEDGER_BACKLOG,
  LEDGER_IP_IN,
  LEDGER_SOURCE_CHECK,
  LEDGER_NO_ROUTE,
  LEDGER_REASSEMBLY,
  LEDGER_CONNTRACK,
  LEDGER_FIREWALL,
  LEDGER_IPSEC,
  LEDGER_TCP_LISTEN,
  LEDGER_TCP_RECEIVE,
  LEDGER_TCP_PRUNE,
  LEDGER_UDP_RECEIVE,
  LEDGER_SOCKET_MEMORY,
  LEDGER_PACKET_SOCKET,
  LEDGER_UNIX_LISTEN,
  LEDGER_UDP_SEND,
  LEDGER_IP_OUT,
  LEDGER_TOO_BIG,
  LEDGER_NEIGHBOUR,
  LEDGER_QDISC,
  LEDGER_TX_RING,
  LEDGER_DRIVER_TX,
  LEDGER_MEMORY,
  LEDGER_UNATTRIBUTED, /* what drop reasons count and no bucket holds */
  LEDGER_BUCKETS,
};

/* How exact a meter is. */
enum ledger_exactness {
  LEDGER_NOT_COUNTED, /* its packets are those of other meters */
  LEDGER_WATCHES,     /* the same, but where it is reported its layer counts the
                         bucket by other meters, even if none has an object */
  LEDGER_OBJECT,      /* counts for one object: a port, an interface, a CPU */
  LEDGER_HOST,        /* counts for one network namespace */
  LEDGER_KERNEL,      /* counts for all network namespaces */
};

enum ledger_direction {
  LEDGER_RECEIVING,
  LEDGER_SENDING,
  LEDGER_ANYWHERE,
};

struct ledger_bucket_facts {
  const char *name;  /* "udp_receive": part of a type instance */
  const char *title; /* "full UDP receive buffers" */
  const char *help;  /* for the documentation: one sentence */
  enum ledger_direction direction;
  /* Buckets whose packets the host-level meters of this one count as well, and
   * those whose packets its kernel-level meters do; end with LEDGER_NO_BUCKET.
   */
  enum ledger_bucket contains[6];
  enum ledger_bucket kernel_contains[3];
  bool has_kernel_unit; /* the kernel-level meters count something else, such as
                           fragments: where anything more exact is read, they
                           are left out */
};

/* The facts of a bucket, LEDGER_NO_BUCKET excluded; NULL for anything else. */
const struct ledger_bucket_facts *
ledger_bucket_facts(enum ledger_bucket bucket);

/* Its name; "" for LEDGER_NO_BUCKET. */
const char *ledger_bucket_name(enum ledger_bucket bucket);

#endif
