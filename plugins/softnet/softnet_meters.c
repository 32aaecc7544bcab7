/* SPDX-License-Identifier: MIT */
#include "softnet_meters.h"

const struct meter softnet_meters[SOFTNET_METER_COUNT] = {
    [SOFTNET_PROCESSED] =
        {.name = "processed",
         .type = "packets",
         .kind = METER_COUNTER32,
         .meaning = METER_VOLUME,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .verb = "processed",
         .place = "in its softirq",
         .source = "softnet_stat, column 1",
         .help =
             "Packets received, counted after GRO has merged them. A packet "
             "that passes through a VLAN, bridge or bond counts again "
             "there."},
    [SOFTNET_DROPPED] =
        {.name = "dropped",
         .type = "packets",
         .kind = METER_COUNTER32,
         .meaning = METER_LOSS,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .verb = "dropped",
         .place = "from its backlog",
         .bucket = LEDGER_BACKLOG,
         .exactness = LEDGER_OBJECT,
         .limits = THRESHOLD_ABOVE(1, 100),
         .setting = "net.core.netdev_max_backlog",
         .advice = "raise it or spread packets with RPS",
         .source = "softnet_stat, column 2",
         .help = "Packets dropped because the CPU's backlog was full or the "
                 "flow limit applied. Only packets from RPS, loopback, veth, "
                 "tunnels and the like pass through the backlog. The interface "
                 "counts each of them in its rx_dropped, too."},
    [SOFTNET_FLOW_LIMITED] =
        {.name = "flow_limited",
         .type = "packets",
         .kind = METER_COUNTER32,
         .meaning = METER_LOSS,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .part_of = "dropped",
         .no_bucket = "within dropped",
         .verb = "dropped",
         .place = "of its largest flow",
         .setting = "net.core.flow_limit_cpu_bitmap",
         .advice = "clear the CPU's bit there to switch the flow limit off",
         .source = "softnet_stat, column 11 (Linux 3.11)",
         .help = "Packets of one large flow, dropped while the backlog was "
                 "more than half full. Zero unless the flow limit is on. The "
                 "kernel counts them on the CPU that steers the packets, not "
                 "on the one whose backlog drops them."},
    [SOFTNET_TIME_SQUEEZE] =
        {.name = "time_squeeze",
         .type = "total_events",
         .kind = METER_COUNTER32,
         .meaning = METER_PRESSURE,
         .total = METER_TOTAL_SUM,
         .unit = "polls",
         .verb = "cut short",
         .place = "of its polls",
         .setting = "net.core.netdev_budget_usecs",
         .advice = "raise it and net.core.netdev_budget if packets are lost",
         .source = "softnet_stat, column 3",
         .help = "Polls that ended with work left because the budget or the "
                 "time ran out. They lose nothing by themselves. Threaded NAPI "
                 "is not counted."},
    [SOFTNET_RECEIVED_RPS] =
        {.name = "received_rps",
         .type = "total_events",
         .kind = METER_COUNTER32,
         .meaning = METER_INFORMATION,
         .total = METER_TOTAL_SUM,
         .unit = "wake-ups",
         .verb = "received",
         .place = "wake-ups for RPS",
         .source = "softnet_stat, column 10 (Linux 2.6.39)",
         .help = "Times that another CPU woke this one to hand it packets "
                 "(RPS)."},
    [SOFTNET_BACKLOG] =
        {.name = "backlog",
         .type = "queue_length",
         .kind = METER_GAUGE,
         .meaning = METER_PRESSURE,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .verb = "holds",
         .place = "in its backlog",
         .setting = "net.core.netdev_max_backlog",
         .advice = "a standing queue: spread packets with RPS",
         .source = "softnet_stat, column 12 (Linux 5.10)",
         .help = "Packets waiting at the moment of the read, in both the input "
                 "and the process queue."},
    [SOFTNET_INPUT] =
        {.name = "input",
         .type = "queue_length",
         .kind = METER_GAUGE,
         .meaning = METER_PRESSURE,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .part_of = "backlog",
         .verb = "holds",
         .place = "in its input queue",
         .source = "softnet_stat, column 14 (Linux 6.4)",
         .help = "Packets of the backlog that no poll has picked up yet."},
    [SOFTNET_PROCESS] =
        {.name = "process",
         .type = "queue_length",
         .kind = METER_GAUGE,
         .meaning = METER_PRESSURE,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .part_of = "backlog",
         .verb = "holds",
         .place = "in its process queue",
         .source = "softnet_stat, column 15 (Linux 6.4)",
         .help = "Packets of the backlog that a poll has picked up."},
    [SOFTNET_NETDEV_MAX_BACKLOG] =
        {.name = "netdev_max_backlog",
         METER_SYSCTL("net.core.netdev_max_backlog"),
         .unit = "packets",
         .help = "The size of each CPU's backlog; decides dropped."},
    [SOFTNET_NETDEV_BUDGET] =
        {.name = "netdev_budget",
         METER_SYSCTL("net.core.netdev_budget"),
         .unit = "packets",
         .help = "How many packets one softirq may process; decides "
                 "time_squeeze."},
    [SOFTNET_NETDEV_BUDGET_USECS] =
        {.name = "netdev_budget_usecs",
         METER_SYSCTL("net.core.netdev_budget_usecs"),
         .unit = "us",
         .help = "How long one softirq may poll (Linux 4.12); decides "
                 "time_squeeze."},
    [SOFTNET_DEV_WEIGHT] =
        {.name = "dev_weight",
         METER_SYSCTL("net.core.dev_weight"),
         .unit = "packets",
         .help = "How many packets one poll of the backlog processes. Drivers "
                 "ignore it."},
};
