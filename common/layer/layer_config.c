/* SPDX-License-Identifier: MIT */
#include "layer_config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "layer_option.h"

const struct layer_option layer_common_options[] = {
    {.name = "Notifications",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct layer_config, notifications),
     .value = "true|false",
     .help = "Whether changes of state are sent as notifications. Values, the "
             "state of the alerts included, are sent either way. Default: "
             "true."},
    {.name = "ReportSettings",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct layer_config, report_settings),
     .value = "true|false",
     .help = "Whether the kernel's settings that govern this layer are sent as "
             "gauges beside the counters. Default: true where they are few, as "
             "for softnet; else false."},
    {.name = "ProcRoot",
     .kind = OPTION_STRING,
     .offset = offsetof(struct layer_config, proc_root),
     .value = "\"/proc\"",
     .help = "Where the kernel's process tree is mounted, for a collectd in a "
             "container which has the host's elsewhere. Default: /proc."},
    {.name = "SysRoot",
     .kind = OPTION_STRING,
     .offset = offsetof(struct layer_config, sys_root),
     .value = "\"/sys\"",
     .help = "The same for the tree of devices. Default: /sys."},
    {.name = NULL},
};

/* Offsets are within struct report_rule. All before Instance have, in this
 * order, a bit in its member given. */
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
     .help = "A value counts as good again only when it is this far inside the "
             "limit. Default: 0."},
    {.name = "Hits",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct report_rule, limits.hits),
     .min = 1,
     .max = 1e6,
     .value = "COUNT",
     .help = "So many values in a row beyond a limit raise an alert. "
             "Default: 1."},
    {.name = "ClearHits",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct report_rule, limits.clear_hits),
     .min = 1,
     .max = 1e6,
     .value = "COUNT",
     .help = "So many good values in a row clear it. Default: 6."},
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
     .help = "The block is about these objects only. Can be given several "
             "times. A total, which is not judged otherwise, must be named "
             "exactly: the host's is \"\"."},
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

/* Sets one option, and logs what is wrong with it; within stands before its
 * name. Returns whether it was set. */
static bool set_option(struct layer_config *config,
                       const struct layer_context *context, const char *within,
                       const struct layer_option *option, void *base,
                       const struct config_node *line) {
  struct layer_error error = {.text = "could not be set"};
  int r = layer_option_set(option, base, line, &error);
  if (r == 0)
    return true;
  layer_log(context, LAYER_ERROR, "%soption \"%s\" %s", within, option->name,
            r == -ENOMEM ? "could not be set: out of memory" : error.text);
  config->faults++;
  return false;
}

static void log_unknown_meter(const struct layer *layer,
                              const struct layer_context *context,
                              const char *key) {
  char buffer[640];
  struct text known = TEXT_IN(buffer);
  for (size_t i = 0; i < layer->meter_count; i++)
    text_add(&known, "%s%s", i > 0 ? ", " : "", meter_key(&layer->meters[i]));
  layer_log(context, LAYER_ERROR,
            "<Threshold \"%s\">: there is no such meter; there are: %s", key,
            buffer);
}

/* Makes room for one more rule, which is all zero. */
static struct report_rule *add_rule(struct layer_config *config,
                                    const char *meter) {
  struct report_rule *rules =
      realloc(config->rules, (config->rule_count + 1) * sizeof(*rules));
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

static void take_threshold_option(struct layer_config *config,
                                  const struct layer_context *context,
                                  struct report_rule *rule,
                                  const struct config_node *line) {
  char within[96];
  struct text text = TEXT_IN(within);
  text_add(&text, "<Threshold \"%s\"> ", rule->meter);

  const struct layer_option *option =
      layer_option_find(layer_threshold_options, line->key);
  if (option == NULL)
    layer_log(context, LAYER_WARNING, "%soption \"%s\" is unknown and ignored",
              within, line->key);
  else if (set_option(config, context, within, option, rule, line) &&
           option->kind != OPTION_MATCH)
    rule->given |= 1u << (option - layer_threshold_options);
}

static void take_threshold(struct layer_config *config,
                           const struct layer *layer,
                           const struct layer_context *context,
                           const struct config_node *block) {
  char digits[32];
  struct config_node head = *block;
  head.child_count = 0;
  const char *key = layer_option_string(&head, digits, sizeof(digits));
  if (key == NULL) {
    char buffer[128];
    struct text found = TEXT_IN(buffer);
    layer_option_found(&found, &head);
    layer_log(context, LAYER_ERROR,
              "<Threshold> expects the name of one meter, found %s", buffer);
    config->faults++;
    return;
  }
  if (layer_find_meter(layer, key) == NULL && !layer->learns_meters) {
    log_unknown_meter(layer, context, key);
    config->faults++;
    return;
  }
  if (layer_find_meter(layer, key) == NULL)
    layer_log(context, LAYER_WARNING,
              "<Threshold \"%s\">: not a known meter; it has an effect only if "
              "this kernel has a counter of exactly that name",
              key);
  struct report_rule *rule = add_rule(config, key);
  if (rule == NULL) {
    layer_log(context, LAYER_ERROR, "<Threshold \"%s\">: out of memory", key);
    config->faults++;
    return;
  }
  for (size_t i = 0; i < block->child_count; i++)
    take_threshold_option(config, context, rule, &block->children[i]);
}

static void take_line(struct layer_config *config, const struct layer *layer,
                      void *state, const struct layer_context *context,
                      const struct config_node *line) {
  if (strcasecmp(line->key, "Threshold") == 0) {
    take_threshold(config, layer, context, line);
    return;
  }
  const struct layer_option *option =
      layer_option_find(layer->options, line->key);
  void *base = state;
  if (option == NULL) {
    option = layer_option_find(layer_common_options, line->key);
    base = config;
  }
  if (option == NULL)
    layer_log(context, LAYER_WARNING, "option \"%s\" is unknown and ignored",
              line->key);
  else
    set_option(config, context, "", option, base, line);
}

void layer_config_block(struct layer_config *config, const struct layer *layer,
                        void *state, const struct layer_context *context,
                        const struct config_node *block) {
  for (size_t i = 0; i < block->child_count; i++)
    take_line(config, layer, state, context, &block->children[i]);
}
