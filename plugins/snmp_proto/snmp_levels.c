/* SPDX-License-Identifier: MIT */
#include "snmp_levels.h"

#include <math.h>

#include "snmp_counter.h"
#include "snmp_scope.h"

/* A gauge of sockstat or of a table, and its percentage of a limit. */
struct level {
  enum snmp_object object;
  size_t offset;    /* in struct sockstat; NO_OFFSET: a table has reported it */
  unsigned value;   /* the meter of the gauge */
  unsigned used;    /* the meter of its percentage */
  unsigned limit;   /* the meter of the setting */
  bool is_in_pages; /* the setting counts pages */
  bool is_of_host;  /* the gauge counts all namespaces together */
  /* The counters that grow when the limit is reached, for a gauge that also
   * counts what the limit does not apply to. None: the percentage is judged. */
  struct snmp_counter signs[2];
};

#define NO_OFFSET SIZE_MAX
#define SOCKSTAT(member) offsetof(struct sockstat, member)

static const struct level levels[] = {
    {.object = SNMP_Tcp,
     .offset = SOCKSTAT(tcp_memory),
     .value = PROTO_Tcp_memory,
     .used = PROTO_Tcp_memory_used,
     .limit = PROTO_SETTING_tcp_mem_high,
     .is_in_pages = true,
     .is_of_host = true},
    {.object = SNMP_Tcp,
     .offset = SOCKSTAT(tcp_orphans),
     .value = PROTO_Tcp_orphans,
     .used = PROTO_Tcp_orphans_used,
     .limit = PROTO_SETTING_tcp_max_orphans,
     .is_of_host = true},
    {.object = SNMP_Tcp,
     .offset = SOCKSTAT(tcp_time_wait),
     .value = PROTO_Tcp_time_wait,
     .used = PROTO_Tcp_time_wait_used,
     .limit = PROTO_SETTING_tcp_max_tw_buckets},
    {.object = SNMP_Udp,
     .offset = SOCKSTAT(udp_memory),
     .value = PROTO_Udp_memory,
     .used = PROTO_Udp_memory_used,
     .limit = PROTO_SETTING_udp_mem_high,
     .is_in_pages = true,
     .is_of_host = true},
    {.object = SNMP_Ip,
     .offset = SOCKSTAT(fragment_memory),
     .value = PROTO_Ip_fragment_memory,
     .used = PROTO_Ip_fragment_memory_used,
     .limit = PROTO_SETTING_ipfrag_high_thresh},
    {.object = SNMP_Ip6,
     .offset = SOCKSTAT(fragment6_memory),
     .value = PROTO_Ip6_fragment_memory,
     .used = PROTO_Ip6_fragment_memory_used,
     .limit = PROTO_SETTING_ip6frag_high_thresh},
    {.object = SNMP_conntrack,
     .offset = NO_OFFSET,
     .value = PROTO_conntrack_entries,
     .used = PROTO_conntrack_entries_used,
     .limit = PROTO_SETTING_nf_conntrack_max},
    {.object = SNMP_arp_cache,
     .offset = NO_OFFSET,
     .value = PROTO_arp_cache_entries,
     .used = PROTO_arp_cache_entries_used,
     .limit = PROTO_SETTING_arp_gc_thresh3,
     .is_of_host = true,
     .signs = {SNMP_COUNTER(arp_cache, table_fulls),
               SNMP_COUNTER(arp_cache, forced_gc_runs)}},
    {.object = SNMP_ndisc_cache,
     .offset = NO_OFFSET,
     .value = PROTO_ndisc_cache_entries,
     .used = PROTO_ndisc_cache_entries_used,
     .limit = PROTO_SETTING_ndisc_gc_thresh3,
     .is_of_host = true,
     .signs = {SNMP_COUNTER(ndisc_cache, table_fulls),
               SNMP_COUNTER(ndisc_cache, forced_gc_runs)}},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool snmp_levels_need(unsigned meter) {
  for (size_t i = 0; i < COUNT(levels); i++)
    if (levels[i].value == meter ||
        snmp_counter_is(&levels[i].signs[0], meter) ||
        snmp_counter_is(&levels[i].signs[1], meter))
      return true;
  return false;
}

static double value_of(const struct snmp_objects *objects,
                       const struct report *report, const struct level *level,
                       const struct sockstat *stat) {
  if (level->offset == NO_OFFSET)
    return report_level(report, objects->all[level->object], level->value);
  int64_t value = *(const int64_t *)((const char *)stat + level->offset);
  return value >= 0 ? (double)value : NAN;
}

/* Whether the percentage is judged: one of the signs of a reached limit grows,
 * the kernel has none, or the user has set limits. */
static bool is_judged(const struct snmp_objects *objects,
                      const struct report *report, const struct level *level) {
  bool has_signs = false;
  for (size_t i = 0; i < COUNT(level->signs); i++) {
    uint64_t count;
    const struct snmp_counter *sign = &level->signs[i];
    if (!snmp_counter_count(report, objects, sign, &count))
      continue;
    has_signs = true;
    if (snmp_counter_rate(report, objects, sign) > 0)
      return true;
  }
  return !has_signs || report_has_rule(report, level->used);
}

static void report_level_of(const struct snmp_scope *scope,
                            const struct snmp_objects *objects,
                            struct report *report, const struct level *level,
                            const struct sockstat *stat, int64_t page_size) {
  if (level->is_of_host && scope->netns != NULL)
    return;
  double value = value_of(objects, report, level, stat);
  struct report_object *object = objects->all[level->object];
  if (object == NULL || isnan(value))
    return;
  if (level->offset != NO_OFFSET)
    report_gauge(report, object, level->value, value);
  double limit = snmp_scope_setting(scope, report, level->limit);
  if (level->is_in_pages)
    limit *= (double)page_size;
  double percent = fmin(100 * value / limit, 100);
  if (limit > 0 && is_judged(objects, report, level))
    report_gauge(report, object, level->used, percent);
  else if (limit > 0)
    report_gauge_unjudged(report, object, level->used, percent);
  else if (limit == 0) /* conntrack has no limit; other tables are disabled */
    report_idle(report, object, level->used);
}

void snmp_levels_report(struct snmp_levels *state,
                        const struct snmp_scope *scope,
                        const struct snmp_objects *objects,
                        struct report *report) {
  struct sockstat stat = SOCKSTAT_NOTHING;
  struct scan_error fault;
  int r = sockstat_read(scope->context->root, &state->sockstat, &stat, &fault);
  snmp_scope_problem(scope, &state->problem, "proc/net/sockstat", r, &fault,
                     "memory and socket counts are not reported");
  for (size_t i = 0; i < COUNT(levels); i++)
    report_level_of(scope, objects, report, &levels[i], &stat,
                    state->sockstat.page_size);
}

void snmp_levels_free(struct snmp_levels *state) {
  sockstat_free(&state->sockstat);
}
