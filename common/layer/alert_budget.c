/* SPDX-License-Identifier: MIT */
#include "alert_budget.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

/* Tokens for raising an alert, and for clearing it. */
#define RAISE 2

/* Names in a summary. */
#define EXAMPLES 3

/* An alert that is raised. */
struct alert_budget_entry {
  UT_hash_handle hh;                /* by name */
  uint64_t name;                    /* a hash of its object's and its meter's */
  struct alert_budget_share *share; /* that it was raised from */
  bool is_sent;
};

static struct alert_budget_share share_of(double room, double an_hour) {
  return (struct alert_budget_share){
      .tokens = {.room = room, .per_second = an_hour / 3600, .level = room},
      .summed_up = -INFINITY};
}

void alert_budget_init(struct alert_budget *budget) {
  *budget = (struct alert_budget){
      .all = share_of(ALERT_BUDGET_ROOM, ALERT_BUDGET_AN_HOUR),
      .users = share_of(ALERT_BUDGET_USERS_ROOM, ALERT_BUDGET_USERS_AN_HOUR)};
  keyed_hash_init(&budget->hash);
}

void alert_budget_free(struct alert_budget *budget) {
  struct alert_budget_entry *entry, *next;
  HASH_ITER(hh, budget->raised, entry, next) {
    HASH_DEL(budget->raised, entry);
    free(entry);
  }
}

static uint64_t name_of(const struct alert_budget *budget,
                        const struct alert *alert) {
  const char *parts[] = {alert->instance, alert->type, alert->type_instance};
  uint64_t hashes[3];
  for (size_t i = 0; i < 3; i++)
    hashes[i] = keyed_hash_bytes(&budget->hash, parts[i], strlen(parts[i]));
  return keyed_hash_bytes(&budget->hash, hashes, sizeof(hashes));
}

static struct alert_budget_entry *find(const struct alert_budget *budget,
                                       uint64_t name) {
  struct alert_budget_entry *entry;
  HASH_FIND_BYHASHVALUE(hh, budget->raised, &name, sizeof(name), (unsigned)name,
                        entry);
  return entry;
}

static struct alert_budget_entry *make(struct alert_budget *budget,
                                       uint64_t name) {
  struct alert_budget_entry *entry = calloc(1, sizeof(*entry));
  if (entry == NULL)
    return NULL;
  entry->name = name;
  HASH_ADD_BYHASHVALUE(hh, budget->raised, name, sizeof(name), (unsigned)name,
                       entry);
  if (HASH_ADDED(entry))
    return entry;
  free(entry);
  return NULL;
}

static void note_withheld(struct alert_budget_share *share,
                          const struct alert *alert) {
  share->withheld++;
  share->total++;
  if (alert->state > share->worst)
    share->worst = alert->state;
  if (share->example_count == EXAMPLES)
    return;
  size_t length = strlen(share->examples);
  struct text text =
      text_in(share->examples + length, sizeof(share->examples) - length);
  text_add(&text, "%s%.28s", share->example_count > 0 ? ", " : "",
           report_object_name(alert->object));
  share->example_count++;
}

/* Without memory for an entry, an alert and its clearing are sent. */
static bool allows_raising(struct alert_budget *budget,
                           struct alert_budget_share *share,
                           const struct alert *alert, uint64_t name,
                           double now) {
  struct alert_budget_entry *entry = make(budget, name);
  if (entry == NULL)
    return true;
  entry->share = share;
  entry->is_sent = token_bucket_take(&share->tokens, RAISE, now);
  if (!entry->is_sent)
    note_withheld(share, alert);
  return entry->is_sent;
}

static bool allows_clearing(struct alert_budget *budget,
                            struct alert_budget_entry *entry) {
  bool is_sent = entry->is_sent;
  entry->share->withheld -= !is_sent;
  HASH_DEL(budget->raised, entry);
  free(entry);
  return is_sent;
}

/* An alert that is raised already and becomes worse or better, or is to be
 * repeated. */
static bool allows_change(struct alert_budget_entry *entry,
                          const struct alert *alert, double now) {
  struct alert_budget_share *share = entry->share;
  if (entry->is_sent)
    return token_bucket_take(&share->tokens, 1, now);
  if (alert->state < alert->before ||
      !token_bucket_take(&share->tokens, RAISE, now))
    return false;
  entry->is_sent = true;
  share->withheld--;
  return true;
}

bool alert_budget_allows(struct alert_budget *budget, const struct alert *alert,
                         double now) {
  struct alert_budget_share *share =
      report_object_is_users(alert->object) ? &budget->users : &budget->all;
  uint64_t name = name_of(budget, alert);
  struct alert_budget_entry *entry = find(budget, name);
  if (alert->state == THRESHOLD_OKAY && entry != NULL)
    return allows_clearing(budget, entry);
  if (alert->state == THRESHOLD_OKAY)
    return alert->before != THRESHOLD_OKAY ||
           token_bucket_take(&share->tokens, 1, now);
  if (entry != NULL)
    return allows_change(entry, alert, now);
  return allows_raising(budget, share, alert, name, now);
}

static void write_raised(const struct alert_budget_share *share, bool is_users,
                         struct text *text) {
  text_add(text,
           "this host raises %zu more alerts than are sent%s, among them of "
           "%s: see the plugin's values and gauge-alert",
           share->total, is_users ? " of ordinary users' objects" : "",
           share->examples);
}

static void write_cleared(const struct alert_budget_share *share,
                          struct text *text) {
  text_add(text, "this host has cleared all alerts that were not sent, %zu",
           share->total);
}

static void begin_count(struct alert_budget_share *share) {
  share->total = share->withheld;
  share->worst = THRESHOLD_OKAY;
  share->examples[0] = '\0';
  share->example_count = 0;
}

bool alert_budget_sum_up(struct alert_budget *budget,
                         struct alert_budget_share *share, double now,
                         struct alert_budget_summary *ret) {
  struct text text = TEXT_IN(ret->message);
  if (share->is_summed_up && share->withheld == 0) {
    *ret = (struct alert_budget_summary){
        .state = THRESHOLD_OKAY, .before = share->worst, .count = share->total};
    write_cleared(share, &text);
    share->is_summed_up = false;
    begin_count(share);
    return true;
  }
  if (share->is_summed_up || share->withheld == 0 ||
      now - share->summed_up < ALERT_BUDGET_SUMMARY)
    return false;
  *ret = (struct alert_budget_summary){
      .state = share->worst, .before = THRESHOLD_OKAY, .count = share->total};
  write_raised(share, share == &budget->users, &text);
  share->is_summed_up = true;
  share->summed_up = now;
  return true;
}
