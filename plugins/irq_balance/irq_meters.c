/* SPDX-License-Identifier: MIT */
#include "irq_meters.h"

/* Three reads in a row, so that a burst raises nothing. */
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
                   .help = "Interrupts of the interface on all CPUs. Under "
                           "load the kernel polls instead, so there are fewer "
                           "interrupts than packets. Interrupts that ports "
                           "share are counted for one of them."},
    [IRQ_BUSIEST_CPU] = {SHARE("busiest_cpu"),
                         .place = "of its interrupts on one CPU",
                         .source = BY_INTERRUPTS,
                         .help = "The busiest CPU's share of the interface's "
                                 "interrupts in the interval."},
    [IRQ_IMBALANCE] =
        {GAUGE("imbalance", "gauge"), .unit = "times",
         .verb = "loads one CPU with", .place = "its fair share",
         .limits = LIMITS(.warning_max = 2.5, .warning_min = NAN),
         .advice = "spread the interrupts with smp_affinity_list",
         .source = "derived",
         .help = "The busiest CPU's share of the interface's interrupts, "
                 "divided by a fair share: 1 / the smaller number of queues "
                 "and allowed CPUs. 1 is even. Judged from MinRate on, and "
                 "only if several busy queues load the busiest CPU: one flow "
                 "always stays on one CPU."},
    [IRQ_EFFECTIVE_CPUS] = {GAUGE("effective_cpus", "count"),
                            .source = "derived",
                            .help = "How many equally busy CPUs would be as "
                                    "uneven: 1 / the sum of squared shares."},
    [IRQ_BUSY_QUEUES] = {GAUGE("busy_queues", "count"), .source = "derived",
                         .help = "Queues that had at least a tenth of a fair "
                                 "share of interrupts in the interval."},
    [IRQ_QUEUES] = {GAUGE("queues", "count"),
                    .source = "interrupts of the interface",
                    .help = "Receive queues that have an interrupt."},
    [IRQ_ALLOWED_CPUS] = {GAUGE("allowed_cpus", "count"),
                          .source = "/proc/irq/N/smp_affinity_list",
                          .help = "Online CPUs that the queues' interrupts may "
                                  "go to."},
    [IRQ_VECTOR_CPUS] =
        {GAUGE("vector_cpus", "count"), .verb = "has all queues' interrupts on",
         .place = "CPU", .limits = LIMITS(.warning_max = NAN, .warning_min = 2),
         .advice = "spread the interrupts with smp_affinity_list",
         .source = "/proc/irq/N/effective_affinity_list",
         .help = "Online CPUs that the queues' interrupts do go to. Judged "
                 "from MinRate on, and only if there are several queues."},
    [IRQ_REMOTE_NODE] =
        {SHARE("remote_node"),
         .place = "of its interrupts on CPUs of another NUMA node",
         .limits = LIMITS(.warning_max = 50, .warning_min = NAN),
         .advice = "bind the interrupts (smp_affinity_list) to the device's "
                   "local_cpulist",
         .source = "/sys/class/net/X/device/local_cpulist",
         .help = "The share of the interrupts on CPUs outside the device's "
                 "NUMA node; only on hosts with several nodes. Judged from "
                 "MinRate on."},
    [IRQ_NET_RX] = {.name = "net_rx",
                    .type = "irq",
                    .kind = METER_COUNTER64,
                    .meaning = METER_VOLUME,
                    .unit = "softirqs",
                    .source = "/proc/softirqs",
                    .help = "NET_RX softirqs on all CPUs, from adapters, RPS "
                            "and the backlog. Threaded NAPI raises none."},
    [IRQ_NET_RX_BUSIEST_CPU] = {SHARE("net_rx_busiest_cpu"),
                                .place = "of its NET_RX softirqs on one CPU",
                                .source = "/proc/softirqs",
                                .help = "The busiest CPU's share of NET_RX "
                                        "softirqs in the interval."},
    [IRQ_NET_RX_IMBALANCE] =
        {GAUGE("net_rx_imbalance", "gauge"), .unit = "times",
         .verb = "loads one CPU with",
         .place = "a fair share of NET_RX softirqs",
         .limits = LIMITS(.warning_max = 2.5, .warning_min = NAN),
         .advice = "let rps_cpus name more CPUs, or other ones",
         .source = "derived",
         .help = "The busiest CPU's share of NET_RX softirqs, divided by a "
                 "fair share: 1 / the CPUs that RPS may use or, without RPS, "
                 "1 / the online CPUs. Judged from MinRate packets per second "
                 "on, and only if RPS may use several CPUs and one of them "
                 "receives most packets. A single large flow looks the same."},
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
                                .help = "The busiest CPU's share of NET_TX "
                                        "softirqs in the interval."},
    [IRQ_NET_TX_IMBALANCE] = {GAUGE("net_tx_imbalance", "gauge"),
                              .unit = "times", .source = "derived",
                              .help = "The busiest CPU's share of NET_TX "
                                      "softirqs, divided by a fair share: 1 / "
                                      "the online CPUs."},
    [IRQ_PACKETS_BUSIEST_CPU] =
        {SHARE("packets_busiest_cpu"), .place = "of its packets on one CPU",
         .source = "softnet_stat, column 1",
         .help = "The busiest CPU's share of the packets received in the "
                 "interval. Unlike shares of interrupts, it holds when the "
                 "adapter moderates interrupts or the kernel polls without "
                 "them."},
    [IRQ_PACKETS] = {.name = "processed",
                     .type = "packets",
                     .kind = METER_COUNTER32,
                     .meaning = METER_VOLUME,
                     .unit = "packets",
                     .source = "softnet_stat, column 1",
                     .help = "Packets that the CPU received. Only with "
                             "ReportByCpu."},
};
