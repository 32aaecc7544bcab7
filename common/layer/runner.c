/* SPDX-License-Identifier: MIT */
#include "runner.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "layer_config.h"
#include "sysctl.h"

const struct meter runner_alert_meter = {
    .name = "alert",
    .type = "gauge",
    .kind = METER_GAUGE,
    .meaning = METER_INFORMATION,
    .source = "the plugin",
    .help = "The worst state of any object: 0 okay, 1 warning, 2 failure. For "
            "stores that never see a notification.",
};

/* A meter that shows a setting. */
struct setting {
  unsigned meter;
  double value; /* NAN: this kernel does not have it */
};

struct runner {
  const struct layer *layer;
  struct frontend frontend;
  struct layer_context context;
  struct layer_config config;
  struct sysroot root;
  void *state;
  struct report *report;
  struct setting *settings;
  size_t setting_count;
  struct clock_refresh settings_read;
};

static int list_settings(struct runner *runner) {
  const struct layer *layer = runner->layer;
  runner->settings = calloc(layer->meter_count + 1, sizeof(struct setting));
  if (runner->settings == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < layer->meter_count; i++)
    if (layer->meters[i].meaning == METER_SETTING)
      runner->settings[runner->setting_count++] =
          (struct setting){.meter = (unsigned)i, .value = NAN};
  return 0;
}

int runner_new(struct runner **ret, const struct layer *layer,
               const struct frontend *frontend) {
  struct runner *runner = calloc(1, sizeof(*runner));
  if (runner == NULL)
    return -ENOMEM;
  runner->layer = layer;
  runner->frontend = *frontend;
  runner->context = (struct layer_context){
      .root = &runner->root, .log = frontend->log, .log_data = frontend->data};
  clock_refresh_expire(&runner->settings_read);
  layer_config_init(&runner->config, layer);
  runner->state = calloc(1, layer->state_size > 0 ? layer->state_size : 1);
  if (runner->state == NULL || list_settings(runner) < 0 ||
      report_new(&runner->report, layer->meters, layer->meter_count) < 0) {
    free(runner->settings);
    free(runner->state);
    free(runner);
    return -ENOMEM;
  }
  if (layer->set_defaults != NULL)
    layer->set_defaults(runner->state);
  *ret = runner;
  return 0;
}

void runner_free(struct runner *runner) {
  if (runner == NULL)
    return;
  if (runner->layer->stop != NULL)
    runner->layer->stop(runner->state);
  report_free(runner->report);
  layer_config_free(&runner->config);
  sysroot_free(&runner->root);
  free(runner->settings);
  free(runner->state);
  free(runner);
}

void runner_configure(struct runner *runner, const struct config_node *block) {
  layer_config_block(&runner->config, runner->layer, runner->state,
                     &runner->context, block);
}

static const char *or_default(const char *root, const char *otherwise) {
  return root != NULL ? root : otherwise;
}

int runner_start(struct runner *runner) {
  const struct layer_config *config = &runner->config;
  layer_config_check(&runner->config, runner->layer, &runner->context);
  if (config->faults > 0) {
    layer_log(&runner->context, LAYER_ERROR,
              "nothing will be reported: the configuration has %u fault%s, "
              "named above",
              config->faults, config->faults == 1 ? "" : "s");
    return -EINVAL;
  }
  int r = sysroot_init(&runner->root, config->proc_root, config->sys_root);
  if (r < 0) {
    layer_log(&runner->context, LAYER_ERROR,
              "nothing will be reported: ProcRoot \"%s\" and SysRoot \"%s\" "
              "must be directories: %s",
              or_default(config->proc_root, "/proc"),
              or_default(config->sys_root, "/sys"), strerror(-r));
    return r;
  }
  if (sysroot_net_is_foreign(&runner->root))
    layer_log(&runner->context, LAYER_WARNING,
              "counters are of the network namespace of %s/1, settings of this "
              "one: run collectd in the host's (--network=host)",
              runner->root.proc);
  report_set_rules(runner->report, config->rules, config->rule_count);
  report_set_persistent(runner->report, runner->layer->objects_persist);
  if (!config->report_settings)
    for (size_t i = 0; i < runner->setting_count; i++)
      report_set_sending(runner->report, runner->settings[i].meter,
                         METER_SENT_NEVER);

  struct layer_error error = {.text = "it could not be started"};
  r = runner->layer->start(runner->state, &runner->context, &error);
  if (r < 0)
    layer_log(&runner->context, LAYER_ERROR, "nothing will be reported: %s",
              error.text);
  return r;
}

static const struct meter *meter_of(const struct runner *runner,
                                    const struct setting *setting) {
  return &runner->layer->meters[setting->meter];
}

static void read_settings(struct runner *runner, double now) {
  if (!clock_refresh_is_due(&runner->settings_read, now))
    return;
  clock_refresh_done(&runner->settings_read, now);
  for (size_t i = 0; i < runner->setting_count; i++) {
    struct setting *setting = &runner->settings[i];
    int64_t value;
    int r = sysctl_read_number(&runner->root,
                               meter_of(runner, setting)->setting, &value);
    setting->value = r == 0 ? (double)value : NAN;
  }
}

/* Before the layer reads, so that it can go by them; hidden where they are not
 * wanted. */
static void report_settings(struct runner *runner, double now) {
  if (runner->setting_count == 0)
    return;
  read_settings(runner, now);
  struct report_object *host =
      report_object(runner->report, NULL, REPORT_HOST, false);
  for (size_t i = 0; i < runner->setting_count; i++)
    report_gauge(runner->report, host, runner->settings[i].meter,
                 runner->settings[i].value);
}

static void give_alert_state(const struct runner *runner) {
  struct report_value value = {
      .labels = REPORT_HOST,
      .instance = "",
      .type = runner_alert_meter.type,
      .type_instance = runner_alert_meter.name,
      .gauge = (double)report_worst(runner->report),
      .meter = &runner_alert_meter,
  };
  runner->frontend.value(runner->frontend.data, &value);
}

static void read_setting(struct runner *runner, const struct alert *alert,
                         struct explanation *explanation) {
  const struct layer *layer = runner->layer;
  char *value = explanation->setting_value;
  size_t size = sizeof(explanation->setting_value);
  if (layer->read_setting != NULL)
    layer->read_setting(runner->state, alert->object, explanation->setting,
                        value, size);
  else
    sysctl_read_text(&runner->root, explanation->setting, value, size);
}

static void explain(struct runner *runner, const struct alert *alert,
                    struct explanation *explanation) {
  explanation->setting = alert->meter->setting;
  if (alert->meter->advice != NULL) {
    struct text advice = TEXT_IN(explanation->advice);
    text_add(&advice, "%s", alert->meter->advice);
  }
  /* A layer can put another setting there, which is read then. */
  if (runner->layer->explain != NULL && alert->state > alert->before)
    runner->layer->explain(runner->state, runner->report, alert, explanation);
  if (explanation->setting != NULL && explanation->setting_value[0] == '\0')
    read_setting(runner, alert, explanation);
}

static void give_alert(struct runner *runner, const struct alert *alert) {
  struct explanation explanation = {0};
  if (alert->state >= alert->before && alert->state != THRESHOLD_OKAY) {
    explain(runner, alert, &explanation);
    clock_refresh_expire(&runner->settings_read);
  }
  char buffer[ALERT_TEXT_SIZE];
  struct text message = TEXT_IN(buffer);
  alert_text(&message, runner->layer->noun, alert, &explanation);
  runner->frontend.alert(runner->frontend.data, alert, &explanation, buffer);
}

static void give_all(struct runner *runner, bool succeeded) {
  report_value_each(runner->report, runner->frontend.value,
                    runner->frontend.data);
  if (succeeded)
    give_alert_state(runner);
  if (!runner->config.notifications)
    return;
  size_t count;
  const struct alert *alerts = report_alerts(runner->report, &count);
  for (size_t i = 0; i < count; i++)
    give_alert(runner, &alerts[i]);
}

int runner_read(struct runner *runner, double now) {
  const struct layer *layer = runner->layer;
  report_begin(runner->report, now);
  report_settings(runner, now);
  int r = layer->read(runner->state, runner->report);
  if (r < 0)
    report_set_incomplete(runner->report);
  report_end(runner->report);
  give_all(runner, r == 0);
  if (layer->after != NULL)
    layer->after(runner->state);
  return r;
}
