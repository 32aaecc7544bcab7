/* SPDX-License-Identifier: MIT */
/* Finds out which of an alert's possible causes it is, from other numbers of
 * the same read. */
#ifndef SNMP_EXPLAIN_H
#define SNMP_EXPLAIN_H

#include "alert_text.h"
#include "layer.h"
#include "report.h"

/* Replaces the advice and the setting of one of proto_meters by those of the
 * cause; leaves other alerts as they are. */
void snmp_explain(const struct layer_context *context,
                  const struct report *report, const struct alert *alert,
                  struct explanation *explanation);

#endif
