/* SPDX-License-Identifier: MIT */
/* Losses as a share of the traffic of the interval, in percent. */
#ifndef SNMP_SHARES_H
#define SNMP_SHARES_H

#include <stdbool.h>

struct report;
struct snmp_scope;

/* Whether a share is computed from the counter. */
bool snmp_shares_need(unsigned meter);

/* Reports the shares of a namespace whose counters are in the report. */
void snmp_shares_report(const struct snmp_scope *scope, struct report *report);

#endif
