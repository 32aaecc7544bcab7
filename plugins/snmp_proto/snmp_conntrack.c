/* SPDX-License-Identifier: MIT */
#include "snmp_conntrack.h"

#include "proto_counters.h"

static void warn(struct snmp_conntrack *conntrack,
                 const struct snmp_scope *scope) {
  if (conntrack->has_warned || scope->netns != NULL)
    return;
  conntrack->has_warned = true;
  layer_log(scope->context, LAYER_NOTICE,
            "this kernel has no /proc/net/stat/nf_conntrack: the number of "
            "tracked connections is reported, packets that connection tracking "
            "drops are not known");
}

/* "proc/sys/net" is always that of the reader's own namespace. */
static bool is_readable(const struct snmp_scope *scope) {
  return scope->netns != NULL || !sysroot_net_is_foreign(scope->context->root);
}

void snmp_conntrack_report(struct snmp_conntrack *conntrack,
                           const struct snmp_scope *scope,
                           struct report *report) {
  uint64_t entries;
  const struct labels labels = snmp_scope_labels(scope, "conntrack");
  if (report_object_mentioned(report, &labels) != NULL || !is_readable(scope) ||
      sysroot_file_read(scope->context->root, &conntrack->count) < 0)
    return;
  struct scan text = sysroot_file_text(&conntrack->count);
  if (!scan_u64(&text, &entries))
    return;
  warn(conntrack, scope);
  report_gauge(report, report_object(report, NULL, &labels, false),
               PROTO_conntrack_entries, (double)entries);
}

void snmp_conntrack_free(struct snmp_conntrack *conntrack) {
  sysroot_file_free(&conntrack->count);
}
