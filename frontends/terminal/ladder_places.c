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

/* The first row that fits decides. */
struct rule {
  const char *layer;
  const char *prefix; /* of the meter's key */
  enum ladder_place place;
};

static const struct rule rules[] = {
    {"nic_ethtool", "rx_xdp_drop", LADDER_NOWHERE},
    {"nic_ethtool", "rx_policy", LADDER_NOWHERE},
    {"nic_ethtool", "tx_policy", LADDER_NOWHERE},
    {"nic_ethtool", "rx_ring", LADDER_RING},
    {"nic_ethtool", "rx_alloc_fail", LADDER_RING},
    {"nic_ethtool", "rx_fifo", LADDER_RING},
    {"nic_ethtool", "rx_no_buffer", LADDER_RING},
    {"nic_ethtool", "qdisc", LADDER_QDISC},
    {"nic_ethtool", "tx_", LADDER_SEND},
    {"nic_ethtool", "", LADDER_WIRE},
    {"irq_balance", "", LADDER_IRQ},
    {"softnet", "", LADDER_BACKLOG},
    {"snmp_proto", "TcpExt:Listen", LADDER_LISTEN},
    {"snmp_proto", "TcpExt:listen", LADDER_LISTEN},
    {"snmp_proto", "TcpExt:TCPReqQ", LADDER_LISTEN},
    {"snmp_proto", "TcpExt:IPReversePathFilter", LADDER_IP},
    {"snmp_proto", "Tcp", LADDER_TCP},
    {"snmp_proto", "MPTcp", LADDER_TCP},
    {"snmp_proto", "Udp:Sndbuf", LADDER_QDISC},
    {"snmp_proto", "Udp6:Sndbuf", LADDER_QDISC},
    {"snmp_proto", "UdpLite:Sndbuf", LADDER_QDISC},
    {"snmp_proto", "UdpLite6:Sndbuf", LADDER_QDISC},
    {"snmp_proto", "Udp", LADDER_SOCKET},
    {"snmp_proto", "Ip:OutDiscards", LADDER_QDISC},
    {"snmp_proto", "Ip6:OutDiscards", LADDER_QDISC},
    {"snmp_proto", "", LADDER_IP},
    {"sock_backlog", "total_", LADDER_NOWHERE},
    {"sock_backlog", "accept", LADDER_LISTEN},
    {"sock_backlog", "syn", LADDER_LISTEN},
    {"sock_backlog", "", LADDER_SOCKET},
    {"drop_reason", "socket_rcvbuff", LADDER_SOCKET},
    {"drop_reason", "proto_mem", LADDER_SOCKET},
    {"drop_reason", "tcp_listen", LADDER_LISTEN},
    {"drop_reason", "socket_backlog", LADDER_TCP},
    {"drop_reason", "pfmemalloc", LADDER_TCP},
    {"drop_reason", "tcp_", LADDER_TCP},
    {"drop_reason", "cpu_backlog", LADDER_BACKLOG},
    {"drop_reason", "qdisc_", LADDER_QDISC},
    {"drop_reason", "cake_", LADDER_QDISC},
    {"drop_reason", "dualpi2_", LADDER_QDISC},
    {"drop_reason", "fq_", LADDER_QDISC},
    {"drop_reason", "neigh_", LADDER_IP},
    {"drop_reason", "frag_", LADDER_IP},
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
  for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
    if (strcmp(layer->name, rules[i].layer) == 0 &&
        strncmp(meter_key(meter), rules[i].prefix, strlen(rules[i].prefix)) ==
            0)
      return rules[i].place;
  return LADDER_NOWHERE;
}

enum ladder_rank ladder_rank_of(const struct layer *layer,
                                const struct labels *labels) {
  if (labels->device != NULL || labels->cpu != NULL || labels->port != NULL ||
      labels->path != NULL)
    return LADDER_OBJECT;
  return strcmp(layer->name, "drop_reason") == 0 ? LADDER_ALL : LADDER_HOST;
}

/* Length of the object in a meter's key: 4 in "Udp:RcvbufErrors". */
static size_t object_length(const struct meter *meter) {
  const char *colon = strchr(meter_key(meter), ':');
  return colon != NULL ? (size_t)(colon + 1 - meter_key(meter)) : 0;
}

/* Whether another meter of the same object, with limits of its own, counts a
 * part of this one. */
static bool has_parts(const struct layer *layer, const struct meter *whole) {
  size_t length = object_length(whole);
  for (size_t i = 0; i < layer->meter_count; i++) {
    const struct meter *part = &layer->meters[i];
    if (part->part_of != NULL && part->limits != NULL &&
        strcmp(part->part_of, whole->name) == 0 &&
        object_length(part) == length &&
        strncmp(meter_key(part), meter_key(whole), length) == 0)
      return true;
  }
  return false;
}

bool ladder_counts_loss(const struct layer *layer, const struct meter *meter) {
  if (!meter_is_counter(meter) || meter->meaning != METER_LOSS)
    return false;
  if (meter->limits != NULL)
    return true;
  return meter->part_of == NULL && !has_parts(layer, meter);
}
