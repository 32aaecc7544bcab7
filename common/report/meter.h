/* SPDX-License-Identifier: MIT */
/* One thing that a layer can report. The tables of meters are the one source
 * of truth: values, thresholds, notifications and the documentation's tables
 * all come from them. */
#ifndef METER_H
#define METER_H

#include <stdbool.h>
#include <stddef.h>

#include "threshold.h"

/* How the number behaves. Counters are judged by their rate per second and sent
 * unwrapped; gauges are judged and sent as they are. */
enum meter_kind {
  METER_COUNTER32, /* wraps at 2^32 */
  METER_COUNTER64,
  METER_GAUGE,
};

enum meter_meaning {
  METER_LOSS,        /* packets, connections: gone */
  METER_ERROR,       /* something arrived broken, or was refused */
  METER_PRESSURE,    /* nothing is lost yet */
  METER_VOLUME,      /* what losses are measured against */
  METER_INFORMATION, /* anything else */
  METER_SETTING,     /* a sysctl, which the runner reads by itself */
};

/* How a meter of several objects adds up in the object that they belong to. */
enum meter_total {
  METER_TOTAL_NONE,
  METER_TOTAL_SUM,
  METER_TOTAL_MAX, /* gauges only: the worst one */
};

/* When the values of a meter are sent. */
enum meter_sending {
  METER_SENT_ALWAYS,
  METER_SENT_ONCE_COUNTED, /* not while it is 0: a counter from its first event
                              on, a gauge from the first time that it is
                              something else. At that event a counter's last 0
                              is sent, so that there is a rate wherever rates
                              are made of values; its number from the next read
                              on */
  METER_SENT_NEVER,
};

struct meter {
  const char *name; /* collectd's type instance: "dropped" */
  const char *key;  /* how <Threshold> names it; NULL: as name */
  const char *type; /* a type of collectd's own types.db: "packets" */
  enum meter_kind kind;
  enum meter_meaning meaning;
  enum meter_total total;
  const char *unit;    /* what is counted: "packets"; of a gauge, what stands
                          behind its number: "%", or NULL */
  const char *part_of; /* the meter that counts these as well, or NULL */

  /* A notification reads "cpu 3 VERB 412.0/s PLACE (limit 1/s)". NULL: "has",
   * and the meter's name. */
  const char *verb;  /* "dropped" */
  const char *place; /* "from its backlog" */

  const struct threshold_limits *limits; /* built in; NULL: none */
  const char *setting; /* "net.core.netdev_max_backlog", or NULL. Of a meter
                          with METER_SETTING: where its value comes from */
  const char *advice;  /* what to do, under 80 characters, or NULL */

  const char *source; /* for the documentation: where the kernel tells it */
  const char *help;   /* for the documentation: one sentence */
};

/* What all meters have in common that show a sysctl, for the tables. */
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
