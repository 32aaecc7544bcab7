/* SPDX-License-Identifier: MIT */
#include "snmp_explain.h"

#include <math.h>

#include "proto_counters.h"

/* Whether segments are lost because receive memory is used up, which has three
 * possible limits: the socket's, the cgroup's and the host's. */
static bool is_receive_memory(unsigned meter) {
  switch (meter) {
  case PROTO_TcpExt_PruneCalled:
  case PROTO_TcpExt_RcvPruned:
  case PROTO_TcpExt_RcvPrunedOther:
  case PROTO_TcpExt_OfoPruned:
  case PROTO_TcpExt_TCPRcvQDrop:
  case PROTO_TcpExt_TCPOFODrop:
    return true;
  default:
    return false;
  }
}

/* Adds how near the host-wide limit is. */
static void explain_receive_memory(const struct report *report,
                                   struct explanation *explanation) {
  static const struct labels tcp = {.protocol = "Tcp"};
  double used = report_level(report, report_object_find(report, &tcp),
                             PROTO_Tcp_memory_used);
  if (!isnan(used))
    TEXT_FILL(explanation->detail, "TCP memory is at %.0f %% of tcp_mem", used);
}

void snmp_explain(const struct report *report, const struct alert *alert,
                  struct explanation *explanation) {
  if (alert->meter < proto_meters || alert->meter >= proto_meters + PROTO_COUNT)
    return;
  if (is_receive_memory((unsigned)(alert->meter - proto_meters)))
    explain_receive_memory(report, explanation);
}
