/* SPDX-License-Identifier: MIT */
#include "snmp_levels.h"

#include <math.h>

#include "snmp_counter.h"
#include "snmp_scope.h"

/* A gauge of sockstat or of a table, and its percentage of a limit. */
struct level {
  const char *object;
  size_t offset;    /* in struct sockstat; NO_OFFSET: a table has reported it */
  unsigned value;   /* the meter of the gauge */
  unsigned used;    /* the meter of its percentage */
  unsigned limit;   /* the meter of the setting */
  bool is_in_pages; /* the setting counts pages */
  bool is_of_host;  /* the gauge counts all namespaces together */
};

#define NO_OFFSET SIZE_MAX
#define SOCKSTAT(member) offsetof(struct sockstat, member)

static const struct level levels[] = {
    {"Tcp", SOCKSTAT(tcp_memory), PROTO_Tcp_memory, PROTO_Tcp_memory_used,
     PROTO_SETTING_tcp_mem_high, true, true},
    {"Tcp", SOCKSTAT(tcp_orphans), PROTO_Tcp_orphans, PROTO_Tcp_orphans_used,
     PROTO_SETTING_tcp_max_orphans, false, true},
    {"Tcp", SOCKSTAT(tcp_time_wait), PROTO_Tcp_time_wait,
     PROTO_Tcp_time_wait_used, PROTO_SETTING_tcp_max_tw_buckets, false, false},
    {"Udp", SOCKSTAT(udp_memory), PROTO_Udp_memory, PROTO_Udp_memory_used,
     PROTO_SETTING_udp_mem_high, true, true},
    {"Ip", SOCKSTAT(fragment_memory), PROTO_Ip_fragment_memory,
     PROTO_Ip_fragment_memory_used, PROTO_SETTING_ipfrag_high_thresh, false,
     false},
    {"Ip6", SOCKSTAT(fragment6_memory), PROTO_Ip6_fragment_memory,
     PROTO_Ip6_fragment_memory_used, PROTO_SETTING_ip6frag_high_thresh, false,
     false},
    {"conntrack", NO_OFFSET, PROTO_conntrack_entries,
     PROTO_conntrack_entries_used, PROTO_SETTING_nf_conntrack_max, false,
     false},
    {"arp_cache", NO_OFFSET, PROTO_arp_cache_entries,
     PROTO_arp_cache_entries_used, PROTO_SETTING_arp_gc_thresh3, false, true},
    {"ndisc_cache", NO_OFFSET, PROTO_ndisc_cache_entries,
     PROTO_ndisc_cache_entries_used, PROTO_SETTING_ndisc_gc_thresh3, false,
     true},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool snmp_levels_need(unsigned meter) {
  for (size_t i = 0; i < COUNT(levels); i++)
    if (levels[i].value == meter)
      return true;
  return false;
}

static double value_of(const struct snmp_scope *scope,
                       const struct report *report, const struct level *level,
                       const struct sockstat *stat) {
  if (level->offset == NO_OFFSET)
    return report_level(
        report,
        snmp_counter_object(report, snmp_scope_name(scope), level->object),
        level->value);
  int64_t value = *(const int64_t *)((const char *)stat + level->offset);
  return value >= 0 ? (double)value : NAN;
}

static void report_level_of(const struct snmp_scope *scope,
                            struct report *report, const struct level *level,
                            const struct sockstat *stat, int64_t page_size) {
  if (level->is_of_host && scope->netns != NULL)
    return;
  double value = value_of(scope, report, level, stat);
  struct report_object *object =
      snmp_counter_mentioned(report, snmp_scope_name(scope), level->object);
  if (object == NULL || isnan(value))
    return;
  if (level->offset != NO_OFFSET)
    report_gauge(report, object, level->value, value);
  double limit = snmp_scope_setting(scope, report, level->limit);
  if (level->is_in_pages)
    limit *= (double)page_size;
  if (limit > 0)
    report_gauge(report, object, level->used, fmin(100 * value / limit, 100));
  else if (limit == 0) /* conntrack has no limit; other tables are disabled */
    report_idle(report, object, level->used);
}

void snmp_levels_report(struct snmp_levels *state,
                        const struct snmp_scope *scope, struct report *report) {
  struct sockstat stat = SOCKSTAT_NOTHING;
  struct scan_error fault;
  int r = sockstat_read(scope->context->root, &state->sockstat, &stat, &fault);
  snmp_scope_problem(scope, &state->problem, "proc/net/sockstat", r, &fault,
                     "memory and socket counts are not reported");
  for (size_t i = 0; i < COUNT(levels); i++)
    report_level_of(scope, report, &levels[i], &stat,
                    state->sockstat.page_size);
}

void snmp_levels_free(struct snmp_levels *state) {
  sockstat_free(&state->sockstat);
}
