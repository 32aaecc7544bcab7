/* SPDX-License-Identifier: MIT */
#include "report_rule.h"

#include <stdlib.h>
#include <string.h>

void report_rule_apply(const struct report_rule *rule,
                       struct threshold_limits *limits) {
  const struct threshold_limits *from = &rule->limits;
  if (rule->given & REPORT_WARNING_MAX)
    limits->warning_max = from->warning_max;
  if (rule->given & REPORT_FAILURE_MAX)
    limits->failure_max = from->failure_max;
  if (rule->given & REPORT_WARNING_MIN)
    limits->warning_min = from->warning_min;
  if (rule->given & REPORT_FAILURE_MIN)
    limits->failure_min = from->failure_min;
  if (rule->given & REPORT_HYSTERESIS)
    limits->hysteresis = from->hysteresis;
  if (rule->given & REPORT_HITS)
    limits->hits = from->hits;
  if (rule->given & REPORT_CLEAR_HITS)
    limits->clear_hits = from->clear_hits;
  if (rule->given & REPORT_PERSIST)
    limits->persist = from->persist;
  if (rule->given & REPORT_PERSIST_OK)
    limits->persist_ok = from->persist_ok;
}

bool report_rule_any(const struct report_rule *rules, size_t count,
                     const char *key) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(rules[i].meter, key) == 0)
      return true;
  return false;
}

void report_rule_free(struct report_rule *rule) {
  free(rule->meter);
  match_free(&rule->instances);
  *rule = (struct report_rule){0};
}
