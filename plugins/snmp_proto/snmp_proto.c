/* SPDX-License-Identifier: MIT */
/* What IP, ICMP, TCP, UDP and the kernel's tables threw away. */
#include "snmp_proto.h"

#include <errno.h>
#include <math.h>

#include "layers.h"
#include "proto_counters.h"

static const char *const selections[] = {"default", "all", NULL};

static const struct layer_option options[] = {
    {.name = "Report",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct snmp_proto, selection),
     .choices = selections,
     .value = "\"default\"|\"all\"",
     .help = "Which counters are sent: those that tell of losses and what they "
             "are measured against, each from its first event on; or all that "
             "the kernel has, those that are 0 too. Default: default."},
    {.name = "Counter",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct snmp_proto, counters),
     .value = "\"Udp:RcvbufErrors\"|\"/^TcpExt:TCP.*Drop$/\"",
     .help = "Sends these counters instead of the default ones. Can be given "
             "several times."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct snmp_proto, ignore_selected),
     .value = "true|false",
     .help = "Sends what Report says, but not those that Counter names. "
             "Default: false."},
    NAMESPACES_OPTIONS(struct snmp_proto, namespaces),
    {.name = NULL},
};

/* When a meter is sent: what was asked for by name or by "all", always; the
 * default counters from their first event on, since most have none. */
enum meter_sending snmp_proto_sending(const struct snmp_proto *snmp,
                                      const char *key, bool by_default) {
  bool everything = snmp->selection == 1;
  enum meter_sending sending = METER_SENT_NEVER;
  if (everything)
    sending = METER_SENT_ALWAYS;
  else if (by_default)
    sending = METER_SENT_ONCE_COUNTED;
  if (snmp->counters.count == 0)
    return sending;
  bool named = match_any(&snmp->counters, key);
  if (snmp->ignore_selected)
    return named ? METER_SENT_NEVER : sending;
  return named ? METER_SENT_ALWAYS : METER_SENT_NEVER;
}

static void set_defaults(void *state) {
  struct snmp_proto *snmp = state;
  snmp->namespaces.max = NAMESPACES_MAX;
}

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  (void)error;
  struct snmp_proto *snmp = state;
  snmp->context = context;
  snmp_space_init(&snmp->host, NULL);
  namespaces_start(&snmp->namespaces, context, &snmp_space_user, snmp);
  return 0;
}

static void stop(void *state) {
  struct snmp_proto *snmp = state;
  namespaces_stop(&snmp->namespaces);
  match_free(&snmp->counters);
  if (snmp->context != NULL)
    snmp_space_close(&snmp->host);
}

static void select_meters(struct snmp_proto *snmp, struct report *report) {
  if (snmp->prepared)
    return;
  snmp->prepared = true;
  for (unsigned i = 0; i < PROTO_COUNT; i++)
    if (proto_meters[i].meaning != METER_SETTING)
      report_set_sending(report, i,
                         snmp_proto_sending(snmp, meter_key(&proto_meters[i]),
                                            proto_meters_by_default[i]));
}

static int read(void *state, struct report *report) {
  struct snmp_proto *snmp = state;
  struct namespaces *namespaces = &snmp->namespaces;
  select_meters(snmp, report);
  namespaces_update(namespaces, report_now(report));
  int result = snmp_space_read(snmp, &snmp->host, report);
  for (size_t i = 0; i < namespaces->count; i++) {
    struct snmp_space *space = namespaces->all[i]->space;
    if (space != NULL && snmp_space_read(snmp, space, report) == 0)
      result = 0;
  }
  return result;
}

/* Losses for want of memory, which have three possible limits. */
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

/* Says how near the host-wide limit is, so that a socket's own buffer or a
 * cgroup's limit is looked for where it is far. */
static void explain(void *state, const struct report *report,
                    const struct alert *alert,
                    struct explanation *explanation) {
  (void)state;
  if (alert->meter < proto_meters || alert->meter >= proto_meters + PROTO_COUNT)
    return;
  static const struct labels tcp = {.protocol = "Tcp"};
  double used = report_level(report, report_object_find(report, &tcp),
                             PROTO_Tcp_memory_used);
  if (!is_receive_memory((unsigned)(alert->meter - proto_meters)) ||
      isnan(used))
    return;
  struct text detail = TEXT_IN(explanation->detail);
  text_add(&detail, "TCP memory is at %.0f %% of tcp_mem", used);
}

static int read_setting(void *state, const struct report_object *object,
                        const char *name, char *ret, size_t size) {
  struct snmp_proto *snmp = state;
  const struct net_namespace *netns =
      namespaces_of(&snmp->namespaces, report_object_labels(object));
  return net_namespace_read_text(netns, snmp->context, name, ret, size);
}

const struct layer snmp_proto_layer = {
    .name = "snmp_proto",
    .summary = "what IP, TCP, UDP and their tables threw away",
    .noun = "",
    .options = options,
    .meters = proto_meters,
    .meter_count = PROTO_COUNT,
    .learns_meters = true,
    .settings_on_demand = true,
    .state_size = sizeof(struct snmp_proto),
    .set_defaults = set_defaults,
    .start = start,
    .read = read,
    .explain = explain,
    .read_setting = read_setting,
    .stop = stop,
};
