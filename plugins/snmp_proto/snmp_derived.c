/* SPDX-License-Identifier: MIT */
#include "snmp_derived.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "proto_counters.h"
#include "snmp_proto.h"

/* A counter of an object. */
struct counter_of {
  const char *object;
  unsigned meter;
};

#define COUNTER(object, name)                                                  \
  { #object, PROTO_##object##_##name }

/* parts / whole of the interval, in percent. Below the floor, in events of the
 * whole a second, a share says nothing. */
struct share {
  struct counter_of result;
  struct counter_of part;
  struct counter_of whole[2]; /* added up */
  double floor;
  bool part_apart; /* the whole leaves the part out: both are traffic */
};

static const struct share shares[] = {
    {COUNTER(Tcp, retransmitted),
     COUNTER(Tcp, RetransSegs),
     {COUNTER(Tcp, OutSegs)},
     10,
     true},
    {COUNTER(Udp, receive_buffer_loss),
     COUNTER(Udp, RcvbufErrors),
     {COUNTER(Udp, InDatagrams), COUNTER(Udp, InErrors)},
     10,
     false},
    {COUNTER(UdpLite, receive_buffer_loss),
     COUNTER(UdpLite, RcvbufErrors),
     {COUNTER(UdpLite, InDatagrams), COUNTER(UdpLite, InErrors)},
     10,
     false},
    {COUNTER(Udp6, receive_buffer_loss),
     COUNTER(Udp6, RcvbufErrors),
     {COUNTER(Udp6, InDatagrams), COUNTER(Udp6, InErrors)},
     10,
     false},
    {COUNTER(UdpLite6, receive_buffer_loss),
     COUNTER(UdpLite6, RcvbufErrors),
     {COUNTER(UdpLite6, InDatagrams), COUNTER(UdpLite6, InErrors)},
     10,
     false},
    {COUNTER(TcpExt, listen_drops),
     COUNTER(TcpExt, ListenDrops),
     {COUNTER(Tcp, PassiveOpens), COUNTER(TcpExt, ListenDrops)},
     1,
     false},
    {COUNTER(Ip, reassembly_failures),
     COUNTER(Ip, ReasmFails),
     {COUNTER(Ip, ReasmOKs), COUNTER(Ip, ReasmFails)},
     1,
     false},
    {COUNTER(Ip6, reassembly_failures),
     COUNTER(Ip6, ReasmFails),
     {COUNTER(Ip6, ReasmOKs), COUNTER(Ip6, ReasmFails)},
     1,
     false},
};

/* What the whole counts and none of the parts. Where the kernel has the counter
 * in unless, there is no such remainder. */
struct remainder {
  struct counter_of result;
  struct counter_of whole;
  struct counter_of parts[3];
  struct counter_of unless;
};

static const struct remainder remainders[SNMP_REMAINDERS] = {
    {COUNTER(Udp, InErrorsOther),
     COUNTER(Udp, InErrors),
     {COUNTER(Udp, RcvbufErrors), COUNTER(Udp, MemErrors),
      COUNTER(Udp, InCsumErrors)},
     {0}},
    {COUNTER(UdpLite, InErrorsOther),
     COUNTER(UdpLite, InErrors),
     {COUNTER(UdpLite, RcvbufErrors), COUNTER(UdpLite, MemErrors),
      COUNTER(UdpLite, InCsumErrors)},
     {0}},
    {COUNTER(Udp6, InErrorsOther),
     COUNTER(Udp6, InErrors),
     {COUNTER(Udp6, RcvbufErrors), COUNTER(Udp6, MemErrors),
      COUNTER(Udp6, InCsumErrors)},
     {0}},
    {COUNTER(UdpLite6, InErrorsOther),
     COUNTER(UdpLite6, InErrors),
     {COUNTER(UdpLite6, RcvbufErrors), COUNTER(UdpLite6, MemErrors),
      COUNTER(UdpLite6, InCsumErrors)},
     {0}},
    {COUNTER(TcpExt, ListenDropsOther),
     COUNTER(TcpExt, ListenDrops),
     {COUNTER(TcpExt, ListenOverflows), COUNTER(TcpExt, TCPReqQFullDrop)},
     {0}},
    {COUNTER(TcpExt, RcvPrunedOther),
     COUNTER(TcpExt, RcvPruned),
     {COUNTER(TcpExt, TCPOFODrop)},
     COUNTER(TcpExt, TCPRcvQDrop)},
    {COUNTER(Ip, OutDiscardsOther),
     COUNTER(Ip, OutDiscards),
     {COUNTER(Udp, SndbufErrors), COUNTER(UdpLite, SndbufErrors)},
     {0}},
    {COUNTER(Ip6, OutDiscardsOther),
     COUNTER(Ip6, OutDiscards),
     {COUNTER(Udp6, SndbufErrors), COUNTER(UdpLite6, SndbufErrors)},
     {0}},
};

/* A level of sockstat, or of a table, and how full that is. */
struct level {
  const char *object;
  size_t offset; /* in struct sockstat; NO_OFFSET: the value is there already */
  unsigned value; /* the meter of the level */
  unsigned used;  /* the meter of its percentage */
  unsigned limit; /* the setting that it is a percentage of */
  bool in_pages;  /* the setting is */
  bool of_host;   /* the kernel counts all namespaces together */
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

static bool is_meter(const struct counter_of *counter, unsigned meter) {
  return counter->object != NULL && counter->meter == meter;
}

bool snmp_derived_needs(unsigned meter) {
  for (size_t i = 0; i < COUNT(shares); i++)
    if (is_meter(&shares[i].part, meter) ||
        is_meter(&shares[i].whole[0], meter) ||
        is_meter(&shares[i].whole[1], meter))
      return true;
  for (size_t i = 0; i < COUNT(remainders); i++) {
    const struct remainder *remainder = &remainders[i];
    if (is_meter(&remainder->whole, meter) ||
        is_meter(&remainder->unless, meter))
      return true;
    for (size_t j = 0; j < COUNT(remainder->parts); j++)
      if (is_meter(&remainder->parts[j], meter))
        return true;
  }
  for (size_t i = 0; i < COUNT(levels); i++)
    if (levels[i].value == meter)
      return true;
  return false;
}

/* What is worked out, and of which namespace. */
struct deriving {
  struct snmp_space *space;
  struct report *report;
};

static const struct report_object *find(const struct deriving *deriving,
                                        const char *name) {
  const struct labels labels = snmp_space_labels(deriving->space, name);
  return report_object_find(deriving->report, &labels);
}

/* An object that this read has mentioned already, to add a meter to, or NULL.
 */
static struct report_object *mentioned(const struct deriving *deriving,
                                       const char *name) {
  struct report *report = deriving->report;
  const struct labels labels = snmp_space_labels(deriving->space, name);
  return report_object_is_present(report, find(deriving, name))
             ? report_object(report, NULL, &labels, false)
             : NULL;
}

static double rate_of(const struct deriving *deriving,
                      const struct counter_of *counter) {
  if (counter->object == NULL)
    return 0;
  return report_rate(deriving->report, find(deriving, counter->object),
                     counter->meter);
}

static void report_share(const struct deriving *deriving,
                         const struct share *share) {
  struct report *report = deriving->report;
  struct report_object *object = mentioned(deriving, share->result.object);
  double part = rate_of(deriving, &share->part);
  double whole =
      rate_of(deriving, &share->whole[0]) + rate_of(deriving, &share->whole[1]);
  if (object == NULL || isnan(part) || isnan(whole))
    return;
  double traffic = share->part_apart ? whole + part : whole;
  if (traffic < share->floor)
    report_idle(report, object, share->result.meter);
  else
    report_gauge(report, object, share->result.meter,
                 part < whole ? 100 * part / whole : 100);
}

static bool count_of(const struct deriving *deriving,
                     const struct counter_of *counter, uint64_t *ret) {
  return counter->object != NULL &&
         report_count(deriving->report, find(deriving, counter->object),
                      counter->meter, ret);
}

static void report_remainder(const struct deriving *deriving,
                             const struct remainder *remainder,
                             struct snmp_remainder_state *state) {
  struct report_object *object = mentioned(deriving, remainder->result.object);
  uint64_t whole, ignored;
  if (object == NULL || !count_of(deriving, &remainder->whole, &whole) ||
      count_of(deriving, &remainder->unless, &ignored))
    return;
  uint64_t rest = whole;
  for (size_t i = 0; i < COUNT(remainder->parts); i++) {
    uint64_t part = 0;
    count_of(deriving, &remainder->parts[i], &part);
    rest = part < rest ? rest - part : 0;
  }
  if (rest > state->value || whole < state->whole)
    state->value = rest;
  state->whole = whole;
  report_counter(deriving->report, object, remainder->result.meter,
                 state->value);
}

static double level_of(const struct deriving *deriving,
                       const struct level *level, const struct sockstat *stat) {
  if (level->offset == NO_OFFSET)
    return report_level(deriving->report, find(deriving, level->object),
                        level->value);
  int64_t value = *(const int64_t *)((const char *)stat + level->offset);
  return value >= 0 ? (double)value : NAN;
}

static void report_level_of(const struct deriving *deriving,
                            const struct level *level,
                            const struct sockstat *stat) {
  struct report *report = deriving->report;
  if (level->of_host && deriving->space->netns != NULL)
    return;
  double value = level_of(deriving, level, stat);
  struct report_object *object = mentioned(deriving, level->object);
  if (object == NULL || isnan(value))
    return;
  if (level->offset != NO_OFFSET)
    report_gauge(report, object, level->value, value);
  double limit = snmp_space_setting(deriving->space, report, level->limit);
  if (level->in_pages)
    limit *= (double)deriving->space->derived.sockstat.page_size;
  if (limit > 0)
    report_gauge(report, object, level->used, fmin(100 * value / limit, 100));
  else if (limit == 0) /* conntrack: no limit; else the table is switched off */
    report_idle(report, object, level->used);
}

static void read_sockstat(const struct snmp_proto *snmp,
                          struct snmp_space *space, struct sockstat *ret) {
  const struct layer_context *context = snmp->context;
  struct snmp_derived *derived = &space->derived;
  struct scan_error fault;
  *ret = SOCKSTAT_NOTHING;
  int r = sockstat_read(context->root, &derived->sockstat, ret, &fault);
  snmp_space_problem(space, &derived->problem, context, "proc/net/sockstat", r,
                     &fault, "memory and socket counts are not reported");
}

void snmp_derived_report(const struct snmp_proto *snmp,
                         struct snmp_space *space, struct report *report) {
  const struct deriving deriving = {.space = space, .report = report};
  struct snmp_derived *derived = &space->derived;
  struct sockstat stat;
  read_sockstat(snmp, space, &stat);
  for (size_t i = 0; i < COUNT(shares); i++)
    report_share(&deriving, &shares[i]);
  for (size_t i = 0; i < COUNT(remainders); i++)
    report_remainder(&deriving, &remainders[i], &derived->remainders[i]);
  for (size_t i = 0; i < COUNT(levels); i++)
    report_level_of(&deriving, &levels[i], &stat);
}

void snmp_derived_free(struct snmp_derived *derived) {
  sockstat_free(&derived->sockstat);
}
