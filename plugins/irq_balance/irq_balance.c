/* SPDX-License-Identifier: MIT */
/* Whether one CPU does all the network's work. */
#include "irq_balance.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layers.h"

static void set_defaults(void *state) {
  struct irq_balance *irq = state;
  irq->min_rate = 10000;
}

static const struct layer_option options[] = {
    INTERFACE_CHOICE_OPTIONS(struct irq_balance, choice),
    {.name = "ReportByCpu",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct irq_balance, report_by_cpu),
     .value = "true|false",
     .help = "Whether the interrupts of each CPU are sent, by interface, as "
             "eth0-cpu-3, and its soft interrupts and packets, as 3. Default: "
             "false."},
    {.name = "ReportByQueue",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct irq_balance, report_by_queue),
     .value = "true|false",
     .help = "Whether the interrupts of each queue are sent, as eth0-rx-3. "
             "Default: false."},
    {.name = "MinRate",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct irq_balance, min_rate),
     .min = 0,
     .max = 1e9,
     .value = "NUMBER",
     .help = "So many interrupts or packets a second must there be for the "
             "spread to be judged. Default: 10000."},
    {.name = NULL},
};

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  struct irq_balance *irq = state;
  irq->context = context;
  irq->looked = irq->before = NAN;
  irq->interrupts = INTERRUPTS_INIT;
  irq->softirqs = SOFTIRQS_INIT;
  irq->softnet = SOFTNET_STAT_INIT;
  int r = link_list_open(&irq->list);
  if (r < 0) {
    layer_fail(error, "no rtnetlink socket: %s", strerror(-r));
    return r;
  }
  struct netlink_family family;
  if (netlink_open(&irq->generic, NETLINK_GENERIC) == 0 &&
      netlink_find_family(&irq->generic, "netdev", &family) == 0)
    irq->netdev = family.id;
  return 0;
}

static void forget(struct irq_balance *irq, struct irq_device *device) {
  HASH_DEL(irq->devices, device);
  irq_device_free(device);
  irq->looked = NAN;
}

static void stop(void *state) {
  struct irq_balance *irq = state;
  struct irq_device *device, *next;
  HASH_ITER(hh, irq->devices, device, next) forget(irq, device);
  if (irq->context != NULL) {
    interrupts_free(&irq->interrupts);
    softirqs_free(&irq->softirqs);
    softnet_stat_free(&irq->softnet);
  }
  link_list_close(&irq->list);
  netlink_close(&irq->generic);
  netdev_napi_free(&irq->napi);
  cpulist_free(&irq->online);
  cpulist_free(&irq->looked_online);
  cpulist_free(&irq->rps);
  irq_counts_free(&irq->counts);
  irq_gains_free(&irq->gains);
  cpu_gains_free(&irq->net_rx);
  cpu_gains_free(&irq->net_tx);
  cpu_gains_free(&irq->packets);
  free(irq->numbers);
  free(irq->scratch);
  interface_choice_free(&irq->choice);
}

/* The device of an interface, made or renamed if need be; NULL when there is no
 * memory. */
static struct irq_device *take_device(struct irq_balance *irq,
                                      const struct link_stats_one *link) {
  struct irq_device *device;
  HASH_FIND(hh, irq->devices, &link->index, sizeof(link->index), device);
  if (device != NULL && strcmp(device->name, link->name) != 0) {
    forget(irq, device);
    device = NULL;
  }
  if (device == NULL) {
    device = irq_device_new(link);
    if (device == NULL)
      return NULL;
    device->is_wanted =
        interface_choice_selects(&irq->choice, irq->context->root, link);
    HASH_ADD(hh, irq->devices, index, sizeof(device->index), device);
    if (!HASH_ADDED(device)) {
      irq_device_free(device);
      return NULL;
    }
    if (device->is_wanted)
      irq->looked = NAN;
  }
  device->seen = irq->read;
  return device;
}

static void say(struct irq_balance *irq, struct layer_problem *problem, int r,
                const char *what) {
  if (r < 0)
    layer_problem_begin(problem, irq->context,
                        "%s cannot be read: %s; what it tells is not reported "
                        "until that ends",
                        what, strerror(-r));
  else
    layer_problem_end(problem, irq->context, "%s can be read again", what);
}

static double packets_per_second(const struct irq_balance *irq) {
  double packets = 0;
  for (size_t i = 0; i < irq->packets.count; i++)
    packets += irq->packets.gains[i];
  return packets / (irq->now - irq->before);
}

/* So many packets of an interface can be one by the time that they are counted
 * in the softirq (GRO). */
#define MOST_MERGED 64

/* How many packets each interface receives is of interest only where there can
 * be as many as are worth judging. */
static bool is_list_needed(struct irq_balance *irq) {
  return link_list_is_old(&irq->list, irq->now) ||
         !(packets_per_second(irq) * MOST_MERGED < irq->min_rate);
}

static void keep_devices(struct irq_balance *irq) {
  struct irq_device *device, *next;
  HASH_ITER(hh, irq->devices, device, next) {
    device->seen = irq->read;
    device->packet_rate = NAN;
  }
}

/* A list that was disturbed is good for what is in it. */
static int read_links(struct irq_balance *irq, struct report *report) {
  if (!is_list_needed(irq)) {
    keep_devices(irq);
    return 0;
  }
  int r = link_list_read(&irq->list, irq->now);
  bool is_disturbed = r == -EINTR;
  if (is_disturbed)
    r = 0;
  say(irq, &irq->link_problem, r, "the list of interfaces");
  if (r < 0 || is_disturbed)
    report_set_incomplete(report);
  if (r < 0)
    return r;
  const struct link_stats *links = &irq->list.links;
  for (size_t i = 0; i < links->count; i++) {
    struct irq_device *device = take_device(irq, &links->items[i]);
    if (device != NULL)
      irq_device_count(device, &links->items[i], irq->now);
  }
  struct irq_device *device, *next;
  HASH_ITER(hh, irq->devices, device, next)
  if (device->seen != irq->read && !is_disturbed)
    forget(irq, device);
  return 0;
}

static int read_table(struct irq_balance *irq) {
  const struct sysroot *root = irq->context->root;
  int r = -ENOENT;
  if (!irq->use_table)
    r = irq_counts_read(root, &irq->counts, irq->numbers, irq->number_count);
  if (r == -ENOENT || r == -EMSGSIZE) {
    irq->use_table = true;
    r = interrupts_read(root, &irq->interrupts, irq->numbers, irq->number_count,
                        NULL);
  }
  if (r < 0)
    return r;
  return irq_gains_update(
      &irq->gains, irq->use_table ? &irq->interrupts.table : &irq->counts.table,
      irq->now);
}

static int make_scratch(struct irq_balance *irq, size_t columns) {
  if (columns <= irq->scratch_room)
    return 0;
  double *grown = realloc(irq->scratch, columns * sizeof(*grown));
  if (grown == NULL)
    return -ENOMEM;
  irq->scratch = grown;
  irq->scratch_room = columns;
  return 0;
}

/* What comes to one CPU may just have been bound to it, and what comes to
 * several may have been set free. Either decides what there is to be said. */
static void look_closer(const struct irq_balance *irq,
                        struct irq_device *device) {
  double cpus = device->spread.balance.effective_cpus;
  bool is_doubtful = device->vectors.count > 1
                         ? cpus < 1.01 && irq_device_can_spread(device)
                         : cpus >= 1.01;
  if (is_doubtful && !device->is_doubtful)
    irq_device_look(device, irq->context->root, &irq->online);
  device->is_doubtful = is_doubtful;
}

static int read_interrupts(struct irq_balance *irq) {
  if (irq->number_count == 0)
    return 0;
  int r = read_table(irq);
  if (r == 0)
    r = make_scratch(irq, irq->gains.last.columns);
  say(irq, &irq->irq_problem, r, "the count of interrupts");
  if (r < 0)
    return r;
  struct irq_device *device, *next;
  HASH_ITER(hh, irq->devices, device, next) {
    if (!device->is_wanted)
      continue;
    irq_device_spread(device, &irq->gains, irq->scratch);
    look_closer(irq, device);
  }
  return 0;
}

/* The rows of softnet_stat are the online CPUs. Without them, asks sysfs, which
 * may be that of a container. */
static const struct cpulist *find_online(struct irq_balance *irq,
                                         bool has_rows) {
  if (has_rows)
    softnet_stat_online(&irq->softnet, &irq->online);
  else
    cpulist_read(irq->context->root, "sys/devices/system/cpu/online",
                 &irq->online);
  return irq->online.count > 0 ? &irq->online : NULL;
}

/* Returns 0 if one of the two could be read. */
static int read_softirqs(struct irq_balance *irq) {
  const struct sysroot *root = irq->context->root;
  cpu_gains_begin(&irq->net_rx);
  cpu_gains_begin(&irq->net_tx);
  cpu_gains_begin(&irq->packets);
  int s = softnet_stat_read(root, &irq->softnet, NULL);
  int r = softirqs_read(root, find_online(irq, s == 0), &irq->softirqs, NULL);
  say(irq, &irq->softirq_problem, r, irq->softirqs.table.path);
  for (size_t i = 0; r == 0 && i < irq->softirqs.count; i++) {
    const struct softirqs_cpu *cpu = &irq->softirqs.cpus[i];
    cpu_gains_add(&irq->net_rx, cpu->cpu, cpu->net_rx, irq->now);
    cpu_gains_add(&irq->net_tx, cpu->cpu, cpu->net_tx, irq->now);
  }
  say(irq, &irq->softnet_problem, s, irq->softnet.table.path);
  for (size_t i = 0; s == 0 && i < irq->softnet.count; i++) {
    const struct softnet_cpu *cpu = &irq->softnet.cpus[i];
    cpu_gains_add(&irq->packets, cpu->cpu, cpu->processed, irq->now);
  }
  return r < 0 && s < 0 ? r : 0;
}

static void report_devices(struct irq_balance *irq, struct report *report) {
  struct irq_device *device, *next;
  HASH_ITER(hh, irq->devices, device, next)
  if (device->is_wanted && device->seen == irq->read)
    irq_report_device(irq, device, report);
}

static int read_spread(void *state, struct report *report) {
  struct irq_balance *irq = state;
  irq->now = report_now(report);
  irq->read++;
  int softirqs = read_softirqs(irq);
  int links = read_links(irq, report);
  if (softirqs == 0)
    irq_report_host(irq, report);
  if (links == 0) {
    irq_look(irq);
    if (read_interrupts(irq) < 0)
      report_set_incomplete(report);
    else
      report_devices(irq, report);
  }
  irq->before = irq->now;
  return links < 0 && softirqs < 0 ? links : 0;
}

const struct layer irq_balance_layer = {
    .name = "irq_balance",
    .summary = "how the network's work is spread over CPUs",
    .noun = "",
    .options = options,
    .meters = irq_meters,
    .meter_count = IRQ_METER_COUNT,
    .learns_meters = false,
    .state_size = sizeof(struct irq_balance),
    .set_defaults = set_defaults,
    .start = start,
    .read = read_spread,
    .explain = irq_explain,
    .stop = stop,
};
