/* SPDX-License-Identifier: MIT */
/* What snmp_proto works out from counters, sockstat and settings: shares of the
 * traffic, remainders that no counter of their own explains, and how full the
 * kernel's tables and memory limits are. */
#ifndef SNMP_DERIVED_H
#define SNMP_DERIVED_H

#include "layer.h"
#include "layer_problem.h"
#include "sockstat.h"

enum { SNMP_REMAINDERS = 8 };

/* A remainder of counters that were not read at one moment can go back a
 * little; what is reported does not. */
struct snmp_remainder_state {
  uint64_t value;
  uint64_t whole;
};

struct snmp_derived {
  struct sockstat_reader sockstat;
  struct snmp_remainder_state remainders[SNMP_REMAINDERS];
  struct layer_problem problem;
};

#define SNMP_DERIVED                                                           \
  (struct snmp_derived) { .sockstat = SOCKSTAT_READER }

/* Whether a counter is needed here, although nobody may want it itself. */
bool snmp_derived_needs(unsigned meter);

/* Reports all that can be worked out of a namespace from what the report holds
 * already. */
struct snmp_proto;
struct snmp_space;
void snmp_derived_report(const struct snmp_proto *snmp,
                         struct snmp_space *space, struct report *report);

void snmp_derived_free(struct snmp_derived *derived);

#endif
