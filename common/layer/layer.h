/* SPDX-License-Identifier: MIT */
/* The contract between a layer of the packet's way (softnet, snmp_proto, ...)
 * and the runner. A layer reads the kernel and hands numbers to a report; it
 * knows no frontend. To write one, read this file and softnet.c. */
#ifndef LAYER_H
#define LAYER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "alert_text.h"
#include "layer_fail.h"
#include "layer_option.h"
#include "report.h"
#include "sysroot.h"

enum layer_severity {
  LAYER_ERROR,   /* something configured does not work */
  LAYER_WARNING, /* it works, but perhaps not as intended */
  LAYER_NOTICE,  /* worth knowing once */
};

/* The runner's part, valid from start to stop. */
struct layer_context {
  const struct sysroot *root;
  void (*log)(void *data, enum layer_severity severity, const char *message);
  void *log_data;
  struct ledger *ledger; /* of the process, or NULL; for loss_ledger alone */
};

/* Logs one line for the operator to act on. What can go wrong at every read is
 * logged through struct layer_problem. */
void layer_log(const struct layer_context *context,
               enum layer_severity severity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void layer_vlog(const struct layer_context *context,
                enum layer_severity severity, const char *format,
                va_list arguments) __attribute__((format(printf, 3, 0)));

/* What a word of a source means, such as a driver's counter. */
struct layer_meaning {
  const char *whose;         /* whose word it is: a driver's name */
  const char *source;        /* where it is read: "ethtool -S" */
  const struct meter *meter; /* that counts it; NULL: none does */
};

typedef void layer_take_meaning(void *data,
                                const struct layer_meaning *meaning);

struct layer {
  const char *name;    /* the plugin's name */
  const char *summary; /* what it watches, one line */
  const char *noun;    /* before an object's name in messages: "cpu" */

  const struct layer_option *options; /* ends with a NULL name */
  const struct meter *meters;
  size_t meter_count;
  bool learns_meters;      /* more can appear at run time */
  bool objects_persist;    /* see report_set_persistent() */
  bool settings_on_demand; /* settings are sent only with ReportSettings */

  size_t state_size;

  /* Sets defaults other than zero. May be NULL. */
  void (*set_defaults)(void *state);

  /* Prepares for reading, once the options are set. Returns 0, or -errno with
   * error filled: the layer is then never read, but still stopped. */
  int (*start)(void *state, const struct layer_context *context,
               struct layer_error *error);

  /* Reports the present numbers. The settings among the layer's meters have
   * been reported already, for REPORT_HOST: see report_level(). Returns 0 if
   * anything could be read; otherwise logs why and returns -errno. */
  int (*read)(void *state, struct report *report);

  /* Does slow work after the values and alerts of a read have been passed on.
   * May be NULL. */
  void (*after)(void *state);

  /* Completes the explanation of an alert with facts that are costly to find.
   * Called only when the alert is raised or becomes worse. May be NULL. */
  void (*explain)(void *state, const struct report *report,
                  const struct alert *alert, struct explanation *explanation);

  /* Reads the setting that applies to an object. Returns as sysctl_read_text()
   * does. NULL: a setting is the same for all objects. */
  int (*read_setting)(void *state, const struct report_object *object,
                      const char *name, char *ret, size_t size);

  /* Hands over the meanings of a word that is no meter's. May be NULL. */
  void (*describe)(const char *word, layer_take_meaning *take, void *data);

  /* Frees what the state owns, its options included, whether it was started or
   * not. May be NULL. */
  void (*stop)(void *state);
};

/* Finds a meter of the layer's table by its key. Returns NULL if there is
 * none. */
const struct meter *layer_find_meter(const struct layer *layer,
                                     const char *key);

#endif
