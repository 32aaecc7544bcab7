/* SPDX-License-Identifier: MIT */
#include "snmp_remainders.h"

#include "snmp_counter.h"

/* A remainder: whole less all parts. A kernel that has the counter in unless
 * has no such remainder. */
struct remainder {
  struct snmp_counter result;
  struct snmp_counter whole;
  struct snmp_counter parts[3];
  struct snmp_counter unless;
};

static const struct remainder remainders[SNMP_REMAINDERS] = {
    {SNMP_COUNTER(Udp, InErrorsOther),
     SNMP_COUNTER(Udp, InErrors),
     {SNMP_COUNTER(Udp, RcvbufErrors), SNMP_COUNTER(Udp, MemErrors),
      SNMP_COUNTER(Udp, InCsumErrors)},
     {0}},
    {SNMP_COUNTER(UdpLite, InErrorsOther),
     SNMP_COUNTER(UdpLite, InErrors),
     {SNMP_COUNTER(UdpLite, RcvbufErrors), SNMP_COUNTER(UdpLite, MemErrors),
      SNMP_COUNTER(UdpLite, InCsumErrors)},
     {0}},
    {SNMP_COUNTER(Udp6, InErrorsOther),
     SNMP_COUNTER(Udp6, InErrors),
     {SNMP_COUNTER(Udp6, RcvbufErrors), SNMP_COUNTER(Udp6, MemErrors),
      SNMP_COUNTER(Udp6, InCsumErrors)},
     {0}},
    {SNMP_COUNTER(UdpLite6, InErrorsOther),
     SNMP_COUNTER(UdpLite6, InErrors),
     {SNMP_COUNTER(UdpLite6, RcvbufErrors), SNMP_COUNTER(UdpLite6, MemErrors),
      SNMP_COUNTER(UdpLite6, InCsumErrors)},
     {0}},
    {SNMP_COUNTER(TcpExt, ListenDropsOther),
     SNMP_COUNTER(TcpExt, ListenDrops),
     {SNMP_COUNTER(TcpExt, ListenOverflows),
      SNMP_COUNTER(TcpExt, TCPReqQFullDrop)},
     {0}},
    {SNMP_COUNTER(TcpExt, RcvPrunedOther),
     SNMP_COUNTER(TcpExt, RcvPruned),
     {SNMP_COUNTER(TcpExt, TCPOFODrop)},
     SNMP_COUNTER(TcpExt, TCPRcvQDrop)},
    {SNMP_COUNTER(Ip, OutDiscardsOther),
     SNMP_COUNTER(Ip, OutDiscards),
     {SNMP_COUNTER(Udp, SndbufErrors), SNMP_COUNTER(UdpLite, SndbufErrors)},
     {0}},
    {SNMP_COUNTER(Ip6, OutDiscardsOther),
     SNMP_COUNTER(Ip6, OutDiscards),
     {SNMP_COUNTER(Udp6, SndbufErrors), SNMP_COUNTER(UdpLite6, SndbufErrors)},
     {0}},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool snmp_remainders_need(unsigned meter) {
  for (size_t i = 0; i < COUNT(remainders); i++) {
    const struct remainder *remainder = &remainders[i];
    if (snmp_counter_is(&remainder->whole, meter) ||
        snmp_counter_is(&remainder->unless, meter))
      return true;
    for (size_t j = 0; j < COUNT(remainder->parts); j++)
      if (snmp_counter_is(&remainder->parts[j], meter))
        return true;
  }
  return false;
}

static void report_remainder(const struct snmp_objects *objects,
                             struct report *report,
                             const struct remainder *remainder,
                             struct counter_difference *difference) {
  struct report_object *object = objects->all[remainder->result.object];
  uint64_t whole, parts = 0, unused;
  if (object == NULL ||
      !snmp_counter_count(report, objects, &remainder->whole, &whole) ||
      snmp_counter_count(report, objects, &remainder->unless, &unused))
    return;
  for (size_t i = 0; i < COUNT(remainder->parts); i++) {
    uint64_t part = 0;
    snmp_counter_count(report, objects, &remainder->parts[i], &part);
    parts += part;
  }
  report_counter(report, object, remainder->result.meter,
                 counter_difference_update(difference, whole, parts));
}

void snmp_remainders_report(struct snmp_remainders *state,
                            const struct snmp_objects *objects,
                            struct report *report) {
  for (size_t i = 0; i < COUNT(remainders); i++)
    report_remainder(objects, report, &remainders[i], &state->all[i]);
}
