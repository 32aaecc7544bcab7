/* SPDX-License-Identifier: MIT */
/* Runs a layer as a plugin of collectd 5. The only file that knows collectd; it
 * is compiled into each plugin, for the layer that LAYER names. */
#include "collectd.h"

#include "plugin.h"
#include "utils/common/common.h"

#include "clock.h"
#include "layers.h"
#include "outbox.h"
#include "runner.h"

#ifndef LAYER
#error "LAYER must name the layer of this plugin, such as softnet_layer"
#endif

/* More notifications than this do not wait for a sink that takes none. */
#define WAITING_MAX 256

/* A layer that is being read. Owned by its read callback. */
struct reading {
  struct runner *runner;
  struct outbox *outbox; /* of notifications */
  bool overflows;        /* one of them found no room, and none since did */
  value_list_t values;   /* what all values of one read share */
  cdtime_t before;       /* when the read before was */
  bool succeeded;        /* at least one read did */
};

/* Until reading begins. Touched by the main thread alone. */
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
  struct reading *reading = data;
  value_list_t *vl = &reading->values;
  cdtime_t now = vl->time;
  value_t number = value->is_counter
                       ? (value_t){.derive = (derive_t)value->count}
                       : (value_t){.gauge = value->gauge};
  vl->values = &number;
  vl->values_len = 1;
  sstrncpy(vl->plugin_instance, value->instance, sizeof(vl->plugin_instance));
  sstrncpy(vl->type, value->type, sizeof(vl->type));
  sstrncpy(vl->type_instance, value->type_instance, sizeof(vl->type_instance));
  if (value->is_of_previous_read)
    vl->time = reading->before;
  plugin_dispatch_values(vl);
  vl->time = now;
  vl->values = NULL;
}

static int severity_of(enum threshold_state state) {
  switch (state) {
  case THRESHOLD_FAILURE:
    return NOTIF_FAILURE;
  case THRESHOLD_WARNING:
    return NOTIF_WARNING;
  case THRESHOLD_OKAY:
    break;
  }
  return NOTIF_OKAY;
}

static void add_number(notification_t *notification, const char *name,
                       double number) {
  if (!isnan(number))
    plugin_notification_meta_add_double(notification, name, number);
}

static void add_string(notification_t *notification, const char *name,
                       const char *string) {
  if (string != NULL && string[0] != '\0')
    plugin_notification_meta_add_string(notification, name, string);
}

struct letter {
  struct outbox_letter outbox_letter; /* comes first */
  notification_t notification;
};

static void free_letter(struct letter *letter) {
  if (letter->notification.meta != NULL)
    plugin_notification_meta_free(letter->notification.meta);
  free(letter);
}

/* The daemon calls every sink before it returns, and a mail server may take
 * minutes: so this runs in a thread of its own, and reads go on. */
static void deliver(struct outbox_letter *outbox_letter) {
  struct letter *letter = (struct letter *)outbox_letter;
  /* -1 says that no plugin listens, which is no fault of ours. */
  plugin_dispatch_notification(&letter->notification);
  free_letter(letter);
}

static void send_letter(struct reading *reading, struct letter *letter) {
  if (outbox_put(reading->outbox, &letter->outbox_letter) == 0) {
    reading->overflows = false;
    return;
  }
  if (!reading->overflows)
    ERROR("%s plugin: %d notifications wait for a plugin that takes none; "
          "until it does, further ones are lost",
          LAYER.name, WAITING_MAX);
  reading->overflows = true;
  free_letter(letter);
}

static void dispatch_alert(void *data, const struct alert *alert,
                           const struct explanation *explanation,
                           const char *message) {
  struct reading *reading = data;
  struct letter *letter = calloc(1, sizeof(*letter));
  if (letter == NULL) {
    ERROR("%s plugin: out of memory; a notification is lost: %s", LAYER.name,
          message);
    return;
  }
  notification_t *notification = &letter->notification;
  notification_init(notification, severity_of(alert->state), message,
                    hostname_g, LAYER.name, alert->instance, alert->meter->type,
                    alert->type_instance);
  notification->time = reading->values.time;

  add_string(notification, "DataSource", "value");
  add_number(notification, "CurrentValue", alert->value);
  add_number(notification, "WarningMin", alert->limits->warning_min);
  add_number(notification, "WarningMax", alert->limits->warning_max);
  add_number(notification, "FailureMin", alert->limits->failure_min);
  add_number(notification, "FailureMax", alert->limits->failure_max);
  add_string(notification, "Setting", explanation->setting);
  add_string(notification, "SettingValue", explanation->setting_value);
  add_string(notification, "Advice", explanation->advice);
  send_letter(reading, letter);
}

static void free_reading(void *data) {
  struct reading *reading = data;
  if (reading == NULL)
    return;
  outbox_free(reading->outbox);
  runner_free(reading->runner);
  free(reading);
}

static struct reading *make_reading(void) {
  struct reading *reading = calloc(1, sizeof(*reading));
  if (reading == NULL)
    return NULL;
  sstrncpy(reading->values.plugin, LAYER.name, sizeof(reading->values.plugin));
  const struct frontend frontend = {.log = log_line,
                                    .value = dispatch_value,
                                    .alert = dispatch_alert,
                                    .data = reading};
  if (runner_new(&reading->runner, &LAYER, &frontend) == 0)
    return reading;
  free(reading);
  return NULL;
}

/* What is prepared, made if need be: collectd calls the configuration once for
 * each block, and not at all where there is none. */
static struct reading *prepare(void) {
  if (prepared == NULL)
    prepared = make_reading();
  if (prepared == NULL)
    ERROR("%s plugin: out of memory; nothing will be reported", LAYER.name);
  return prepared;
}

static int read_layer(user_data_t *user_data) {
  struct reading *reading = user_data->data;
  reading->before = reading->values.time;
  reading->values.time = cdtime();
  int r = runner_read(reading->runner, clock_monotonic_seconds());
  if (r == 0)
    reading->succeeded = true;
  /* A failure makes collectd read less and less often. That suits a kernel
   * which never had the source; one that lost it is to be noticed when it is
   * back. */
  return r < 0 && !reading->succeeded ? -1 : 0;
}

static struct config_value convert_value(const oconfig_value_t *value) {
  switch (value->type) {
  case OCONFIG_TYPE_NUMBER:
    return (struct config_value){.kind = CONFIG_NUMBER,
                                 .number = value->value.number};
  case OCONFIG_TYPE_BOOLEAN:
    return (struct config_value){.kind = CONFIG_BOOLEAN,
                                 .boolean = value->value.boolean != 0};
  default:
    return (struct config_value){.kind = CONFIG_STRING,
                                 .string = value->value.string};
  }
}

static void free_nodes(const struct config_node *nodes, size_t count) {
  for (size_t i = 0; nodes != NULL && i < count; i++) {
    free_nodes(nodes[i].children, nodes[i].child_count);
    free((void *)nodes[i].values);
  }
  free((void *)nodes);
}

/* Makes nodes of items; their strings stay the items'. NULL when there is no
 * memory, or nothing to convert. */
static struct config_node *convert(const oconfig_item_t *items, size_t count) {
  if (count == 0)
    return NULL;
  struct config_node *nodes = calloc(count, sizeof(*nodes));
  for (size_t i = 0; nodes != NULL && i < count; i++) {
    const oconfig_item_t *item = &items[i];
    size_t value_count = (size_t)item->values_num;
    size_t child_count = (size_t)item->children_num;
    struct config_value *values = calloc(value_count + 1, sizeof(*values));
    struct config_node *children = convert(item->children, child_count);
    nodes[i] = (struct config_node){
        .key = item->key, .values = values, .children = children};
    if (values == NULL || (children == NULL && child_count > 0)) {
      free_nodes(nodes, count);
      return NULL;
    }
    nodes[i].child_count = child_count;
    nodes[i].value_count = value_count;
    for (size_t j = 0; j < value_count; j++)
      values[j] = convert_value(&item->values[j]);
  }
  return nodes;
}

/* Always 0: anything else would end the daemon, and all monitoring with it. */
static int configure(oconfig_item_t *block) {
  struct reading *reading = prepare();
  if (reading == NULL)
    return 0;
  struct config_node *node = convert(block, 1);
  if (node == NULL) {
    ERROR("%s plugin: out of memory; a block of configuration is lost",
          LAYER.name);
    return 0;
  }
  runner_configure(reading->runner, node);
  free_nodes(node, 1);
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
  if (outbox_new(&reading->outbox, WAITING_MAX, deliver) < 0) {
    ERROR("%s plugin: out of threads; nothing will be reported", LAYER.name);
    free_reading(reading);
    return -1;
  }
  /* From here on the daemon owns it, even if it refuses it. */
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
  plugin_register_complex_config(LAYER.name, configure);
  plugin_register_init(LAYER.name, init);
  plugin_register_shutdown(LAYER.name, shutdown_layer);
}
