/* SPDX-License-Identifier: MIT */
#include "nic_meters.h"

#define LOSS(instance, meter_key, meter_type)                                  \
  .name = instance, .key = meter_key, .type = meter_type,                      \
  .kind = METER_COUNTER64, .meaning = METER_LOSS, .unit = "packets",           \
  .verb = "lost"

#define ERROR(instance, meter_key, meter_type)                                 \
  .name = instance, .key = meter_key, .type = meter_type,                      \
  .kind = METER_COUNTER64, .meaning = METER_ERROR, .unit = "packets",          \
  .verb = "received"

/* A setting, shown as it is. */
#define SIZE(instance)                                                         \
  .name = instance, .type = "queue_length", .kind = METER_GAUGE,               \
  .meaning = METER_INFORMATION

/* The meaning of these counters is a guess. */
#define UNCLASSIFIED_LOSS(instance)                                            \
  .name = instance, .type = "percent", .kind = METER_GAUGE,                    \
  .meaning = METER_LOSS, .unit = "%", .verb = "may have lost",                 \
  .limits = THRESHOLD_ABOVE(0.1, NAN), .no_bucket = "a guess",                 \
  .advice = "see ethtool -S; the driver is not in netloss's table",            \
  .source = "derived"

#define OFFLOAD(instance, words)                                               \
  {                                                                            \
    .name = instance, .type = "gauge", .kind = METER_GAUGE,                    \
    .meaning = METER_INFORMATION, .source = "ethtool -k",                      \
    .help = "Whether " words " is on: 0 or 1; only with ReportOffloads."       \
  }

#define BY_DRIVER "ethtool -S or rtnl_link_stats64, by driver"

const struct meter nic_meters[NIC_METER_COUNT] = {
    [NIC_RX_RING_FULL] =
        {LOSS("ring_full", "rx_ring_full", "if_rx_dropped"),
         .place = "in the RX ring", .advice = "see percent-rx_ring_loss",
         .source = BY_DRIVER, .bucket = LEDGER_RX_RING,
         .exactness = LEDGER_OBJECT,
         .help =
             "Packets that found no free buffer in the ring: the host is too "
             "slow, or a burst is larger than the ring. Judged as "
             "rx_ring_loss."},
    [NIC_RX_FIFO_OVERRUN] =
        {LOSS("fifo_overrun", "rx_fifo_overrun", "if_rx_dropped"),
         .place = "in the adapter's own memory",
         .limits = THRESHOLD_ABOVE(10, 1000),
         .advice = "bus or memory is too slow: try flow control, another slot",
         .source = BY_DRIVER, .bucket = LEDGER_NIC_MEMORY,
         .exactness = LEDGER_OBJECT,
         .help = "Packets that found the adapter's own memory full."},
    [NIC_RX_ALLOC_FAIL] =
        {LOSS("alloc_fail", "rx_alloc_fail", "if_rx_dropped"),
         .place = "for lack of memory", .limits = THRESHOLD_ABOVE(1, 100),
         .setting = "vm.min_free_kbytes",
         .advice = "no free pages at that moment: raise it",
         .source = BY_DRIVER, .bucket = LEDGER_DRIVER_RX,
         .exactness = LEDGER_OBJECT,
         .help = "Packets for which the driver could not get memory."},
    [NIC_RX_CRC] = {ERROR("crc", "rx_crc", "if_rx_errors"),
                    .place = "with a wrong checksum (CRC)",
                    .limits = THRESHOLD_ABOVE(1, 100),
                    .advice = "check cable, optics and the peer's port",
                    .source = BY_DRIVER, .bucket = LEDGER_WIRE,
                    .exactness = LEDGER_OBJECT,
                    .help = "Frames with a wrong checksum, which the adapter "
                            "dropped."},
    [NIC_RX_FRAME] = {ERROR("frame", "rx_frame", "if_rx_errors"),
                      .place = "misaligned or garbled",
                      .limits = THRESHOLD_ABOVE(1, 100),
                      .advice = "check cable, optics and the peer's port",
                      .source = BY_DRIVER, .bucket = LEDGER_WIRE,
                      .exactness = LEDGER_OBJECT,
                      .help =
                          "Frames that were misaligned or had bad symbols."},
    [NIC_RX_LENGTH] = {ERROR("length", "rx_length", "if_rx_errors"),
                       .place = "of a wrong length",
                       .limits = THRESHOLD_ABOVE(10, 1000),
                       .advice =
                           "compare the MTU of both ends, and of the switch",
                       .source = BY_DRIVER, .bucket = LEDGER_WIRE,
                       .exactness = LEDGER_OBJECT,
                       .help = "Frames that were too short or too long."},
    [NIC_RX_ERROR] = {ERROR("other", "rx_error", "if_rx_errors"),
                      .place = "broken", .limits = THRESHOLD_ABOVE(10, 1000),
                      .advice = "see ethtool -S for the driver's own counters",
                      .source = BY_DRIVER, .bucket = LEDGER_WIRE,
                      .exactness = LEDGER_OBJECT,
                      .help = "Frames that were broken in another way, or in a "
                              "way that the driver does not specify."},
    [NIC_RX_XDP_DROP] = {LOSS("xdp_drop", "rx_xdp_drop", "if_rx_dropped"),
                         .place = "to an XDP program",
                         .advice = "the program drops them on purpose, or its "
                                   "target is full",
                         .source = BY_DRIVER, .bucket = LEDGER_NIC_POLICY,
                         .exactness = LEDGER_OBJECT,
                         .help =
                             "Packets that an XDP program dropped or could not "
                             "redirect."},
    [NIC_RX_POLICY] = {LOSS("policy", "rx_policy", "if_rx_dropped"),
                       .place = "to a rule of the adapter",
                       .advice = "check limits of virtual functions, storm "
                                 "control and spoof checks",
                       .source = BY_DRIVER, .bucket = LEDGER_NIC_POLICY,
                       .exactness = LEDGER_OBJECT,
                       .help = "Packets that a rule of the adapter rejected."},
    [NIC_RX_FILTERED] = {.name = "filtered",
                         .key = "rx_filtered",
                         .type = "if_rx_dropped",
                         .kind = METER_COUNTER64,
                         .meaning = METER_INFORMATION,
                         .unit = "packets",
                         .verb = "filtered",
                         .place = "that are not for this host",
                         .source = BY_DRIVER,
                         .help =
                             "Packets that were not meant for this host; no "
                             "loss."},
    [NIC_RX_NO_BUFFER] = {.name = "rx_no_buffer",
                          .type = "total_events",
                          .kind = METER_COUNTER64,
                          .meaning = METER_PRESSURE,
                          .unit = "packets",
                          .verb = "kept",
                          .place = "waiting for a buffer in the ring",
                          .source = BY_DRIVER,
                          .help = "Packets that waited in the adapter for a "
                                  "buffer, or buffers that could not be "
                                  "allocated at once; nothing is lost yet."},
    [NIC_RX_PAUSE] = {.name = "rx_pause",
                      .type = "total_events",
                      .kind = METER_COUNTER64,
                      .meaning = METER_PRESSURE,
                      .unit = "frames",
                      .verb = "received",
                      .place = "of pause frames",
                      .source = BY_DRIVER " or ethtool -I -a",
                      .help = "Pause frames received: the peer asks this host "
                              "to wait."},
    [NIC_RX_UNCLASSIFIED] =
        {.name = "unclassified",
         .key = "rx_unclassified",
         .type = "if_rx_dropped",
         .kind = METER_COUNTER64,
         .meaning = METER_INFORMATION,
         .unit = "packets",
         .verb = "may have lost",
         .place = "on receiving",
         .source = "ethtool -S, by name",
         .help =
             "What a driver that is not in the table seems to lose, by the "
             "names of its counters. They may count events, or a packet twice. "
             "Judged as rx_unclassified_loss."},
    [NIC_TX_RING_FULL] =
        {LOSS("ring_full", "tx_ring_full", "if_tx_dropped"),
         .place = "at the full TX ring", .limits = THRESHOLD_ABOVE(10, 1000),
         .advice = "enlarge it (ethtool -G), or send through more queues",
         .source = BY_DRIVER, .bucket = LEDGER_TX_RING,
         .exactness = LEDGER_OBJECT,
         .help = "Packets dropped because the TX ring was full."},
    [NIC_TX_DROP] = {LOSS("driver", "tx_drop", "if_tx_dropped"),
                     .place = "in driver or adapter on sending",
                     .limits = THRESHOLD_ABOVE(10, 1000),
                     .advice = "see ethtool -S for the driver's own counters",
                     .source = BY_DRIVER, .bucket = LEDGER_DRIVER_TX,
                     .exactness = LEDGER_OBJECT,
                     .help =
                         "Packets that driver or adapter dropped on sending "
                         "for another reason."},
    [NIC_TX_ERROR] = {LOSS("error", "tx_error", "if_tx_errors"),
                      .place = "to errors on sending",
                      .limits = THRESHOLD_ABOVE(1, 100),
                      .advice = "check cable, duplex and the peer's port",
                      .source = BY_DRIVER, .bucket = LEDGER_DRIVER_TX,
                      .exactness = LEDGER_OBJECT,
                      .help = "Packets lost to carrier loss, collisions, "
                              "underruns and the like."},
    [NIC_TX_XDP_DROP] = {LOSS("xdp_drop", "tx_xdp_drop", "if_tx_dropped"),
                         .place = "of XDP at the TX ring",
                         .advice = "XDP sends more than the queue holds",
                         .source = BY_DRIVER, .bucket = LEDGER_NIC_POLICY,
                         .exactness = LEDGER_OBJECT,
                         .help = "Frames of XDP_TX or XDP_REDIRECT that could "
                                 "not be queued."},
    [NIC_TX_POLICY] = {LOSS("policy", "tx_policy", "if_tx_dropped"),
                       .place = "to a rule of the adapter on sending",
                       .advice = "check limits of virtual functions and spoof "
                                 "checks",
                       .source = BY_DRIVER, .bucket = LEDGER_NIC_POLICY,
                       .exactness = LEDGER_OBJECT,
                       .help =
                           "Packets that a rule of the adapter kept from being "
                           "sent."},
    [NIC_TX_TIMEOUT] =
        {.name = "tx_timeout",
         .type = "total_events",
         .kind = METER_COUNTER64,
         .meaning = METER_ERROR,
         .unit = "resets",
         .verb = "was reset",
         .place = "because a TX queue was stuck",
         .limits = THRESHOLD_ABOVE(0, NAN),
         .advice = "driver or firmware fault: see the kernel log, update both",
         .source = "ethtool -S, or sysfs queues/tx-N/tx_timeout once a minute",
         .help =
             "Resets by the watchdog, which found a queue stuck; packets in "
             "the queue are lost."},
    [NIC_TX_STOPPED] = {.name = "tx_stopped",
                        .type = "total_events",
                        .kind = METER_COUNTER64,
                        .meaning = METER_PRESSURE,
                        .unit = "stops",
                        .verb = "stopped",
                        .place = "because its TX ring was full",
                        .source = BY_DRIVER,
                        .help =
                            "How often a queue stopped because its TX ring was "
                            "full; nothing is lost."},
    [NIC_TX_PAUSE] = {.name = "tx_pause",
                      .type = "total_events",
                      .kind = METER_COUNTER64,
                      .meaning = METER_PRESSURE,
                      .unit = "frames",
                      .verb = "sent",
                      .place = "of pause frames",
                      .source = BY_DRIVER " or ethtool -I -a",
                      .help =
                          "Pause frames sent: the adapter's memory fills up, "
                          "and it asks the peer to wait."},
    [NIC_TX_UNCLASSIFIED] =
        {.name = "unclassified",
         .key = "tx_unclassified",
         .type = "if_tx_dropped",
         .kind = METER_COUNTER64,
         .meaning = METER_INFORMATION,
         .unit = "packets",
         .verb = "may have lost",
         .place = "on sending",
         .source = "ethtool -S, by name",
         .help = "The same on sending. Judged as tx_unclassified_loss."},
    [NIC_ALLOWANCE] =
        {.name = "allowance_exceeded",
         .type = "total_events",
         .kind = METER_COUNTER64,
         .meaning = METER_LOSS,
         .unit = "packets",
         .verb = "delayed or lost",
         .place = "beyond its allowance",
         /* A burst is only delayed. */
         .limits = &(const struct threshold_limits){.warning_max = 0,
                                                    .failure_max = NAN,
                                                    .warning_min = NAN,
                                                    .failure_min = NAN,
                                                    .hits = 3,
                                                    .clear_hits = 6},
         .advice = "the cloud limits this instance: spread the load or use a "
                   "larger one",
         .source = "ethtool -S (ena)",
         .no_bucket = "most of these packets are only delayed",
         .help =
             "Packets that the cloud delayed or dropped because the instance "
             "exceeded its allowance; no setting of the host changes that."},
    [NIC_PACKETS_RX] = {.name = "rx",
                        .key = "packets_rx",
                        .type = "packets",
                        .kind = METER_COUNTER64,
                        .meaning = METER_VOLUME,
                        .unit = "packets",
                        .source = "rtnl_link_stats64",
                        .help = "Packets received."},
    [NIC_PACKETS_TX] = {.name = "tx",
                        .key = "packets_tx",
                        .type = "packets",
                        .kind = METER_COUNTER64,
                        .meaning = METER_VOLUME,
                        .unit = "packets",
                        .source = "rtnl_link_stats64",
                        .help = "Packets sent."},
    [NIC_RX_RING_LOSS] =
        {.name = "rx_ring_loss",
         .type = "percent",
         .kind = METER_GAUGE,
         .meaning = METER_LOSS,
         .unit = "%",
         .verb = "lost",
         .place = "of its packets in the RX ring",
         .limits = THRESHOLD_ABOVE(0.01, 1),
         .advice = "the host is too slow: see irq_balance and softnet",
         .source = "derived",
         .bucket = LEDGER_RX_RING,
         .help = "100 x ring_full / (packets received + ring_full) in the "
                 "interval; nothing below 10 packets/s. Judged only if more "
                 "than 10 packets/s are lost."},
    [NIC_RX_UNCLASSIFIED_LOSS] =
        {UNCLASSIFIED_LOSS("rx_unclassified_loss"),
         .place = "of its packets on receiving, by unknown counters",
         .help = "100 x unclassified / (packets received + unclassified) in "
                 "the interval, for drivers that are not in the table. Judged "
                 "only if more than 10 packets/s are lost; never a failure."},
    [NIC_TX_UNCLASSIFIED_LOSS] =
        {UNCLASSIFIED_LOSS("tx_unclassified_loss"),
         .place = "of its packets on sending, by unknown counters",
         .help = "The same on sending."},
    [NIC_QDISC_DROPS] =
        {.name = "qdisc",
         .key = "qdisc_drops",
         .type = "if_tx_dropped",
         .kind = METER_COUNTER32,
         .meaning = METER_LOSS,
         .unit = "packets",
         .verb = "lost",
         .place = "in its qdisc",
         .limits = THRESHOLD_ABOVE(10, 1000),
         .advice = "more is sent than the link or its shaper can carry",
         .source = "RTM_GETQDISC, root",
         .bucket = LEDGER_QDISC,
         .exactness = LEDGER_OBJECT,
         .help = "Packets that the root qdisc and those below it dropped. UDP "
                 "packets among them are also in Ip OutDiscards and "
                 "SndbufErrors."},
    [NIC_QDISC_DELAY_DROPS] =
        {.name = "qdisc",
         .key = "qdisc_delay_drops",
         .type = "if_tx_dropped",
         .kind = METER_COUNTER32,
         .meaning = METER_LOSS,
         .unit = "packets",
         .verb = "dropped",
         .place = "in its qdisc because of their delay",
         .advice = "it tells senders to slow down: the link is full",
         .source = "RTM_GETQDISC, root",
         .bucket = LEDGER_QDISC,
         .exactness = LEDGER_OBJECT,
         .help =
             "The same for a qdisc that drops on purpose, long before it is "
             "full, so that senders slow down: codel, fq_codel, cake, pie, "
             "red and the like. No limits."},
    [NIC_QDISC_REQUEUES] = {.name = "qdisc_requeues",
                            .type = "total_events",
                            .kind = METER_COUNTER32,
                            .meaning = METER_PRESSURE,
                            .unit = "packets",
                            .verb = "put back",
                            .place = "because its TX ring was full",
                            .source = "RTM_GETQDISC, root",
                            .help =
                                "Packets that went back to the qdisc because "
                                "the TX ring was full; no loss."},
    [NIC_QDISC_BACKLOG] = {.name = "qdisc",
                           .key = "qdisc_backlog",
                           .type = "queue_length",
                           .kind = METER_GAUGE,
                           .meaning = METER_PRESSURE,
                           .unit = "packets",
                           .verb = "holds",
                           .place = "in its qdisc",
                           .source = "RTM_GETQDISC, root",
                           .help = "Packets waiting in the qdisc."},
    [NIC_RX_RING] = {SIZE("rx_ring"), .source = "ethtool -g",
                     .help = "Size of each queue's RX ring."},
    [NIC_RX_RING_MAX] = {SIZE("rx_ring_max"), .source = "ethtool -g",
                         .help = "The largest size it can have."},
    [NIC_TX_RING] = {SIZE("tx_ring"), .source = "ethtool -g",
                     .help = "Size of each queue's TX ring."},
    [NIC_TX_RING_MAX] = {SIZE("tx_ring_max"), .source = "ethtool -g",
                         .help = "The largest size it can have."},
    [NIC_CHANNELS] = {.name = "channels",
                      .type = "count",
                      .kind = METER_GAUGE,
                      .meaning = METER_INFORMATION,
                      .source = "ethtool -l",
                      .help =
                          "Channels (queues with an interrupt): the combined "
                          "ones, or else those that receive."},
    [NIC_CHANNELS_MAX] = {.name = "channels_max",
                          .type = "count",
                          .kind = METER_GAUGE,
                          .meaning = METER_INFORMATION,
                          .source = "ethtool -l",
                          .help = "The largest number there can be."},
    [NIC_TXQUEUELEN] = {SIZE("txqueuelen"), .source = "RTM_GETLINK",
                        .help =
                            "Packets that pfifo_fast holds, and pfifo without "
                            "a limit of its own; other qdiscs ignore it."},
    [NIC_CARRIER_CHANGES] = {.name = "carrier_changes",
                             .type = "total_events",
                             .kind = METER_COUNTER32,
                             .meaning = METER_INFORMATION,
                             .unit = "changes",
                             .verb = "changed",
                             .place = "its carrier",
                             .source = "RTM_GETLINK (Linux 3.15)",
                             .help = "How often the carrier came or went."},
    [NIC_CARRIER_FLAPS] =
        {.name = "carrier_flaps",
         .type = "count",
         .kind = METER_GAUGE,
         .meaning = METER_ERROR,
         .unit = "times",
         .verb = "changed its carrier",
         .place = "within 5 minutes",
         .limits = THRESHOLD_ABOVE(4, NAN),
         .advice = "check cable, optics and the peer's port",
         .source = "derived",
         .help = "Changes of the carrier within the last five minutes."},
    [NIC_TX_STALLS] = {.name = "tx_stalls",
                       .type = "total_events",
                       .kind = METER_COUNTER64,
                       .meaning = METER_PRESSURE,
                       .unit = "stalls",
                       .verb = "stalled",
                       .place = "on sending",
                       .source = "sysfs byte_queue_limits/stall_cnt, once a "
                                 "minute (Linux 6.9)",
                       .help = "How often a queue completed nothing for longer "
                               "than its stall_thrs; 0 unless that is set."},
    [NIC_LINK] = {.name = "link",
                  .key = "link_speed",
                  .type = "bitrate",
                  .kind = METER_GAUGE,
                  .meaning = METER_INFORMATION,
                  .unit = "Mb/s",
                  .verb = "runs at",
                  .place = "on its link",
                  .source = "ethtool, once a minute and when the carrier "
                            "changes",
                  .help = "Speed of the link, in megabits per second."},
    [NIC_LINK_SHARE] =
        {.name = "link_share",
         .type = "percent",
         .kind = METER_GAUGE,
         .meaning = METER_ERROR,
         .unit = "%",
         .verb = "runs at",
         .place = "of its best speed",
         .limits =
             &(const struct threshold_limits){.warning_max = NAN,
                                              .failure_max = NAN,
                                              .warning_min = 100,
                                              .failure_min = NAN,
                                              .hits = 1,
                                              .clear_hits = 1},
         .advice = "check cable, connectors and the peer's settings",
         .source = "derived",
         .help = "100 x speed of the link / best speed that the adapter "
                 "advertises."},
    [NIC_HALF_DUPLEX] =
        {.name = "half_duplex",
         .type = "gauge",
         .kind = METER_GAUGE,
         .meaning = METER_ERROR,
         .verb = "has",
         .place = "link at half duplex",
         .limits = THRESHOLD_ABOVE(0, NAN),
         .advice = "set both ends to negotiate automatically",
         .source = "ethtool, once a minute and when the carrier changes",
         .help = "1 if the link runs at half duplex, else 0."},
    [NIC_VF_RX_DROPPED] =
        {.name = "vf",
         .key = "vf_rx_dropped",
         .type = "if_rx_dropped",
         .kind = METER_COUNTER64,
         .meaning = METER_LOSS,
         .unit = "packets",
         .verb = "lost",
         .place = "on receiving",
         .limits = THRESHOLD_ABOVE(10, 1000),
         .advice = "the guest's driver is too slow, or its ring too small",
         .source = "RTM_GETLINK, IFLA_VF_STATS",
         .no_bucket =
             "lost for a guest, some within the adapter's other counters",
         .help = "Packets for a virtual function that the adapter dropped, as "
                 "the physical function counts them; the plugin instance is "
                 "eth0-vf-3. Sent from the first one on."},
    [NIC_VF_TX_DROPPED] =
        {.name = "vf",
         .key = "vf_tx_dropped",
         .type = "if_tx_dropped",
         .kind = METER_COUNTER64,
         .meaning = METER_LOSS,
         .unit = "packets",
         .verb = "lost",
         .place = "on sending",
         .limits = THRESHOLD_ABOVE(10, 1000),
         .advice = "check its rate limit, VLAN and spoof check (ip link show)",
         .source = "RTM_GETLINK, IFLA_VF_STATS",
         .no_bucket =
             "lost for a guest, some within the adapter's other counters",
         .help = "The same for packets from a virtual function."},
    [NIC_GRO] = OFFLOAD("gro", "generic receive offload"),
    [NIC_GSO] = OFFLOAD("gso", "generic segmentation offload"),
    [NIC_TSO] = OFFLOAD("tso", "TCP segmentation offload"),
    [NIC_LRO] = OFFLOAD("lro", "large receive offload"),
    [NIC_RX_CHECKSUM] = OFFLOAD("rx_checksum", "checking by the adapter"),
    [NIC_TX_CHECKSUM] = OFFLOAD("tx_checksum", "checksumming by the adapter"),
    [NIC_READ_DURATION] =
        {.name = "read",
         .key = "read_duration",
         .type = "duration",
         .kind = METER_GAUGE,
         .meaning = METER_INFORMATION,
         .unit = "s",
         .verb = "takes",
         .place = "to read its statistics",
         .source = "measured",
         .help =
             "How long the driver took to read its statistics; sent once it "
             "has taken more than 1 ms. A driver that takes more than 50 ms is "
             "read after the values of the others are sent; its own values are "
             "then one interval old."},
};

bool nic_meters_is_loss(unsigned meter) {
  enum meter_meaning meaning = nic_meters[meter].meaning;
  return meaning == METER_LOSS || meaning == METER_ERROR;
}

bool nic_meters_is_main(enum nic_cause cause) {
  switch (cause) {
  case NIC_RX_RING_FULL:
  case NIC_RX_FIFO_OVERRUN:
  case NIC_RX_ALLOC_FAIL:
  case NIC_RX_CRC:
  case NIC_TX_RING_FULL:
  case NIC_TX_DROP:
    return true;
  default:
    return false;
  }
}
