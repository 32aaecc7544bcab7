/* SPDX-License-Identifier: MIT */
/* What has been lost since the screen was opened, object by object, and the
 * last alerts. */
#ifndef HISTORY_H
#define HISTORY_H

#include "hash.h"
#include "ladder.h"
#include "sample.h"

/* Reads that a sparkline shows. */
#define HISTORY_SPARK 20

/* How long an explanation is good for, in seconds: it can cost as much as a
 * read. */
#define HISTORY_EXPLAINED 10

#define HISTORY_ALERTS 32

/* A row of the ladder that has lost packets. */
struct history_entry {
  UT_hash_handle hh;
  char *key;
  enum ladder_place place;
  const struct layer *layer;
  const struct meter *meter;
  char object[96]; /* as view_object() writes it */
  bool is_losing;
  double now, peak;            /* lost per second */
  uint64_t total;              /* lost */
  double began, ended;         /* of the loss, in monotonic seconds */
  double spark[HISTORY_SPARK]; /* rates, the newest last */
  struct explanation explanation;
};

/* An explanation that was found lately. */
struct history_explanation {
  UT_hash_handle hh;
  char *key;
  double when;
  struct explanation explanation;
};

struct history_alert {
  char when[16]; /* "17:04:59" */
  char key[LABELS_NAME_SIZE + 96];
  enum threshold_state state;
  bool is_on; /* raised, and not cleared since */
  char message[ALERT_TEXT_SIZE];
};

/* All zero is empty. */
struct history {
  struct history_entry *entries; /* losing ones first, in the packet's order */
  struct history_explanation *explanations;
  struct history_alert alerts[HISTORY_ALERTS]; /* the oldest first */
  size_t alert_count;
  struct sample *sample; /* that explains */
  double now;            /* of this read */
};

/* As sample_explain(), but a recent explanation is used again. data is the
 * history. */
void history_explain(void *data, const struct layer *layer,
                     const struct alert *alert, struct explanation *ret);

/* Adds the rows of a read. What there is no memory for is left out. */
void history_add(struct history *history, const struct ladder *ladder,
                 double now);

/* Adds the alerts of a read; when is the time of day. */
void history_add_alerts(struct history *history,
                        const struct sample_alert *alerts, size_t count,
                        const char *when);

/* Forgets all rows, so that totals begin anew. */
void history_reset(struct history *history);

/* Forgets everything. */
void history_free(struct history *history);

#endif
