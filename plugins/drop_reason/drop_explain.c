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

/* Several protocols share a reason, each with its own setting. The place shows
 * which protocol it was. */
static void choose_setting(const char *place, const struct alert *alert,
                           struct explanation *explanation) {
  bool is_tcp = strncmp(place, "tcp_", 4) == 0;
  if (is_tcp && alert->meter == &drop_meters[DROP_METER_proto_mem])
    explanation->setting = "net.ipv4.tcp_mem";
  else if (is_tcp && alert->meter == &drop_meters[DROP_METER_socket_rcvbuff])
    explanation->setting = "net.ipv4.tcp_rmem";
}

void drop_explain(struct drop_layer *drop, const struct alert *alert,
                  struct explanation *explanation) {
  const struct drop_reason *reason =
      drop_counts_find(&drop->counts, alert->meter->name);
  const struct drop_entry *busiest =
      reason != NULL ? drop_counts_busiest(&drop->counts, reason) : NULL;
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
  choose_setting(place, alert, explanation);
}
