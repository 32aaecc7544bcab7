/* SPDX-License-Identifier: MIT */
#include "snmp_explain.h"

#include <math.h>

#include "snmp_counter.h"
#include "snmp_mtu.h"

/* A percentage of a limit from which on the limit is the cause. */
#define NEARLY_FULL 90

struct explain_context {
  const struct sysroot *root;
  const struct report *report;
  const char *netns;
  unsigned meter;
  struct explanation *explanation;
};

/* The counters that tell causes apart. */
static const struct snmp_counter evidence[] = {
    SNMP_COUNTER(Tcp, RetransSegs),
    SNMP_COUNTER(TcpExt, TCPSynRetrans),
    SNMP_COUNTER(TcpExt, TCPRetransFail),
    SNMP_COUNTER(TcpExt, TCPSpuriousRtxHostQueues),
    SNMP_COUNTER(TcpExt, TCPDSACKRecv),
    SNMP_COUNTER(TcpExt, ListenOverflows),
    SNMP_COUNTER(TcpExt, TCPMemoryPressures),
    SNMP_COUNTER(TcpExt, TCPToZeroWindowAdv),
    SNMP_COUNTER(TcpExt, TCPFromZeroWindowAdv),
    SNMP_COUNTER(TcpExt, TCPWantZeroWindowAdv),
    SNMP_COUNTER(TcpExt, SyncookiesSent),
    SNMP_COUNTER(TcpExt, SyncookiesRecv),
    SNMP_COUNTER(Ip, OutNoRoutes),
    SNMP_COUNTER(Ip6, OutNoRoutes),
    SNMP_COUNTER(Ip, ReasmFails),
    SNMP_COUNTER(Ip6, ReasmFails),
    SNMP_COUNTER(Ip, ReasmTimeout),
    SNMP_COUNTER(Ip6, ReasmTimeout),
    SNMP_COUNTER(IpExt, ReasmOverlaps),
    SNMP_COUNTER(Udp, SndbufErrors),
    SNMP_COUNTER(arp_cache, table_fulls),
    SNMP_COUNTER(conntrack, insert_failed),
    SNMP_COUNTER(conntrack, early_drop),
    SNMP_COUNTER(conntrack, drop),
    SNMP_COUNTER(xfrm, XfrmInNoPols),
    SNMP_COUNTER(xfrm, XfrmInTmplMismatch),
    SNMP_COUNTER(xfrm, XfrmInPolBlock),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool snmp_explain_needs(unsigned meter) {
  for (size_t i = 0; i < COUNT(evidence); i++)
    if (snmp_counter_is(&evidence[i], meter))
      return true;
  return false;
}

#define RATE(context, object, name)                                            \
  snmp_counter_rate((context)->report, (context)->netns,                       \
                    &(const struct snmp_counter)SNMP_COUNTER(object, name))
#define GROWS(context, object, name) (RATE(context, object, name) > 0)

static uint64_t count_of(const struct explain_context *context,
                         struct snmp_counter counter) {
  uint64_t count = 0;
  snmp_counter_count(context->report, context->netns, &counter, &count);
  return count;
}

/* A percentage of this read, or NAN. */
static double level_of(const struct explain_context *context, const char *netns,
                       const char *object, unsigned meter) {
  return report_level(context->report,
                      snmp_counter_object(context->report, netns, object),
                      meter);
}

static double tcp_memory_used(const struct explain_context *context) {
  return level_of(context, NULL, "Tcp", PROTO_Tcp_memory_used);
}

/* Sets the advice, and the setting that it is about (NULL: none). */
static void advise(const struct explain_context *context, const char *setting,
                   const char *advice) {
  context->explanation->setting = setting;
  TEXT_FILL(context->explanation->advice, "%s", advice);
}

static void explain_retransmissions(const struct explain_context *context) {
  double all = RATE(context, Tcp, RetransSegs);
  if (RATE(context, TcpExt, TCPSynRetrans) >= all / 2) {
    if (GROWS(context, TcpExt, ListenOverflows))
      advise(context, "net.core.somaxconn",
             "a local accept queue is full: accept() faster, or raise the "
             "backlog");
    else
      advise(context, NULL,
             "SYNs that peers do not answer: ss -tno state syn-sent state "
             "syn-recv");
  } else if (RATE(context, TcpExt, TCPRetransFail) >= all / 10) {
    advise(context, NULL,
           "this host drops its own segments: check the qdisc (tc -s qdisc)");
  } else if (RATE(context, TcpExt, TCPSpuriousRtxHostQueues) >= all / 2) {
    advise(
        context, NULL,
        "segments wait too long in a qdisc or NIC of this host: tc -s qdisc");
  } else if (RATE(context, TcpExt, TCPDSACKRecv) >= all / 2) {
    advise(context, NULL,
           "needless, peers had the data: delay or reordering on the path; "
           "ss -ti");
  } else {
    advise(context, NULL,
           "segments are lost on the path: find the peers with ss -ti");
  }
}

/* Whether applications leave data in their receive buffers: windows close, or
 * are closed. */
static bool are_windows_closed(const struct explain_context *context) {
  return GROWS(context, TcpExt, TCPToZeroWindowAdv) ||
         GROWS(context, TcpExt, TCPWantZeroWindowAdv) ||
         count_of(context, (struct snmp_counter)SNMP_COUNTER(
                               TcpExt, TCPToZeroWindowAdv)) >
             count_of(context, (struct snmp_counter)SNMP_COUNTER(
                                   TcpExt, TCPFromZeroWindowAdv));
}

/* Receive memory has three limits: the socket's, the cgroup's, the host's. */
static void explain_receive_memory(const struct explain_context *context) {
  double used = tcp_memory_used(context);
  if (!isnan(used))
    TEXT_FILL(context->explanation->detail,
              "TCP memory is at %.0f %% of tcp_mem", used);
  if (used >= NEARLY_FULL || GROWS(context, TcpExt, TCPMemoryPressures))
    advise(context, "net.ipv4.tcp_mem",
           "counted in pages: find the largest user with ss -tm, or raise it");
  else if (are_windows_closed(context))
    advise(context, "net.ipv4.tcp_rmem",
           "a slow reader fills its buffer: find it with ss -tm, or raise it");
  else if (!isnan(used))
    advise(context, "net.ipv4.tcp_rmem",
           "a slow reader (ss -tm), or a cgroup's memory limit "
           "(memory.events)");
}

static void explain_beyond_window(const struct explain_context *context) {
  if (are_windows_closed(context))
    advise(context, "net.ipv4.tcp_rmem",
           "readers are slower than their peers; larger buffers only delay "
           "this");
  else
    advise(context, NULL,
           "a peer sends more than it may: look for it with tcpdump");
}

static void explain_abort_on_memory(const struct explain_context *context) {
  double memory = tcp_memory_used(context);
  double orphans = level_of(context, NULL, "Tcp", PROTO_Tcp_orphans_used);
  if (memory >= NEARLY_FULL && !(orphans > memory))
    advise(context, "net.ipv4.tcp_mem",
           "counted in pages: find the largest user with ss -tm, or raise it");
  else if (orphans > memory)
    advise(context, "net.ipv4.tcp_max_orphans",
           "peers do not read or answer after close: ss -tao state fin-wait-1");
}

static void explain_cookies(const struct explain_context *context) {
  double sent = RATE(context, TcpExt, SyncookiesSent);
  double returned = RATE(context, TcpExt, SyncookiesRecv);
  if (returned >= sent / 2)
    advise(context, "net.core.somaxconn",
           "clients connect in bursts: raise listen()'s backlog, which this "
           "caps");
  else if (returned < sent / 2)
    advise(
        context, NULL,
        "few clients return the cookie: a SYN flood, which cookies withstand");
}

static void explain_listen_drops(const struct explain_context *context) {
  double syncookies = level_of(context, NULL, "", PROTO_SETTING_tcp_syncookies);
  if (context->netns == NULL && syncookies == 0)
    advise(context, "net.ipv4.tcp_syncookies",
           "a SYN queue is nearly full: set it to 1");
  else if (GROWS(context, Ip, OutNoRoutes))
    advise(context, NULL, "no route back to the client: ip route get CLIENT");
  else if (GROWS(context, Ip6, OutNoRoutes))
    advise(context, NULL,
           "no route back to the client: ip -6 route get CLIENT");
  else if (syncookies > 0)
    advise(context, NULL,
           "no memory, or a security module refuses: see the kernel log");
}

static void explain_reassembly(const struct explain_context *context) {
  bool is_ip6 = context->meter == PROTO_Ip6_ReasmFails;
  double used = is_ip6 ? level_of(context, context->netns, "Ip6",
                                  PROTO_Ip6_fragment_memory_used)
                       : level_of(context, context->netns, "Ip",
                                  PROTO_Ip_fragment_memory_used);
  double fails =
      is_ip6 ? RATE(context, Ip6, ReasmFails) : RATE(context, Ip, ReasmFails);
  double timeouts = is_ip6 ? RATE(context, Ip6, ReasmTimeout)
                           : RATE(context, Ip, ReasmTimeout);
  if (used >= NEARLY_FULL)
    advise(context, context->explanation->setting,
           "incomplete datagrams fill it: avoid fragmentation, or raise it");
  else if (timeouts >= fails / 2)
    advise(context, NULL,
           "fragments are lost on the path: avoid fragmentation (path MTU)");
  else if (!is_ip6 && GROWS(context, IpExt, ReasmOverlaps))
    advise(context, NULL,
           "fragments overlap, as in an attack: look for the sender with "
           "tcpdump");
  else if (timeouts < fails / 2)
    advise(
        context, NULL,
        "malformed or oversized datagrams: look for the sender with tcpdump");
}

static void explain_udp_other(const struct explain_context *context) {
  if (GROWS(context, xfrm, XfrmInNoPols) ||
      GROWS(context, xfrm, XfrmInTmplMismatch) ||
      GROWS(context, xfrm, XfrmInPolBlock))
    advise(context, NULL, "an IPsec policy refuses them: ip xfrm policy");
}

static void explain_udp_memory(const struct explain_context *context) {
  double used = level_of(context, NULL, "Udp", PROTO_Udp_memory_used);
  if (used < NEARLY_FULL)
    advise(context, NULL,
           "a cgroup's memory limit: see memory.events of the reader's cgroup");
}

static void explain_udp_send(const struct explain_context *context) {
  if (RATE(context, arp_cache, table_fulls) >=
      RATE(context, Udp, SndbufErrors) / 2)
    advise(context, "net.ipv4.neigh.default.gc_thresh3",
           "the ARP cache is full: raise gc_thresh1, 2 and 3");
}

static void explain_out_discards(const struct explain_context *context) {
  if (GROWS(context, conntrack, drop))
    advise(context, NULL, "connection tracking drops them: see conntrack drop");
}

static void explain_conntrack_drop(const struct explain_context *context) {
  double used = level_of(context, context->netns, "conntrack",
                         PROTO_conntrack_entries_used);
  if (used >= NEARLY_FULL || GROWS(context, conntrack, early_drop))
    advise(context, "net.netfilter.nf_conntrack_max",
           "raise it, shorten timeouts, or exempt traffic from tracking");
  else if (GROWS(context, conntrack, insert_failed))
    advise(context, NULL,
           "parallel packets of one new flow clash: often DNS from one socket");
  else if (used < NEARLY_FULL)
    advise(context, "net.netfilter.nf_conntrack_log_invalid",
           "set it to 255 and see the kernel log: bad packets, or a helper");
}

/* sysfs shows collectd's own namespace. */
static void explain_fragmentation(const struct explain_context *context) {
  struct snmp_mtu mtu;
  if (context->netns == NULL &&
      snmp_mtu_find_smallest(context->root, &mtu) == 0)
    TEXT_FILL(context->explanation->detail, "smallest MTU: %llu at %s",
              (unsigned long long)mtu.bytes, mtu.interface);
}

static const struct {
  unsigned meter;
  void (*explain)(const struct explain_context *context);
} causes[] = {
    {PROTO_Tcp_retransmitted, explain_retransmissions},
    {PROTO_TcpExt_PruneCalled, explain_receive_memory},
    {PROTO_TcpExt_RcvPruned, explain_receive_memory},
    {PROTO_TcpExt_RcvPrunedOther, explain_receive_memory},
    {PROTO_TcpExt_OfoPruned, explain_receive_memory},
    {PROTO_TcpExt_TCPRcvQDrop, explain_receive_memory},
    {PROTO_TcpExt_TCPOFODrop, explain_receive_memory},
    {PROTO_TcpExt_BeyondWindow, explain_beyond_window},
    {PROTO_TcpExt_TCPAbortOnMemory, explain_abort_on_memory},
    {PROTO_TcpExt_TCPReqQFullDoCookies, explain_cookies},
    {PROTO_TcpExt_ListenDropsOther, explain_listen_drops},
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
  const struct explain_context explain = {
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
