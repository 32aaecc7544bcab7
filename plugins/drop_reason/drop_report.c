/* SPDX-License-Identifier: MIT */
#include "drop_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drop_reasons.h"

/* When a reason is sent. An unknown reason may be a loss. */
static enum meter_sending sending_of(const struct drop_layer *drop,
                                     const char *name, enum drop_class class,
                                     bool is_known) {
  enum meter_sending by_default =
      class == DROP_CAPACITY || class == DROP_FAULT || !is_known
          ? METER_SENT_ONCE_COUNTED
          : METER_SENT_NEVER;
  if (drop->reasons.count == 0)
    return by_default;
  bool is_chosen = match_any(&drop->reasons, name);
  if (drop->ignore_selected)
    return is_chosen ? METER_SENT_NEVER : by_default;
  if (match_exact(&drop->reasons, name))
    return METER_SENT_ALWAYS;
  return is_chosen ? METER_SENT_ONCE_COUNTED : METER_SENT_NEVER;
}

/* Applies the selection to the reasons of the table. */
static void select_reasons(struct drop_layer *drop, struct report *report) {
  if (drop->is_selected)
    return;
  drop->is_selected = true;
  for (unsigned i = 0; i < DROP_METER_COUNT; i++)
    if (drop_facts[i].is_reason)
      report_set_sending(report, i,
                         sending_of(drop, drop_meters[i].name,
                                    drop_facts[i].class,
                                    i != DROP_METER_other));
  report_set_sending(report, DROP_METER_uncounted, METER_SENT_ONCE_COUNTED);
  report_ignore_ledger(report, drop->alert_overlap);
}

/* Finds or makes the meter of something dropped. Returns its index or -ENOMEM;
 * *ret_is_new if it was made. */
static int learn(struct report *report, const struct meter *meter,
                 bool *ret_is_new) {
  int found = report_find_meter(report, meter_key(meter));
  *ret_is_new = found < 0;
  return found >= 0 ? found : report_learn(report, meter);
}

/* The meter of a reason that is not in the table. */
static int learn_reason(const struct drop_layer *drop, struct report *report,
                        const struct drop_reason *reason) {
  const struct meter about = {
      .name = reason->name,
      .type = "packets",
      .kind = METER_COUNTER64,
      .meaning = METER_INFORMATION,
      .unit = "packets",
      .part_of = "unclassified",
      .verb = "dropped",
  };
  bool is_new;
  int meter = learn(report, &about, &is_new);
  if (meter >= 0 && is_new)
    report_set_sending(report, (unsigned)meter,
                       sending_of(drop, reason->name, reason->class, false));
  return meter;
}

/* The meter of a reason, or a negative number if it need not be reported. */
static int meter_of(const struct drop_layer *drop, struct report *report,
                    const struct drop_reason *reason) {
  int meter =
      reason->meter >= 0 ? reason->meter : learn_reason(drop, report, reason);
  return meter >= 0 && report_wants(report, (unsigned)meter) ? meter : -ENOENT;
}

static void report_reason(const struct drop_layer *drop, struct report *report,
                          struct report_object *host,
                          const struct drop_reason *reason) {
  int found = meter_of(drop, report, reason);
  if (found < 0)
    return;
  unsigned meter = (unsigned)found;
  uint64_t before = reason->count - reason->gained;
  report_counter_since(report, host, meter, before, reason->count);
}

static void report_gaps(struct drop_layer *drop,
                        const struct drop_trace_gaps *gaps,
                        struct report *report, struct report_object *host) {
  if (gaps->has_uncounted)
    report_counter(report, host, DROP_METER_uncounted, gaps->uncounted);
  if (gaps->uncounted > 0 && !drop->has_warned_uncounted) {
    drop->has_warned_uncounted = true;
    layer_log(drop->context, LAYER_NOTICE,
              "packets were dropped while a BPF program was running on the "
              "same CPU: packets-uncounted counts them");
  }
  if (gaps->is_full && !drop->has_warned_full) {
    drop->has_warned_full = true;
    layer_log(drop->context, LAYER_WARNING,
              "there are more than %u combinations of place, reason, protocol "
              "and owner: new ones are counted by their reason only; raise "
              "MaxPlaces",
              drop->max_places);
  }
}

static int learn_place(struct report *report, const struct drop_place *place) {
  char key[sizeof("place:") + KALLSYMS_NAME_SIZE];
  snprintf(key, sizeof(key), "place:%s", place->name);
  const struct meter about = {
      .name = place->name,
      .key = key,
      .type = "packets",
      .kind = METER_COUNTER64,
      .meaning = METER_INFORMATION,
      .unit = "packets",
      .verb = "dropped",
  };
  bool is_new;
  return learn(report, &about, &is_new);
}

static void report_places(const struct drop_layer *drop,
                          struct report *report) {
  static const struct labels places = {.group = "place"};
  struct report_object *object = report_object(report, NULL, &places, false);
  for (size_t i = 0; i < drop->by_place.count && i < drop->places; i++) {
    const struct drop_place *place = drop->by_place.busiest[i];
    int meter = learn_place(report, place);
    if (meter >= 0)
      report_counter_since(report, object, (unsigned)meter,
                           place->count - place->gained, place->count);
  }
}

static void report_portion(struct report *report, struct report_object *object,
                           unsigned meter, struct drop_portion portion) {
  if (portion.count > 0)
    report_counter_since_unjudged(
        report, object, meter, portion.count - portion.gained, portion.count);
}

/* Reports a part of the packets, once it has any. It is not judged: the host's
 * total is, which counts the same packets. */
static void report_share(const struct drop_layer *drop, struct report *report,
                         const struct labels *labels,
                         const struct drop_share *share,
                         const struct drop_space *space, bool is_new) {
  if (share->count == 0)
    return;
  struct report_object *object = report_object(report, NULL, labels, false);
  if (object == NULL)
    return;
  report_object_omit_zeros(object, true);
  report_object_set_part(object, true);
  report_object_set_users(object, space != NULL && space->is_users);
  if (is_new)
    report_object_rebase(object);
  for (unsigned i = 0; i < DROP_CLASSES; i++)
    report_portion(report, object, i, share->classes[i]);
  for (const struct drop_reason *reason = drop->counts.reasons; reason != NULL;
       reason = reason->hh.next) {
    struct drop_portion portion = drop_share_of(share, reason);
    int meter = portion.count > 0 ? meter_of(drop, report, reason) : -ENOENT;
    if (meter >= 0)
      report_portion(report, object, (unsigned)meter, portion);
  }
}

static void report_rest(const struct drop_layer *drop, struct report *report,
                        const char *name, const struct drop_share *share) {
  report_share(drop, report, &(const struct labels){.group = name}, share, NULL,
               false);
}

static void report_space(struct drop_layer *drop, struct report *report,
                         const struct drop_space *space) {
  const struct drop_spaces *spaces = &drop->spaces;
  if (space->heir != NULL)
    return;
  if (drop_spaces_by_netns(spaces) && space->name == NULL)
    report_rest(drop, report, "netns-own", &space->share);
  else if (drop_spaces_by_netns(spaces))
    report_share(drop, report, &(const struct labels){.netns = space->name},
                 &space->share, space, false);
  for (const struct drop_interface *interface = space->interfaces.all;
       interface != NULL; interface = interface->hh.next)
    if (interface->is_shown)
      report_share(drop, report,
                   &(const struct labels){.netns = space->name,
                                          .device = interface->name},
                   &interface->share, space, space->is_new);
}

/* Reports the packets by whose they are. */
static void report_spaces(struct drop_layer *drop, struct report *report) {
  struct drop_spaces *spaces = &drop->spaces;
  for (const struct drop_space *space = drop_spaces_next(spaces, NULL);
       space != NULL; space = drop_spaces_next(spaces, space))
    report_space(drop, report, space);
  if (drop_spaces_by_netns(spaces)) {
    report_rest(drop, report, "netns-unknown", &spaces->unknown);
    report_rest(drop, report, "netns-other", &spaces->other);
  }
  if (spaces->by_device)
    report_rest(drop, report, "interface-other", &spaces->no_interface);
}

void drop_report(struct drop_layer *drop, const struct drop_trace_gaps *gaps,
                 struct report *report) {
  select_reasons(drop, report);
  struct report_object *host = report_object(report, NULL, REPORT_HOST, false);
  for (unsigned i = 0; i < DROP_CLASSES; i++)
    report_counter(report, host, i, drop->counts.classes[i]);
  report_gaps(drop, gaps, report, host);
  for (const struct drop_reason *reason = drop->counts.reasons; reason != NULL;
       reason = reason->hh.next)
    report_reason(drop, report, host, reason);
  if (drop->places > 0)
    report_places(drop, report);
  if (drop_trace_method(drop->trace)->has_netns)
    report_spaces(drop, report);
}
