/* SPDX-License-Identifier: MIT */
#include "snmp_scope.h"

#include <math.h>

#include "proto_counters.h"

static const unsigned setting_meters[SNMP_SETTINGS] = {
    [SNMP_SETTING_SYNCOOKIES] = PROTO_SETTING_tcp_syncookies,
    [SNMP_SETTING_TIME_WAIT] = PROTO_SETTING_tcp_max_tw_buckets,
    [SNMP_SETTING_FRAGMENTS] = PROTO_SETTING_ipfrag_high_thresh,
    [SNMP_SETTING_FRAGMENTS6] = PROTO_SETTING_ip6frag_high_thresh,
    [SNMP_SETTING_CONNTRACK] = PROTO_SETTING_nf_conntrack_max,
};

const char *snmp_scope_name(const struct snmp_scope *scope) {
  return scope->netns != NULL ? scope->netns->name : NULL;
}

struct labels snmp_scope_labels(const struct snmp_scope *scope,
                                const char *protocol) {
  return (struct labels){.netns = snmp_scope_name(scope),
                         .protocol = protocol[0] != '\0' ? protocol : NULL};
}

void snmp_scope_read_settings(struct snmp_scope *scope) {
  for (size_t i = 0; i < SNMP_SETTINGS; i++) {
    int64_t value;
    int r = net_namespace_read_number(scope->netns, scope->context,
                                      proto_meters[setting_meters[i]].setting,
                                      &value);
    scope->settings[i] = r == 0 ? (double)value : NAN;
  }
}

double snmp_scope_setting(const struct snmp_scope *scope,
                          const struct report *report, unsigned meter) {
  if (scope->netns != NULL)
    for (size_t i = 0; i < SNMP_SETTINGS; i++)
      if (setting_meters[i] == meter)
        return scope->settings[i];
  return report_level(report, report_object_find(report, REPORT_HOST), meter);
}

void snmp_scope_problem(const struct snmp_scope *scope,
                        struct layer_problem *problem, const char *path,
                        int result, const struct scan_error *fault,
                        const char *consequence) {
  char source[LABELS_NAME_SIZE];
  struct text text = TEXT_IN(source);
  text_add(&text, "%s", path);
  if (scope->netns != NULL)
    text_add(&text, " of namespace %s", scope->netns->name);
  layer_problem_source(problem, scope->context, source, result, fault,
                       consequence);
}
