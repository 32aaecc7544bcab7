/* SPDX-License-Identifier: MIT */
#include "snmp_tcp.h"

#include <math.h>

static uint64_t count_of(const struct snmp_cause_context *context,
                         struct snmp_counter counter) {
  uint64_t count = 0;
  report_count(context->report, snmp_cause_object(context, &counter),
               counter.meter, &count);
  return count;
}

static double tcp_memory_used(const struct snmp_cause_context *context) {
  return snmp_cause_level(context, NULL, "Tcp", PROTO_Tcp_memory_used);
}

void snmp_tcp_retransmissions(const struct snmp_cause_context *context) {
  double all = SNMP_CAUSE_RATE(context, Tcp, RetransSegs);
  if (SNMP_CAUSE_RATE(context, TcpExt, TCPSynRetrans) >= all / 2) {
    if (SNMP_CAUSE_GROWS(context, TcpExt, ListenOverflows))
      snmp_cause_advise(
          context, "net.core.somaxconn",
          "a local accept queue is full: accept() faster, or raise the "
          "backlog");
    else
      snmp_cause_advise(
          context, NULL,
          "SYNs that peers do not answer: ss -tno state syn-sent state "
          "syn-recv");
  } else if (SNMP_CAUSE_RATE(context, TcpExt, TCPRetransFail) >= all / 10) {
    snmp_cause_advise(
        context, NULL,
        "this host drops its own segments: check the qdisc (tc -s qdisc)");
  } else if (SNMP_CAUSE_RATE(context, TcpExt, TCPSpuriousRtxHostQueues) >=
             all / 2) {
    snmp_cause_advise(
        context, NULL,
        "segments wait too long in a qdisc or NIC of this host: tc -s qdisc");
  } else if (SNMP_CAUSE_RATE(context, TcpExt, TCPDSACKRecv) >= all / 2) {
    snmp_cause_advise(
        context, NULL,
        "needless, peers had the data: delay or reordering on the path; "
        "ss -ti");
  } else {
    snmp_cause_advise(
        context, NULL,
        "segments are lost on the path: find the peers with ss -ti");
  }
}

/* Whether applications leave data in their receive buffers: windows close, or
 * are closed. */
static bool are_windows_closed(const struct snmp_cause_context *context) {
  return SNMP_CAUSE_GROWS(context, TcpExt, TCPToZeroWindowAdv) ||
         SNMP_CAUSE_GROWS(context, TcpExt, TCPWantZeroWindowAdv) ||
         count_of(context, (struct snmp_counter)SNMP_COUNTER(
                               TcpExt, TCPToZeroWindowAdv)) >
             count_of(context, (struct snmp_counter)SNMP_COUNTER(
                                   TcpExt, TCPFromZeroWindowAdv));
}

void snmp_tcp_receive_memory(const struct snmp_cause_context *context) {
  double used = tcp_memory_used(context);
  if (!isnan(used))
    TEXT_FILL(context->explanation->detail,
              "TCP memory is at %.0f %% of tcp_mem", used);
  if (used >= SNMP_CAUSE_NEARLY_FULL ||
      SNMP_CAUSE_GROWS(context, TcpExt, TCPMemoryPressures))
    snmp_cause_advise(
        context, "net.ipv4.tcp_mem",
        "counted in pages: find the largest user with ss -tm, or raise it");
  else if (are_windows_closed(context))
    snmp_cause_advise(
        context, "net.ipv4.tcp_rmem",
        "a slow reader fills its buffer: find it with ss -tm, or raise it");
  else if (!isnan(used))
    snmp_cause_advise(context, "net.ipv4.tcp_rmem",
                      "a slow reader (ss -tm), or a cgroup's memory limit "
                      "(memory.events)");
}

void snmp_tcp_beyond_window(const struct snmp_cause_context *context) {
  if (are_windows_closed(context))
    snmp_cause_advise(
        context, "net.ipv4.tcp_rmem",
        "readers are slower than their peers; larger buffers only delay "
        "this");
  else
    snmp_cause_advise(
        context, NULL,
        "a peer sends more than it may: look for it with tcpdump");
}

void snmp_tcp_abort_on_memory(const struct snmp_cause_context *context) {
  double memory = tcp_memory_used(context);
  double orphans =
      snmp_cause_level(context, NULL, "Tcp", PROTO_Tcp_orphans_used);
  if (memory >= SNMP_CAUSE_NEARLY_FULL && !(orphans > memory))
    snmp_cause_advise(
        context, "net.ipv4.tcp_mem",
        "counted in pages: find the largest user with ss -tm, or raise it");
  else if (orphans > memory)
    snmp_cause_advise(
        context, "net.ipv4.tcp_max_orphans",
        "peers do not read or answer after close: ss -tao state fin-wait-1");
}

void snmp_tcp_cookies(const struct snmp_cause_context *context) {
  double sent = SNMP_CAUSE_RATE(context, TcpExt, SyncookiesSent);
  double returned = SNMP_CAUSE_RATE(context, TcpExt, SyncookiesRecv);
  if (returned >= sent / 2)
    snmp_cause_advise(
        context, "net.core.somaxconn",
        "clients connect in bursts: raise listen()'s backlog, which this "
        "caps");
  else if (returned < sent / 2)
    snmp_cause_advise(
        context, NULL,
        "few clients return the cookie: a SYN flood, which cookies withstand");
}

void snmp_tcp_listen_drops(const struct snmp_cause_context *context) {
  double syncookies =
      snmp_cause_level(context, NULL, "", PROTO_SETTING_tcp_syncookies);
  if (context->netns == NULL && syncookies == 0)
    snmp_cause_advise(context, "net.ipv4.tcp_syncookies",
                      "a SYN queue is nearly full: set it to 1");
  else if (SNMP_CAUSE_GROWS(context, Ip, OutNoRoutes))
    snmp_cause_advise(context, NULL,
                      "no route back to the client: ip route get CLIENT");
  else if (SNMP_CAUSE_GROWS(context, Ip6, OutNoRoutes))
    snmp_cause_advise(context, NULL,
                      "no route back to the client: ip -6 route get CLIENT");
  else if (context->netns == NULL && syncookies > 0)
    snmp_cause_advise(
        context, NULL,
        "no memory, or a security module refuses: see the kernel log");
}
