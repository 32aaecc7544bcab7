/* SPDX-License-Identifier: MIT */
#include "snmp_derived.h"

#include "snmp_counter.h"
#include "snmp_scope.h"
#include "snmp_shares.h"

bool snmp_derived_needs(unsigned meter) {
  return snmp_shares_need(meter) || snmp_remainders_need(meter) ||
         snmp_levels_need(meter);
}

void snmp_derived_report(struct snmp_derived *derived,
                         const struct snmp_scope *scope,
                         struct report *report) {
  struct snmp_objects objects;
  snmp_objects_find(&objects, report, snmp_scope_name(scope));
  snmp_shares_report(&objects, report);
  snmp_remainders_report(&derived->remainders, &objects, report);
  snmp_levels_report(&derived->levels, scope, &objects, report);
}

void snmp_derived_free(struct snmp_derived *derived) {
  snmp_levels_free(&derived->levels);
}
