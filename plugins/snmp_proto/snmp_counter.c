/* SPDX-License-Identifier: MIT */
#include "snmp_counter.h"

static const char *const names[SNMP_OBJECTS] = {
    [SNMP_Ip] = "Ip",
    [SNMP_IpExt] = "IpExt",
    [SNMP_Ip6] = "Ip6",
    [SNMP_Tcp] = "Tcp",
    [SNMP_TcpExt] = "TcpExt",
    [SNMP_Udp] = "Udp",
    [SNMP_Udp6] = "Udp6",
    [SNMP_UdpLite] = "UdpLite",
    [SNMP_UdpLite6] = "UdpLite6",
    [SNMP_arp_cache] = "arp_cache",
    [SNMP_ndisc_cache] = "ndisc_cache",
    [SNMP_conntrack] = "conntrack",
    [SNMP_xfrm] = "xfrm",
};

static struct labels labels_of(const char *netns, const char *protocol) {
  return (struct labels){.netns = netns, .protocol = protocol};
}

const char *snmp_object_name(enum snmp_object object) { return names[object]; }

const struct report_object *snmp_counter_object(const struct report *report,
                                                const char *netns,
                                                const char *protocol) {
  const struct labels labels = labels_of(netns, protocol);
  return report_object_find(report, &labels);
}

void snmp_objects_find(struct snmp_objects *ret, struct report *report,
                       const char *netns) {
  *ret = (struct snmp_objects){.all = {NULL}};
  for (size_t i = SNMP_NONE + 1; i < SNMP_OBJECTS; i++) {
    const struct labels labels = labels_of(netns, names[i]);
    ret->all[i] = report_object_mentioned(report, &labels);
  }
}

double snmp_counter_rate(const struct report *report,
                         const struct snmp_objects *objects,
                         const struct snmp_counter *counter) {
  if (counter->object == SNMP_NONE)
    return 0;
  return report_rate(report, objects->all[counter->object], counter->meter);
}

bool snmp_counter_count(const struct report *report,
                        const struct snmp_objects *objects,
                        const struct snmp_counter *counter, uint64_t *ret) {
  return counter->object != SNMP_NONE &&
         report_count(report, objects->all[counter->object], counter->meter,
                      ret);
}
