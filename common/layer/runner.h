/* SPDX-License-Identifier: MIT */
/* The life of one layer, for any frontend: configure, start, read again and
 * again, stop. A frontend (collectd5.c, netloss_host.c, the tests' recording
 * frontend) passes its functions and receives lines, values and alerts. */
#ifndef RUNNER_H
#define RUNNER_H

#include "config_node.h"
#include "layer.h"

struct runner;

/* What every layer reports besides its own: the worst state of its objects. */
extern const struct meter runner_alert_meter;

/* The functions that a runner calls, each with data. */
struct frontend {
  void (*log)(void *data, enum layer_severity severity, const char *message);
  void (*value)(void *data, const struct report_value *value);
  void (*alert)(void *data, const struct alert *alert,
                const struct explanation *explanation, const char *message);
  void *data;
};

/* Returns 0 or -ENOMEM. frontend is copied. */
int runner_new(struct runner **ret, const struct layer *layer,
               const struct frontend *frontend);

/* Takes a <Plugin NAME> block, before runner_start(). Faults are logged. */
void runner_configure(struct runner *runner, const struct config_node *block);

/* Returns 0, or -errno if the layer cannot work or its configuration is faulty,
 * both of which have been logged: it must not be read then. */
int runner_start(struct runner *runner);

/* Reads once, now as clock_monotonic_seconds() returns it: first all values are
 * handed over, then the alerts. Returns 0, or the layer's -errno if nothing
 * could be read; then what is raised stays raised. */
int runner_read(struct runner *runner, double now);

/* Accepts NULL. */
void runner_free(struct runner *runner);

#endif
