/* SPDX-License-Identifier: MIT */
#include "layer_limits.h"

#include <math.h>
#include <string.h>

/* A pair of limits; low must not exceed high. */
struct order {
  const char *low_name, *high_name;
  double low, high;
};

/* Applies to limits the earlier rules for the same meter and all objects.
 * Returns false if an earlier rule and this one are for some objects each:
 * whether these are the same is unknown until there are objects. */
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

/* Computes the limits that a rule results in, as far as they are certain: the
 * built-in ones, then the earlier rules, then its own. A total, such as the
 * host's, has its own alone. */
static struct threshold_limits
effective_limits(const struct layer_config *config, const struct layer *layer,
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

/* Whether this rule and a later one are both for all objects of one meter: the
 * later one, which includes this one, is checked instead. */
static bool is_superseded(const struct layer_config *config,
                          const struct report_rule *rule) {
  const struct report_rule *end = config->rules + config->rule_count;
  for (const struct report_rule *later = rule + 1; later < end; later++)
    if (strcmp(later->meter, rule->meter) == 0 && later->instances.count == 0 &&
        rule->instances.count == 0)
      return true;
  return false;
}

static unsigned check_rule(const struct layer_config *config,
                           const struct layer *layer,
                           const struct report_rule *rule,
                           const struct layer_context *context) {
  struct threshold_limits limits = effective_limits(config, layer, rule);
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
  unsigned faults = 0;
  for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
    if (!(orders[i].low > orders[i].high))
      continue;
    layer_log(context, LAYER_ERROR,
              "<Threshold \"%s\">: %s is %.15g, above %s, which is %.15g; "
              "expected at most that (options that are not given keep their "
              "default)",
              rule->meter, orders[i].low_name, orders[i].low,
              orders[i].high_name, orders[i].high);
    faults++;
  }
  return faults;
}

unsigned layer_limits_check(const struct layer_config *config,
                            const struct layer *layer,
                            const struct layer_context *context) {
  unsigned faults = 0;
  for (size_t i = 0; i < config->rule_count; i++)
    if (!is_superseded(config, &config->rules[i]))
      faults += check_rule(config, layer, &config->rules[i], context);
  return faults;
}
