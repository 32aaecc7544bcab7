/* SPDX-License-Identifier: MIT */
/* The layer's state: its options, and what it keeps for each network namespace.
 */
#ifndef SOCK_STATE_H
#define SOCK_STATE_H

#include <assert.h>

#include "clock.h"
#include "layer_problem.h"
#include "namespaces.h"
#include "netlink.h"
#include "proto_text.h"
#include "sock_choice.h"
#include "sock_ephemeral.h"
#include "sock_owners.h"
#include "sock_shown.h"
#include "sock_table.h"
#include "sockstat.h"

/* The kernel's interfaces that list sockets, in the order of reading. */
enum sock_source {
  SOCK_SOURCE_TCP4,
  SOCK_SOURCE_TCP6,
  SOCK_SOURCE_UDP4,
  SOCK_SOURCE_UDP6,
  SOCK_SOURCE_UDPLITE4,
  SOCK_SOURCE_UDPLITE6,
  SOCK_SOURCE_UNIX,
  SOCK_SOURCES,
};

static_assert(SOCK_SOURCES <= SOCK_TABLE_SOURCES, "room for every source");

/* One source in one namespace. */
struct sock_source_state {
  bool is_read;    /* in this read */
  bool is_missing; /* the kernel lacks the diag module */
  bool is_empty;   /* the last dump had no sockets */
  double retry_at; /* when to ask a missing module again */
  struct layer_problem problem;
  struct sysroot_file file; /* the table of /proc/net that stands in for it */
};

/* The kernel's numbers of TCP states are below this. */
#define SOCK_STATES 12

/* The connections of one local port, or of all ports. */
struct sock_traffic {
  uint16_t port;
  uint32_t states[SOCK_STATES]; /* connections in each state */
  uint32_t unanswered;          /* half-open, and the SYN-ACK was repeated */
  uint64_t receive_queue;       /* bytes, all connections together */
  uint64_t send_queue;
  uint32_t receive_most; /* bytes, the connection with most */
  uint32_t send_most;
  uint32_t receive_high; /* connections above RecvQueueHigh */
  uint32_t send_high;    /* connections above SendQueueHigh */
};

/* The TCP connections of a namespace. */
struct sock_connections {
  bool is_read;     /* in this read */
  bool is_complete; /* every state, not only half-open connections */
  struct port_set listening;
  uint16_t places[UINT16_MAX + 1]; /* a port's index in ports plus 1; 0: none */
  struct sock_traffic *ports;      /* listening ports that have connections */
  size_t count, room;
  struct sock_traffic total;
  struct sock_ephemeral ephemeral;
  struct clock_refresh settings_read;
  uint32_t syn_most; /* no listener's SYN queue holds more than this */
  struct layer_problem problem;
};

/* A table of protocol counters, read when it is needed. */
struct sock_counters {
  struct sysroot_file file;
  struct proto_text text;
};

/* The count of refused connections that a namespace keeps for all listeners. */
struct sock_refusals {
  struct sock_counters counters; /* proc/net/netstat */
  bool is_known;                 /* last is */
  uint64_t last;                 /* TcpExt ListenDrops at the last look */
  uint64_t unclaimed; /* refusals of the read before that no listener had */
};

enum sock_udp_counter {
  SOCK_UDP_IN_ERRORS, /* contains the others */
  SOCK_UDP_BUFFER_ERRORS,
  SOCK_UDP_MEMORY_ERRORS,
  SOCK_UDP_CHECKSUM_ERRORS,
  SOCK_UDP_COUNTERS,
};

/* Why a UDP socket lost datagrams. */
enum sock_udp_cause {
  SOCK_UDP_BUFFER, /* the receive buffer was full, or nothing is known */
  SOCK_UDP_MEMORY, /* UDP of the whole host took net.ipv4.udp_mem */
  SOCK_UDP_CHECKSUM,
  SOCK_UDP_FILTER, /* a socket filter refused them */
};

/* Lost datagrams of all UDP sockets of a namespace, by cause. */
struct sock_udp_errors {
  struct sock_counters ip4; /* proc/net/snmp */
  struct sock_counters ip6; /* proc/net/snmp6 */
  bool is_known;            /* last is */
  bool has_gains;           /* gained is known */
  uint64_t last[SOCK_UDP_COUNTERS];
  uint64_t gained[SOCK_UDP_COUNTERS]; /* between the last two looks */
};

/* A network namespace. */
struct sock_space {
  struct net_namespace *netns; /* NULL: the host's */
  struct netlink netlink;      /* opened there */
  struct sock_table table;
  struct sock_shown shown;
  struct sock_source_state sources[SOCK_SOURCES];
  struct sock_refusals refusals;
  struct sock_udp_errors udp_errors;
  struct sock_connections *connections; /* NULL: connections are not read */
  /* The number of sockets in the namespace. A dump walks tables that all
   * namespaces share, so an empty namespace is not asked. Not read for the
   * host. */
  struct sockstat_reader sockstat;
  struct sockstat counts;
  uint32_t ephemeral_first; /* UDP ports from here on have no object */
  struct clock_refresh settings_read;
  bool has_warned_of_limit; /* MaxObjects was exceeded */
};

struct sock_backlog {
  /* Options. */
  struct sock_choice choice;
  unsigned max_objects;
  bool report_connections;
  bool report_syn_received; /* read half-open connections only */
  unsigned receive_high;    /* bytes */
  unsigned send_high;       /* bytes */
  bool report_unix;

  const struct layer_context *context;
  struct sock_space host;
  struct namespaces namespaces;
  double now;
  size_t most_sockets;       /* followed since memory was given back */
  struct sock_owners owners; /* of the sockets that this read raises */
  bool has_warned_of_limit;  /* in some namespace other than the host's */
};

#endif
