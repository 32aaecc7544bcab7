/* SPDX-License-Identifier: MIT */
#include "alert_text.h"

#include <math.h>

#include "alert_number.h"
#include "report_object.h"

/* A longer name would leave no room for the advice. */
#define NAME_WIDTH 63

static void add_subject(struct text *text, const char *noun,
                        const struct alert *alert) {
  const char *name = report_object_name(alert->object);
  if (name[0] == '\0')
    text_add(text, "this host");
  else if (noun[0] == '\0')
    text_add(text, "%.*s", NAME_WIDTH, name);
  else
    text_add(text, "%s %.*s", noun, NAME_WIDTH, name);
}

static void add_value(struct text *text, const struct alert *alert,
                      double value) {
  alert_number_add_value(text, alert->meter, value, alert->limit);
}

static void add_limit(struct text *text, const struct alert *alert) {
  text_add(text, " (limit ");
  alert_number_add_limit(text, alert->meter, alert->limit);
  text_add(text, ")");
}

static const char *verb_of(const struct meter *meter) {
  return meter->verb != NULL ? meter->verb : "has";
}

/* Where it happens or, without a place, the meter's name. */
static void add_place(struct text *text, const struct meter *meter) {
  text_add(text, " %s", meter->place != NULL ? meter->place : meter->name);
}

/* What the object does: " dropped 412.0/s from its backlog". */
static void add_action(struct text *text, const struct alert *alert) {
  text_add(text, " %s ", verb_of(alert->meter));
  add_value(text, alert, alert->value);
  add_place(text, alert->meter);
}

static void add_setting(struct text *text,
                        const struct explanation *explanation) {
  if (explanation->setting_value[0] != '\0')
    text_add(text, "; %s is %s", explanation->setting,
             explanation->setting_value);
  else
    text_add(text, "; %s cannot be read here", explanation->setting);
  if (explanation->setting_before[0] != '\0')
    text_add(text, " (%s before)", explanation->setting_before);
}

/* The detail comes last: the end is what can be cut. */
static void add_explanation(struct text *text,
                            const struct explanation *explanation) {
  bool has_setting = explanation->setting != NULL;
  if (has_setting)
    add_setting(text, explanation);
  if (explanation->advice[0] != '\0')
    text_add(text, "%s %s", has_setting ? ":" : ";", explanation->advice);
  if (explanation->detail[0] != '\0')
    text_add(text, "; %s", explanation->detail);
}

/* The objects that breach the same limit: ", cpu 7 400.0/s and 61 more". */
static void add_peers(struct text *text, const char *noun,
                      const struct alert *alert) {
  for (size_t i = 0; i < alert->peer_count; i++) {
    text_add(text, ", ");
    add_subject(text, noun, alert->peers[i]);
    text_add(text, " ");
    add_value(text, alert, alert->peers[i]->value);
  }
  if (alert->others > 0)
    text_add(text, " and %zu more", alert->others);
}

static void add_raised(struct text *text, const char *noun,
                       const struct alert *alert,
                       const struct explanation *explanation) {
  if (isnan(alert->value)) {
    text_add(text, " has nothing to judge %s by, still a %s",
             alert->meter->name, threshold_state_name(alert->state));
    return;
  }
  add_action(text, alert);
  add_limit(text, alert);
  add_peers(text, noun, alert);
  add_explanation(text, explanation);
}

/* From failure to warning. */
static void add_eased(struct text *text, const struct alert *alert) {
  if (isnan(alert->value)) {
    text_add(text, " has nothing to judge %s by, no longer a failure",
             alert->meter->name);
    return;
  }
  add_action(text, alert);
  text_add(text, ", no longer a failure");
  add_limit(text, alert);
}

static void add_damage(struct text *text, const struct alert *alert) {
  const struct meter *meter = alert->meter;
  if (meter_is_counter(meter)) {
    alert_number_add_count(text, meter, alert->lost - alert->lost_quiet);
    if (meter->meaning == METER_LOSS)
      text_add(text, " lost");
  } else {
    add_value(text, alert, alert->peak);
    text_add(text, " at worst");
  }
  /* An object can come and go between two reads. */
  if (!(alert->lasted > 0))
    return;
  text_add(text, meter_is_counter(meter) ? " in " : ", in ");
  text_add_duration(text, alert->lasted);
}

/* What a counter counted since it is quiet: " dropped nothing from its backlog
 * for 45 s". */
static void add_quiet(struct text *text, const struct alert *alert) {
  text_add(text, " %s ", verb_of(alert->meter));
  if (alert->lost_quiet > 0) {
    text_add(text, "only ");
    alert_number_add_count(text, alert->meter, alert->lost_quiet);
  } else {
    text_add(text, "nothing");
  }
  add_place(text, alert->meter);
  text_add(text, " for ");
  text_add_duration(text, alert->quiet);
}

static void add_cleared(struct text *text, const struct alert *alert) {
  if (isnan(alert->value)) {
    text_add(text, " has nothing left to judge %s by", alert->meter->name);
  } else if (meter_is_counter(alert->meter)) {
    add_quiet(text, alert);
  } else {
    text_add(text, " is back to ");
    add_value(text, alert, alert->value);
    add_place(text, alert->meter);
    add_limit(text, alert);
  }
  if (alert->others > 0)
    text_add(text, ", like %zu more", alert->others);
  text_add(text, "; ");
  add_damage(text, alert);
}

static void add_vanished(struct text *text, const struct alert *alert) {
  text_add(text, " is gone");
  if (alert->others > 0)
    text_add(text, " after %zu more were cleared", alert->others);
  text_add(text, "; before that, ");
  add_damage(text, alert);
}

static void add_persisting_okay(struct text *text, const struct alert *alert) {
  if (isnan(alert->value)) {
    text_add(text, " has nothing to judge %s by, which is okay",
             alert->meter->name);
    return;
  }
  add_action(text, alert);
  text_add(text, ", which is okay");
}

void alert_text(struct text *text, const char *noun, const struct alert *alert,
                const struct explanation *explanation) {
  add_subject(text, noun, alert);
  if (alert->vanished)
    add_vanished(text, alert);
  else if (alert->state == THRESHOLD_OKAY && alert->before == THRESHOLD_OKAY)
    add_persisting_okay(text, alert);
  else if (alert->state == THRESHOLD_OKAY)
    add_cleared(text, alert);
  else if (alert->state < alert->before)
    add_eased(text, alert);
  else
    add_raised(text, noun, alert, explanation);
}
