/* SPDX-License-Identifier: MIT */
/* Looks up counters of other objects, for values that are derived from several.
 * netns is the name of their network namespace, or NULL. */
#ifndef SNMP_COUNTER_H
#define SNMP_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "proto_counters.h"
#include "report.h"

/* A counter of an object. All zero: none. */
struct snmp_counter {
  const char *object;
  unsigned meter;
};

#define SNMP_COUNTER(object, name)                                             \
  { #object, PROTO_##object##_##name }

/* Whether the counter is this meter. */
static inline bool snmp_counter_is(const struct snmp_counter *counter,
                                   unsigned meter) {
  return counter->object != NULL && counter->meter == meter;
}

/* The object of a protocol or table, or NULL. */
const struct report_object *snmp_counter_object(const struct report *report,
                                                const char *netns,
                                                const char *protocol);

/* The same to add a meter to, or NULL unless this read has mentioned it. */
struct report_object *snmp_counter_mentioned(struct report *report,
                                             const char *netns,
                                             const char *protocol);

/* The rate of a counter in this interval; 0 for none, NAN if unknown. */
double snmp_counter_rate(const struct report *report, const char *netns,
                         const struct snmp_counter *counter);

/* The count in this read. Returns false for none, or if it was not read. */
bool snmp_counter_count(const struct report *report, const char *netns,
                        const struct snmp_counter *counter, uint64_t *ret);

#endif
