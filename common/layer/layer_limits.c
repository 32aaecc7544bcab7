/* SPDX-License-Identifier: MIT */
/* Whether the limits that a configuration comes to make sense. */
#include <math.h>
#include <string.h>

#include "layer_config.h"

/* A pair of limits that must not be the other way round. */
struct order {
  const char *low_name, *high_name;
  double low, high;
};

/* Lays the rules before this one over limits, which are about the same meter
 * and all objects. False if one is about some objects only: whether it is about
 * those of this rule cannot be told before they are known. */
static bool apply_earlier(const struct layer_config *config,
                          const struct report_rule *rule,
                          struct threshold_limits *limits) {
  for (const struct report_rule *earlier = config->rules; earlier < rule;
       earlier++) {
    if (strcmp(earlier->meter, rule->meter) != 0)
      continue;
    if (earlier->instances.count > 0 && rule->instances.count > 0)
      return false;
    if (earlier->instances.count == 0)
      report_rule_apply(earlier, limits);
  }
  return true;
}

/* What a rule comes to, as far as that is certain: the built-in limits, then
 * the rules before it, then its own. Of these only the last is for a total,
 * such as the host's. */
static struct threshold_limits effective(const struct layer_config *config,
                                         const struct layer *layer,
                                         const struct report_rule *rule) {
  const struct threshold_limits none = THRESHOLD_NONE;
  const struct meter *meter = layer_find_meter(layer, rule->meter);
  struct threshold_limits limits = none;
  if (meter != NULL && meter->limits != NULL)
    limits = *meter->limits;
  if (match_exact(&rule->instances, "") ||
      !apply_earlier(config, rule, &limits))
    limits = none;
  report_rule_apply(rule, &limits);
  return limits;
}

/* Whether a later block is about all objects of the same meter, as this one is:
 * then that one is checked, with what this one gives. */
static bool is_superseded(const struct layer_config *config,
                          const struct report_rule *rule) {
  const struct report_rule *end = config->rules + config->rule_count;
  for (const struct report_rule *later = rule + 1; later < end; later++)
    if (strcmp(later->meter, rule->meter) == 0 && later->instances.count == 0 &&
        rule->instances.count == 0)
      return true;
  return false;
}

void layer_config_check(struct layer_config *config, const struct layer *layer,
                        const struct layer_context *context) {
  for (size_t i = 0; i < config->rule_count; i++) {
    const struct report_rule *rule = &config->rules[i];
    if (is_superseded(config, rule))
      continue;
    struct threshold_limits limits = effective(config, layer, rule);
    /* A rate is never below 0: with more hysteresis it could never clear. */
    const struct meter *meter = layer_find_meter(layer, rule->meter);
    double hysteresis =
        meter == NULL || meter_is_counter(meter) ? limits.hysteresis : NAN;
    const struct order orders[] = {
        {"Hysteresis", "WarningMax", hysteresis, limits.warning_max},
        {"Hysteresis", "FailureMax", hysteresis, limits.failure_max},
        {"WarningMax", "FailureMax", limits.warning_max, limits.failure_max},
        {"FailureMin", "WarningMin", limits.failure_min, limits.warning_min},
        {"WarningMin", "WarningMax", limits.warning_min, limits.warning_max},
        {"FailureMin", "FailureMax", limits.failure_min, limits.failure_max},
    };
    for (size_t j = 0; j < sizeof(orders) / sizeof(orders[0]); j++) {
      if (!(orders[j].low > orders[j].high))
        continue;
      layer_log(context, LAYER_ERROR,
                "<Threshold \"%s\">: %s is %.15g, above %s, which is %.15g; "
                "expected at most that (options that are not given keep their "
                "default)",
                rule->meter, orders[j].low_name, orders[j].low,
                orders[j].high_name, orders[j].high);
      config->faults++;
    }
  }
}
