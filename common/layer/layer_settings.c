/* SPDX-License-Identifier: MIT */
#include "layer_settings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sysctl.h"

/* Seconds between two reads from which on each read notes the settings: it then
 * costs little. Shorter ones note them once a minute. */
#define LONG_INTERVAL 9

static struct layer_setting_note *
find_note(const struct layer_settings *settings, const char *name) {
  for (size_t i = 0; i < settings->note_count; i++)
    if (strcmp(settings->notes[i].name, name) == 0)
      return &settings->notes[i];
  return NULL;
}

static void list_meter(struct layer_settings *settings, size_t index) {
  const struct meter *meter = &settings->layer->meters[index];
  if (meter->meaning == METER_SETTING)
    settings->all[settings->count++] =
        (struct layer_setting){.meter = (unsigned)index, .value = NAN};
  else if (meter->setting != NULL && meter->limits != NULL &&
           find_note(settings, meter->setting) == NULL)
    settings->notes[settings->note_count++] =
        (struct layer_setting_note){.name = meter->setting};
}

int layer_settings_init(struct layer_settings *settings,
                        const struct layer *layer) {
  size_t most = layer->meter_count + 1;
  *settings = (struct layer_settings){
      .layer = layer,
      .all = calloc(most, sizeof(*settings->all)),
      .refresh = CLOCK_REFRESH_NEVER,
      .notes = calloc(most, sizeof(*settings->notes)),
      .noted = CLOCK_REFRESH_NEVER,
      .read_at = NAN,
  };
  if (settings->all == NULL || settings->notes == NULL) {
    layer_settings_free(settings);
    return -ENOMEM;
  }
  for (size_t i = 0; i < layer->meter_count; i++)
    list_meter(settings, i);
  return 0;
}

void layer_settings_free(struct layer_settings *settings) {
  free(settings->all);
  free(settings->notes);
  *settings = (struct layer_settings){0};
}

void layer_settings_hide(const struct layer_settings *settings,
                         struct report *report) {
  for (size_t i = 0; i < settings->count; i++)
    report_set_sending(report, settings->all[i].meter, METER_SENT_NEVER);
}

static void read_all(struct layer_settings *settings,
                     const struct sysroot *root) {
  for (size_t i = 0; i < settings->count; i++) {
    struct layer_setting *setting = &settings->all[i];
    const char *name = settings->layer->meters[setting->meter].setting;
    int64_t value;
    int r = sysctl_read_number(root, name, &value);
    setting->value = r == 0 ? (double)value : NAN;
  }
}

void layer_settings_report(struct layer_settings *settings,
                           const struct sysroot *root, struct report *report) {
  if (settings->count == 0)
    return;
  double now = report_now(report);
  if (clock_refresh_is_due(&settings->refresh, now)) {
    read_all(settings, root);
    clock_refresh_done(&settings->refresh, now);
  }
  struct report_object *host = report_object(report, NULL, REPORT_HOST, false);
  for (size_t i = 0; i < settings->count; i++)
    report_gauge(report, host, settings->all[i].meter, settings->all[i].value);
}

void layer_settings_note(struct layer_settings *settings,
                         const struct sysroot *root, double now) {
  bool is_short = now - settings->read_at < LONG_INTERVAL;
  settings->read_at = now;
  if (is_short && !clock_refresh_is_due(&settings->noted, now))
    return;
  clock_refresh_done(&settings->noted, now);
  for (size_t i = 0; i < settings->note_count; i++) {
    struct layer_setting_note *note = &settings->notes[i];
    if (sysctl_read_text(root, note->name, note->value, sizeof(note->value)) <
        0)
      note->value[0] = '\0';
  }
}

const char *layer_settings_noted(const struct layer_settings *settings,
                                 const char *name) {
  const struct layer_setting_note *note = find_note(settings, name);
  return note != NULL ? note->value : "";
}

void layer_settings_expire(struct layer_settings *settings) {
  clock_refresh_expire(&settings->refresh);
  clock_refresh_expire(&settings->noted);
}
