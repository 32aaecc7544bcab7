/* SPDX-License-Identifier: MIT */
#include "json_ladder.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

static void add(struct json_object *object, const char *key,
                struct json_object *value) {
  if (json_object_object_add(object, key, value) != 0)
    json_object_put(value);
}

void json_ladder_add(struct json_object *object, const char *key,
                     const char *text) {
  add(object, key, text != NULL ? json_object_new_string(text) : NULL);
}

void json_ladder_add_number(struct json_object *object, const char *key,
                            double number) {
  char digits[32];
  snprintf(digits, sizeof(digits), "%.10g", number);
  add(object, key,
      isfinite(number) ? json_object_new_double_s(number, digits) : NULL);
}

static void add_count(struct json_object *object, const char *key,
                      uint64_t count) {
  add(object, key, json_object_new_uint64(count));
}

static void add_labels(struct json_object *object,
                       const struct labels *labels) {
  struct json_object *members = json_object_new_object();
  for (size_t i = 0; i < LABELS_COUNT; i++)
    if (labels_value(labels, i) != NULL)
      json_ladder_add(members, labels_key(i), labels_value(labels, i));
  add(object, "labels", members);
}

static void add_explanation(struct json_object *object,
                            const struct explanation *explanation) {
  const char *value = explanation->setting_value;
  json_ladder_add(object, "setting", explanation->setting);
  json_ladder_add(object, "setting_value", value[0] != '\0' ? value : NULL);
  json_ladder_add(object, "advice",
                  explanation->advice[0] != '\0' ? explanation->advice : NULL);
  json_ladder_add(object, "detail",
                  explanation->detail[0] != '\0' ? explanation->detail : NULL);
}

static const char *state_name(enum ladder_state state) {
  static const char *const names[] = {[LADDER_UNKNOWN] = "unknown",
                                      [LADDER_OKAY] = "okay",
                                      [LADDER_STRAINED] = "strained",
                                      [LADDER_LOSING] = "losing"};
  return names[state];
}

static struct json_object *row_of(const struct ladder *ladder,
                                  const struct ladder_row *row) {
  struct json_object *object = json_object_new_object();
  json_ladder_add(object, "state", state_name(row->state));
  json_ladder_add(object, "layer", row->layer->name);
  json_ladder_add(object, "object", row->name);
  add_labels(object, row->labels);
  json_ladder_add(object, "meter", meter_key(row->meter));
  json_ladder_add(object, "unit", row->meter->unit);
  if (meter_is_counter(row->meter)) {
    add_count(object, "lost", row->lost);
    if (!ladder->since_boot)
      json_ladder_add_number(object, "lost_per_second", row->rate);
  } else {
    json_ladder_add_number(object, "value", row->gauge);
  }
  if (!ladder->since_boot)
    add_explanation(object, &row->explanation);
  return object;
}

static struct json_object *places_of(const struct ladder *ladder) {
  struct json_object *places = json_object_new_array();
  for (int i = 0; i < LADDER_PLACES; i++) {
    const struct ladder_rung *rung = &ladder->rungs[i];
    struct json_object *place = json_object_new_object();
    struct json_object *rows = json_object_new_array();
    json_ladder_add(place, "place", ladder_place_name((enum ladder_place)i));
    json_ladder_add(place, "state", state_name(rung->state));
    json_ladder_add(place, "note", rung->note[0] != '\0' ? rung->note : NULL);
    for (size_t j = 0; j < ladder->row_count; j++)
      if (ladder->rows[j].place == (enum ladder_place)i)
        json_object_array_add(rows, row_of(ladder, &ladder->rows[j]));
    add(place, "losses", rows);
    json_object_array_add(places, place);
  }
  return places;
}

static void add_value(void *data, const struct layer *layer,
                      const struct report_reading *reading) {
  struct json_object *values = data, *object = json_object_new_object();
  json_ladder_add(object, "layer", layer->name);
  json_ladder_add(object, "object", reading->name);
  add_labels(object, reading->labels);
  json_ladder_add(object, "meter", meter_key(reading->meter));
  json_ladder_add(object, "type", reading->meter->type);
  json_ladder_add(object, "unit", reading->meter->unit);
  if (meter_is_counter(reading->meter)) {
    add_count(object, "count", reading->count);
    json_ladder_add_number(object, "per_second", reading->rate);
  } else {
    json_ladder_add_number(object, "value", reading->gauge);
  }
  json_object_array_add(values, object);
}

static struct json_object *notes_of(const struct sample *sample) {
  static const char *const severities[] = {[LAYER_ERROR] = "error",
                                           [LAYER_WARNING] = "warning",
                                           [LAYER_NOTICE] = "notice"};
  struct json_object *array = json_object_new_array();
  size_t count;
  const struct sample_note *notes = sample_notes(sample, &count);
  for (size_t i = 0; i < count; i++) {
    struct json_object *object = json_object_new_object();
    json_ladder_add(object, "layer", notes[i].layer->name);
    json_ladder_add(object, "severity", severities[notes[i].severity]);
    json_ladder_add(object, "text", notes[i].text);
    json_object_array_add(array, object);
  }
  return array;
}

struct json_object *json_ladder(const struct ladder *ladder,
                                const struct json_ladder_source *source) {
  struct json_object *object = json_object_new_object();
  if (object == NULL)
    return NULL;
  add(object, "format", json_object_new_int(JSON_LADDER_FORMAT));
  json_ladder_add(object, "host", source->host);
  json_ladder_add(object, "kernel", source->kernel);
  add(object, "since_boot", json_object_new_boolean(ladder->since_boot));
  json_ladder_add_number(object, "interval_seconds", ladder->elapsed);
  add(object, "losing_places",
      json_object_new_uint64(ladder_losing_places(ladder)));
  add(object, "unwatched_namespaces",
      json_object_new_uint64(source->unwatched));
  add(object, "places", places_of(ladder));
  add(object, "notes", notes_of(source->sample));
  if (source->has_values) {
    struct json_object *values = json_object_new_array();
    sample_each(source->sample, add_value, values);
    add(object, "values", values);
  }
  return object;
}

struct json_object *json_ladder_alert(const struct sample_alert *alert,
                                      const char *time) {
  struct json_object *object = json_object_new_object();
  if (object == NULL)
    return NULL;
  json_ladder_add(object, "time", time);
  json_ladder_add(object, "state", threshold_state_name(alert->alert.state));
  json_ladder_add(object, "state_before",
                  threshold_state_name(alert->alert.before));
  json_ladder_add(object, "layer", alert->layer->name);
  json_ladder_add(object, "object", alert->name);
  json_ladder_add(object, "meter", meter_key(alert->alert.meter));
  json_ladder_add(object, "unit", alert->alert.meter->unit);
  json_ladder_add_number(object, "value", alert->alert.value);
  json_ladder_add_number(object, "limit", alert->alert.limit);
  add_explanation(object, &alert->explanation);
  json_ladder_add(object, "message", alert->message);
  return object;
}

int json_ladder_print(struct json_object *object, bool is_one_line) {
  if (object == NULL)
    return -ENOMEM;
  int flags = JSON_C_TO_STRING_NOSLASHESCAPE |
              (is_one_line ? JSON_C_TO_STRING_PLAIN
                           : JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
  const char *text = json_object_to_json_string_ext(object, flags);
  if (text != NULL)
    puts(text);
  json_object_put(object);
  return text != NULL ? 0 : -ENOMEM;
}
