/* SPDX-License-Identifier: MIT */
#include "snmp_selection.h"

#include "proto_counters.h"

enum { REPORT_ALL = 1 };

const char *const snmp_selection_choices[] = {"default", [REPORT_ALL] = "all",
                                              NULL};

/* Counters that the user named, or all of them, are always sent. Default
 * counters are sent from their first event on, since most never count any. */
enum meter_sending
snmp_selection_sending(const struct snmp_selection *selection, const char *key,
                       bool by_default) {
  enum meter_sending sending = METER_SENT_NEVER;
  if (selection->report == REPORT_ALL)
    sending = METER_SENT_ALWAYS;
  else if (by_default)
    sending = METER_SENT_ONCE_COUNTED;
  if (selection->counters.count == 0)
    return sending;
  bool is_named = match_any(&selection->counters, key);
  if (selection->ignore_selected)
    return is_named ? METER_SENT_NEVER : sending;
  return is_named ? METER_SENT_ALWAYS : METER_SENT_NEVER;
}

void snmp_selection_apply(const struct snmp_selection *selection,
                          struct report *report) {
  for (unsigned i = 0; i < PROTO_COUNT; i++)
    if (proto_meters[i].meaning != METER_SETTING)
      report_set_sending(report, i,
                         snmp_selection_sending(selection,
                                                meter_key(&proto_meters[i]),
                                                proto_meters_by_default[i]));
}
