/* SPDX-License-Identifier: MIT */
#include "runner.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_budget.h"
#include "clock.h"
#include "incident.h"
#include "layer_config.h"
#include "layer_limits.h"
#include "layer_settings.h"
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

/* Seconds from one line about new series that wait to the next. */
#define WAITING_SECONDS 3600

struct runner {
  const struct layer *layer;
  struct frontend frontend;
  struct layer_context context;
  struct layer_config config;
  struct layer_settings settings;
  struct sysroot root;
  void *state;
  struct report *report;
  struct incidents *incidents;
  struct ledger_teller *teller; /* NULL: there is no ledger */
  double interval;              /* between reads, in seconds; 0: not known */
  struct alert_budget budget;
  double waiting_logged; /* -INFINITY: never */
};

int runner_new(struct runner **ret, const struct layer *layer,
               const struct frontend *frontend) {
  struct runner *runner = calloc(1, sizeof(*runner));
  if (runner == NULL)
    return -ENOMEM;
  runner->layer = layer;
  runner->frontend = *frontend;
  runner->context = (struct layer_context){.root = &runner->root,
                                           .log = frontend->log,
                                           .log_data = frontend->data,
                                           .ledger = frontend->ledger};
  runner->waiting_logged = -INFINITY;
  alert_budget_init(&runner->budget);
  layer_config_init(&runner->config, layer);
  runner->state = calloc(1, layer->state_size > 0 ? layer->state_size : 1);
  if (runner->state == NULL ||
      layer_settings_init(&runner->settings, layer) < 0 ||
      report_new(&runner->report, layer->meters, layer->meter_count) < 0 ||
      incidents_new(&runner->incidents, layer->name) < 0) {
    report_free(runner->report);
    layer_settings_free(&runner->settings);
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
  ledger_leave(runner->teller);
  if (runner->layer->stop != NULL)
    runner->layer->stop(runner->state);
  incidents_free(runner->incidents);
  report_free(runner->report);
  layer_config_free(&runner->config);
  sysroot_free(&runner->root);
  layer_settings_free(&runner->settings);
  alert_budget_free(&runner->budget);
  free(runner->state);
  free(runner);
}

void runner_configure(struct runner *runner, const struct config_node *block) {
  layer_config_block(&runner->config, runner->layer, runner->state,
                     &runner->context, block);
}

static bool has_faults(struct runner *runner) {
  struct layer_config *config = &runner->config;
  config->faults += layer_limits_check(config, runner->layer, &runner->context);
  if (config->faults > 0)
    layer_log(&runner->context, LAYER_ERROR,
              "nothing will be reported: the configuration has %u fault%s, "
              "named above",
              config->faults, config->faults == 1 ? "" : "s");
  return config->faults > 0;
}

static int find_roots(struct runner *runner) {
  const char *proc = runner->config.proc_root, *sys = runner->config.sys_root;
  int r = sysroot_init(&runner->root, proc, sys);
  if (r < 0)
    layer_log(&runner->context, LAYER_ERROR,
              "nothing will be reported: ProcRoot \"%s\" and SysRoot \"%s\" "
              "must be directories: %s",
              proc != NULL ? proc : "/proc", sys != NULL ? sys : "/sys",
              strerror(-r));
  else if (sysroot_net_is_foreign(&runner->root))
    layer_log(&runner->context, LAYER_WARNING,
              "counters are of the network namespace of %s/1, settings of this "
              "one: run collectd in the host's (--network=host)",
              runner->root.proc);
  return r;
}

/* Without a place in the ledger, the layer judges alone. */
static void join_ledger(struct runner *runner) {
  struct ledger *ledger = runner->frontend.ledger;
  if (ledger != NULL && ledger_join(ledger, &runner->teller) == 0)
    report_set_ledger(runner->report, true);
}

int runner_start(struct runner *runner) {
  const struct layer_config *config = &runner->config;
  if (has_faults(runner))
    return -EINVAL;
  int r = find_roots(runner);
  if (r < 0)
    return r;
  report_set_rules(runner->report, config->rules, config->rule_count);
  report_set_persistent(runner->report, runner->layer->objects_persist);
  if (!config->report_settings)
    layer_settings_hide(&runner->settings, runner->report);

  struct layer_error error = {.text = "it could not be started"};
  r = runner->layer->start(runner->state, &runner->context, &error);
  if (r < 0)
    layer_log(&runner->context, LAYER_ERROR, "nothing will be reported: %s",
              error.text);
  else
    join_ledger(runner);
  return r;
}

static void pass_alert_state(const struct runner *runner) {
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

/* Shows what the host's setting was, if it changed since it was noted: the
 * alert is about the time before. */
static void add_setting_before(const struct runner *runner,
                               const struct alert *alert,
                               struct explanation *explanation) {
  const char *noted =
      layer_settings_noted(&runner->settings, explanation->setting);
  if (report_object_labels(alert->object)->netns == NULL &&
      strcmp(noted, explanation->setting_value) != 0)
    TEXT_FILL(explanation->setting_before, "%s", noted);
}

static void explain(struct runner *runner, const struct alert *alert,
                    struct explanation *explanation) {
  explanation->setting = alert->meter->setting;
  if (alert->meter->advice != NULL) {
    struct text advice = TEXT_IN(explanation->advice);
    text_add(&advice, "%s", alert->meter->advice);
  }
  /* The layer may name another setting. */
  if (runner->layer->explain != NULL && alert->state > alert->before)
    runner->layer->explain(runner->state, runner->report, alert, explanation);
  if (explanation->setting != NULL && explanation->setting_value[0] == '\0') {
    read_setting(runner, alert, explanation);
    add_setting_before(runner, alert, explanation);
  }
}

void runner_explain(struct runner *runner, const struct alert *alert,
                    struct explanation *ret) {
  *ret = (struct explanation){0};
  explain(runner, alert, ret);
}

void runner_reading_each(const struct runner *runner,
                         void (*take)(void *data,
                                      const struct report_reading *reading),
                         void *data) {
  report_reading_each(runner->report, take, data);
}

static void pass_alert(void *data, const struct alert *alert) {
  struct runner *runner = data;
  if (!alert_budget_allows(&runner->budget, alert, report_now(runner->report)))
    return;
  struct explanation explanation = {0};
  if (alert->state >= alert->before && alert->state != THRESHOLD_OKAY) {
    explain(runner, alert, &explanation);
    layer_settings_expire(&runner->settings);
  }
  char buffer[ALERT_TEXT_SIZE];
  struct text message = TEXT_IN(buffer);
  alert_text(&message, runner->layer->noun, alert, &explanation);
  runner->frontend.alert(runner->frontend.data, alert, &explanation, buffer);
}

/* Passes on what an alert budget sums up, as an alert of the host. */
static void pass_summary(struct runner *runner,
                         struct alert_budget_share *share) {
  static const struct threshold_limits no_limits = THRESHOLD_NONE;
  const struct explanation no_explanation = {0};
  struct alert_budget_summary summary;
  double now = report_now(runner->report);
  if (!alert_budget_sum_up(&runner->budget, share, now, &summary))
    return;
  const struct report_object *host =
      report_object(runner->report, NULL, REPORT_HOST, false);
  if (host == NULL)
    return;
  const struct alert alert = {.meter = &runner_alert_meter,
                              .object = host,
                              .instance = report_object_instance(host),
                              .type = runner_alert_meter.type,
                              .type_instance = runner_alert_meter.name,
                              .state = summary.state,
                              .before = summary.before,
                              .value = (double)summary.count,
                              .limit = NAN,
                              .limits = &no_limits};
  runner->frontend.alert(runner->frontend.data, &alert, &no_explanation,
                         summary.message);
}

static void pass_alerts(struct runner *runner) {
  size_t count;
  const struct alert *alerts = report_alerts(runner->report, &count);
  incidents_take(runner->incidents, alerts, count, pass_alert, runner);
  pass_summary(runner, &runner->budget.all);
  pass_summary(runner, &runner->budget.users);
}

/* Logs that new series are not sent, at most once an hour. */
static void log_waiting(struct runner *runner,
                        const struct report_waiting *waiting) {
  double now = report_now(runner->report);
  if (waiting->count == 0 || now - runner->waiting_logged < WAITING_SECONDS)
    return;
  runner->waiting_logged = now;
  layer_log(&runner->context, LAYER_WARNING,
            "there are too many new series: %zu objects wait, %zu of them made "
            "by ordinary users, such as %.63s; they are judged, and users' "
            "objects get %d new series a minute",
            waiting->count, waiting->users, waiting->example,
            REPORT_ADMISSION_USERS_A_MINUTE);
}

static void pass_all(struct runner *runner, bool succeeded) {
  struct report_waiting waiting;
  report_admission_decide(runner->report, &waiting);
  log_waiting(runner, &waiting);
  report_value_each(runner->report, runner->frontend.value,
                    runner->frontend.data);
  if (succeeded)
    pass_alert_state(runner);
  if (runner->config.notifications)
    pass_alerts(runner);
}

void runner_set_interval(struct runner *runner, double seconds) {
  runner->interval = seconds;
  report_set_interval(runner->report, seconds);
}

/* Enters what the counters gained into the ledger, and judges what nothing more
 * exact explains. */
static void post(struct runner *runner, double now, double took,
                 bool has_failed) {
  struct ledger_read read = {.begin = now,
                             .end = now + took,
                             .interval = runner->interval,
                             .has_failed = has_failed};
  read.postings = report_postings(runner->report, &read.count);
  ledger_post(runner->teller, &read);
  report_judge_postings(runner->report);
}

int runner_read(struct runner *runner, double now) {
  const struct layer *layer = runner->layer;
  double began = runner->teller != NULL ? clock_monotonic_seconds() : 0;
  report_begin(runner->report, now);
  layer_settings_report(&runner->settings, &runner->root, runner->report);
  int r = layer->read(runner->state, runner->report);
  if (r < 0)
    report_set_incomplete(runner->report);
  if (runner->teller != NULL)
    post(runner, now, clock_monotonic_seconds() - began, r < 0);
  report_end(runner->report);
  pass_all(runner, r == 0);
  layer_settings_note(&runner->settings, &runner->root, now);
  if (layer->after != NULL)
    layer->after(runner->state);
  return r;
}
