/* SPDX-License-Identifier: MIT */
/* Bounds the alerts of a layer that are sent: each can start a program, and
 * local users can raise as many as they like. Raising takes two tokens, one of
 * them for the clearing, which is always sent then. What there are no tokens
 * for is summed up in one alert. Objects that ordinary users made have tokens
 * of their own. */
#ifndef ALERT_BUDGET_H
#define ALERT_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include "alert_text.h"
#include "keyed_hash.h"
#include "report.h"
#include "text.h"
#include "token_bucket.h"

/* So many tokens at once, and so many an hour. */
#define ALERT_BUDGET_ROOM 1000
#define ALERT_BUDGET_AN_HOUR 3600
#define ALERT_BUDGET_USERS_ROOM 8
#define ALERT_BUDGET_USERS_AN_HOUR 30

/* Seconds from one summary to the next. */
#define ALERT_BUDGET_SUMMARY 600

/* Alerts of one kind of objects. */
struct alert_budget_share {
  struct token_bucket tokens;
  size_t withheld;            /* raised now, and not sent */
  size_t total;               /* withheld since the summary before */
  enum threshold_state worst; /* of these */
  char examples[96];          /* names of the first of these */
  size_t example_count;
  bool is_summed_up; /* the summary is raised */
  double summed_up;  /* when it was raised last; -INFINITY: never */
};

struct alert_budget_entry;

struct alert_budget {
  struct keyed_hash hash;
  struct alert_budget_entry *raised;
  struct alert_budget_share all, users;
};

void alert_budget_init(struct alert_budget *budget);
void alert_budget_free(struct alert_budget *budget);

/* Whether to send an alert of the time now. */
bool alert_budget_allows(struct alert_budget *budget, const struct alert *alert,
                         double now);

/* A summary of the alerts of a share that were not sent. */
struct alert_budget_summary {
  enum threshold_state state, before;
  size_t count; /* of alerts */
  char message[ALERT_TEXT_SIZE];
};

/* Fills in the summary of a share, one of the two members of a budget, if there
 * is one to send after the alerts of a read. Returns whether there is. */
bool alert_budget_sum_up(struct alert_budget *budget,
                         struct alert_budget_share *share, double now,
                         struct alert_budget_summary *ret);

#endif
