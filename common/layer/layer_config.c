/* SPDX-License-Identifier: MIT */
#include "layer_config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "layer_option.h"

const struct layer_option layer_common_options[] = {
    {.name = "Notifications",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct layer_config, notifications),
     .value = "true|false",
     .help = "Whether changes of state are sent as notifications. Values, "
             "including the state of the alerts, are sent either way. Default: "
             "true."},
    {.name = "ReportSettings",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct layer_config, report_settings),
     .value = "true|false",
     .help = "Whether the kernel's settings that govern this layer are sent as "
             "gauges beside the counters. Default: true if they are few, as "
             "for softnet; otherwise false."},
    {.name = "ProcRoot",
     .kind = OPTION_STRING,
     .offset = offsetof(struct layer_config, proc_root),
     .value = "\"/proc\"",
     .help = "Where the kernel's process tree is mounted, for a collectd in a "
             "container that has the host's tree elsewhere. Default: /proc."},
    {.name = "SysRoot",
     .kind = OPTION_STRING,
     .offset = offsetof(struct layer_config, sys_root),
     .value = "\"/sys\"",
     .help = "Where the kernel's device tree is mounted. Default: /sys."},
    {.name = NULL},
};

/* Offsets are within struct report_rule. The options before Instance are in the
 * order of their bits in its member given, enum report_limit. */
const struct layer_option layer_threshold_options[] = {
    {.name = "WarningMax",
     .kind = OPTION_LIMIT,
     .offset = offsetof(struct report_rule, limits.warning_max),
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .value = "NUMBER|\"none\"",
     .help = "A value above it is a warning. Counters are judged by their rate "
             "per second, gauges by their value."},
    {.name = "FailureMax",
     .kind = OPTION_LIMIT,
     .offset = offsetof(struct report_rule, limits.failure_max),
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .value = "NUMBER|\"none\"",
     .help = "A value above it is a failure."},
    {.name = "WarningMin",
     .kind = OPTION_LIMIT,
     .offset = offsetof(struct report_rule, limits.warning_min),
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .value = "NUMBER|\"none\"",
     .help = "A value below it is a warning."},
    {.name = "FailureMin",
     .kind = OPTION_LIMIT,
     .offset = offsetof(struct report_rule, limits.failure_min),
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .value = "NUMBER|\"none\"",
     .help = "A value below it is a failure."},
    {.name = "Hysteresis",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct report_rule, limits.hysteresis),
     .min = 0,
     .max = HUGE_VAL,
     .value = "NUMBER",
     .help = "How far inside its limit a value must be to count as good again. "
             "Default: 0."},
    {.name = "Hits",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct report_rule, limits.hits),
     .min = 1,
     .max = 1e6,
     .value = "COUNT",
     .help = "How many values in a row beyond a limit raise an alert. "
             "Default: 1."},
    {.name = "ClearHits",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct report_rule, limits.clear_hits),
     .min = 1,
     .max = 1e6,
     .value = "COUNT",
     .help =
         "How many good values in a row, over at least 10 seconds, clear it. "
         "Default: 6."},
    {.name = "Persist",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct report_rule, limits.persist),
     .value = "true|false",
     .help = "Repeat the notification at each read while the alert stands. "
             "Default: false."},
    {.name = "PersistOK",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct report_rule, limits.persist_ok),
     .value = "true|false",
     .help = "Send a notification at each read while all is well. "
             "Default: false."},
    {.name = "Instance",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct report_rule, instances),
     .value = "\"NAME\"|\"/REGEX/\"",
     .help = "Applies the block to these objects only. Can be given several "
             "times. A total is judged only if it is named exactly: the host's "
             "is \"\"."},
    {.name = NULL},
};

void layer_config_init(struct layer_config *config, const struct layer *layer) {
  *config = (struct layer_config){
      .notifications = true,
      .report_settings = !layer->settings_on_demand,
  };
}

void layer_config_free(struct layer_config *config) {
  for (size_t i = 0; i < config->rule_count; i++)
    report_rule_free(&config->rules[i]);
  free(config->rules);
  free(config->proc_root);
  free(config->sys_root);
  *config = (struct layer_config){0};
}

/* Logs a fault in a line, after the line's place in its file. */
static void log_fault(const struct layer_context *context,
                      enum layer_severity severity,
                      const struct config_node *line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void log_fault(const struct layer_context *context,
                      enum layer_severity severity,
                      const struct config_node *line, const char *format, ...) {
  char buffer[1024];
  struct text text = TEXT_IN(buffer);
  va_list arguments;
  if (line->file != NULL)
    text_add(&text, "%s:%u: ", line->file, line->line);
  va_start(arguments, format);
  text_vadd(&text, format, arguments);
  va_end(arguments);
  layer_log(context, severity, "%s", buffer);
}

/* Sets an option, or logs and counts the fault. prefix goes before the option's
 * name in the log. */
static bool set_option(struct layer_config *config,
                       const struct layer_context *context, const char *prefix,
                       const struct layer_option *option, void *target,
                       const struct config_node *line) {
  struct layer_error error = {.text = "could not be set"};
  int r = layer_option_set(option, target, line, &error);
  if (r == 0)
    return true;
  log_fault(context, LAYER_ERROR, line, "%soption \"%s\" %s", prefix,
            option->name,
            r == -ENOMEM ? "could not be set: out of memory" : error.text);
  config->faults++;
  return false;
}

static void log_unknown_meter(const struct layer *layer,
                              const struct layer_context *context,
                              const struct config_node *block,
                              const char *key) {
  char buffer[640];
  struct text known = TEXT_IN(buffer);
  for (size_t i = 0; i < layer->meter_count; i++)
    text_add(&known, "%s%s", i > 0 ? ", " : "", meter_key(&layer->meters[i]));
  log_fault(context, LAYER_ERROR, block,
            "<Threshold \"%s\">: there is no such meter; there are: %s", key,
            buffer);
}

/* Appends a rule that has no limits yet. Returns NULL when out of memory. */
static struct report_rule *add_rule(struct layer_config *config,
                                    const char *meter) {
  struct report_rule *rules = array_room(config->rules, &config->rule_room,
                                         config->rule_count, sizeof(*rules));
  if (rules == NULL)
    return NULL;
  config->rules = rules;
  struct report_rule *rule = &rules[config->rule_count];
  *rule = (struct report_rule){.meter = strdup(meter)};
  if (rule->meter == NULL)
    return NULL;
  config->rule_count++;
  return rule;
}

static void set_threshold_option(struct layer_config *config,
                                 const struct layer_context *context,
                                 struct report_rule *rule,
                                 const struct config_node *line) {
  char prefix[96];
  struct text text = TEXT_IN(prefix);
  text_add(&text, "<Threshold \"%s\"> ", rule->meter);

  const struct layer_option *option =
      layer_option_find(layer_threshold_options, line->key);
  if (option == NULL)
    log_fault(context, LAYER_WARNING, line,
              "%soption \"%s\" is unknown and ignored", prefix, line->key);
  else if (set_option(config, context, prefix, option, rule, line) &&
           option->kind != OPTION_MATCH)
    rule->given |= 1u << (option - layer_threshold_options);
}

/* Returns the meter that a <Threshold> block names, or NULL after logging that
 * it names none that can exist. */
static const char *threshold_meter(const struct layer *layer,
                                   const struct layer_context *context,
                                   const struct config_node *block,
                                   char *digits, size_t size) {
  struct config_node head = *block;
  head.child_count = 0;
  const char *key = layer_option_string(&head, digits, size);
  if (key == NULL) {
    char buffer[128];
    struct text found = TEXT_IN(buffer);
    layer_option_describe(&found, &head);
    log_fault(context, LAYER_ERROR, block,
              "<Threshold> expects the name of one meter, found %s", buffer);
    return NULL;
  }
  if (layer_find_meter(layer, key) != NULL)
    return key;
  if (!layer->learns_meters) {
    log_unknown_meter(layer, context, block, key);
    return NULL;
  }
  log_fault(context, LAYER_WARNING, block,
            "<Threshold \"%s\">: not a known meter; it takes effect only if "
            "this kernel has a counter of exactly that name",
            key);
  return key;
}

static void add_threshold(struct layer_config *config,
                          const struct layer *layer,
                          const struct layer_context *context,
                          const struct config_node *block) {
  char digits[32];
  const char *key =
      threshold_meter(layer, context, block, digits, sizeof(digits));
  struct report_rule *rule = key != NULL ? add_rule(config, key) : NULL;
  if (key != NULL && rule == NULL)
    log_fault(context, LAYER_ERROR, block, "<Threshold \"%s\">: out of memory",
              key);
  if (rule == NULL) {
    config->faults++;
    return;
  }
  for (size_t i = 0; i < block->child_count; i++)
    set_threshold_option(config, context, rule, &block->children[i]);
}

static void apply_line(struct layer_config *config, const struct layer *layer,
                       void *state, const struct layer_context *context,
                       const struct config_node *line) {
  if (strcasecmp(line->key, "Threshold") == 0) {
    add_threshold(config, layer, context, line);
    return;
  }
  const struct layer_option *option =
      layer_option_find(layer->options, line->key);
  void *target = state;
  if (option == NULL) {
    option = layer_option_find(layer_common_options, line->key);
    target = config;
  }
  if (option == NULL)
    log_fault(context, LAYER_WARNING, line,
              "option \"%s\" is unknown and ignored", line->key);
  else
    set_option(config, context, "", option, target, line);
}

void layer_config_block(struct layer_config *config, const struct layer *layer,
                        void *state, const struct layer_context *context,
                        const struct config_node *block) {
  for (size_t i = 0; i < block->child_count; i++)
    apply_line(config, layer, state, context, &block->children[i]);
}
