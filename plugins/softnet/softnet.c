/* SPDX-License-Identifier: MIT */
/* The softirq that takes packets in on each CPU, and its backlog. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "layer.h"
#include "layer_problem.h"
#include "layers.h"
#include "softnet_stat.h"
#include "sysctl.h"

enum {
  METER_PROCESSED,
  METER_DROPPED,
  METER_FLOW_LIMITED,
  METER_TIME_SQUEEZE,
  METER_RECEIVED_RPS,
  METER_BACKLOG,
  METER_INPUT,
  METER_PROCESS,
  METER_NETDEV_MAX_BACKLOG,
  METER_NETDEV_BUDGET,
  METER_NETDEV_BUDGET_USECS,
  METER_DEV_WEIGHT,
  METER_COUNT,
};

static const struct meter meters[METER_COUNT] = {
    [METER_PROCESSED] =
        {.name = "processed",
         .type = "packets",
         .kind = METER_COUNTER32,
         .meaning = METER_VOLUME,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .verb = "processed",
         .place = "in its softirq",
         .source = "softnet_stat, column 1",
         .help = "Packets taken in, after GRO merged them; once more for each "
                 "VLAN, bridge or bond that they pass through."},
    [METER_DROPPED] =
        {.name = "dropped",
         .type = "packets",
         .kind = METER_COUNTER32,
         .meaning = METER_LOSS,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .verb = "dropped",
         .place = "from its backlog",
         .limits = THRESHOLD_ABOVE(1, 100),
         .setting = "net.core.netdev_max_backlog",
         .advice = "raise it or spread packets with RPS",
         .source = "softnet_stat, column 2",
         .help = "Packets refused because the CPU's backlog was full, or by "
                 "the flow limit. Only packets of RPS, loopback, veth, tunnels "
                 "and the like go through it. The interface counts each in its "
                 "rx_dropped as well."},
    [METER_FLOW_LIMITED] =
        {.name = "flow_limited",
         .type = "packets",
         .kind = METER_COUNTER32,
         .meaning = METER_LOSS,
         .total = METER_TOTAL_SUM,
         .unit = "packets",
         .part_of = "dropped",
         .verb = "dropped",
         .place = "of its largest flow",
         .setting = "net.core.flow_limit_cpu_bitmap",
         .advice = "clear the CPU there to end the flow limit",
         .source = "softnet_stat, column 11 (Linux 3.11)",
         .help = "Packets of one large flow, refused while the backlog was "
                 "more than half full; zero unless the flow limit is on. They "
                 "count for the CPU that hands them on, not for the one whose "
                 "backlog refuses them."},
    [METER_TIME_SQUEEZE] =
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
         .help = "Polls that ended with work left, because the budget or the "
                 "time was used up. Nothing is lost by that; threaded NAPI is "
                 "not counted."},
    [METER_RECEIVED_RPS] =
        {.name = "received_rps",
         .type = "total_events",
         .kind = METER_COUNTER32,
         .meaning = METER_INFORMATION,
         .total = METER_TOTAL_SUM,
         .unit = "wake-ups",
         .verb = "received",
         .place = "wake-ups for RPS",
         .source = "softnet_stat, column 10 (Linux 2.6.39)",
         .help = "Wake-ups by another CPU that had packets for this one "
                 "(RPS)."},
    [METER_BACKLOG] =
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
         .help = "Packets waiting at the moment of the read: input and "
                 "process together."},
    [METER_INPUT] = {.name = "input",
                     .type = "queue_length",
                     .kind = METER_GAUGE,
                     .meaning = METER_PRESSURE,
                     .total = METER_TOTAL_SUM,
                     .unit = "packets",
                     .part_of = "backlog",
                     .verb = "holds",
                     .place = "in its input queue",
                     .source = "softnet_stat, column 14 (Linux 6.4)",
                     .help =
                         "Of these, the ones that no poll has taken over yet."},
    [METER_PROCESS] = {.name = "process",
                       .type = "queue_length",
                       .kind = METER_GAUGE,
                       .meaning = METER_PRESSURE,
                       .total = METER_TOTAL_SUM,
                       .unit = "packets",
                       .part_of = "backlog",
                       .verb = "holds",
                       .place = "in its process queue",
                       .source = "softnet_stat, column 15 (Linux 6.4)",
                       .help =
                           "Of these, the ones that a poll has taken over."},
    [METER_NETDEV_MAX_BACKLOG] =
        {.name = "netdev_max_backlog",
         METER_SYSCTL("net.core.netdev_max_backlog"),
         .unit = "packets",
         .help = "How many packets each CPU's backlog holds; governs dropped."},
    [METER_NETDEV_BUDGET] =
        {.name = "netdev_budget",
         METER_SYSCTL("net.core.netdev_budget"),
         .unit = "packets",
         .help = "How many packets one softirq may take in; governs "
                 "time_squeeze."},
    [METER_NETDEV_BUDGET_USECS] =
        {.name = "netdev_budget_usecs",
         METER_SYSCTL("net.core.netdev_budget_usecs"),
         .unit = "us",
         .help = "How long one softirq may poll (Linux 4.12); governs "
                 "time_squeeze."},
    [METER_DEV_WEIGHT] =
        {.name = "dev_weight",
         METER_SYSCTL("net.core.dev_weight"),
         .unit = "packets",
         .help = "How many packets one poll of the backlog takes; drivers do "
                 "not go by it."},
};

struct softnet {
  bool report_by_cpu;
  struct cpulist cpus; /* chosen by the user; empty: all */
  bool ignore_selected;

  const struct layer_context *context;
  struct softnet_stat stat;
  struct layer_problem problem;
};

static int parse_cpus(void *state, const char *value,
                      struct layer_error *error) {
  struct softnet *softnet = state;
  struct scan_error fault;
  struct scan text = scan_text(value, strlen(value));
  if (scan_done(&text))
    return layer_fail(error, "expects CPUs such as 0-3,8, found nothing");
  int r = cpulist_add(&softnet->cpus, text, &fault);
  if (r == -EBADMSG)
    return layer_fail(error, "expects %s, found \"%s\" in \"%s\"",
                      fault.expected, fault.found, value);
  return r;
}

static const struct layer_option options[] = {
    {.name = "ReportByCpu",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct softnet, report_by_cpu),
     .value = "true|false",
     .help = "Whether each CPU's values are sent, beside the totals. Alerts "
             "are about single CPUs either way. Default: false."},
    {.name = "Cpu",
     .kind = OPTION_PARSED,
     .parse = parse_cpus,
     .value = "\"0-3,8\"",
     .help = "Looks at these CPUs only; totals are theirs. Can be given "
             "several times. Default: all."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct softnet, ignore_selected),
     .value = "true|false",
     .help = "Looks at all CPUs but those. Default: false."},
    {.name = NULL},
};

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  (void)error;
  struct softnet *softnet = state;
  softnet->context = context;
  softnet->stat = SOFTNET_STAT_INIT;
  return 0;
}

static void stop(void *state) {
  struct softnet *softnet = state;
  if (softnet->context != NULL)
    softnet_stat_free(&softnet->stat);
  cpulist_free(&softnet->cpus);
}

static bool is_selected(const struct softnet *softnet, uint32_t cpu) {
  return softnet->cpus.count == 0 ||
         cpulist_has(&softnet->cpus, cpu) != softnet->ignore_selected;
}

static void report_cpu(struct report *report, struct report_object *object,
                       const struct softnet_cpu *cpu, unsigned columns) {
  report_counter(report, object, METER_PROCESSED, cpu->processed);
  report_counter(report, object, METER_DROPPED, cpu->dropped);
  report_counter(report, object, METER_TIME_SQUEEZE, cpu->time_squeeze);
  if (columns >= SOFTNET_COLUMNS_RPS)
    report_counter(report, object, METER_RECEIVED_RPS, cpu->received_rps);
  if (columns >= SOFTNET_COLUMNS_FLOW_LIMIT)
    report_counter(report, object, METER_FLOW_LIMITED, cpu->flow_limited);
  if (columns >= SOFTNET_COLUMNS_BACKLOG)
    report_gauge(report, object, METER_BACKLOG, cpu->backlog);
  if (columns >= SOFTNET_COLUMNS_QUEUES) {
    report_gauge(report, object, METER_INPUT, cpu->input);
    report_gauge(report, object, METER_PROCESS, cpu->process);
  }
}

static int read_table(struct softnet *softnet) {
  const struct layer_context *context = softnet->context;
  struct softnet_stat *stat = &softnet->stat;
  struct scan_error fault;
  int r = softnet_stat_read(context->root, stat, &fault);
  layer_problem_source(&softnet->problem, context, stat->table.path, r, &fault,
                       "no packets are counted");
  return r;
}

static int read(void *state, struct report *report) {
  struct softnet *softnet = state;
  int r = read_table(softnet);
  if (r < 0)
    return r;

  const struct softnet_stat *stat = &softnet->stat;
  struct report_object *host = report_object(report, NULL, REPORT_HOST, false);
  for (size_t i = 0; i < stat->count; i++) {
    const struct softnet_cpu *cpu = &stat->cpus[i];
    if (!is_selected(softnet, cpu->cpu))
      continue;
    char number[16];
    snprintf(number, sizeof(number), "%u", cpu->cpu);
    const struct labels labels = {.cpu = number};
    report_cpu(report,
               report_object(report, host, &labels, !softnet->report_by_cpu),
               cpu, stat->columns);
  }
  return 0;
}

/* Why a backlog overflows: a flow limit, packets that other CPUs steer here, or
 * polls that end before the backlog is empty. */
static void explain(void *state, const struct report *report,
                    const struct alert *alert,
                    struct explanation *explanation) {
  if (alert->meter != &meters[METER_DROPPED])
    return;
  const struct softnet *softnet = state;
  const struct sysroot *root = softnet->context->root;
  /* The flow limit counts on the CPU that steers packets here. */
  double limited = report_rate(report, report_object_find(report, REPORT_HOST),
                               METER_FLOW_LIMITED);
  double squeezed = report_rate(report, alert->object, METER_TIME_SQUEEZE);
  double steered = report_rate(report, alert->object, METER_RECEIVED_RPS);

  struct text detail = TEXT_IN(explanation->detail);
  if (limited > 0)
    text_add(&detail, "the flow limit drops %.1f/s on this host", limited);
  int64_t budget, usecs;
  if (squeezed > 0) {
    text_add(&detail, "%s%.1f polls/s were cut short",
             detail.length > 0 ? ", " : "", squeezed);
    if (sysctl_read_number(root, "net.core.netdev_budget", &budget) == 0)
      text_add(&detail, ", netdev_budget is %lld", (long long)budget);
    if (sysctl_read_number(root, "net.core.netdev_budget_usecs", &usecs) == 0)
      text_add(&detail, ", netdev_budget_usecs %lld", (long long)usecs);
  }
  if (steered > 0) {
    struct text advice = TEXT_IN(explanation->advice);
    text_add(&advice, "raise it or let rps_cpus name more CPUs");
  }
}

const struct layer softnet_layer = {
    .name = "softnet",
    .summary = "packets lost in the backlog of a CPU",
    .noun = "cpu",
    .options = options,
    .meters = meters,
    .meter_count = METER_COUNT,
    .objects_persist = true,
    .state_size = sizeof(struct softnet),
    .start = start,
    .read = read,
    .explain = explain,
    .stop = stop,
};
