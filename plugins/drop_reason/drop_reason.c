/* SPDX-License-Identifier: MIT */
/* The packets that the kernel threw away, by the reason that it gives. */
#include "drop_reason.h"

#include <string.h>

#include "drop_reasons.h"
#include "layers.h"

/* Where the kernel tells no reasons, places are all that there is. */
#define PLACES_WITHOUT_REASONS 10

static const struct layer_option options[] = {
    {.name = "Reason",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct drop_layer, reasons),
     .value = "\"no_socket\"|\"/^tcp_/\"",
     .help = "Sends these reasons instead of the default ones, which are those "
             "of the classes capacity and fault, and those that are not "
             "known. Named in full, a reason is sent from the start; else from "
             "its first packet on. The totals of the classes count all. Can "
             "be given several times."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct drop_layer, ignore_selected),
     .value = "true|false",
     .help = "Sends the default reasons, but not those that Reason names. "
             "Default: false."},
    {.name = "Places",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct drop_layer, places),
     .min = 0,
     .max = 1000,
     .value = "COUNT",
     .help = "How many of the kernel's functions that drop packets are sent: "
             "those that drop most of late. Default: none, and 10 where the "
             "kernel tells no reasons (before Linux 5.17)."},
    {.name = "AlertOverlap",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct drop_layer, alert_overlap),
     .value = "true|false",
     .help = "Whether it raises what another plugin of netloss raises too, by "
             "the kernel's other counters. These are of one network namespace, "
             "and the reasons of all: a host with containers may want true. A "
             "Threshold for a reason makes it raised in any case. Default: "
             "false."},
    {.name = "MaxPlaces",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct drop_layer, max_places),
     .min = 1,
     .max = 65536,
     .value = "COUNT",
     .help = "How many combinations of place, reason and protocol the kernel "
             "keeps apart; more are counted by their reason alone. Each takes "
             "some 90 bytes, and 8 for each CPU. Default: 1024."},
    {.name = NULL},
};

static void set_defaults(void *state) {
  struct drop_layer *drop = state;
  drop->places = DROP_PLACES_UNSET;
  drop->max_places = 1024;
}

static void say_how(const struct drop_layer *drop) {
  const struct drop_trace_ways *ways = drop_trace_ways(drop->trace);
  if (!ways->has_reason)
    layer_log(drop->context, LAYER_NOTICE,
              "this kernel tells no reasons: packets are counted by place, "
              "also those that it frees without a loss");
  if (!ways->has_protocol)
    layer_log(drop->context, LAYER_NOTICE,
              "this kernel does not let programs look at packets: protocols "
              "are not told apart");
}

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  struct drop_layer *drop = state;
  struct drop_trace_error reason;
  drop->context = context;
  int r =
      drop_trace_open(&drop->trace, context->root, drop->max_places, &reason);
  if (r < 0) {
    layer_fail(error, "%s", reason.text);
    return r;
  }
  bool has_reason = drop_trace_ways(drop->trace)->has_reason;
  if (drop->places == DROP_PLACES_UNSET)
    drop->places = has_reason ? 0 : PLACES_WITHOUT_REASONS;
  say_how(drop);
  r = drop_counts_expect(&drop->counts, drop_trace_names(drop->trace));
  if (r < 0)
    layer_fail(error, "no memory for the reasons' names");
  return r;
}

static void stop(void *state) {
  struct drop_layer *drop = state;
  drop_trace_close(drop->trace);
  drop_counts_free(&drop->counts);
  drop_places_free(&drop->by_place);
  match_free(&drop->reasons);
}

static void take_places(struct drop_layer *drop) {
  int r = drop_places_take(&drop->by_place, drop->context->root, &drop->counts);
  if (r < 0)
    layer_problem_begin(
        &drop->nameless, drop->context,
        "/proc/kallsyms has no names for places (%s), which are "
        "sent as \"unknown\": it takes CAP_SYSLOG, and "
        "kernel.kptr_restrict below 2",
        strerror(-r));
}

static int read_drops(void *state, struct report *report) {
  struct drop_layer *drop = state;
  const struct drop_row *rows;
  size_t count;
  struct drop_trace_gaps gaps;
  int r = drop_trace_read(drop->trace, &rows, &count, &gaps);
  if (r == 0)
    r = drop_counts_take(&drop->counts, drop_trace_names(drop->trace), rows,
                         count);
  if (r < 0) {
    layer_problem_begin(&drop->unreadable, drop->context,
                        "what the kernel counted cannot be read: %s",
                        strerror(-r));
    return r;
  }
  layer_problem_end(&drop->unreadable, drop->context,
                    "what the kernel counted can be read again");
  if (drop->places > 0)
    take_places(drop);
  drop_report(drop, &gaps, report);
  return 0;
}

const struct layer drop_reason_layer = {
    .name = "drop_reason",
    .summary = "packets that the kernel threw away, by the reason it gives",
    .noun = "",
    .options = options,
    .meters = drop_meters,
    .meter_count = DROP_METER_COUNT,
    .learns_meters = true,
    .state_size = sizeof(struct drop_layer),
    .set_defaults = set_defaults,
    .start = start,
    .read = read_drops,
    .explain = drop_explain,
    .stop = stop,
};
