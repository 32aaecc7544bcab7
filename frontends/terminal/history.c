/* SPDX-License-Identifier: MIT */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_object.h"
#include "view.h"

#define KEY_SIZE (LABELS_NAME_SIZE + 96)

static void write_key(char *ret, const struct layer *layer,
                      const struct meter *meter, const char *name) {
  snprintf(ret, KEY_SIZE, "%.24s|%.64s|%s", layer->name, meter_key(meter),
           name);
}

static struct history_explanation *make_explanation(struct history *history,
                                                    const char *key) {
  struct history_explanation *made = calloc(1, sizeof(*made));
  if (made == NULL)
    return NULL;
  made->key = strdup(key);
  if (made->key != NULL) {
    HASH_ADD_KEYPTR(hh, history->explanations, made->key, strlen(made->key),
                    made);
    if (HASH_ADDED(made))
      return made;
  }
  free(made->key);
  free(made);
  return NULL;
}

void history_explain(void *data, const struct layer *layer,
                     const struct alert *alert, struct explanation *ret) {
  struct history *history = data;
  struct history_explanation *known;
  char key[KEY_SIZE];
  write_key(key, layer, alert->meter, alert->instance);
  HASH_FIND_STR(history->explanations, key, known);
  if (known != NULL && history->now - known->when < HISTORY_EXPLAINED) {
    *ret = known->explanation;
    return;
  }
  sample_explain(history->sample, layer, alert, ret);
  if (known == NULL)
    known = make_explanation(history, key);
  if (known == NULL)
    return;
  known->when = history->now;
  known->explanation = *ret;
}

static struct history_entry *make_entry(struct history *history,
                                        const struct ladder_row *row,
                                        const char *key) {
  struct history_entry *entry = calloc(1, sizeof(*entry));
  if (entry == NULL)
    return NULL;
  struct text object = TEXT_IN(entry->object);
  entry->place = row->place;
  entry->layer = row->layer;
  entry->meter = row->meter;
  view_object(&object, row);
  entry->key = strdup(key);
  if (entry->key != NULL) {
    HASH_ADD_KEYPTR(hh, history->entries, entry->key, strlen(entry->key),
                    entry);
    if (HASH_ADDED(entry))
      return entry;
  }
  free(entry->key);
  free(entry);
  return NULL;
}

static void add_row(struct history *history, const struct ladder_row *row,
                    double elapsed) {
  struct history_entry *entry;
  char key[KEY_SIZE];
  write_key(key, row->layer, row->meter, row->name);
  HASH_FIND_STR(history->entries, key, entry);
  if (entry == NULL)
    entry = make_entry(history, row, key);
  if (entry == NULL)
    return;
  if (!entry->is_losing && entry->ended < history->now - elapsed * 1.5)
    entry->began = history->now - elapsed;
  entry->is_losing = true;
  entry->now = row->rate;
  entry->peak = row->rate > entry->peak ? row->rate : entry->peak;
  entry->total += row->lost;
  entry->ended = history->now;
  entry->spark[HISTORY_SPARK - 1] = row->rate;
  entry->explanation = row->explanation;
}

static int compare(const struct history_entry *a,
                   const struct history_entry *b) {
  if (a->is_losing != b->is_losing)
    return a->is_losing ? -1 : 1;
  if (a->place != b->place)
    return a->place < b->place ? -1 : 1;
  if (a->total != b->total)
    return a->total > b->total ? -1 : 1;
  return strcmp(a->key, b->key);
}

void history_add(struct history *history, const struct ladder *ladder,
                 double now) {
  struct history_entry *entry, *next;
  history->now = now;
  HASH_ITER(hh, history->entries, entry, next) {
    memmove(entry->spark, entry->spark + 1,
            sizeof(entry->spark) - sizeof(entry->spark[0]));
    entry->spark[HISTORY_SPARK - 1] = 0;
    entry->now = 0;
    entry->is_losing = false;
  }
  for (size_t i = 0; i < ladder->losing; i++)
    add_row(history, &ladder->rows[i], ladder->elapsed);
  HASH_SORT(history->entries, compare);
}

/* Makes room for one more alert by forgetting the oldest. */
static struct history_alert *next_alert(struct history *history) {
  if (history->alert_count == HISTORY_ALERTS) {
    memmove(history->alerts, history->alerts + 1,
            sizeof(history->alerts) - sizeof(history->alerts[0]));
    history->alert_count--;
  }
  return &history->alerts[history->alert_count++];
}

void history_add_alerts(struct history *history,
                        const struct sample_alert *alerts, size_t count,
                        const char *when) {
  for (size_t i = 0; i < count; i++) {
    char key[KEY_SIZE];
    if (alerts[i].alert.incident != NULL)
      TEXT_FILL(key, "%s", alerts[i].alert.incident);
    else
      write_key(key, alerts[i].layer, alerts[i].alert.meter, alerts[i].name);
    for (size_t j = 0; j < history->alert_count; j++)
      if (strcmp(history->alerts[j].key, key) == 0)
        history->alerts[j].is_on = false;
    struct history_alert *alert = next_alert(history);
    *alert = (struct history_alert){.state = alerts[i].alert.state,
                                    .is_on = alerts[i].alert.state !=
                                             THRESHOLD_OKAY};
    TEXT_FILL(alert->when, "%s", when);
    TEXT_FILL(alert->message, "%s", alerts[i].message);
    memcpy(alert->key, key, sizeof(key));
  }
}

void history_reset(struct history *history) {
  struct history_entry *entry, *next;
  HASH_ITER(hh, history->entries, entry, next) {
    HASH_DEL(history->entries, entry);
    free(entry->key);
    free(entry);
  }
}

void history_free(struct history *history) {
  struct history_explanation *known, *next;
  history_reset(history);
  HASH_ITER(hh, history->explanations, known, next) {
    HASH_DEL(history->explanations, known);
    free(known->key);
    free(known);
  }
  history->alert_count = 0;
}
