/* SPDX-License-Identifier: MIT */
/* How full the kernel's tables and memory limits are. */
#ifndef SNMP_LEVELS_H
#define SNMP_LEVELS_H

#include "layer_problem.h"
#include "sockstat.h"

struct report;
struct snmp_objects;
struct snmp_scope;

struct snmp_levels {
  struct sockstat_reader sockstat;
  struct layer_problem problem;
};

#define SNMP_LEVELS                                                            \
  (struct snmp_levels) { .sockstat = SOCKSTAT_READER }

/* Whether a percentage is computed from the gauge. */
bool snmp_levels_need(unsigned meter);

/* Reads sockstat and reports the levels of a namespace, whose objects have the
 * values of its tables. */
void snmp_levels_report(struct snmp_levels *levels,
                        const struct snmp_scope *scope,
                        const struct snmp_objects *objects,
                        struct report *report);

/* Frees the memory and closes the files. */
void snmp_levels_free(struct snmp_levels *levels);

#endif
