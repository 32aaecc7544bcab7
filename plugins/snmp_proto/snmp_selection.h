/* SPDX-License-Identifier: MIT */
/* The counters that are sent, as the user chose them. */
#ifndef SNMP_SELECTION_H
#define SNMP_SELECTION_H

#include "layer.h"
#include "match.h"

struct snmp_selection {
  int report; /* index in snmp_selection_choices */
  struct match counters;
  bool ignore_selected;
};

/* The choices of Report, up to NULL. */
extern const char *const snmp_selection_choices[];

/* When a counter is sent, by its key ("Udp:InErrors"); by_default: whether it
 * is one of the default counters. */
enum meter_sending
snmp_selection_sending(const struct snmp_selection *selection, const char *key,
                       bool by_default);

/* Applies the selection to all meters of the table. */
void snmp_selection_apply(const struct snmp_selection *selection,
                          struct report *report);

#endif
