/* SPDX-License-Identifier: MIT */
#include "snmp_cause.h"

/* Counters that are read for explanations. */
static const struct snmp_counter evidence[] = {
    SNMP_COUNTER(Tcp, RetransSegs),
    SNMP_COUNTER(TcpExt, TCPSynRetrans),
    SNMP_COUNTER(TcpExt, TCPRetransFail),
    SNMP_COUNTER(TcpExt, TCPSpuriousRtxHostQueues),
    SNMP_COUNTER(TcpExt, TCPDSACKRecv),
    SNMP_COUNTER(TcpExt, ListenOverflows),
    SNMP_COUNTER(TcpExt, TCPMemoryPressures),
    SNMP_COUNTER(TcpExt, TCPToZeroWindowAdv),
    SNMP_COUNTER(TcpExt, TCPFromZeroWindowAdv),
    SNMP_COUNTER(TcpExt, TCPWantZeroWindowAdv),
    SNMP_COUNTER(TcpExt, SyncookiesSent),
    SNMP_COUNTER(TcpExt, SyncookiesRecv),
    SNMP_COUNTER(Ip, OutNoRoutes),
    SNMP_COUNTER(Ip6, OutNoRoutes),
    SNMP_COUNTER(Ip, ReasmFails),
    SNMP_COUNTER(Ip6, ReasmFails),
    SNMP_COUNTER(Ip, ReasmTimeout),
    SNMP_COUNTER(Ip6, ReasmTimeout),
    SNMP_COUNTER(IpExt, ReasmOverlaps),
    SNMP_COUNTER(Udp, SndbufErrors),
    SNMP_COUNTER(arp_cache, table_fulls),
    SNMP_COUNTER(conntrack, insert_failed),
    SNMP_COUNTER(conntrack, early_drop),
    SNMP_COUNTER(conntrack, drop),
    SNMP_COUNTER(xfrm, XfrmInNoPols),
    SNMP_COUNTER(xfrm, XfrmInTmplMismatch),
    SNMP_COUNTER(xfrm, XfrmInPolBlock),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool snmp_cause_needs(unsigned meter) {
  for (size_t i = 0; i < COUNT(evidence); i++)
    if (snmp_counter_is(&evidence[i], meter))
      return true;
  return false;
}

const struct report_object *
snmp_cause_object(const struct snmp_cause_context *context,
                  const struct snmp_counter *counter) {
  return snmp_counter_object(context->report, context->netns,
                             snmp_object_name(counter->object));
}

double snmp_cause_rate(const struct snmp_cause_context *context,
                       const struct snmp_counter *counter) {
  return report_rate(context->report, snmp_cause_object(context, counter),
                     counter->meter);
}

double snmp_cause_level(const struct snmp_cause_context *context,
                        const char *netns, const char *object, unsigned meter) {
  return report_level(context->report,
                      snmp_counter_object(context->report, netns, object),
                      meter);
}

void snmp_cause_advise(const struct snmp_cause_context *context,
                       const char *setting, const char *advice) {
  context->explanation->setting = setting;
  TEXT_FILL(context->explanation->advice, "%s", advice);
}
