/* SPDX-License-Identifier: MIT */
/* The life of one layer under any frontend: configure, start, read again and
 * again, stop. A frontend (collectd5.c, sample.c, the tests' recording
 * frontend) receives log lines, values and alerts through its functions. */
#ifndef RUNNER_H
#define RUNNER_H

#include "config_node.h"
#include "layer.h"
#include "report_reading.h"

struct runner;

/* The meter of every layer besides its own: the worst state of its objects. */
extern const struct meter runner_alert_meter;

/* Each function is called with data, from the caller's thread. */
struct frontend {
  void (*log)(void *data, enum layer_severity severity, const char *message);
  void (*value)(void *data, const struct report_value *value);
  void (*alert)(void *data, const struct alert *alert,
                const struct explanation *explanation, const char *message);
  void *data;
  struct ledger *ledger; /* of the process; NULL: the layer judges alone */
};

/* Makes a runner; frontend is copied. Returns 0 or -ENOMEM. */
int runner_new(struct runner **ret, const struct layer *layer,
               const struct frontend *frontend);

/* Applies a <Plugin NAME> block; only before runner_start(). Mistakes are
 * logged. */
void runner_configure(struct runner *runner, const struct config_node *block);

/* Returns 0, or -errno after logging that the layer cannot work or that its
 * configuration is faulty: it must not be read then. */
int runner_start(struct runner *runner);

/* Sets the interval at which reads are meant to come, in seconds; see
 * report_set_interval(). */
void runner_set_interval(struct runner *runner, double seconds);

/* Reads once at now, in monotonic seconds: passes on all values, then the
 * alerts. Returns 0, or the layer's -errno if nothing could be read; what is
 * raised then stays raised. */
int runner_read(struct runner *runner, double now);

/* Hands over every reading of the last read, sent or not. */
void runner_reading_each(const struct runner *runner,
                         void (*take)(void *data,
                                      const struct report_reading *reading),
                         void *data);

/* Explains an alert of the last read, or one that a frontend makes up for a
 * reading: meter, object, and a state that is worse than before. It may cost as
 * much as a read. */
void runner_explain(struct runner *runner, const struct alert *alert,
                    struct explanation *ret);

/* Accepts NULL. */
void runner_free(struct runner *runner);

#endif
