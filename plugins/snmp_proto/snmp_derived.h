/* SPDX-License-Identifier: MIT */
/* Everything that is derived from a namespace's counters and settings: shares,
 * remainders and levels. */
#ifndef SNMP_DERIVED_H
#define SNMP_DERIVED_H

#include "snmp_levels.h"
#include "snmp_remainders.h"

struct snmp_derived {
  struct snmp_remainders remainders;
  struct snmp_levels levels;
};

#define SNMP_DERIVED                                                           \
  (struct snmp_derived) { .levels = SNMP_LEVELS }

/* Whether a counter must be reported for what is derived from it, even if it is
 * neither sent nor judged. */
bool snmp_derived_needs(unsigned meter);

/* Reports what is derived from the counters in the report. */
void snmp_derived_report(struct snmp_derived *derived,
                         const struct snmp_scope *scope, struct report *report);

void snmp_derived_free(struct snmp_derived *derived);

#endif
