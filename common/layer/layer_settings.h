/* SPDX-License-Identifier: MIT */
/* The kernel's settings that a layer's meters name: those that are meters
 * themselves, read once a minute and reported as gauges of the host; and those
 * that decide alerts, whose values are noted, so that an alert can show what a
 * setting was before it was mended. */
#ifndef LAYER_SETTINGS_H
#define LAYER_SETTINGS_H

#include "clock.h"
#include "layer.h"

struct layer_setting {
  unsigned meter;
  double value; /* NAN: this kernel does not have it, or it is no number */
};

/* The value of a setting some seconds ago. */
struct layer_setting_note {
  const char *name;
  char value[ALERT_SETTING_SIZE]; /* "": not readable */
};

struct layer_settings {
  const struct layer *layer;
  struct layer_setting *all;
  size_t count;
  struct clock_refresh refresh;

  struct layer_setting_note *notes;
  size_t note_count;
  struct clock_refresh noted;
  double read_at; /* last read; NAN: none */
};

/* Lists the settings of the layer's meters. Returns 0 or -ENOMEM. */
int layer_settings_init(struct layer_settings *settings,
                        const struct layer *layer);
void layer_settings_free(struct layer_settings *settings);

/* Never sends the settings; the layer can still use them. */
void layer_settings_hide(const struct layer_settings *settings,
                         struct report *report);

/* Reads the settings again if that is due and reports them. To be called before
 * the layer reads, which may use them. */
void layer_settings_report(struct layer_settings *settings,
                           const struct sysroot *root, struct report *report);

/* Notes the values of the settings that decide alerts: at each read ten seconds
 * or more apart, otherwise once a minute. To be called after the alerts of a
 * read. */
void layer_settings_note(struct layer_settings *settings,
                         const struct sysroot *root, double now);

/* Returns the noted value of a setting, "" if there is none. */
const char *layer_settings_noted(const struct layer_settings *settings,
                                 const char *name);

/* Makes the next report and the next note read the settings again. */
void layer_settings_expire(struct layer_settings *settings);

#endif
