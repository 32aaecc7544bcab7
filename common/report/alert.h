/* SPDX-License-Identifier: MIT */
/* One change of state: of a meter of an object, or of an incident, which
 * incident.h makes of them. */
#ifndef ALERT_H
#define ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meter.h"

struct report_object;

/* How many objects a notification names besides the first, at most. */
#define ALERT_PEERS_MAX 2

/* The strings live until the next report_begin(). */
struct alert {
  const struct meter *meter;
  const struct report_object *object;
  const char *instance; /* as in the report_value that caused it */
  const char *type;     /* as well */
  const char *type_instance;
  enum threshold_state state;
  enum threshold_state before; /* the same as state: persist asked for it */
  bool vanished;               /* the object is gone; state is okay */
  double value; /* rate per second, or the gauge; NAN: none, or vanished */
  double limit; /* the limit of the worse of state and before */
  const struct threshold_limits *limits;

  /* The episode: from the last good reading to the last bad one. */
  double lasted; /* seconds */
  double quiet;  /* seconds since the last reading that breached a limit */
  uint64_t lost; /* counters: gained from the episode's beginning until now */
  uint64_t lost_quiet; /* of these, gained while it was quiet */
  double peak;         /* the value that was furthest out */

  /* Of an incident. */
  const char *incident; /* its name, from raising to clearing; NULL: none */
  const struct alert *peers[ALERT_PEERS_MAX]; /* the next worst objects */
  size_t peer_count;
  size_t others; /* further objects, which are not named */
};

#endif
