/* SPDX-License-Identifier: MIT */
/* The state of a judged value: okay, warning or failure, and when it changes.
 * The words are those of collectd-threshold(5). */
#ifndef THRESHOLD_H
#define THRESHOLD_H

#include <math.h>
#include <stdbool.h>

enum threshold_state {
  THRESHOLD_OKAY,
  THRESHOLD_WARNING,
  THRESHOLD_FAILURE,
};

/* A limit of NAN does not exist. A value breaches a maximum if it is above, a
 * minimum if it is below. */
struct threshold_limits {
  double warning_max;
  double failure_max;
  double warning_min;
  double failure_min;
  double hysteresis;   /* a breach ends only this far inside the limit */
  unsigned hits;       /* breaches in a row before a state is entered */
  unsigned clear_hits; /* good values in a row before it is left, over at least
                          THRESHOLD_CLEAR_SECONDS */
  bool persist;        /* report the state at each value while it is not okay */
  bool persist_ok;     /* and while it is okay */
};

/* How long values must be good before a state is left, in whole seconds: six
 * reads at short intervals are not long enough. */
#define THRESHOLD_CLEAR_SECONDS 10

/* No limits. Configuration starts from these. */
#define THRESHOLD_NONE                                                         \
  {                                                                            \
    .warning_max = NAN, .failure_max = NAN, .warning_min = NAN,                \
    .failure_min = NAN, .hits = 1, .clear_hits = 6                             \
  }

/* Limits for a table of meters: raise at once above them, clear slowly. */
#define THRESHOLD_ABOVE(warning, failure)                                      \
  (&(const struct threshold_limits){.warning_max = (warning),                  \
                                    .failure_max = (failure),                  \
                                    .warning_min = NAN,                        \
                                    .failure_min = NAN,                        \
                                    .hits = 1,                                 \
                                    .clear_hits = 6})

/* All zero is okay, with nothing counted. */
struct threshold {
  enum threshold_state state;
  unsigned warning_hits;  /* values in a row that breach the warning limit... */
  unsigned failure_hits;  /* ...and the failure limit */
  unsigned warning_clear; /* values in a row well inside the warning limit... */
  unsigned failure_clear; /* ...and the failure limit */
  double warning_time;    /* of the last value that was not... */
  double failure_time;    /* ...for the failure limit */
};

/* True if there is a limit. */
bool threshold_exists(const struct threshold_limits *limits);

/* The state that the value alone calls for, without regard to earlier values.
 * NAN is okay. */
enum threshold_state threshold_level(const struct threshold_limits *limits,
                                     double value);

/* Takes one value of the time now, in seconds. True if there is something to
 * report: the state changed, or persist or persist_ok asks for it. NAN is no
 * value and reports nothing. Okay goes straight to failure if the failure limit
 * was breached often enough; failure goes to warning, or straight to okay if
 * the warning limit was kept as long. */
bool threshold_update(struct threshold *threshold,
                      const struct threshold_limits *limits, double value,
                      double now);

/* Takes a value that counts as well within every limit, because there is no
 * traffic to judge by. Returns as above. */
bool threshold_idle(struct threshold *threshold,
                    const struct threshold_limits *limits, double now);

/* The limit to name for a state: the one that value breaches, else the maximum,
 * else the minimum. NAN for okay, and for a state without a limit. */
double threshold_limit(const struct threshold_limits *limits,
                       enum threshold_state state, double value);

/* "okay", "warning", "failure". */
const char *threshold_state_name(enum threshold_state state);

#endif
