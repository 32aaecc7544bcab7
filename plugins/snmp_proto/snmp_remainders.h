/* SPDX-License-Identifier: MIT */
/* What a counter holds beyond the counters that count parts of it. */
#ifndef SNMP_REMAINDERS_H
#define SNMP_REMAINDERS_H

#include <stdbool.h>

#include "counter_difference.h"

struct report;
struct snmp_objects;

enum { SNMP_REMAINDERS = 8 };

/* All zero: nothing was read yet. */
struct snmp_remainders {
  struct counter_difference all[SNMP_REMAINDERS];
};

/* Whether a remainder is computed from the counter. */
bool snmp_remainders_need(unsigned meter);

/* Reports the remainders of a namespace, computed from the counters of its
 * objects. A gain counts one read late: see counter_difference.h. */
void snmp_remainders_report(struct snmp_remainders *remainders,
                            const struct snmp_objects *objects,
                            struct report *report);

#endif
