/* SPDX-License-Identifier: MIT */
/* Looks up counters of other objects, for values that are derived from several.
 */
#ifndef SNMP_COUNTER_H
#define SNMP_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "proto_counters.h"
#include "report.h"

/* The objects of one namespace that values are derived from. */
enum snmp_object {
  SNMP_NONE,
  SNMP_Ip,
  SNMP_IpExt,
  SNMP_Ip6,
  SNMP_Tcp,
  SNMP_TcpExt,
  SNMP_Udp,
  SNMP_Udp6,
  SNMP_UdpLite,
  SNMP_UdpLite6,
  SNMP_arp_cache,
  SNMP_ndisc_cache,
  SNMP_conntrack,
  SNMP_xfrm,
  SNMP_OBJECTS,
};

/* Those that a read mentions, looked up once; the others are NULL. */
struct snmp_objects {
  struct report_object *all[SNMP_OBJECTS];
};

/* A counter of an object. All zero: none. */
struct snmp_counter {
  enum snmp_object object;
  unsigned meter;
};

#define SNMP_COUNTER(object, name)                                             \
  { SNMP_##object, PROTO_##object##_##name }

/* Whether the counter is this meter. */
static inline bool snmp_counter_is(const struct snmp_counter *counter,
                                   unsigned meter) {
  return counter->object != SNMP_NONE && counter->meter == meter;
}

/* The kernel's name of an object: "Tcp", "arp_cache". */
const char *snmp_object_name(enum snmp_object object);

/* The object of a protocol or table, or NULL. netns is the name of its network
 * namespace, or NULL. */
const struct report_object *snmp_counter_object(const struct report *report,
                                                const char *netns,
                                                const char *protocol);

/* Looks up all objects of a namespace. */
void snmp_objects_find(struct snmp_objects *ret, struct report *report,
                       const char *netns);

/* The rate of a counter in this interval; 0 for none, NAN if unknown. */
double snmp_counter_rate(const struct report *report,
                         const struct snmp_objects *objects,
                         const struct snmp_counter *counter);

/* The count in this read. Returns false for none, or if it was not read. */
bool snmp_counter_count(const struct report *report,
                        const struct snmp_objects *objects,
                        const struct snmp_counter *counter, uint64_t *ret);

#endif
