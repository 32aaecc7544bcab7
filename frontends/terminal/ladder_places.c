/* SPDX-License-Identifier: MIT */
#include "ladder_places.h"

#include <string.h>

struct place {
  const char *name;
  const char *layer;
  const char *help;
};

static const struct place places[LADDER_PLACES] = {
    [LADDER_WIRE] = {"wire", "nic_ethtool", "the cable and the port"},
    [LADDER_RING] = {"ring", "nic_ethtool", "the adapter and its RX ring"},
    [LADDER_IRQ] = {"irq", "irq_balance", "the spread of interrupts"},
    [LADDER_BACKLOG] = {"backlog", "softnet", "the backlogs of the CPUs"},
    [LADDER_IP] = {"ip", "snmp_proto", "IP, its tables and neighbours"},
    [LADDER_TCP] = {"tcp", "snmp_proto", "TCP's receive memory"},
    [LADDER_LISTEN] = {"listen", "sock_backlog", "accept queues"},
    [LADDER_SOCKET] = {"socket", "sock_backlog", "receive buffers"},
    [LADDER_QDISC] = {"qdisc", "nic_ethtool", "the queues for sending"},
    [LADDER_SEND] = {"send", "nic_ethtool", "the TX ring and the adapter"},
    [LADDER_KERNEL] = {"kernel", "drop_reason", "the kernel's own reasons"},
};

/* Buckets that are not listed are nowhere: packets are dropped on purpose. */
static const enum ladder_place place_of_bucket[LEDGER_BUCKETS] = {
    [LEDGER_NO_BUCKET] = LADDER_NOWHERE,
    [LEDGER_WIRE] = LADDER_WIRE,
    [LEDGER_NIC_MEMORY] = LADDER_RING,
    [LEDGER_RX_RING] = LADDER_RING,
    [LEDGER_DRIVER_RX] = LADDER_RING,
    [LEDGER_NIC_POLICY] = LADDER_NOWHERE,
    [LEDGER_BACKLOG] = LADDER_BACKLOG,
    [LEDGER_IP_IN] = LADDER_IP,
    [LEDGER_SOURCE_CHECK] = LADDER_IP,
    [LEDGER_NO_ROUTE] = LADDER_IP,
    [LEDGER_REASSEMBLY] = LADDER_IP,
    [LEDGER_CONNTRACK] = LADDER_IP,
    [LEDGER_FIREWALL] = LADDER_NOWHERE,
    [LEDGER_IPSEC] = LADDER_IP,
    [LEDGER_TCP_LISTEN] = LADDER_LISTEN,
    [LEDGER_TCP_RECEIVE] = LADDER_TCP,
    [LEDGER_TCP_PRUNE] = LADDER_TCP,
    [LEDGER_UDP_RECEIVE] = LADDER_SOCKET,
    [LEDGER_SOCKET_MEMORY] = LADDER_SOCKET,
    [LEDGER_PACKET_SOCKET] = LADDER_SOCKET,
    [LEDGER_UNIX_LISTEN] = LADDER_LISTEN,
    [LEDGER_UDP_SEND] = LADDER_SEND,
    [LEDGER_IP_OUT] = LADDER_SEND,
    [LEDGER_TOO_BIG] = LADDER_IP,
    [LEDGER_NEIGHBOUR] = LADDER_IP,
    [LEDGER_QDISC] = LADDER_QDISC,
    [LEDGER_TX_RING] = LADDER_SEND,
    [LEDGER_DRIVER_TX] = LADDER_SEND,
    [LEDGER_MEMORY] = LADDER_KERNEL,
    [LEDGER_UNATTRIBUTED] = LADDER_KERNEL,
};

/* The places of meters without a bucket; the first row that fits decides. */
struct rule {
  const char *layer;
  const char *prefix; /* of the meter's key */
  enum ladder_place place;
};

static const struct rule rules[] = {
    {"nic_ethtool", "rx_ring", LADDER_RING},
    {"nic_ethtool", "qdisc", LADDER_QDISC},
    {"nic_ethtool", "tx_", LADDER_SEND},
    {"nic_ethtool", "", LADDER_WIRE},
    {"irq_balance", "", LADDER_IRQ},
    {"softnet", "", LADDER_BACKLOG},
    {"snmp_proto", "TcpExt:listen", LADDER_LISTEN},
    {"snmp_proto", "Tcp", LADDER_TCP},
    {"snmp_proto", "MPTcp", LADDER_TCP},
    {"snmp_proto", "Udp", LADDER_SOCKET},
    {"snmp_proto", "", LADDER_IP},
    {"sock_backlog", "total_", LADDER_NOWHERE},
    {"sock_backlog", "accept", LADDER_LISTEN},
    {"sock_backlog", "syn", LADDER_LISTEN},
    {"sock_backlog", "", LADDER_SOCKET},
    {"drop_reason", "", LADDER_KERNEL},
};

const char *ladder_place_name(enum ladder_place place) {
  return places[place].name;
}

const char *ladder_place_help(enum ladder_place place) {
  return places[place].help;
}

const char *ladder_place_layer(enum ladder_place place) {
  return places[place].layer;
}

enum ladder_place ladder_place_of(const struct layer *layer,
                                  const struct meter *meter,
                                  const struct labels *labels) {
  /* A queue's packets are counted for its device too. */
  if (labels->queue != NULL || labels->group != NULL)
    return LADDER_NOWHERE;
  if (meter->bucket != LEDGER_NO_BUCKET)
    return place_of_bucket[meter->bucket];
  for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
    if (strcmp(layer->name, rules[i].layer) == 0 &&
        strncmp(meter_key(meter), rules[i].prefix, strlen(rules[i].prefix)) ==
            0)
      return rules[i].place;
  return LADDER_NOWHERE;
}

enum ladder_rank ladder_rank_of(const struct meter *meter,
                                const struct labels *labels) {
  switch (meter->exactness) {
  case LEDGER_OBJECT:
    return LADDER_OBJECT;
  case LEDGER_HOST:
    return LADDER_HOST;
  case LEDGER_KERNEL:
    return LADDER_ALL;
  default:
    return labels->device != NULL || labels->cpu != NULL ||
                   labels->port != NULL || labels->path != NULL
               ? LADDER_OBJECT
               : LADDER_HOST;
  }
}

bool ladder_counts_loss(const struct meter *meter) {
  return meter_is_counter(meter) && meter->meaning == METER_LOSS &&
         (meter->exactness == LEDGER_OBJECT ||
          meter->exactness == LEDGER_HOST || meter->exactness == LEDGER_KERNEL);
}
