/* SPDX-License-Identifier: MIT */
/* Findings that tell the causes of an alert apart. */
#ifndef SNMP_EXPLAIN_H
#define SNMP_EXPLAIN_H

#include "alert_text.h"
#include "report.h"

/* Completes the explanation of an alert of one of proto_meters from other
 * numbers of the same read; leaves other alerts as they are. */
void snmp_explain(const struct report *report, const struct alert *alert,
                  struct explanation *explanation);

#endif
