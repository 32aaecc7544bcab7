/* SPDX-License-Identifier: MIT */
/* The counters of IP, ICMP, TCP, UDP, IPsec and the kernel's tables. */
#include <stddef.h>

#include "layers.h"
#include "proto_counters.h"
#include "snmp_explain.h"
#include "snmp_space.h"

struct snmp_proto {
  struct snmp_selection selection;
  struct namespaces namespaces; /* besides collectd's own */
  struct snmp_spaces spaces;
  bool is_selected; /* the selection has been applied to the report */
};

static const struct layer_option options[] = {
    {.name = "Report",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct snmp_proto, selection.report),
     .choices = snmp_selection_choices,
     .value = "\"default\"|\"all\"",
     .help =
         "Which counters are sent. \"default\": losses and the traffic they "
         "are compared with, each from its first event on. \"all\": every "
         "counter of the kernel, including those that are 0. Default: "
         "default."},
    {.name = "Counter",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct snmp_proto, selection.counters),
     .value = "\"Udp:RcvbufErrors\"|\"/^TcpExt:TCP.*Drop$/\"",
     .help = "Sends these counters instead of the default ones. Can be given "
             "several times."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct snmp_proto, selection.ignore_selected),
     .value = "true|false",
     .help = "Sends what Report selects, without the counters that Counter "
             "names. Default: false."},
    NAMESPACES_OPTIONS(struct snmp_proto, namespaces),
    {.name = NULL},
};

static void set_defaults(void *state) {
  struct snmp_proto *snmp = state;
  snmp->namespaces.max = NAMESPACES_MAX;
}

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  (void)error;
  struct snmp_proto *snmp = state;
  snmp->spaces.context = context;
  snmp->spaces.selection = &snmp->selection;
  snmp_space_init(&snmp->spaces.host, context, NULL);
  namespaces_start(&snmp->namespaces, context, &snmp_space_user, &snmp->spaces);
  return 0;
}

static void stop(void *state) {
  struct snmp_proto *snmp = state;
  namespaces_stop(&snmp->namespaces);
  match_free(&snmp->selection.counters);
  if (snmp->spaces.context != NULL)
    snmp_space_free(&snmp->spaces.host);
}

static int read(void *state, struct report *report) {
  struct snmp_proto *snmp = state;
  struct namespaces *namespaces = &snmp->namespaces;
  if (!snmp->is_selected)
    snmp_selection_apply(&snmp->selection, report);
  snmp->is_selected = true;
  namespaces_update(namespaces, report_now(report));
  int result = snmp_space_read(&snmp->spaces, &snmp->spaces.host, report);
  for (size_t i = 0; i < namespaces->count; i++) {
    struct snmp_space *space = namespaces->all[i]->space;
    if (space != NULL && snmp_space_read(&snmp->spaces, space, report) == 0)
      result = 0;
  }
  return result;
}

static void explain(void *state, const struct report *report,
                    const struct alert *alert,
                    struct explanation *explanation) {
  const struct snmp_proto *snmp = state;
  snmp_explain(snmp->spaces.context, report, alert, explanation);
}

static int read_setting(void *state, const struct report_object *object,
                        const char *name, char *ret, size_t size) {
  struct snmp_proto *snmp = state;
  const struct net_namespace *netns =
      namespaces_of(&snmp->namespaces, report_object_labels(object));
  return net_namespace_read_text(netns, snmp->spaces.context, name, ret, size);
}

const struct layer snmp_proto_layer = {
    .name = "snmp_proto",
    .summary = "losses in IP, TCP, UDP and their tables",
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
