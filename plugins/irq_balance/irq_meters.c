/* SPDX-License-Identifier: MIT */
#include "irq_meters.h"

/* Three reads in a row: a burst is no imbalance. */
#define LIMITS(...)                                                            \
  (&(const struct threshold_limits){__VA_ARGS__, .failure_max = NAN,           \
                                    .failure_min = NAN, .hits = 3,             \
                                    .clear_hits = 6})

#define GAUGE(meter_name, meter_type)                                          \
  .name = meter_name, .type = meter_type, .kind = METER_GAUGE,                 \
  .meaning = METER_PRESSURE

#define SHARE(meter_name)                                                      \
  GAUGE(meter_name, "percent"), .unit = "%", .verb = "gets"

#define BY_INTERRUPTS "/sys/kernel/irq/N/per_cpu_count or /proc/interrupts"

const struct meter irq_meters[IRQ_METER_COUNT] = {
    [IRQ_TOTAL] = {.name = "total",
                   .type = "irq",
                   .kind = METER_COUNTER64,
                   .meaning = METER_VOLUME,
                   .unit = "interrupts",
                   .verb = "received",
                   .place = "interrupts",
                   .source = BY_INTERRUPTS,
                   .help = "Interrupts of the interface, on all CPUs. Under "
                           "load the kernel polls instead, so that they are "
                           "fewer than packets."},
    [IRQ_BUSIEST_CPU] = {SHARE("busiest_cpu"),
                         .place = "of its interrupts on one CPU",
                         .source = BY_INTERRUPTS,
                         .help = "The share of the interrupts that the busiest "
                                 "CPU got in the interval."},
    [IRQ_IMBALANCE] =
        {GAUGE("imbalance", "gauge"), .unit = "times",
         .verb = "loads one CPU with", .place = "its fair share",
         .limits = LIMITS(.warning_max = 2.5, .warning_min = NAN),
         .advice =
             "spread its interrupts: start irqbalance, or smp_affinity_list",
         .source = "derived",
         .help = "The busiest CPU's share over a fair one, which is 1 / the "
                 "smaller number of queues and CPUs allowed: 1 is even. Judged "
                 "from MinRate on, and only where the busiest CPU has the "
                 "interrupts of several busy queues: one flow is always one "
                 "CPU's."},
    [IRQ_EFFECTIVE_CPUS] = {GAUGE("effective_cpus", "count"),
                            .source = "derived",
                            .help = "As many CPUs, equally busy, would be as "
                                    "uneven: 1 / the sum of squared shares."},
    [IRQ_BUSY_QUEUES] = {GAUGE("busy_queues", "count"), .source = "derived",
                         .help = "Queues whose interrupts were at least a "
                                 "tenth of a fair share in the interval."},
    [IRQ_QUEUES] = {GAUGE("queues", "count"),
                    .source = "interrupts of the interface",
                    .help = "Queues that receive and have an interrupt."},
    [IRQ_ALLOWED_CPUS] = {GAUGE("allowed_cpus", "count"),
                          .source = "/proc/irq/N/smp_affinity_list",
                          .help = "CPUs online to which its queues' interrupts "
                                  "may go."},
    [IRQ_VECTOR_CPUS] =
        {GAUGE("vector_cpus", "count"), .verb = "has all queues' interrupts on",
         .place = "CPU", .limits = LIMITS(.warning_max = NAN, .warning_min = 2),
         .advice =
             "spread its interrupts: start irqbalance, or smp_affinity_list",
         .source = "/proc/irq/N/effective_affinity_list",
         .help = "CPUs to which its queues' interrupts do go. Judged from "
                 "MinRate on, where there are several queues."},
    [IRQ_REMOTE_NODE] =
        {SHARE("remote_node"),
         .place = "of its interrupts on CPUs of another NUMA node",
         .limits = LIMITS(.warning_max = 50, .warning_min = NAN),
         .advice =
             "bind them to the device's own: local_cpulist, smp_affinity_list",
         .source = "/sys/class/net/X/device/local_cpulist",
         .help = "The share of the interrupts on CPUs that are not of the "
                 "device's NUMA node; only on hosts with several. Judged from "
                 "MinRate on."},
    [IRQ_NET_RX] = {.name = "net_rx",
                    .type = "irq",
                    .kind = METER_COUNTER64,
                    .meaning = METER_VOLUME,
                    .unit = "softirqs",
                    .source = "/proc/softirqs",
                    .help = "NET_RX softirqs on all CPUs: of adapters, RPS and "
                            "the backlog. Threaded NAPI has none."},
    [IRQ_NET_RX_BUSIEST_CPU] = {SHARE("net_rx_busiest_cpu"),
                                .place = "of its NET_RX softirqs on one CPU",
                                .source = "/proc/softirqs",
                                .help = "The busiest CPU's share of them in "
                                        "the interval."},
    [IRQ_NET_RX_IMBALANCE] =
        {GAUGE("net_rx_imbalance", "gauge"), .unit = "times",
         .verb = "loads one CPU with",
         .place = "a fair share of NET_RX softirqs",
         .limits = LIMITS(.warning_max = 2.5, .warning_min = NAN),
         .advice = "rps_cpus can name more CPUs, or others",
         .source = "derived",
         .help = "That over a fair share, which is 1 / CPUs online, or, where "
                 "RPS is configured, 1 / the CPUs that it names. Judged from "
                 "MinRate packets a second on, and only with RPS on several "
                 "CPUs of which one takes in most packets; a single large "
                 "flow looks like that too."},
    [IRQ_NET_TX] = {.name = "net_tx",
                    .type = "irq",
                    .kind = METER_COUNTER64,
                    .meaning = METER_VOLUME,
                    .unit = "softirqs",
                    .source = "/proc/softirqs",
                    .help = "NET_TX softirqs on all CPUs."},
    [IRQ_NET_TX_BUSIEST_CPU] = {SHARE("net_tx_busiest_cpu"),
                                .place = "of its NET_TX softirqs on one CPU",
                                .source = "/proc/softirqs",
                                .help = "The busiest CPU's share of them in "
                                        "the interval."},
    [IRQ_NET_TX_IMBALANCE] = {GAUGE("net_tx_imbalance", "gauge"),
                              .unit = "times", .source = "derived",
                              .help = "That over a fair share, which is 1 / "
                                      "CPUs online."},
    [IRQ_PACKETS_BUSIEST_CPU] =
        {SHARE("packets_busiest_cpu"), .place = "of its packets on one CPU",
         .source = "softnet_stat, column 1",
         .help = "The busiest CPU's share of the packets taken in: the truth "
                 "where interrupts are moderated or polling goes on without "
                 "them."},
    [IRQ_PACKETS] = {.name = "processed",
                     .type = "packets",
                     .kind = METER_COUNTER32,
                     .meaning = METER_VOLUME,
                     .unit = "packets",
                     .source = "softnet_stat, column 1",
                     .help = "Packets that a CPU took in; only with "
                             "ReportByCpu, for each."},
};
