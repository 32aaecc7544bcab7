/* SPDX-License-Identifier: MIT */
/* The contract between a layer of the packet's way (softnet, snmp_proto, ...)
 * and whatever runs it. A layer reads the kernel and hands numbers to a report;
 * it knows nothing of collectd. To write one, read this file and softnet.c. */
#ifndef LAYER_H
#define LAYER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "alert_text.h"
#include "report.h"
#include "sysroot.h"

/* Why a layer cannot work, or what is wrong with an option's value, in words
 * that follow the name of the plugin or of the option. */
struct layer_error {
  char text[256];
};

/* Fills error (may be NULL) and returns -EINVAL, to be passed on. */
int layer_fail(struct layer_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum layer_severity {
  LAYER_ERROR,   /* something that was asked for is not done */
  LAYER_WARNING, /* it is done, perhaps not as it was meant */
  LAYER_NOTICE,  /* what an operator wants to know once */
};

/* What a layer is given by whoever runs it, from start to stop. */
struct layer_context {
  const struct sysroot *root;
  void (*log)(void *data, enum layer_severity severity, const char *message);
  void *log_data;
};

/* Logs one line. A layer logs what an operator can act on, and never the same
 * thing at each read: for that, there is struct layer_problem. */
void layer_log(const struct layer_context *context,
               enum layer_severity severity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void layer_vlog(const struct layer_context *context,
                enum layer_severity severity, const char *format,
                va_list arguments) __attribute__((format(printf, 3, 0)));

enum layer_option_kind {
  OPTION_BOOLEAN, /* bool */
  OPTION_NUMBER,  /* double, from min to max */
  OPTION_LIMIT,   /* double, from min to max, or NAN for "none" */
  OPTION_COUNT,   /* unsigned: a whole number from min to max */
  OPTION_STRING,  /* char *, owned by the layer */
  OPTION_CHOICE,  /* int: the index in choices */
  OPTION_MATCH,   /* struct match: each occurrence adds a pattern */
  OPTION_PARSED,  /* whatever parse makes of each string */
};

/* An option of <Plugin NAME>. Its value is put into the layer's state, which
 * holds the default before: state begins as all zero, or as set_defaults leaves
 * it. */
struct layer_option {
  const char *name;
  enum layer_option_kind kind;
  size_t offset; /* of its variable in the layer's state */
  double min, max;
  const char *const *choices; /* ends with NULL; letters of either case fit */
  /* Returns 0, or what layer_fail() returned: "expected ..., found ...". */
  int (*parse)(void *state, const char *value, struct layer_error *error);
  const char *value; /* for the documentation: "true|false" */
  const char *help;  /* for the documentation: one sentence or two */
};

struct layer {
  const char *name;    /* collectd's plugin name */
  const char *summary; /* one line: what it watches */
  const char *noun;    /* before an object's name in messages: "cpu" */

  const struct layer_option *options; /* ends with a NULL name */
  const struct meter *meters;
  size_t meter_count;
  bool learns_meters;      /* more can appear at run time */
  bool objects_persist;    /* see report_set_persistent() */
  bool settings_on_demand; /* settings are sent only with ReportSettings */

  size_t state_size;

  /* Sets defaults that are not zero. May be NULL. */
  void (*set_defaults)(void *state);

  /* Prepares for reading, once the options are set. Returns 0, or -errno with
   * error filled: then the plugin is idle, and stop is still called. */
  int (*start)(void *state, const struct layer_context *context,
               struct layer_error *error);

  /* Hands over what there is now. Settings have been reported already, as
   * meters of the object "": report_level() tells them. Returns 0 if anything
   * could be read, else -errno, having said why through the context. */
  int (*read)(void *state, struct report *report);

  /* Called when the values of a read have been handed over, and its alerts: for
   * what may take long. May be NULL. */
  void (*after)(void *state);

  /* Called only when an alert is raised or becomes worse: finds out what costs
   * something to find out, and corrects the explanation. May be NULL. */
  void (*explain)(void *state, const struct report *report,
                  const struct alert *alert, struct explanation *explanation);

  /* Reads a setting as it is for an object, where that is not the same for all.
   * Returns as sysctl_read_text(). NULL: it is the host's. */
  int (*read_setting)(void *state, const struct report_object *object,
                      const char *name, char *ret, size_t size);

  /* Frees what state owns, options included; state may never have been started.
   * May be NULL. */
  void (*stop)(void *state);
};

/* The meter of the layer's table with this key, or NULL. */
const struct meter *layer_find_meter(const struct layer *layer,
                                     const char *key);

#endif
