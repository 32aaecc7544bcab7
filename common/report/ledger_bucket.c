/* SPDX-License-Identifier: MIT */
#include "ledger_bucket.h"

static const struct ledger_bucket_facts all_facts[LEDGER_BUCKETS] = {
    [LEDGER_WIRE] = {.name = "wire",
                     .title = "damaged frames",
                     .help = "Frames that arrived damaged: cable, optics, the "
                             "peer's port.",
                     .direction = LEDGER_RECEIVING},
    [LEDGER_NIC_MEMORY] = {.name = "nic_memory",
                           .title = "the adapter's full memory",
                           .help = "Packets that found the adapter's own "
                                   "memory full.",
                           .direction = LEDGER_RECEIVING},
    [LEDGER_RX_RING] = {.name = "rx_ring",
                        .title = "full RX rings",
                        .help = "Packets that found no free buffer in the RX "
                                "ring.",
                        .direction = LEDGER_RECEIVING},
    [LEDGER_DRIVER_RX] = {.name = "driver_rx",
                          .title = "the driver, receiving",
                          .help = "Packets that the driver dropped on "
                                  "receiving, mostly for lack of memory.",
                          .direction = LEDGER_RECEIVING},
    [LEDGER_NIC_POLICY] = {.name = "nic_policy",
                           .title = "rules of the adapter or XDP",
                           .help = "Packets that a rule of the adapter or an "
                                   "XDP program dropped.",
                           .direction = LEDGER_ANYWHERE},
    [LEDGER_BACKLOG] = {.name = "backlog",
                        .title = "full CPU backlogs",
                        .help = "Packets that found a CPU's backlog full.",
                        .direction = LEDGER_RECEIVING},
    [LEDGER_IP_IN] = {.name = "ip_in",
                      .title = "bad or unusable IP packets",
                      .help = "Received packets with a bad header or address, "
                              "or without memory for them.",
                      .direction = LEDGER_RECEIVING},
    [LEDGER_SOURCE_CHECK] = {.name = "source_check",
                             .title = "the check of source addresses",
                             .help = "Received packets whose source address "
                                     "rp_filter or the kernel refuses.",
                             .direction = LEDGER_RECEIVING},
    [LEDGER_NO_ROUTE] = {.name = "no_route",
                         .title = "missing routes",
                         .help = "Received packets without a route to forward "
                                 "them by.",
                         .direction = LEDGER_RECEIVING},
    [LEDGER_REASSEMBLY] = {.name = "reassembly",
                           .title = "failed reassembly",
                           .help = "Datagrams whose fragments could not be put "
                                   "together.",
                           .direction = LEDGER_RECEIVING,
                           .has_kernel_unit = true},
    [LEDGER_CONNTRACK] = {.name = "conntrack",
                          .title = "connection tracking",
                          .help = "Packets that connection tracking dropped, "
                                  "mostly because its table was full.",
                          .direction = LEDGER_ANYWHERE},
    [LEDGER_FIREWALL] = {.name = "firewall",
                         .title = "firewall rules",
                         .help = "Packets that a rule of the firewall dropped.",
                         .direction = LEDGER_ANYWHERE,
                         .kernel_contains = {LEDGER_CONNTRACK}},
    [LEDGER_IPSEC] = {.name = "ipsec",
                      .title = "IPsec",
                      .help = "Packets that IPsec could not process.",
                      .direction = LEDGER_ANYWHERE},
    [LEDGER_TCP_LISTEN] = {.name = "tcp_listen",
                           .title = "full accept and SYN queues",
                           .help = "SYNs and last ACKs that TCP listeners "
                                   "refused.",
                           .direction = LEDGER_RECEIVING},
    [LEDGER_TCP_RECEIVE] = {.name = "tcp_receive",
                            .title = "full TCP receive buffers",
                            .help = "TCP segments that found no room at their "
                                    "socket; the peer sends them again.",
                            .direction = LEDGER_RECEIVING},
    [LEDGER_TCP_PRUNE] = {.name = "tcp_prune",
                          .title = "full queues of out-of-order segments",
                          .help = "Times that out-of-order TCP segments were "
                                  "discarded to make room; the peer sends them "
                                  "again.",
                          .direction = LEDGER_RECEIVING,
                          .has_kernel_unit = true},
    [LEDGER_UDP_RECEIVE] = {.name = "udp_receive",
                            .title = "full UDP receive buffers",
                            .help = "Datagrams that arrived and were not "
                                    "delivered to their socket, mostly because "
                                    "its receive buffer was full.",
                            .direction = LEDGER_RECEIVING},
    [LEDGER_SOCKET_MEMORY] = {.name = "socket_memory",
                              .title = "the limits of socket memory",
                              .help = "Packets refused because the memory of "
                                      "the protocol was used up, and that no "
                                      "socket or protocol counts.",
                              .direction = LEDGER_RECEIVING,
                              .kernel_contains = {LEDGER_UDP_RECEIVE,
                                                  LEDGER_TCP_RECEIVE}},
    [LEDGER_PACKET_SOCKET] = {.name = "packet_socket",
                              .title = "full packet sockets",
                              .help = "Packets that a sniffer did not take; "
                                      "their receiver got them.",
                              .direction = LEDGER_ANYWHERE},
    [LEDGER_UNIX_LISTEN] = {.name = "unix_listen",
                            .title = "full accept queues of UNIX sockets",
                            .help = "Connections to UNIX sockets that were "
                                    "refused. The kernel does not count them.",
                            .direction = LEDGER_ANYWHERE},
    [LEDGER_UDP_SEND] = {.name = "udp_send",
                         .title = "full UDP send buffers",
                         .help = "Datagrams that could not be sent and that no "
                                 "qdisc, device or neighbour dropped.",
                         .direction = LEDGER_SENDING,
                         .contains = {LEDGER_QDISC, LEDGER_TX_RING,
                                      LEDGER_DRIVER_TX, LEDGER_BACKLOG,
                                      LEDGER_NEIGHBOUR}},
    [LEDGER_IP_OUT] = {.name = "ip_out",
                       .title = "refused IP packets, sending",
                       .help = "Packets that IP could not send and that no "
                               "qdisc, device or neighbour dropped.",
                       .direction = LEDGER_SENDING,
                       .contains = {LEDGER_QDISC, LEDGER_TX_RING,
                                    LEDGER_DRIVER_TX, LEDGER_CONNTRACK,
                                    LEDGER_NEIGHBOUR}},
    [LEDGER_TOO_BIG] = {.name = "too_big",
                        .title = "packets larger than the MTU",
                        .help = "Packets that needed fragmentation and could "
                                "not be fragmented.",
                        .direction = LEDGER_SENDING},
    [LEDGER_NEIGHBOUR] = {.name = "neighbour",
                          .title = "neighbours that do not answer",
                          .help = "Packets for a neighbour that does not "
                                  "answer or has no room in the table.",
                          .direction = LEDGER_SENDING},
    [LEDGER_QDISC] = {.name = "qdisc",
                      .title = "full qdiscs",
                      .help = "Packets that a qdisc dropped.",
                      .direction = LEDGER_SENDING,
                      .kernel_contains = {LEDGER_DRIVER_TX}},
    [LEDGER_TX_RING] = {.name = "tx_ring",
                        .title = "full TX rings",
                        .help = "Packets that found the TX ring full.",
                        .direction = LEDGER_SENDING},
    [LEDGER_DRIVER_TX] = {.name = "driver_tx",
                          .title = "the driver, sending",
                          .help = "Packets that driver or adapter dropped on "
                                  "sending.",
                          .direction = LEDGER_SENDING},
    [LEDGER_MEMORY] = {.name = "memory",
                       .title = "no free memory",
                       .help = "Packets for which the kernel had no memory.",
                       .direction = LEDGER_ANYWHERE},
    [LEDGER_UNATTRIBUTED] = {.name = "unattributed",
                             .title = "other reasons",
                             .help = "Packets that the kernel dropped for a "
                                     "reason that belongs to no bucket.",
                             .direction = LEDGER_ANYWHERE},
};

const struct ledger_bucket_facts *
ledger_bucket_facts(enum ledger_bucket bucket) {
  return bucket > LEDGER_NO_BUCKET && bucket < LEDGER_BUCKETS
             ? &all_facts[bucket]
             : NULL;
}

const char *ledger_bucket_name(enum ledger_bucket bucket) {
  const struct ledger_bucket_facts *facts = ledger_bucket_facts(bucket);
  return facts != NULL ? facts->name : "";
}
