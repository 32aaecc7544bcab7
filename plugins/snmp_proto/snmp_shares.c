/* SPDX-License-Identifier: MIT */
#include "snmp_shares.h"

#include <math.h>

#include "snmp_counter.h"

/* A share: 100 x part / whole. */
struct share {
  struct snmp_counter result;
  struct snmp_counter part;
  struct snmp_counter whole[2]; /* added up */
  double floor; /* events per second of the whole; a share of less means
                   nothing */
  bool is_part_separate; /* the whole does not contain the part; both are
                            traffic */
  /* Whether another meter is raised for this loss; NULL: never. */
  bool (*is_judged_elsewhere)(const struct report *report,
                              const struct snmp_objects *objects);
};

/* Whether most retransmissions are SYN/ACKs of a full accept queue, for which
 * ListenOverflows is raised. */
static bool are_overflows(const struct report *report,
                          const struct snmp_objects *objects) {
  static const struct snmp_counter all = SNMP_COUNTER(Tcp, RetransSegs),
                                   syns = SNMP_COUNTER(TcpExt, TCPSynRetrans),
                                   overflows =
                                       SNMP_COUNTER(TcpExt, ListenOverflows);
  return snmp_counter_rate(report, objects, &syns) >=
             snmp_counter_rate(report, objects, &all) / 2 &&
         snmp_counter_rate(report, objects, &overflows) > 0;
}

static const struct share shares[] = {
    {SNMP_COUNTER(Tcp, retransmitted),
     SNMP_COUNTER(Tcp, RetransSegs),
     {SNMP_COUNTER(Tcp, OutSegs)},
     10,
     true,
     are_overflows},
    {SNMP_COUNTER(Udp, receive_buffer_loss),
     SNMP_COUNTER(Udp, RcvbufErrors),
     {SNMP_COUNTER(Udp, InDatagrams), SNMP_COUNTER(Udp, InErrors)},
     10,
     false,
     NULL},
    {SNMP_COUNTER(UdpLite, receive_buffer_loss),
     SNMP_COUNTER(UdpLite, RcvbufErrors),
     {SNMP_COUNTER(UdpLite, InDatagrams), SNMP_COUNTER(UdpLite, InErrors)},
     10,
     false,
     NULL},
    {SNMP_COUNTER(Udp6, receive_buffer_loss),
     SNMP_COUNTER(Udp6, RcvbufErrors),
     {SNMP_COUNTER(Udp6, InDatagrams), SNMP_COUNTER(Udp6, InErrors)},
     10,
     false,
     NULL},
    {SNMP_COUNTER(UdpLite6, receive_buffer_loss),
     SNMP_COUNTER(UdpLite6, RcvbufErrors),
     {SNMP_COUNTER(UdpLite6, InDatagrams), SNMP_COUNTER(UdpLite6, InErrors)},
     10,
     false,
     NULL},
    {SNMP_COUNTER(TcpExt, listen_drops),
     SNMP_COUNTER(TcpExt, ListenDrops),
     {SNMP_COUNTER(Tcp, PassiveOpens), SNMP_COUNTER(TcpExt, ListenDrops)},
     1,
     false,
     NULL},
    {SNMP_COUNTER(Ip, reassembly_failures),
     SNMP_COUNTER(Ip, ReasmFails),
     {SNMP_COUNTER(Ip, ReasmOKs), SNMP_COUNTER(Ip, ReasmFails)},
     1,
     false,
     NULL},
    {SNMP_COUNTER(Ip6, reassembly_failures),
     SNMP_COUNTER(Ip6, ReasmFails),
     {SNMP_COUNTER(Ip6, ReasmOKs), SNMP_COUNTER(Ip6, ReasmFails)},
     1,
     false,
     NULL},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool snmp_shares_need(unsigned meter) {
  for (size_t i = 0; i < COUNT(shares); i++)
    if (snmp_counter_is(&shares[i].part, meter) ||
        snmp_counter_is(&shares[i].whole[0], meter) ||
        snmp_counter_is(&shares[i].whole[1], meter))
      return true;
  return false;
}

static void report_share(const struct snmp_objects *objects,
                         struct report *report, const struct share *share) {
  struct report_object *object = objects->all[share->result.object];
  double part = snmp_counter_rate(report, objects, &share->part);
  double whole = snmp_counter_rate(report, objects, &share->whole[0]) +
                 snmp_counter_rate(report, objects, &share->whole[1]);
  if (object == NULL || isnan(part) || isnan(whole))
    return;
  double traffic = share->is_part_separate ? whole + part : whole;
  double percent = part < whole ? 100 * part / whole : 100;
  if (traffic < share->floor)
    report_idle(report, object, share->result.meter);
  else if (share->is_judged_elsewhere != NULL &&
           share->is_judged_elsewhere(report, objects) &&
           !report_has_rule(report, share->result.meter))
    report_gauge_unjudged(report, object, share->result.meter, percent);
  else
    report_gauge(report, object, share->result.meter, percent);
}

void snmp_shares_report(const struct snmp_objects *objects,
                        struct report *report) {
  for (size_t i = 0; i < COUNT(shares); i++)
    report_share(objects, report, &shares[i]);
}
