/* SPDX-License-Identifier: MIT */
/* All layers, read together, with what they logged and raised. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "arguments.h"
#include "runner.h"

struct sample;

struct sample_layer {
  const struct layer *layer;
  struct runner *runner; /* NULL: out of memory */
  bool is_started;
  int result;        /* of the start or of the last read: 0 or -errno */
  char problem[192]; /* the last error logged; "": none */
};

/* A line that a layer logged. */
struct sample_note {
  const struct layer *layer;
  enum layer_severity severity;
  char *text;
};

/* A change of state in the last read. */
struct sample_alert {
  const struct layer *layer;
  struct alert alert;
  struct explanation explanation;
  char name[LABELS_NAME_SIZE]; /* of the object */
  char message[ALERT_TEXT_SIZE];
};

/* What is configured unless the file sets it. */
struct sample_option {
  const char *layer; /* NULL: every layer that has such an option */
  const char *name;
  struct config_value value;
};

/* Makes the layers as the configuration file says, and starts them. options
 * ends with a NULL name. Returns 0; COMMAND_USAGE
 * after printing what is wrong with the file, or COMMAND_FAILED without
 * memory. */
int sample_open(struct sample **ret, const struct arguments *arguments,
                const struct sample_option *options);

/* Accepts NULL. */
void sample_close(struct sample *sample);

/* Sets the interval at which reads are meant to come, in seconds. */
void sample_set_interval(struct sample *sample, double seconds);

/* Reads all layers once. Returns how many could be read. */
size_t sample_read(struct sample *sample);

/* The same for the second and last read, in reverse order: what a more exact
 * layer sees then spans what a less exact one sees, so that a burst between two
 * layers' reads is not taken for one that no object lost. */
size_t sample_read_last(struct sample *sample);

/* Seconds between the last two reads; 0 before the second. */
double sample_elapsed(const struct sample *sample);

/* The layers, started or not. */
const struct sample_layer *sample_layers(const struct sample *sample,
                                         size_t *ret_count);

/* What was logged since the sample was opened. */
const struct sample_note *sample_notes(const struct sample *sample,
                                       size_t *ret_count);

/* The alerts of the last read. */
const struct sample_alert *sample_alerts(const struct sample *sample,
                                         size_t *ret_count);

/* Hands over every reading of the last read; valid until the next one. */
void sample_each(const struct sample *sample,
                 void (*take)(void *data, const struct layer *layer,
                              const struct report_reading *reading),
                 void *data);

/* As runner_explain(). data is the sample. */
void sample_explain(void *data, const struct layer *layer,
                    const struct alert *alert, struct explanation *ret);

#endif
