/* SPDX-License-Identifier: MIT */
/* Runs a layer as a plugin of collectd 5. It is compiled into each plugin, for
 * the layer that LAYER names. */
#include "collectd.h"

#include "plugin.h"
#include "utils/common/common.h"

#include "clock.h"
#include "collectd_config.h"
#include "collectd_ledger.h"
#include "collectd_notifier.h"
#include "collectd_value.h"
#include "layers.h"
#include "runner.h"

#ifndef LAYER
#error "LAYER must name the layer of this plugin, such as softnet_layer"
#endif

/* How many seconds all plugins together wait at the daemon's end for sinks to
 * take notifications. The daemon frees one plugin after the other. */
#define LAST_SECONDS 2.0

/* A layer and what its reads share. Owned by its read callback. */
struct reading {
  struct runner *runner;
  struct ledger *ledger; /* of the process; NULL: there was no memory */
  struct collectd_notifier *notifier;
  cdtime_t time;      /* of this read */
  cdtime_t previous;  /* of the one before */
  bool has_succeeded; /* at least one read did */
};

/* The reading until init hands it to the read callback. Used by the main thread
 * alone. */
static struct reading *prepared;

static void log_line(void *data, enum layer_severity severity,
                     const char *message) {
  (void)data;
  int level = LOG_NOTICE;
  if (severity == LAYER_ERROR)
    level = LOG_ERR;
  else if (severity == LAYER_WARNING)
    level = LOG_WARNING;
  plugin_log(level, "%s plugin: %s", LAYER.name, message);
}

static void dispatch_value(void *data, const struct report_value *value) {
  const struct reading *reading = data;
  cdtime_t time =
      value->is_of_previous_read ? reading->previous : reading->time;
  collectd_value_dispatch(LAYER.name, time, value);
}

static void dispatch_alert(void *data, const struct alert *alert,
                           const struct explanation *explanation,
                           const char *message) {
  struct reading *reading = data;
  collectd_notifier_send(reading->notifier, reading->time, alert, explanation,
                         message);
}

#define ADD_ONE(name) +1

static void free_reading(void *data) {
  struct reading *reading = data;
  if (reading == NULL)
    return;
  collectd_notifier_free(reading->notifier, LAST_SECONDS / (0 LAYERS(ADD_ONE)));
  runner_free(reading->runner);
  collectd_ledger_release(reading->ledger);
  free(reading);
}

static struct reading *make_reading(void) {
  struct reading *reading = calloc(1, sizeof(*reading));
  if (reading == NULL)
    return NULL;
  reading->ledger = collectd_ledger_take();
  const struct frontend frontend = {.log = log_line,
                                    .value = dispatch_value,
                                    .alert = dispatch_alert,
                                    .data = reading,
                                    .ledger = reading->ledger};
  if (runner_new(&reading->runner, &LAYER, &frontend) == 0)
    return reading;
  collectd_ledger_release(reading->ledger);
  free(reading);
  return NULL;
}

/* Returns the prepared reading, made if there is none yet: collectd calls
 * configure() once for each block, and not at all without one. */
static struct reading *prepare(void) {
  if (prepared == NULL)
    prepared = make_reading();
  if (prepared == NULL)
    ERROR("%s plugin: out of memory; nothing will be reported", LAYER.name);
  return prepared;
}

static int read_layer(user_data_t *user_data) {
  struct reading *reading = user_data->data;
  reading->previous = reading->time;
  reading->time = cdtime();
  runner_set_interval(reading->runner,
                      CDTIME_T_TO_DOUBLE(plugin_get_interval()));
  int r = runner_read(reading->runner, clock_monotonic_seconds());
  if (r == 0)
    reading->has_succeeded = true;
  /* After a failure collectd reads less and less often. That suits a kernel
   * that never had the source; the return of one that was lost is to be noticed
   * soon. */
  return r < 0 && !reading->has_succeeded ? -1 : 0;
}

/* Always returns 0: anything else would end the daemon and all monitoring. */
static int configure(oconfig_item_t *block) {
  struct reading *reading = prepare();
  if (reading == NULL)
    return 0;
  struct config_node *node = collectd_config_convert(block);
  if (node == NULL) {
    ERROR("%s plugin: out of memory; a block of configuration is lost",
          LAYER.name);
    return 0;
  }
  runner_configure(reading->runner, node);
  collectd_config_free(node);
  return 0;
}

static int init(void) {
  struct reading *reading = prepare();
  prepared = NULL;
  if (reading == NULL)
    return -1;
  if (runner_start(reading->runner) < 0) {
    free_reading(reading);
    return -1;
  }
  if (collectd_notifier_new(&reading->notifier, LAYER.name) < 0) {
    ERROR("%s plugin: out of threads; nothing will be reported", LAYER.name);
    free_reading(reading);
    return -1;
  }
  /* The daemon owns the reading from here on, even if it refuses it. */
  user_data_t user_data = {.data = reading, .free_func = free_reading};
  return plugin_register_complex_read(NULL, LAYER.name, read_layer, 0,
                                      &user_data);
}

/* For a daemon that ends before init. */
static int shutdown_layer(void) {
  free_reading(prepared);
  prepared = NULL;
  return 0;
}

__attribute__((visibility("default"))) void module_register(void) {
  collectd_ledger_make_global();
  plugin_register_complex_config(LAYER.name, configure);
  plugin_register_init(LAYER.name, init);
  plugin_register_shutdown(LAYER.name, shutdown_layer);
}
