/* SPDX-License-Identifier: MIT */
#include "irq_host.h"

#include "irq_meters.h"
#include "text.h"

/* RPS is meant to spread packets. If packets are spread more evenly than this,
 * an uneven spread of softirqs is only the work of the CPU that hands them on.
 */
#define UNEVEN_PACKETS 1.5

void irq_host_start(struct irq_host *host) {
  host->softirqs = SOFTIRQS_INIT;
  host->softnet = SOFTNET_STAT_INIT;
}

/* The rows of softnet_stat are the online CPUs. Without that table, sysfs names
 * them, although a container's sysfs may show only its share of the CPUs. */
static const struct cpulist *
find_online(struct irq_host *host, const struct sysroot *root, bool has_rows) {
  if (has_rows)
    softnet_stat_online(&host->softnet, &host->online);
  else
    cpulist_read(root, "sys/devices/system/cpu/online", &host->online);
  return host->online.count > 0 ? &host->online : NULL;
}

int irq_host_read(struct irq_host *host, const struct layer_context *context,
                  double now) {
  struct scan_error fault;
  cpu_gains_begin(&host->net_rx);
  cpu_gains_begin(&host->net_tx);
  cpu_gains_begin(&host->packets);
  int packets = softnet_stat_read(context->root, &host->softnet, &fault);
  layer_problem_source(&host->softnet_problem, context,
                       host->softnet.table.path, packets, &fault,
                       "the spread of packets is not reported");
  for (size_t i = 0; packets == 0 && i < host->softnet.count; i++) {
    const struct softnet_cpu *cpu = &host->softnet.cpus[i];
    cpu_gains_add(&host->packets, cpu->cpu, cpu->processed, now);
  }
  int softirqs = softirqs_read(context->root,
                               find_online(host, context->root, packets == 0),
                               &host->softirqs, &fault);
  layer_problem_source(&host->softirqs_problem, context,
                       host->softirqs.table.path, softirqs, &fault,
                       "softirqs are not reported");
  for (size_t i = 0; softirqs == 0 && i < host->softirqs.count; i++) {
    const struct softirqs_cpu *cpu = &host->softirqs.cpus[i];
    cpu_gains_add(&host->net_rx, cpu->cpu, cpu->net_rx, now);
    cpu_gains_add(&host->net_tx, cpu->cpu, cpu->net_tx, now);
  }
  return softirqs < 0 && packets < 0 ? softirqs : 0;
}

double irq_host_packets(const struct irq_host *host) {
  double packets = 0;
  for (size_t i = 0; i < host->packets.count; i++)
    packets += host->packets.gains[i];
  return packets;
}

static struct balance balance_of_gains(const struct cpu_gains *gains,
                                       const struct cpulist *allowed) {
  return balance_of(gains->cpus, gains->gains, gains->count, allowed, 0, NULL);
}

struct balance irq_host_balance(const struct irq_host *host,
                                const struct cpulist *rps) {
  return balance_of_gains(&host->net_rx, rps);
}

/* The meters of one kind of softirq. */
struct softirq_meters {
  unsigned total, busiest_cpu, imbalance;
};

static void report_softirq(struct report *report, struct report_object *object,
                           const struct softirq_meters *meters,
                           const struct cpu_gains *gains,
                           const struct cpulist *allowed, bool is_judged) {
  report_counter_of(report, object, meters->total, cpu_gains_total(gains), 64);
  if (!gains->is_known)
    return;
  struct balance balance = balance_of_gains(gains, allowed);
  if (balance.total / gains->elapsed < IRQ_METERS_MIN_RATE) {
    report_idle(report, object, meters->busiest_cpu);
    report_idle(report, object, meters->imbalance);
    return;
  }
  report_gauge(report, object, meters->busiest_cpu,
               100 * balance.busiest_share);
  if (is_judged)
    report_gauge(report, object, meters->imbalance, balance.imbalance);
  else
    report_gauge_unjudged(report, object, meters->imbalance, balance.imbalance);
}

static struct report_object *find_cpu(struct report *report, uint32_t cpu) {
  char number[TEXT_U32_SIZE];
  text_u32(number, cpu);
  const struct labels labels = {.cpu = number};
  return report_object(report, NULL, &labels, false);
}

/* A table that could not be read still holds the numbers of the last read: it
 * has no gains in this one. */
static void report_each_cpu(const struct irq_host *host,
                            struct report *report) {
  for (size_t i = 0; i < host->softirqs.count && host->net_rx.count > 0; i++) {
    const struct softirqs_cpu *cpu = &host->softirqs.cpus[i];
    struct report_object *object = find_cpu(report, cpu->cpu);
    report_counter_of(report, object, IRQ_NET_RX, cpu->net_rx, 32);
    report_counter_of(report, object, IRQ_NET_TX, cpu->net_tx, 32);
  }
  for (size_t i = 0; i < host->softnet.count && host->packets.count > 0; i++) {
    const struct softnet_cpu *cpu = &host->softnet.cpus[i];
    report_counter(report, find_cpu(report, cpu->cpu), IRQ_PACKETS,
                   cpu->processed);
  }
}

void irq_host_report(const struct irq_host *host, const struct cpulist *rps,
                     double min_rate, bool by_cpu, struct report *report) {
  static const struct softirq_meters net_rx = {
      IRQ_NET_RX, IRQ_NET_RX_BUSIEST_CPU, IRQ_NET_RX_IMBALANCE};
  static const struct softirq_meters net_tx = {
      IRQ_NET_TX, IRQ_NET_TX_BUSIEST_CPU, IRQ_NET_TX_IMBALANCE};
  struct report_object *object =
      report_object(report, NULL, REPORT_HOST, false);
  struct balance packets = balance_of_gains(&host->packets, rps);
  double rate =
      host->packets.is_known ? packets.total / host->packets.elapsed : 0;
  bool is_judged = rps->count >= 2 && rate >= min_rate &&
                   packets.imbalance >= UNEVEN_PACKETS;
  if (host->net_rx.count > 0) {
    report_softirq(report, object, &net_rx, &host->net_rx, rps, is_judged);
    report_softirq(report, object, &net_tx, &host->net_tx, NULL, false);
  }
  if (host->packets.is_known && rate >= IRQ_METERS_MIN_RATE)
    report_gauge(report, object, IRQ_PACKETS_BUSIEST_CPU,
                 100 * packets.busiest_share);
  else if (host->packets.is_known)
    report_idle(report, object, IRQ_PACKETS_BUSIEST_CPU);
  if (by_cpu)
    report_each_cpu(host, report);
}

void irq_host_free(struct irq_host *host) {
  softirqs_free(&host->softirqs);
  softnet_stat_free(&host->softnet);
  cpu_gains_free(&host->net_rx);
  cpu_gains_free(&host->net_tx);
  cpu_gains_free(&host->packets);
  cpulist_free(&host->online);
}
