/* SPDX-License-Identifier: MIT */
/* The kernel's settings among a layer's meters: read once a minute and reported
 * as gauges of the host. */
#ifndef LAYER_SETTINGS_H
#define LAYER_SETTINGS_H

#include "clock.h"
#include "layer.h"

struct layer_setting {
  unsigned meter;
  double value; /* NAN: this kernel does not have it, or it is no number */
};

struct layer_settings {
  const struct layer *layer;
  struct layer_setting *all;
  size_t count;
  struct clock_refresh refresh;
};

/* Lists the meters of the layer that are settings. Returns 0 or -ENOMEM. */
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

/* Makes the next report read the settings again. */
void layer_settings_expire(struct layer_settings *settings);

#endif
