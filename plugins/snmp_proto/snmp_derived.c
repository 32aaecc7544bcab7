/* SPDX-License-Identifier: MIT */
#include "snmp_derived.h"

#include "snmp_shares.h"

bool snmp_derived_needs(unsigned meter) {
  return snmp_shares_need(meter) || snmp_remainders_need(meter) ||
         snmp_levels_need(meter);
}

void snmp_derived_report(struct snmp_derived *derived,
                         const struct snmp_scope *scope,
                         struct report *report) {
  snmp_shares_report(scope, report);
  snmp_remainders_report(&derived->remainders, scope, report);
  snmp_levels_report(&derived->levels, scope, report);
}

void snmp_derived_free(struct snmp_derived *derived) {
  snmp_levels_free(&derived->levels);
}
