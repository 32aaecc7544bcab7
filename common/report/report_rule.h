/* SPDX-License-Identifier: MIT */
/* A user's <Threshold> block: limits for one meter, of all objects or some.
 * Later rules win, option by option. */
#ifndef REPORT_RULE_H
#define REPORT_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "match.h"
#include "threshold.h"

struct report_rule {
  char *meter;            /* the meter's key */
  struct match instances; /* the objects' names; empty: all objects */
  struct threshold_limits limits;
  unsigned given; /* which members of limits: a set of enum report_limit */
};

enum report_limit {
  REPORT_WARNING_MAX = 1 << 0,
  REPORT_FAILURE_MAX = 1 << 1,
  REPORT_WARNING_MIN = 1 << 2,
  REPORT_FAILURE_MIN = 1 << 3,
  REPORT_HYSTERESIS = 1 << 4,
  REPORT_HITS = 1 << 5,
  REPORT_CLEAR_HITS = 1 << 6,
  REPORT_PERSIST = 1 << 7,
  REPORT_PERSIST_OK = 1 << 8,
};

/* Lays the rule's options over limits. */
void report_rule_apply(const struct report_rule *rule,
                       struct threshold_limits *limits);

/* Whether any of the rules is for the meter with this key. */
bool report_rule_any(const struct report_rule *rules, size_t count,
                     const char *key);

/* Frees what the rule owns and makes it all zero. */
void report_rule_free(struct report_rule *rule);

#endif
