/* SPDX-License-Identifier: MIT */
#include "recording_frontend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

/* Ends the test program. */
static void die(const char *why) {
  fprintf(stderr, "recording frontend: %s\n", why);
  abort();
}

/* Returns an array with room for one more element. */
static void *with_room(void *array, size_t *room, size_t count, size_t size) {
  void *grown = array_room(array, room, count, size);
  if (grown == NULL)
    die("out of memory");
  return grown;
}

static void copy(char *to, size_t size, const char *from) {
  if (strlen(from) >= size)
    die(from);
  strcpy(to, from);
}

static void record_line(void *data, enum layer_severity severity,
                        const char *message) {
  struct recording *recording = data;
  recording->lines =
      with_room(recording->lines, &recording->line_room, recording->line_count,
                sizeof(*recording->lines));
  struct recorded_line *line = &recording->lines[recording->line_count++];
  line->severity = severity;
  copy(line->message, sizeof(line->message), message);
}

static void record_value(void *data, const struct report_value *value) {
  struct recording *recording = data;
  recording->values =
      with_room(recording->values, &recording->value_room,
                recording->value_count, sizeof(*recording->values));
  recording->befores =
      with_room(recording->befores, &recording->before_room,
                recording->before_count, sizeof(*recording->befores));
  struct recorded_value *record =
      value->is_of_previous_read
          ? &recording->befores[recording->before_count++]
          : &recording->values[recording->value_count++];
  copy(record->instance, sizeof(record->instance), value->instance);
  copy(record->type, sizeof(record->type), value->type);
  copy(record->type_instance, sizeof(record->type_instance),
       value->type_instance);
  record->is_counter = value->is_counter;
  record->count = value->count;
  record->gauge = value->gauge;
  if (recording->alert_count > 0)
    recording->value_after_alert = true;
}

static void record_alert(void *data, const struct alert *alert,
                         const struct explanation *explanation,
                         const char *message) {
  struct recording *recording = data;
  recording->alerts =
      with_room(recording->alerts, &recording->alert_room,
                recording->alert_count, sizeof(*recording->alerts));
  struct recorded_alert *record = &recording->alerts[recording->alert_count++];
  copy(record->instance, sizeof(record->instance), alert->instance);
  copy(record->type, sizeof(record->type), alert->type);
  copy(record->type_instance, sizeof(record->type_instance),
       alert->type_instance);
  record->state = alert->state;
  record->before = alert->before;
  record->vanished = alert->vanished;
  record->value = alert->value;
  record->limit = alert->limit;
  copy(record->setting, sizeof(record->setting),
       explanation->setting != NULL ? explanation->setting : "");
  copy(record->setting_value, sizeof(record->setting_value),
       explanation->setting_value);
  copy(record->advice, sizeof(record->advice), explanation->advice);
  copy(record->message, sizeof(record->message), message);
  copy(record->incident, sizeof(record->incident),
       alert->incident != NULL ? alert->incident : "");
}

void recording_open(struct recording *recording, const struct layer *layer) {
  recording_open_in(recording, layer, NULL);
}

void recording_open_in(struct recording *recording, const struct layer *layer,
                       struct ledger *ledger) {
  *recording = (struct recording){0};
  const struct frontend frontend = {.log = record_line,
                                    .value = record_value,
                                    .alert = record_alert,
                                    .data = recording,
                                    .ledger = ledger};
  if (runner_new(&recording->runner, layer, &frontend) != 0)
    die("no runner");
}

void recording_close(struct recording *recording) {
  runner_free(recording->runner);
  free(recording->lines);
  free(recording->values);
  free(recording->befores);
  free(recording->alerts);
  *recording = (struct recording){0};
}

void recording_configure(struct recording *recording,
                         const struct config_node *block) {
  runner_configure(recording->runner, block);
}

int recording_start(struct recording *recording) {
  return runner_start(recording->runner);
}

int recording_read(struct recording *recording, double now) {
  recording->value_count = 0;
  recording->before_count = 0;
  recording->alert_count = 0;
  return runner_read(recording->runner, now);
}

const struct recorded_value *recording_value(const struct recording *recording,
                                             const char *instance,
                                             const char *type,
                                             const char *type_instance) {
  for (size_t i = 0; i < recording->value_count; i++) {
    const struct recorded_value *value = &recording->values[i];
    if (strcmp(value->instance, instance) == 0 &&
        strcmp(value->type, type) == 0 &&
        strcmp(value->type_instance, type_instance) == 0)
      return value;
  }
  return NULL;
}

size_t recording_lines(const struct recording *recording,
                       enum layer_severity severity, const char *part) {
  size_t count = 0;
  for (size_t i = 0; i < recording->line_count; ++i)
    count += recording->lines[i].severity == severity &&
             strstr(recording->lines[i].message, part) != NULL;
  return count;
}

void recording_forget_lines(struct recording *recording) {
  recording->line_count = 0;
}

const char *recording_all_lines(const struct recording *recording) {
  static const char *const severities[] = {[LAYER_ERROR] = "error",
                                           [LAYER_WARNING] = "warning",
                                           [LAYER_NOTICE] = "notice"};
  static char all[8192];
  size_t length = 0;
  all[0] = '\0';
  for (size_t i = 0; i < recording->line_count && length < sizeof(all); ++i)
    length += (size_t)snprintf(all + length, sizeof(all) - length, "%s: %s\n",
                               severities[recording->lines[i].severity],
                               recording->lines[i].message);
  return all;
}

const char *recording_alerts(const struct recording *recording) {
  static char all[4096];
  size_t length = 0;
  all[0] = '\0';
  for (size_t i = 0; i < recording->alert_count && length < sizeof(all); ++i) {
    const struct recorded_alert *alert = &recording->alerts[i];
    length += (size_t)snprintf(
        all + length, sizeof(all) - length, "%s%s/%s %s>%s%s",
        i > 0 ? ", " : "", alert->instance, alert->type_instance,
        threshold_state_name(alert->before), threshold_state_name(alert->state),
        alert->vanished ? " gone" : "");
  }
  return all;
}
