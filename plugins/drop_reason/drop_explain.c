/* SPDX-License-Identifier: MIT */
/* What an operator is told about a reason: where it happened most, and to which
 * protocol. */
#include <string.h>

#include "drop_reason.h"
#include "drop_reasons.h"

static const char *name_of_protocol(uint16_t ethertype) {
  for (size_t i = 0; i < drop_program_protocol_count; i++)
    if (drop_program_protocols[i].ethertype == ethertype)
      return drop_program_protocols[i].name;
  return "other protocols";
}

/* Some reasons are those of several protocols, each with a setting of its own;
 * the place tells which it was. */
static void choose_setting(const char *place, const struct alert *alert,
                           struct explanation *explanation) {
  bool is_tcp = strncmp(place, "tcp_", 4) == 0;
  if (is_tcp && alert->meter == &drop_meters[DROP_METER_proto_mem])
    explanation->setting = "net.ipv4.tcp_mem";
  else if (is_tcp && alert->meter == &drop_meters[DROP_METER_socket_rcvbuff])
    explanation->setting = "net.ipv4.tcp_rmem";
}

void drop_explain(void *state, const struct report *report,
                  const struct alert *alert, struct explanation *explanation) {
  struct drop_layer *drop = state;
  (void)report;
  const struct drop_reason *reason =
      drop_counts_find(&drop->counts, alert->meter->name);
  const struct drop_entry *busiest =
      reason != NULL ? drop_counts_busiest(&drop->counts, reason) : NULL;
  if (busiest == NULL)
    return;
  const char *place = drop_places_name(&drop->by_place, drop->context->root,
                                       busiest->key.location);
  struct text detail = TEXT_IN(explanation->detail);
  if (drop_trace_ways(drop->trace)->has_protocol)
    text_add(&detail, "mostly %s at %s",
             name_of_protocol(busiest->key.protocol), place);
  else
    text_add(&detail, "mostly at %s", place);
  choose_setting(place, alert, explanation);
}
