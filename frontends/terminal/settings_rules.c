/* SPDX-License-Identifier: MIT */
#include "settings_rules.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "settings_sockets.h"
#include "text.h"

#define NIC "nic_ethtool"
#define IRQ "irq_balance"
#define PROTO "snmp_proto"

/* A sysctl that a counter or a share asks to change. */
struct rule {
  const char *key;    /* of snmp_proto's meter that is the evidence */
  double above;       /* it must be above this */
  const char *sysctl; /* to change */
  const char *meter;  /* of snmp_proto that shows it */
  double factor;      /* to multiply it by; 0: target instead */
  double target;
  double only_below; /* the setting must be below this; 0: any */
  const char *words; /* the evidence, after its number */
};

static const struct rule rules[] = {
    {"TcpExt:TCPReqQFullDrop", 0, "net.ipv4.tcp_syncookies", "tcp_syncookies",
     0, 1, 1, "SYNs were dropped because cookies are off"},
    {"TcpExt:RcvPruned", 0, "net.ipv4.tcp_rmem", "tcp_rmem_default", 0, 131072,
     131072, "segments were pruned, and the default is below the kernel's"},
    {"Tcp:memory_used", 80, "net.ipv4.tcp_mem", "tcp_mem_high", 2, 0, 0,
     "% of TCP's memory is used"},
    {"Tcp:orphans_used", 80, "net.ipv4.tcp_max_orphans", "tcp_max_orphans", 2,
     0, 0, "% of the orphans allowed exist"},
    {"Udp:MemErrors", 0, "net.ipv4.udp_mem", "udp_mem_high", 2, 0, 0,
     "datagrams were lost at UDP's memory limit"},
    {"Ip:fragment_memory_used", 85, "net.ipv4.ipfrag_high_thresh",
     "ipfrag_high_thresh", 2, 0, 0, "% of the fragment memory is used"},
    {"conntrack:entries_used", 80, "net.netfilter.nf_conntrack_max",
     "nf_conntrack_max", 2, 0, 0, "% of the connection table is used"},
    {"conntrack:drop", 0, "net.netfilter.nf_conntrack_max", "nf_conntrack_max",
     2, 0, 0, "packets were dropped because the connection table was full"},
    {"arp_cache:table_fulls", 0, "net.ipv4.neigh.default.gc_thresh3",
     "arp_gc_thresh3", 4, 0, 0, "neighbours found the table full"},
    {"ndisc_cache:table_fulls", 0, "net.ipv6.neigh.default.gc_thresh3",
     "ndisc_gc_thresh3", 4, 0, 0, "neighbours found the table full"},
};

/* What the rules need. */
struct rules_context {
  const struct settings_facts *facts;
  settings_take_finding *take;
  void *data;
};

/* The object in a key: "Udp" of "Udp:MemErrors". */
static void write_object(char *ret, size_t size, const char *key) {
  text_fill(ret, size, "%.*s", (int)strcspn(key, ":"), key);
}

/* Settings of several numbers are shown by their last; a command needs all. */
static void write_command(char *ret, size_t size, const struct rule *rule,
                          double value) {
  double next = rule->factor > 0 ? value * rule->factor : rule->target;
  bool is_list = strstr(rule->sysctl, "_mem") != NULL ||
                 strstr(rule->sysctl, "_rmem") != NULL;
  if (is_list)
    text_fill(ret, size, "raise it to %.0f: sysctl %s shows all its numbers",
              next, rule->sysctl);
  else
    text_fill(ret, size, "sysctl -w %s=%.0f", rule->sysctl, next);
}

/* Returns whether the setting is worth changing. */
static bool apply_rule(const struct rules_context *context,
                       const struct rule *rule) {
  struct settings_finding finding = {.object = ""};
  char object[32];
  write_object(object, sizeof(object), rule->key);
  double found = settings_facts_value(context->facts, PROTO, rule->key, object);
  double value = settings_facts_value(context->facts, PROTO, rule->meter, "");
  if (!(found > rule->above) ||
      !settings_facts_has(context->facts, PROTO, rule->meter, "") ||
      (rule->only_below > 0 && !(value < rule->only_below)))
    return false;
  TEXT_FILL(finding.setting, "%s", rule->sysctl);
  TEXT_FILL(finding.value, "%.0f", value);
  TEXT_FILL(finding.evidence, "%.0f %s", found, rule->words);
  write_command(finding.command, sizeof(finding.command), rule, value);
  context->take(context->data, &finding);
  return true;
}

static double of_device(const struct settings_facts *facts, const char *key,
                        const char *device) {
  return settings_facts_value(facts, NIC, key, device);
}

/* A ring below its maximum that lost packets. */
static void check_ring(const struct rules_context *context, const char *device,
                       const char *direction) {
  struct settings_finding finding = {.object = ""};
  char lost_key[32], size_key[32], max_key[32];
  snprintf(lost_key, sizeof(lost_key), "%s_ring_full", direction);
  snprintf(size_key, sizeof(size_key), "%s_ring", direction);
  snprintf(max_key, sizeof(max_key), "%s_ring_max", direction);
  double lost = of_device(context->facts, lost_key, device);
  double size = of_device(context->facts, size_key, device);
  double max = of_device(context->facts, max_key, device);
  if (!(lost > 0) || !(size > 0) || !(size < max))
    return;
  TEXT_FILL(finding.object, "%s", device);
  TEXT_FILL(finding.setting, "%s ring", direction);
  TEXT_FILL(finding.value, "%.0f of %.0f", size, max);
  TEXT_FILL(finding.evidence, "%.0f packets were lost in it", lost);
  TEXT_FILL(finding.command, "ethtool -G %s %s %.0f", device, direction, max);
  context->take(context->data, &finding);
}

/* One queue on a host of several CPUs, where packets were lost for want of CPU
 * time. */
static void check_channels(const struct rules_context *context,
                           const char *device) {
  const struct settings_facts *facts = context->facts;
  struct settings_finding finding = {.object = ""};
  double lost = of_device(facts, "rx_ring_full", device);
  double channels = of_device(facts, "channels", device);
  double max = of_device(facts, "channels_max", device);
  double cpus = settings_facts_value(facts, IRQ, "allowed_cpus", device);
  if (!(lost > 0) || channels != 1 || !(cpus > 1))
    return;
  TEXT_FILL(finding.object, "%s", device);
  TEXT_FILL(finding.setting, "queues");
  TEXT_FILL(finding.value, "1 for %.0f CPUs", cpus);
  TEXT_FILL(finding.evidence, "%.0f packets were lost in the RX ring", lost);
  if (max > 1)
    TEXT_FILL(finding.command, "ethtool -L %s combined %.0f", device,
              max < cpus ? max : cpus);
  else
    TEXT_FILL(finding.command,
              "spread packets with RPS: /sys/class/net/%s/queues/rx-0/rps_cpus",
              device);
  context->take(context->data, &finding);
}

/* All vectors on one CPU. */
static void check_vectors(const struct rules_context *context,
                          const char *device) {
  const struct settings_facts *facts = context->facts;
  struct settings_finding finding = {.object = ""};
  double lost = of_device(facts, "rx_ring_full", device);
  double queues = settings_facts_value(facts, IRQ, "queues", device);
  double used = settings_facts_value(facts, IRQ, "vector_cpus", device);
  double allowed = settings_facts_value(facts, IRQ, "allowed_cpus", device);
  if (!(lost > 0) || !(queues > 1) || used != 1 || !(allowed > 1))
    return;
  TEXT_FILL(finding.object, "%s", device);
  TEXT_FILL(finding.setting, "interrupts");
  TEXT_FILL(finding.value, "%.0f queues on 1 CPU", queues);
  TEXT_FILL(finding.evidence, "%.0f packets were lost in the RX ring", lost);
  TEXT_FILL(finding.command,
            "start irqbalance, or spread them with smp_affinity_list");
  context->take(context->data, &finding);
}

static void check_devices(const struct rules_context *context) {
  const struct settings_facts *facts = context->facts;
  for (size_t i = 0; i < facts->count; i++) {
    const struct settings_fact *fact = &facts->all[i];
    if (strcmp(fact->layer, NIC) != 0 || strcmp(fact->key, "packets_rx") != 0)
      continue;
    check_ring(context, fact->name, "rx");
    check_ring(context, fact->name, "tx");
    check_channels(context, fact->name);
    check_vectors(context, fact->name);
  }
}

static void check_softnet_setting(const struct rules_context *context,
                                  const char *sysctl, double found,
                                  const char *words) {
  struct settings_finding finding = {.object = ""};
  const char *meter = strrchr(sysctl, '.') + 1;
  double value = settings_facts_value(context->facts, "softnet", meter, "");
  if (!(found > 0) || !(value > 0))
    return;
  TEXT_FILL(finding.setting, "%s", sysctl);
  TEXT_FILL(finding.value, "%.0f", value);
  TEXT_FILL(finding.evidence, "%.0f %s", found, words);
  TEXT_FILL(finding.command, "sysctl -w %s=%.0f", sysctl, 2 * value);
  context->take(context->data, &finding);
}

/* A poll cut short loses nothing by itself: only with full rings does it ask
 * for a longer budget. */
static void check_softnet(const struct rules_context *context) {
  const struct settings_facts *facts = context->facts;
  double dropped = settings_facts_sum(facts, "softnet", "dropped");
  double squeezed = settings_facts_sum(facts, "softnet", "time_squeeze");
  double ring = settings_facts_sum(facts, NIC, "rx_ring_full");
  check_softnet_setting(context, "net.core.netdev_max_backlog", dropped,
                        "packets were dropped from backlogs");
  check_softnet_setting(context, "net.core.netdev_budget_usecs",
                        ring > 0 ? squeezed : 0,
                        "polls were cut short, and rings lost packets");
}

void settings_rules_apply(const struct settings_facts *facts,
                          settings_take_finding *take, void *data) {
  const struct rules_context context = {facts, take, data};
  check_devices(&context);
  check_softnet(&context);
  settings_sockets_apply(facts, take, data);
  const char *found = ""; /* several rules of one setting stand together */
  for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
    if (strcmp(rules[i].sysctl, found) != 0 && apply_rule(&context, &rules[i]))
      found = rules[i].sysctl;
}
