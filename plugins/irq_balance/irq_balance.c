/* SPDX-License-Identifier: MIT */
/* Shows whether one CPU does all the network's work. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "irq_explain.h"
#include "irq_links.h"
#include "irq_look.h"
#include "irq_meters.h"
#include "irq_report.h"
#include "irq_state.h"
#include "layers.h"

static void set_defaults(void *data) {
  struct irq_state *state = data;
  state->min_rate = 10000;
}

static const struct layer_option options[] = {
    INTERFACE_CHOICE_OPTIONS(struct irq_state, choice),
    {.name = "ReportByCpu",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct irq_state, report_by_cpu),
     .value = "true|false",
     .help = "Sends the values of each CPU too: an interface's interrupts as "
             "eth0-cpu-3, the host's softirqs and packets as 3. Default: "
             "false."},
    {.name = "ReportByQueue",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct irq_state, report_by_queue),
     .value = "true|false",
     .help = "Sends the interrupts of each queue too, as eth0-rx-3. Default: "
             "false."},
    {.name = "MinRate",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct irq_state, min_rate),
     .min = 0,
     .max = 1e9,
     .value = "NUMBER",
     .help = "Judges the spread only from this many interrupts or packets per "
             "second on. Default: 10000."},
    {.name = NULL},
};

static int start(void *data, const struct layer_context *context,
                 struct layer_error *error) {
  struct irq_state *state = data;
  state->context = context;
  state->interfaces =
      (struct interface_table){.entry_size = sizeof(struct irq_device),
                               .init = irq_device_init,
                               .clear = irq_device_clear};
  state->before = NAN;
  state->look = CLOCK_REFRESH_NEVER;
  state->interrupts = INTERRUPTS_INIT;
  irq_host_start(&state->host);
  int r = link_list_open(&state->list);
  if (r < 0) {
    layer_fail(error, "no rtnetlink socket: %s", strerror(-r));
    return r;
  }
  struct netlink_family family;
  if (netlink_open(&state->generic, NETLINK_GENERIC) == 0 &&
      netlink_find_family(&state->generic, "netdev", &family) == 0)
    state->netdev_family = family.id;
  return 0;
}

static void stop(void *data) {
  struct irq_state *state = data;
  interface_table_free(&state->interfaces);
  link_list_close(&state->list);
  irq_host_free(&state->host);
  netlink_close(&state->generic);
  netdev_napi_free(&state->napi);
  cpulist_free(&state->look_online);
  cpulist_free(&state->rps);
  interrupts_free(&state->interrupts);
  irq_counts_free(&state->counts);
  irq_gains_free(&state->gains);
  free(state->numbers);
  free(state->cpu_sums);
  interface_choice_free(&state->choice);
}

/* Reads each interrupt's file, or the whole table if the kernel has no such
 * files. */
static int read_counts(struct irq_state *state, struct scan_error *fault) {
  const struct sysroot *root = state->context->root;
  const struct irq_table *table = &state->counts.table;
  int r = -ENOENT;
  if (!state->needs_table)
    r = irq_counts_read(root, &state->counts, state->numbers,
                        state->number_count);
  if (r == -ENOENT || r == -EMSGSIZE) {
    state->needs_table = true;
    table = &state->interrupts.table;
    r = interrupts_read(root, &state->interrupts, state->numbers,
                        state->number_count, fault);
  }
  if (r < 0)
    return r;
  return irq_gains_update(&state->gains, table, state->now);
}

static int make_cpu_sums(struct irq_state *state) {
  while (state->cpu_sums_room < state->gains.last.columns) {
    double *sums = array_room(state->cpu_sums, &state->cpu_sums_room,
                              state->cpu_sums_room, sizeof(*sums));
    if (sums == NULL)
      return -ENOMEM;
    state->cpu_sums = sums;
  }
  return 0;
}

/* Reads the affinity again, once, if the spread contradicts it: interrupts that
 * come to one CPU may have been bound to it, and interrupts that come to
 * several may have been released. */
static void check_affinity(const struct irq_state *state,
                           struct irq_device *device) {
  double cpus = device->spread.balance.effective_cpus;
  bool contradicts = device->effective.count > 1
                         ? cpus < 1.01 && irq_device_can_spread(device)
                         : cpus >= 1.01;
  if (contradicts && !device->contradicts_affinity)
    irq_device_look(device, state->context->root, &state->host.online);
  device->contradicts_affinity = contradicts;
}

static int read_interrupts(struct irq_state *state) {
  if (state->number_count == 0)
    return 0;
  struct scan_error fault;
  int r = read_counts(state, &fault);
  if (r == 0)
    r = make_cpu_sums(state);
  layer_problem_source(
      &state->irq_problem, state->context, "the count of interrupts", r,
      state->needs_table ? &fault : NULL, "interrupts are not reported");
  if (r < 0)
    return r;
  for (struct irq_device *device = irq_device_first(&state->interfaces);
       device != NULL; device = irq_device_next(device)) {
    irq_device_spread(device, &state->gains, state->cpu_sums);
    check_affinity(state, device);
  }
  return 0;
}

static void report_devices(const struct irq_state *state,
                           struct report *report) {
  for (struct irq_device *device = irq_device_first(&state->interfaces);
       device != NULL; device = irq_device_next(device))
    if (interface_table_is_current(&state->interfaces, &device->interface))
      irq_report_device(state, device, report);
}

static int read_spread(void *data, struct report *report) {
  struct irq_state *state = data;
  state->now = report_now(report);
  int host = irq_host_read(&state->host, state->context, state->now);
  int links = irq_links_read(state, report);
  if (host == 0)
    irq_host_report(&state->host, &state->rps, state->min_rate,
                    state->report_by_cpu, report);
  if (links == 0) {
    irq_look(state);
    if (read_interrupts(state) < 0)
      report_set_incomplete(report);
    else
      report_devices(state, report);
  }
  state->before = state->now;
  return links < 0 && host < 0 ? links : 0;
}

const struct layer irq_balance_layer = {
    .name = "irq_balance",
    .summary = "how evenly CPUs share the network's work",
    .noun = "",
    .options = options,
    .meters = irq_meters,
    .meter_count = IRQ_METER_COUNT,
    .learns_meters = false,
    .state_size = sizeof(struct irq_state),
    .set_defaults = set_defaults,
    .start = start,
    .read = read_spread,
    .explain = irq_explain,
    .stop = stop,
};
