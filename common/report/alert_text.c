/* SPDX-License-Identifier: MIT */
#include "alert_text.h"

#include <math.h>
#include <string.h>

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

/* A number with its unit: "412.0/s", "85.2 %", "12". */
static void add_value(struct text *text, const struct meter *meter,
                      double value) {
  if (meter_is_counter(meter)) {
    /* One event in a long interval is not 0.0/s. */
    text_add(text, value > 0 && value < 0.095 ? "%.2g/s" : "%.1f/s", value);
    return;
  }
  /* What was divided has digits that nobody wants. */
  bool is_ratio = meter->unit != NULL && (strcmp(meter->unit, "%") == 0 ||
                                          strcmp(meter->unit, "times") == 0);
  text_add_number(text, is_ratio ? round(10 * value) / 10 : value);
  if (meter->unit != NULL)
    text_add(text, " %s", meter->unit);
}

static void add_limit(struct text *text, const struct meter *meter,
                      double limit) {
  text_add_number(text, limit);
  if (meter_is_counter(meter))
    text_add(text, "/s");
  else if (meter->unit != NULL)
    text_add(text, " %s", meter->unit);
}

static const char *verb_of(const struct meter *meter) {
  return meter->verb != NULL ? meter->verb : "has";
}

/* Where it happened, or else which meter says so. */
static void add_place(struct text *text, const struct meter *meter) {
  if (meter->place != NULL)
    text_add(text, " %s", meter->place);
  else
    text_add(text, " %s", meter->name);
}

static const char *unit_of(const struct meter *meter) {
  return meter->unit != NULL ? meter->unit : "events";
}

/* The detail comes last: it is what can be cut. */
static void add_explanation(struct text *text,
                            const struct explanation *explanation) {
  bool has_advice = explanation->advice[0] != '\0';
  if (explanation->setting != NULL && explanation->setting_value[0] != '\0') {
    text_add(text, "; %s is %s", explanation->setting,
             explanation->setting_value);
    if (explanation->setting_before[0] != '\0')
      text_add(text, " (%s before)", explanation->setting_before);
    if (has_advice)
      text_add(text, ": %s", explanation->advice);
  } else if (has_advice) {
    text_add(text, "; %s", explanation->advice);
  }
  if (explanation->detail[0] != '\0')
    text_add(text, "; %s", explanation->detail);
}

static void add_raised(struct text *text, const struct alert *alert,
                       const struct explanation *explanation) {
  if (isnan(alert->value)) {
    text_add(text, " has nothing to judge %s by, still a %s",
             alert->meter->name, threshold_state_name(alert->state));
    return;
  }
  text_add(text, " %s ", verb_of(alert->meter));
  add_value(text, alert->meter, alert->value);
  add_place(text, alert->meter);
  text_add(text, " (limit ");
  add_limit(text, alert->meter, alert->limit);
  text_add(text, ")");
  add_explanation(text, explanation);
}

/* From failure to warning. */
static void add_eased(struct text *text, const struct alert *alert) {
  if (isnan(alert->value)) {
    text_add(text, " has nothing to judge %s by, no longer a failure",
             alert->meter->name);
    return;
  }
  text_add(text, " %s ", verb_of(alert->meter));
  add_value(text, alert->meter, alert->value);
  add_place(text, alert->meter);
  text_add(text, ", no longer a failure (limit ");
  add_limit(text, alert->meter, alert->limit);
  text_add(text, ")");
}

static void add_damage(struct text *text, const struct alert *alert) {
  const struct meter *meter = alert->meter;
  if (meter_is_counter(meter)) {
    text_add(text, "%llu %s%s in ",
             (unsigned long long)(alert->lost - alert->lost_quiet),
             unit_of(meter), meter->meaning == METER_LOSS ? " lost" : "");
  } else {
    add_value(text, meter, alert->peak);
    text_add(text, " at worst, in ");
  }
  text_add_duration(text, alert->lasted);
}

static void add_cleared(struct text *text, const struct alert *alert) {
  const struct meter *meter = alert->meter;
  if (isnan(alert->value)) {
    text_add(text, " has nothing left to judge %s by; ", meter->name);
    add_damage(text, alert);
    return;
  }
  text_add(text, " %s ", verb_of(meter));
  if (!meter_is_counter(meter)) {
    add_value(text, meter, alert->value);
    add_place(text, meter);
    text_add(text, " again (limit ");
    add_limit(text, meter, alert->limit);
    text_add(text, ")");
  } else {
    if (alert->lost_quiet == 0)
      text_add(text, "nothing");
    else
      text_add(text, "only %llu %s", (unsigned long long)alert->lost_quiet,
               unit_of(meter));
    add_place(text, meter);
    text_add(text, " for ");
    text_add_duration(text, alert->quiet);
  }
  text_add(text, "; ");
  add_damage(text, alert);
}

static void add_vanished(struct text *text, const struct alert *alert) {
  text_add(text, " is gone; before that, ");
  add_damage(text, alert);
}

static void add_persisting_okay(struct text *text, const struct alert *alert) {
  if (isnan(alert->value)) {
    text_add(text, " has nothing to judge %s by, which is okay",
             alert->meter->name);
    return;
  }
  text_add(text, " %s ", verb_of(alert->meter));
  add_value(text, alert->meter, alert->value);
  add_place(text, alert->meter);
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
    add_raised(text, alert, explanation);
}
