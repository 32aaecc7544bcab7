/* SPDX-License-Identifier: MIT */
/* Losses as a share of the traffic of the interval, in percent. */
#ifndef SNMP_SHARES_H
#define SNMP_SHARES_H

#include <stdbool.h>

struct report;
struct snmp_objects;

/* Whether a share is computed from the counter. */
bool snmp_shares_need(unsigned meter);

/* Reports the shares of a namespace, computed from the counters of its objects.
 */
void snmp_shares_report(const struct snmp_objects *objects,
                        struct report *report);

#endif
