/* SPDX-License-Identifier: MIT */
#include "layer_settings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "sysctl.h"

int layer_settings_init(struct layer_settings *settings,
                        const struct layer *layer) {
  *settings = (struct layer_settings){
      .layer = layer,
      .all = calloc(layer->meter_count + 1, sizeof(*settings->all)),
      .refresh = CLOCK_REFRESH_NEVER,
  };
  if (settings->all == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < layer->meter_count; i++)
    if (layer->meters[i].meaning == METER_SETTING)
      settings->all[settings->count++] =
          (struct layer_setting){.meter = (unsigned)i, .value = NAN};
  return 0;
}

void layer_settings_free(struct layer_settings *settings) {
  free(settings->all);
  settings->all = NULL;
  settings->count = 0;
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

void layer_settings_expire(struct layer_settings *settings) {
  clock_refresh_expire(&settings->refresh);
}
