/* SPDX-License-Identifier: MIT */
/* Watches the receive softirq of each CPU and its backlog. */
#include <errno.h>
#include <string.h>

#include "layer_problem.h"
#include "layers.h"
#include "softnet_meters.h"
#include "softnet_stat.h"
#include "sysctl.h"
#include "text.h"

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
     .help = "Sends each CPU's values beside the totals. Alerts name single "
             "CPUs either way. Default: false."},
    {.name = "Cpu",
     .kind = OPTION_PARSED,
     .parse = parse_cpus,
     .value = "\"0-3,8\"",
     .help = "Watches only these CPUs; totals cover only them. May be "
             "repeated. Default: all."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct softnet, ignore_selected),
     .value = "true|false",
     .help = "Watches all CPUs except those. Default: false."},
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
  report_counter(report, object, SOFTNET_PROCESSED, cpu->processed);
  report_counter(report, object, SOFTNET_DROPPED, cpu->dropped);
  report_counter(report, object, SOFTNET_TIME_SQUEEZE, cpu->time_squeeze);
  if (columns >= SOFTNET_COLUMNS_RPS)
    report_counter(report, object, SOFTNET_RECEIVED_RPS, cpu->received_rps);
  if (columns >= SOFTNET_COLUMNS_FLOW_LIMIT)
    report_counter(report, object, SOFTNET_FLOW_LIMITED, cpu->flow_limited);
  if (columns >= SOFTNET_COLUMNS_BACKLOG)
    report_gauge(report, object, SOFTNET_BACKLOG, cpu->backlog);
  if (columns >= SOFTNET_COLUMNS_QUEUES) {
    report_gauge(report, object, SOFTNET_INPUT, cpu->input);
    report_gauge(report, object, SOFTNET_PROCESS, cpu->process);
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
    char number[TEXT_U32_SIZE];
    text_u32(number, cpu->cpu);
    const struct labels labels = {.cpu = number};
    report_cpu(report,
               report_object(report, host, &labels, !softnet->report_by_cpu),
               cpu, stat->columns);
  }
  return 0;
}

/* Adds what limits a poll. Network namespaces other than the initial one do not
 * show these settings. */
static void add_budget(struct text *detail, const struct sysroot *root) {
  int64_t budget, usecs;
  bool has_budget =
      sysctl_read_number(root, "net.core.netdev_budget", &budget) == 0;
  bool has_usecs =
      sysctl_read_number(root, "net.core.netdev_budget_usecs", &usecs) == 0;
  if (has_budget)
    text_add(detail, ", netdev_budget is %lld", (long long)budget);
  if (has_usecs)
    text_add(detail, ", netdev_budget_usecs %lld", (long long)usecs);
  if (!has_budget && !has_usecs)
    text_add(detail, ", see netdev_budget and netdev_budget_usecs");
}

/* Finds out why a backlog overflows: the flow limit, packets that other CPUs
 * steer here, or polls that end too early. */
static void explain(void *state, const struct report *report,
                    const struct alert *alert,
                    struct explanation *explanation) {
  if (alert->meter != &softnet_meters[SOFTNET_DROPPED])
    return;
  const struct softnet *softnet = state;
  const struct sysroot *root = softnet->context->root;
  /* The kernel counts the flow limit on the CPU that steers packets here. */
  double limited = report_rate(report, report_object_find(report, REPORT_HOST),
                               SOFTNET_FLOW_LIMITED);
  double squeezed = report_rate(report, alert->object, SOFTNET_TIME_SQUEEZE);
  double steered = report_rate(report, alert->object, SOFTNET_RECEIVED_RPS);

  struct text detail = TEXT_IN(explanation->detail);
  if (limited > 0)
    text_add(&detail, "the flow limit drops %.1f/s on this host", limited);
  if (squeezed > 0) {
    text_add(&detail, "%s%.1f polls/s were cut short",
             detail.length > 0 ? ", " : "", squeezed);
    add_budget(&detail, root);
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
    .meters = softnet_meters,
    .meter_count = SOFTNET_METER_COUNT,
    .objects_persist = true,
    .state_size = sizeof(struct softnet),
    .start = start,
    .read = read,
    .explain = explain,
    .stop = stop,
};
