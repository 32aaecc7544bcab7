/* SPDX-License-Identifier: MIT */
/* The packets that the kernel drops, by the reason that it gives. */
#include <string.h>

#include "drop_causes.h"
#include "drop_explain.h"
#include "drop_reasons.h"
#include "drop_report.h"
#include "layers.h"

/* Places that are sent by default if the kernel gives no reasons. */
#define PLACES_WITHOUT_REASONS 10

/* A combination that has no packet for so long makes room for new ones. */
#define QUIET_SECONDS 600

static const struct layer_option options[] = {
    {.name = "Reason",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct drop_layer, reasons),
     .value = "\"no_socket\"|\"/^tcp_/\"",
     .help = "Sends these reasons instead of the default ones: those of the "
             "classes capacity and fault, and unknown ones. A reason given by "
             "its full name is sent from the start, any other from its first "
             "packet on. The totals of the classes always count all reasons. "
             "Can be given several times."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct drop_layer, ignore_selected),
     .value = "true|false",
     .help = "Sends the default reasons without those that Reason selects. "
             "Default: false."},
    {.name = "Places",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct drop_layer, places),
     .min = 0,
     .max = 1000,
     .value = "COUNT",
     .help = "Sends this many kernel functions that drop packets, the busiest "
             "ones of the last reads. Default: none; 10 if the kernel gives no "
             "reasons (before Linux 5.17)."},
    {.name = "AlertOverlap",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct drop_layer, alert_overlap),
     .value = "true|false",
     .help =
         "Whether a reason is judged by all packets that it counts, even if "
         "another plugin of netloss explains them. A reason with a "
         "Threshold of its own is always judged so. Default: false."},
    {.name = "MaxPlaces",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct drop_layer, max_places),
     .min = 1,
     .max = 65536,
     .value = "COUNT",
     .help = "How many combinations of place, reason, protocol, network "
             "namespace and interface are counted separately; more are counted "
             "by their reason only. Each takes about 100 bytes of kernel "
             "memory, and 8 for each CPU. Default: 4096."},
    NAMESPACES_OPTIONS(struct drop_layer, spaces.namespaces),
    {.name = "ReportByInterface",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct drop_layer, spaces.by_device),
     .value = "true|false",
     .help = "Sends the reasons for each interface too, from its first dropped "
             "packet on: those of collectd's network namespace and of the "
             "watched ones. Notifications then name the interface. Default: "
             "false."},
    {.name = "MaxInterfaces",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct drop_layer, spaces.max_interfaces),
     .min = 1,
     .max = 4096,
     .value = "COUNT",
     .help = "How many interfaces are sent at most; packets of the others are "
             "summed as interface-other. Default: 128."},
    {.name = NULL},
};

static void set_defaults(void *state) {
  struct drop_layer *drop = state;
  drop->places = DROP_LAYER_PLACES_UNSET;
  drop->max_places = 4096;
  drop->spaces.namespaces.max = NAMESPACES_MAX;
  drop->spaces.max_interfaces = DROP_SPACES_MAX_INTERFACES;
  drop->spaces.own.interfaces = DROP_INTERFACES;
}

static void log_limits(const struct drop_layer *drop) {
  const struct drop_trace_method *method = drop_trace_method(drop->trace);
  if (!method->has_reason)
    layer_log(drop->context, LAYER_NOTICE,
              "this kernel gives no reasons: packets are counted by place, "
              "including those that it frees without a loss; for functions "
              "that drop packets for one reason, that reason is derived");
  if (!method->has_protocol)
    layer_log(drop->context, LAYER_NOTICE,
              "this kernel does not let programs look at packets: protocols "
              "are not counted separately");
  if (!method->has_netns &&
      (drop_spaces_by_netns(&drop->spaces) || drop->spaces.by_device))
    layer_log(drop->context, LAYER_WARNING,
              "this kernel does not tell whose packets it drops: Namespace, "
              "Containers and ReportByInterface have no effect");
}

/* Derives a reason from the function that drops, whose name is known. */
static const char *derive(void *data, const struct drop_key *key) {
  const struct drop_layer *drop = data;
  const char *function = drop_places_find(&drop->by_place, key->location);
  return function != NULL ? drop_causes_find(function, drop->release) : NULL;
}

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  struct drop_layer *drop = state;
  struct drop_trace_error reason;
  drop->context = context;
  const struct drop_trace_wish wish = {
      .places = drop->max_places,
      .by_netns = drop_spaces_by_netns(&drop->spaces),
      .by_device = drop->spaces.by_device,
  };
  int r = drop_trace_open(&drop->trace, context->root, &wish, &reason);
  if (r < 0) {
    layer_fail(error, "%s", reason.text);
    return r;
  }
  bool has_reason = drop_trace_method(drop->trace)->has_reason;
  if (drop->places == DROP_LAYER_PLACES_UNSET)
    drop->places = has_reason ? 0 : PLACES_WITHOUT_REASONS;
  if (!has_reason) {
    drop->counts.derive = derive;
    drop->counts.derive_data = drop;
    drop->release = drop_causes_release(context->root);
  }
  log_limits(drop);
  drop_spaces_start(&drop->spaces, context);
  r = drop_counts_add_known(&drop->counts, drop_trace_names(drop->trace));
  if (r < 0)
    layer_fail(error, "no memory for the reasons' names");
  return r;
}

static void stop(void *state) {
  struct drop_layer *drop = state;
  drop_trace_close(drop->trace);
  drop_counts_free(&drop->counts);
  drop_places_free(&drop->by_place);
  drop_spaces_stop(&drop->spaces);
  match_free(&drop->reasons);
}

static void note_places(struct drop_layer *drop, int result) {
  if (result < 0)
    layer_problem_begin(
        &drop->unnamed, drop->context,
        "/proc/kallsyms has no names for places (%s), which are sent as "
        "\"unknown\": it takes CAP_SYSLOG, and kernel.kptr_restrict below 2",
        strerror(-result));
}

/* Names subsystems' reasons that are new, also those of modules loaded since
 * the last look, before they are counted by name. */
static void name_new(struct drop_layer *drop, const struct drop_row *rows,
                     size_t count) {
  const struct drop_names *names = drop_trace_names(drop->trace);
  for (size_t i = 0; i < count; i++) {
    if (!drop_names_lacks(names, rows[i].key.reason) ||
        drop_counts_has(&drop->counts, &rows[i].key))
      continue;
    drop_trace_learn_names(drop->trace, drop->context->root);
    return;
  }
}

/* Makes room in a map of places that is nearly full: forgets keys whose last
 * packet was long ago, as of interfaces and namespaces that are gone. What they
 * had come to stays in the sums. */
static void make_room(struct drop_layer *drop, size_t rows, double now) {
  struct drop_maps *maps = drop_trace_maps(drop->trace);
  struct drop_entry *entry, *next;
  size_t forgotten = 0;
  if (rows < drop->max_places - drop->max_places / 4)
    return;
  HASH_ITER(hh, drop->counts.entries, entry, next) {
    uint64_t count;
    if (entry->key.location == 0 || now - entry->active < QUIET_SECONDS)
      continue;
    if (drop_maps_forget(maps, &entry->key, &count) < 0)
      break;
    drop_counts_forget(&drop->counts, entry, count);
    forgotten++;
  }
  if (forgotten > 0)
    drop_maps_reopen(maps);
}

/* Counts what a read found. Returns 0 or -ENOMEM. */
static int take(struct drop_layer *drop, const struct drop_row *rows,
                size_t count, double now) {
  name_new(drop, rows, count);
  if (drop->counts.derive != NULL)
    note_places(drop, drop_places_learn(&drop->by_place, drop->context->root,
                                        rows, count));
  int r = drop_counts_update(&drop->counts, drop_trace_names(drop->trace), rows,
                             count, now);
  make_room(drop, count, now);
  if (!drop_trace_method(drop->trace)->has_netns)
    return r;
  int by_space = drop_spaces_update(&drop->spaces, &drop->counts, now);
  return r < 0 ? r : by_space;
}

static int read_drops(void *state, struct report *report) {
  struct drop_layer *drop = state;
  const struct drop_row *rows;
  size_t count;
  struct drop_trace_gaps gaps;
  int r = drop_trace_read(drop->trace, &rows, &count, &gaps);
  if (r == 0)
    r = take(drop, rows, count, report_now(report));
  if (r < 0) {
    layer_problem_begin(&drop->unreadable, drop->context,
                        "the counts of dropped packets cannot be read: %s",
                        strerror(-r));
    return r;
  }
  layer_problem_end(&drop->unreadable, drop->context,
                    "the counts of dropped packets can be read again");
  if (drop->places > 0)
    note_places(drop, drop_places_update(&drop->by_place, drop->context->root,
                                         &drop->counts));
  drop_report(drop, &gaps, report);
  return 0;
}

static void explain(void *state, const struct report *report,
                    const struct alert *alert,
                    struct explanation *explanation) {
  (void)report;
  drop_explain(state, alert, explanation);
}

const struct layer drop_reason_layer = {
    .name = "drop_reason",
    .summary = "packets that the kernel dropped, by its reason",
    .noun = "",
    .options = options,
    .meters = drop_meters,
    .meter_count = DROP_METER_COUNT,
    .learns_meters = true,
    .state_size = sizeof(struct drop_layer),
    .set_defaults = set_defaults,
    .start = start,
    .read = read_drops,
    .explain = explain,
    .stop = stop,
};
