/* SPDX-License-Identifier: MIT */
/* Something that a layer can report. The tables of meters are the one source of
 * truth: values, thresholds, notifications and documentation come from them. */
#ifndef METER_H
#define METER_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger_bucket.h"
#include "threshold.h"

/* Counters are judged by their rate per second and sent unwrapped; gauges are
 * judged and sent as they are. */
enum meter_kind {
  METER_COUNTER32, /* wraps at 2^32 */
  METER_COUNTER64,
  METER_GAUGE,
};

enum meter_meaning {
  METER_LOSS,        /* packets or connections are lost */
  METER_ERROR,       /* something arrives broken, or is refused */
  METER_PRESSURE,    /* nothing is lost yet */
  METER_VOLUME,      /* the traffic that losses are a share of */
  METER_INFORMATION, /* anything else */
  METER_SETTING,     /* a sysctl, which the runner reads */
};

/* How the values of an object's members make its own. */
enum meter_total {
  METER_TOTAL_NONE,
  METER_TOTAL_SUM,
  METER_TOTAL_MAX, /* gauges only: the largest */
};

/* When the values of a meter are sent. */
enum meter_sending {
  METER_SENT_ALWAYS,
  METER_SENT_ONCE_COUNTED, /* from the first value that is not 0 on. Then a
                              counter's last 0 is sent, with the time of the
                              read before, and its number from the next read
                              on: stores that make rates of values see the
                              first event */
  METER_SENT_NEVER,
};

struct meter {
  const char *name; /* collectd's type instance: "dropped" */
  const char *key;  /* how <Threshold> names it; NULL: as name */
  const char *type; /* a type of collectd's own types.db: "packets" */
  enum meter_kind kind;
  enum meter_meaning meaning;
  enum meter_total total;
  const char *unit;    /* plural: "packets"; behind a gauge's number: "%", or
                          NULL */
  const char *part_of; /* the meter that counts the same events too, or NULL */

  /* The bucket of a counter that is as exact as it says holds the packets that
   * it counts: see ledger.h. That of another meter is the place that fills up.
   */
  enum ledger_bucket bucket;
  enum ledger_exactness exactness;
  unsigned explained; /* of the less exact meters of a bucket, the one with the
                         lowest number is explained first by more exact ones.
                         Above 1, it shows a fault of its own: see incident.h */
  const char *no_bucket; /* why a loss has none: "counted as OfoPruned" */

  /* A notification reads "cpu 3 VERB 412.0/s PLACE (limit 1/s)". NULL: "has"
   * and the meter's name. */
  const char *verb;  /* "dropped" */
  const char *place; /* "from its backlog" */

  const struct threshold_limits *limits; /* built in; NULL: none */
  const char *setting; /* "net.core.netdev_max_backlog", or NULL; of a meter
                          with METER_SETTING, the source of its value */
  const char *advice;  /* the remedy, under 80 characters, or NULL */

  const char *source; /* for the documentation: the kernel interface */
  const char *help;   /* for the documentation: one sentence */
};

/* The members of a meter that shows a sysctl, for the tables. */
#define METER_SYSCTL(sysctl_name)                                              \
  .type = "gauge", .kind = METER_GAUGE, .meaning = METER_SETTING,              \
  .setting = sysctl_name, .source = "sysctl " sysctl_name

/* The name that configuration uses. */
static inline const char *meter_key(const struct meter *meter) {
  return meter->key != NULL ? meter->key : meter->name;
}

static inline bool meter_is_counter(const struct meter *meter) {
  return meter->kind != METER_GAUGE;
}

#endif
