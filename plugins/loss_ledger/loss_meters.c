/* SPDX-License-Identifier: MIT */
#include "loss_meters.h"

/* The names and sentences are those of ledger_bucket.c. */
#define BUCKET(bucket, bucket_name, sentence)                                  \
  [LEDGER_##bucket - 1] = {.name = bucket_name,                                \
                           .type = "packets",                                  \
                           .kind = METER_COUNTER64,                            \
                           .meaning = METER_LOSS,                              \
                           .unit = "packets",                                  \
                           .no_bucket = "the sum of a bucket",                 \
                           .verb = "lost",                                     \
                           .place = "in " bucket_name,                         \
                           .source = "the other plugins",                      \
                           .help = sentence}

const struct meter loss_meters[LOSS_METER_COUNT] = {
    BUCKET(WIRE, "wire",
           "Frames that arrived damaged: cable, optics, the peer's port."),
    BUCKET(NIC_MEMORY, "nic_memory",
           "Packets that found the adapter's own memory full."),
    BUCKET(RX_RING, "rx_ring",
           "Packets that found no free buffer in the RX ring."),
    BUCKET(DRIVER_RX, "driver_rx",
           "Packets that the driver dropped on receiving, mostly for lack of "
           "memory."),
    BUCKET(NIC_POLICY, "nic_policy",
           "Packets that a rule of the adapter or an XDP program dropped."),
    BUCKET(BACKLOG, "backlog", "Packets that found a CPU's backlog full."),
    BUCKET(IP_IN, "ip_in",
           "Received packets with a bad header or address, or without memory "
           "for them."),
    BUCKET(SOURCE_CHECK, "source_check",
           "Received packets whose source address rp_filter or the kernel "
           "refuses."),
    BUCKET(NO_ROUTE, "no_route",
           "Received packets without a route to forward them by."),
    BUCKET(REASSEMBLY, "reassembly",
           "Datagrams whose fragments could not be put together."),
    BUCKET(CONNTRACK, "conntrack",
           "Packets that connection tracking dropped, mostly because its table "
           "was full."),
    BUCKET(FIREWALL, "firewall",
           "Packets that a rule of the firewall dropped."),
    BUCKET(IPSEC, "ipsec", "Packets that IPsec could not process."),
    BUCKET(TCP_LISTEN, "tcp_listen",
           "SYNs and last ACKs that TCP listeners refused."),
    BUCKET(TCP_RECEIVE, "tcp_receive",
           "TCP segments that found no room at their socket; the peer sends "
           "them again."),
    BUCKET(TCP_PRUNE, "tcp_prune",
           "Times that out-of-order TCP segments were discarded to make room; "
           "the peer sends them again."),
    BUCKET(UDP_RECEIVE, "udp_receive",
           "Datagrams that arrived and were not delivered to their socket, "
           "mostly because its receive buffer was full."),
    BUCKET(SOCKET_MEMORY, "socket_memory",
           "Packets refused because the memory of the protocol was used up, "
           "and that no socket or protocol counts."),
    BUCKET(PACKET_SOCKET, "packet_socket",
           "Packets that a sniffer did not take; their receiver got them."),
    BUCKET(UNIX_LISTEN, "unix_listen",
           "Connections to UNIX sockets that were refused. The kernel does not "
           "count them."),
    BUCKET(UDP_SEND, "udp_send",
           "Datagrams that could not be sent and that no qdisc, device or "
           "neighbour dropped."),
    BUCKET(IP_OUT, "ip_out",
           "Packets that IP could not send and that no qdisc, device or "
           "neighbour dropped."),
    BUCKET(TOO_BIG, "too_big",
           "Packets that needed fragmentation and could not be fragmented."),
    BUCKET(NEIGHBOUR, "neighbour",
           "Packets for a neighbour that does not answer or has no room in the "
           "table."),
    BUCKET(QDISC, "qdisc", "Packets that a qdisc dropped."),
    BUCKET(TX_RING, "tx_ring", "Packets that found the TX ring full."),
    BUCKET(DRIVER_TX, "driver_tx",
           "Packets that driver or adapter dropped on sending."),
    BUCKET(MEMORY, "memory", "Packets for which the kernel had no memory."),
    BUCKET(UNATTRIBUTED, "unattributed",
           "Packets that the kernel dropped for a reason that belongs to no "
           "bucket."),
};
