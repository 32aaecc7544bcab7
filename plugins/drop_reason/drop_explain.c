/* SPDX-License-Identifier: MIT */
#include "drop_explain.h"

#include <string.h>

#include "drop_reasons.h"
#include "drop_trace.h"

static const char *protocol_name(uint16_t ethertype) {
  for (size_t i = 0; i < drop_program_protocol_count; i++)
    if (drop_program_protocols[i].ethertype == ethertype)
      return drop_program_protocols[i].name;
  return "other protocols";
}

#define ETHERTYPE_IPV6 0x86dd

/* Reasons that several protocols share, each with its own setting. */
static const struct {
  unsigned meter;
  const char *tcp, *ip6; /* NULL: the setting of the table */
} settings[] = {
    {DROP_METER_proto_mem, "net.ipv4.tcp_mem", NULL},
    {DROP_METER_socket_rcvbuff, "net.ipv4.tcp_rmem", NULL},
    {DROP_METER_neigh_createfail, NULL, "net.ipv6.neigh.default.gc_thresh3"},
    {DROP_METER_neigh_queuefull, NULL,
     "net.ipv6.neigh.default.unres_qlen_bytes"},
    {DROP_METER_frag_reasm_timeout, NULL, "net.ipv6.ip6frag_time"},
};

/* Chooses the setting of the protocol that lost most. */
static void choose_setting(const char *place, uint16_t protocol,
                           const struct alert *alert,
                           struct explanation *explanation) {
  bool is_tcp = strncmp(place, "tcp_", 4) == 0;
  bool is_ip6 = protocol == ETHERTYPE_IPV6;
  for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
    if (alert->meter != &drop_meters[settings[i].meter])
      continue;
    if (is_tcp && settings[i].tcp != NULL)
      explanation->setting = settings[i].tcp;
    else if (is_ip6 && settings[i].ip6 != NULL)
      explanation->setting = settings[i].ip6;
  }
}

/* An interface without carrier has the qdisc noop, which drops everything. */
static void explain_qdisc(const char *place, const struct alert *alert,
                          struct explanation *explanation) {
  if (alert->meter == &drop_meters[DROP_METER_qdisc_drop] &&
      strcmp(place, "noop_enqueue") == 0)
    TEXT_FILL(explanation->advice,
              "an interface is used without carrier: see ip link");
}

/* The plugin that can watch a bucket in other network namespaces, or NULL. */
static const char *watcher_of(enum ledger_bucket bucket) {
  switch (bucket) {
  case LEDGER_UDP_RECEIVE:
  case LEDGER_TCP_LISTEN:
    return "sock_backlog";
  case LEDGER_IP_IN:
  case LEDGER_SOURCE_CHECK:
  case LEDGER_NO_ROUTE:
  case LEDGER_REASSEMBLY:
  case LEDGER_CONNTRACK:
  case LEDGER_TCP_RECEIVE:
  case LEDGER_TCP_PRUNE:
  case LEDGER_NEIGHBOUR:
    return "snmp_proto";
  default:
    return NULL;
  }
}

/* Says how to see more of a network namespace that no plugin watches, while
 * they watch this one, whose settings decide nothing there. */
static void explain_unwatched(const struct drop_layer *drop, const char *netns,
                              const struct alert *alert, struct text *detail,
                              struct explanation *explanation) {
  const char *watcher = watcher_of(alert->meter->bucket);
  struct ledger *ledger = drop->context->ledger;
  if (ledger == NULL || watcher == NULL || !ledger_watches(ledger, NULL) ||
      ledger_watches(ledger, netns))
    return;
  text_add(detail, ", which is not watched");
  explanation->setting = NULL;
  TEXT_FILL(explanation->advice, "set Containers true in %s", watcher);
}

/* Names the interface and the network namespace with most of the packets,
 * unless it is collectd's own or unknown. */
static void add_owner(struct drop_layer *drop, struct text *text,
                      const struct drop_reason *reason,
                      const struct alert *alert,
                      struct explanation *explanation) {
  const struct drop_trace_method *method = drop_trace_method(drop->trace);
  const struct drop_entry *busiest =
      drop_counts_busiest(&drop->counts, reason,
                          method->has_device ? DROP_BY_DEVICE : DROP_BY_NETNS);
  char name[NETNS_NAME_SIZE];
  if (!method->has_netns || busiest == NULL)
    return;
  const char *device = drop_spaces_interface(&drop->spaces, busiest->key.netns,
                                             busiest->key.device);
  if (device != NULL)
    text_add(text, " on %s", device);
  if (!drop_spaces_name(&drop->spaces, busiest->key.netns, name))
    return;
  text_add(text, " in network namespace %s", name);
  explain_unwatched(drop, name, alert, text, explanation);
}

void drop_explain(struct drop_layer *drop, const struct alert *alert,
                  struct explanation *explanation) {
  const struct drop_reason *reason =
      drop_counts_find(&drop->counts, alert->meter->name);
  const struct drop_entry *busiest =
      reason != NULL ? drop_counts_busiest(&drop->counts, reason, DROP_BY_PLACE)
                     : NULL;
  if (busiest == NULL)
    return;
  const char *place = drop_places_name(&drop->by_place, drop->context->root,
                                       busiest->key.location);
  struct text detail = TEXT_IN(explanation->detail);
  if (drop_trace_method(drop->trace)->has_protocol)
    text_add(&detail, "mostly %s at %s", protocol_name(busiest->key.protocol),
             place);
  else
    text_add(&detail, "mostly at %s", place);
  choose_setting(place, busiest->key.protocol, alert, explanation);
  explain_qdisc(place, alert, explanation);
  add_owner(drop, &detail, reason, alert, explanation);
  if (busiest->key.reason == DROP_NO_REASON)
    text_add(&detail, "; the reason is derived from this function");
}
