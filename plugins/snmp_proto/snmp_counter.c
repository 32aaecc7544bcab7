/* SPDX-License-Identifier: MIT */
#include "snmp_counter.h"

static struct labels labels_of(const char *netns, const char *protocol) {
  return (struct labels){.netns = netns, .protocol = protocol};
}

const struct report_object *snmp_counter_object(const struct report *report,
                                                const char *netns,
                                                const char *protocol) {
  const struct labels labels = labels_of(netns, protocol);
  return report_object_find(report, &labels);
}

struct report_object *snmp_counter_mentioned(struct report *report,
                                             const char *netns,
                                             const char *protocol) {
  const struct labels labels = labels_of(netns, protocol);
  bool is_present =
      report_object_is_present(report, report_object_find(report, &labels));
  return is_present ? report_object(report, NULL, &labels, false) : NULL;
}

double snmp_counter_rate(const struct report *report, const char *netns,
                         const struct snmp_counter *counter) {
  if (counter->object == NULL)
    return 0;
  return report_rate(report,
                     snmp_counter_object(report, netns, counter->object),
                     counter->meter);
}

bool snmp_counter_count(const struct report *report, const char *netns,
                        const struct snmp_counter *counter, uint64_t *ret) {
  return counter->object != NULL &&
         report_count(report,
                      snmp_counter_object(report, netns, counter->object),
                      counter->meter, ret);
}
