/* SPDX-License-Identifier: MIT */
#include "snmp_explain.h"

#include <math.h>

#include "snmp_cause.h"
#include "snmp_mtu.h"
#include "snmp_tcp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void explain_reassembly(const struct snmp_cause_context *context) {
  bool is_ip6 = context->meter == PROTO_Ip6_ReasmFails;
  double used = is_ip6 ? snmp_cause_level(context, context->netns, "Ip6",
                                          PROTO_Ip6_fragment_memory_used)
                       : snmp_cause_level(context, context->netns, "Ip",
                                          PROTO_Ip_fragment_memory_used);
  double fails = is_ip6 ? SNMP_CAUSE_RATE(context, Ip6, ReasmFails)
                        : SNMP_CAUSE_RATE(context, Ip, ReasmFails);
  double timeouts = is_ip6 ? SNMP_CAUSE_RATE(context, Ip6, ReasmTimeout)
                           : SNMP_CAUSE_RATE(context, Ip, ReasmTimeout);
  if (used >= SNMP_CAUSE_NEARLY_FULL)
    snmp_cause_advise(
        context, context->explanation->setting,
        "incomplete datagrams fill it: avoid fragmentation, or raise it");
  else if (timeouts >= fails / 2)
    snmp_cause_advise(
        context, NULL,
        "fragments are lost on the path: avoid fragmentation (path MTU)");
  else if (!is_ip6 && SNMP_CAUSE_GROWS(context, IpExt, ReasmOverlaps))
    snmp_cause_advise(
        context, NULL,
        "fragments overlap, as in an attack: look for the sender with "
        "tcpdump");
  else if (timeouts < fails / 2)
    snmp_cause_advise(
        context, NULL,
        "malformed or oversized datagrams: look for the sender with tcpdump");
}

static void explain_udp_other(const struct snmp_cause_context *context) {
  if (SNMP_CAUSE_GROWS(context, xfrm, XfrmInNoPols) ||
      SNMP_CAUSE_GROWS(context, xfrm, XfrmInTmplMismatch) ||
      SNMP_CAUSE_GROWS(context, xfrm, XfrmInPolBlock))
    snmp_cause_advise(context, NULL,
                      "an IPsec policy refuses them: ip xfrm policy");
}

/* The level is that of this moment; a burst may be over. */
static void explain_udp_memory(const struct snmp_cause_context *context) {
  double used = snmp_cause_level(context, NULL, "Udp", PROTO_Udp_memory_used);
  if (isnan(used))
    return;
  TEXT_FILL(context->explanation->detail, "UDP memory is at %.0f %% of udp_mem",
            used);
  if (used < SNMP_CAUSE_HARDLY_FULL)
    snmp_cause_advise(
        context, context->explanation->setting,
        "a burst, or a cgroup's limit (memory.events): find the reader with "
        "ss -um");
}

static void explain_udp_send(const struct snmp_cause_context *context) {
  if (SNMP_CAUSE_RATE(context, arp_cache, table_fulls) >=
      SNMP_CAUSE_RATE(context, Udp, SndbufErrors) / 2)
    snmp_cause_advise(context, "net.ipv4.neigh.default.gc_thresh3",
                      "the ARP cache is full: raise gc_thresh1, 2 and 3");
}

static void explain_out_discards(const struct snmp_cause_context *context) {
  if (SNMP_CAUSE_GROWS(context, conntrack, drop))
    snmp_cause_advise(context, NULL,
                      "connection tracking drops them: see conntrack drop");
}

static void explain_conntrack_drop(const struct snmp_cause_context *context) {
  double used = snmp_cause_level(context, context->netns, "conntrack",
                                 PROTO_conntrack_entries_used);
  if (used >= SNMP_CAUSE_NEARLY_FULL ||
      SNMP_CAUSE_GROWS(context, conntrack, early_drop))
    snmp_cause_advise(
        context, "net.netfilter.nf_conntrack_max",
        "raise it, shorten timeouts, or exempt traffic from tracking");
  else if (SNMP_CAUSE_GROWS(context, conntrack, insert_failed))
    snmp_cause_advise(
        context, NULL,
        "parallel packets of one new flow clash: often DNS from one socket");
  else if (used < SNMP_CAUSE_NEARLY_FULL)
    snmp_cause_advise(
        context, "net.netfilter.nf_conntrack_log_invalid",
        "set it to 255 and see the kernel log: bad packets, or a helper");
}

/* sysfs shows collectd's own namespace. */
static void explain_fragmentation(const struct snmp_cause_context *context) {
  struct snmp_mtu mtu;
  if (context->netns == NULL &&
      snmp_mtu_find_smallest(context->root, &mtu) == 0)
    TEXT_FILL(context->explanation->detail, "smallest MTU: %llu at %s",
              (unsigned long long)mtu.bytes, mtu.interface);
}

static const struct {
  unsigned meter;
  void (*explain)(const struct snmp_cause_context *context);
} causes[] = {
    {PROTO_Tcp_retransmitted, snmp_tcp_retransmissions},
    {PROTO_TcpExt_PruneCalled, snmp_tcp_receive_memory},
    {PROTO_TcpExt_RcvPruned, snmp_tcp_receive_memory},
    {PROTO_TcpExt_RcvPrunedOther, snmp_tcp_receive_memory},
    {PROTO_TcpExt_OfoPruned, snmp_tcp_receive_memory},
    {PROTO_TcpExt_TCPRcvQDrop, snmp_tcp_receive_memory},
    {PROTO_TcpExt_TCPOFODrop, snmp_tcp_receive_memory},
    {PROTO_TcpExt_BeyondWindow, snmp_tcp_beyond_window},
    {PROTO_TcpExt_TCPAbortOnMemory, snmp_tcp_abort_on_memory},
    {PROTO_TcpExt_TCPReqQFullDoCookies, snmp_tcp_cookies},
    {PROTO_TcpExt_ListenDropsOther, snmp_tcp_listen_drops},
    {PROTO_Ip_ReasmFails, explain_reassembly},
    {PROTO_Ip6_ReasmFails, explain_reassembly},
    {PROTO_Udp_InErrorsOther, explain_udp_other},
    {PROTO_UdpLite_InErrorsOther, explain_udp_other},
    {PROTO_Udp6_InErrorsOther, explain_udp_other},
    {PROTO_UdpLite6_InErrorsOther, explain_udp_other},
    {PROTO_Udp_MemErrors, explain_udp_memory},
    {PROTO_UdpLite_MemErrors, explain_udp_memory},
    {PROTO_Udp6_MemErrors, explain_udp_memory},
    {PROTO_UdpLite6_MemErrors, explain_udp_memory},
    {PROTO_Udp_SndbufErrors, explain_udp_send},
    {PROTO_Ip_OutDiscardsOther, explain_out_discards},
    {PROTO_Ip6_OutDiscardsOther, explain_out_discards},
    {PROTO_Ip_FragFails, explain_fragmentation},
    {PROTO_Ip6_FragFails, explain_fragmentation},
    {PROTO_conntrack_drop, explain_conntrack_drop},
};

void snmp_explain(const struct layer_context *context,
                  const struct report *report, const struct alert *alert,
                  struct explanation *explanation) {
  if (alert->meter < proto_meters || alert->meter >= proto_meters + PROTO_COUNT)
    return;
  const struct snmp_cause_context explain = {
      .root = context->root,
      .report = report,
      .netns = report_object_labels(alert->object)->netns,
      .meter = (unsigned)(alert->meter - proto_meters),
      .explanation = explanation,
  };
  for (size_t i = 0; i < COUNT(causes); i++)
    if (causes[i].meter == explain.meter)
      causes[i].explain(&explain);
}
