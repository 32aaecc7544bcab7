/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "array.h"
#include "clock.h"
#include "command.h"
#include "ini_config.h"
#include "layer_config.h"
#include "layer_list.h"
#include "ledger.h"

#define DEFAULT_FILE "/etc/netloss.conf"

/* A layer's part, passed to its frontend's functions. */
struct sample_context {
  struct sample *sample;
  struct sample_layer *layer;
};

struct sample {
  struct ledger *ledger; /* of this process */
  struct sample_layer *layers;
  struct sample_context *contexts; /* one for each */
  size_t count;
  struct sample_note *notes;
  size_t note_count, note_room;
  struct sample_alert *alerts;
  size_t alert_count, alert_room;
  double read_at, elapsed; /* seconds */
};

static void take_log(void *data, enum layer_severity severity,
                     const char *message) {
  static const char prefix[] = "nothing will be reported: ";
  struct sample_context *context = data;
  struct sample *sample = context->sample;
  if (strncmp(message, prefix, sizeof(prefix) - 1) == 0)
    message += sizeof(prefix) - 1;
  if (severity == LAYER_ERROR)
    TEXT_FILL(context->layer->problem, "%s", message);
  struct sample_note *notes = array_room(sample->notes, &sample->note_room,
                                         sample->note_count, sizeof(*notes));
  if (notes == NULL)
    return;
  sample->notes = notes;
  char *text = strdup(message);
  if (text == NULL)
    return;
  struct sample_note *note = &notes[sample->note_count++];
  note->layer = context->layer->layer;
  note->severity = severity;
  note->text = text;
}

static void take_value(void *data, const struct report_value *value) {
  (void)data;
  (void)value;
}

static void take_alert(void *data, const struct alert *alert,
                       const struct explanation *explanation,
                       const char *message) {
  struct sample_context *context = data;
  struct sample *sample = context->sample;
  struct sample_alert *alerts =
      array_room(sample->alerts, &sample->alert_room, sample->alert_count,
                 sizeof(*alerts));
  if (alerts == NULL)
    return;
  sample->alerts = alerts;
  struct sample_alert *copy = &alerts[sample->alert_count++];
  *copy = (struct sample_alert){.layer = context->layer->layer,
                                .alert = *alert,
                                .explanation = *explanation};
  TEXT_FILL(copy->name, "%s", report_object_name(alert->object));
  TEXT_FILL(copy->message, "%s", message);
}

static bool has_option(const struct sample_layer *layer, const char *name) {
  return layer_option_find(layer->layer->options, name) != NULL ||
         layer_option_find(layer_common_options, name) != NULL;
}

static bool has_line(const struct config_node *block, const char *name) {
  for (size_t i = 0; i < block->child_count; i++)
    if (strcasecmp(block->children[i].key, name) == 0)
      return true;
  return false;
}

/* Sets an option, if the layer has it and its block does not. */
static void set_option(struct sample_layer *layer,
                       const struct config_node *block,
                       const struct sample_option *option) {
  const struct config_node line = {
      .key = option->name, .values = &option->value, .value_count = 1};
  const struct config_node lines = {
      .key = "Plugin", .children = &line, .child_count = 1};
  bool is_meant =
      option->layer == NULL || strcmp(option->layer, layer->layer->name) == 0;
  if (is_meant && has_option(layer, option->name) &&
      !has_line(block, option->name))
    runner_configure(layer->runner, &lines);
}

static void configure(struct sample_layer *layer,
                      const struct arguments *arguments,
                      const struct sample_option *options,
                      const struct ini_config *config) {
  static const struct config_node none;
  static const struct sample_option containers = {
      .name = "Containers", .value = {.kind = CONFIG_BOOLEAN, .boolean = true}};
  const struct config_node *block =
      config != NULL ? ini_config_block(config, layer->layer) : &none;
  for (; options->name != NULL; options++)
    set_option(layer, block, options);
  runner_configure(layer->runner, block);
  if (arguments->watches_containers)
    set_option(layer, &none, &containers);
}

static void start(struct sample *sample, size_t i, const struct layer *about,
                  const struct arguments *arguments,
                  const struct sample_option *options,
                  const struct ini_config *config) {
  struct sample_layer *layer = &sample->layers[i];
  struct sample_context *context = &sample->contexts[i];
  *context = (struct sample_context){.sample = sample, .layer = layer};
  const struct frontend frontend = {.log = take_log,
                                    .value = take_value,
                                    .alert = take_alert,
                                    .data = context,
                                    .ledger = sample->ledger};
  layer->layer = about;
  layer->result = runner_new(&layer->runner, about, &frontend);
  if (layer->result < 0)
    return;
  configure(layer, arguments, options, config);
  layer->result = runner_start(layer->runner);
  layer->is_started = layer->result == 0;
}

/* Reads the file that the user names, or the default one if it is there.
 * Returns 0 with *ret, which may be NULL, or COMMAND_USAGE. */
static int read_config(struct ini_config **ret,
                       const struct arguments *arguments) {
  const char *file = arguments->config_file;
  struct layer_error error;
  if (file == NULL && access(DEFAULT_FILE, F_OK) != 0)
    return 0;
  if (ini_config_read(ret, file != NULL ? file : DEFAULT_FILE, &error) == 0)
    return 0;
  fprintf(stderr, "netloss: %s\n", error.text);
  return COMMAND_USAGE;
}

/* Prints the faults of the file that the layers found. */
static int check_config(const struct sample *sample) {
  int status = 0;
  for (size_t i = 0; i < sample->note_count; i++) {
    const struct sample_note *note = &sample->notes[i];
    const struct sample_layer *layer = sample->layers;
    while (layer->layer != note->layer)
      layer++;
    if (layer->is_started || layer->result != -EINVAL ||
        note->severity != LAYER_ERROR)
      continue;
    fprintf(stderr, "netloss: %s: %s\n", note->layer->name, note->text);
    status = COMMAND_USAGE;
  }
  return status;
}

/* How exact a layer's most exact counters are; the least exact last. */
static enum ledger_exactness exactness_of(const struct layer *layer) {
  enum ledger_exactness best = LEDGER_KERNEL;
  for (size_t i = 0; i < layer->meter_count; i++) {
    enum ledger_exactness exactness = layer->meters[i].exactness;
    if (exactness >= LEDGER_OBJECT && exactness < best)
      best = exactness;
  }
  return best;
}

/* Starts the layers, the most exact first. */
static void start_all(struct sample *sample, const struct arguments *arguments,
                      const struct sample_option *options,
                      const struct ini_config *config) {
  static const enum ledger_exactness order[] = {LEDGER_OBJECT, LEDGER_HOST,
                                                LEDGER_KERNEL};
  for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
    for (size_t j = 0; layer_list[j] != NULL; j++)
      if (exactness_of(layer_list[j]) == order[i])
        start(sample, sample->count++, layer_list[j], arguments, options,
              config);
}

int sample_open(struct sample **ret, const struct arguments *arguments,
                const struct sample_option *options) {
  struct ini_config *config = NULL;
  int status = read_config(&config, arguments);
  if (status != 0)
    return status;
  size_t count = 0;
  while (layer_list[count] != NULL)
    count++;
  struct sample *sample = calloc(1, sizeof(*sample));
  if (sample != NULL) {
    sample->read_at = NAN;
    sample->layers = calloc(count + 1, sizeof(*sample->layers));
    sample->contexts = calloc(count + 1, sizeof(*sample->contexts));
  }
  if (sample == NULL || sample->layers == NULL || sample->contexts == NULL ||
      ledger_new(&sample->ledger) < 0) {
    fprintf(stderr, "netloss: out of memory\n");
    status = COMMAND_FAILED;
    goto end;
  }
  start_all(sample, arguments, options, config);
  status = check_config(sample);
  if (status == 0) {
    *ret = sample;
    sample = NULL;
  }

end:
  sample_close(sample);
  ini_config_free(config);
  return status;
}

void sample_close(struct sample *sample) {
  if (sample == NULL)
    return;
  for (size_t i = 0; i < sample->count; i++)
    runner_free(sample->layers[i].runner);
  ledger_free(sample->ledger);
  for (size_t i = 0; i < sample->note_count; i++)
    free(sample->notes[i].text);
  free(sample->layers);
  free(sample->contexts);
  free(sample->notes);
  free(sample->alerts);
  free(sample);
}

void sample_set_interval(struct sample *sample, double seconds) {
  for (size_t i = 0; i < sample->count; i++)
    if (sample->layers[i].is_started)
      runner_set_interval(sample->layers[i].runner, seconds);
}

static bool read_layer(struct sample_layer *layer) {
  if (!layer->is_started)
    return false;
  layer->result = runner_read(layer->runner, clock_monotonic_seconds());
  return layer->result == 0;
}

static size_t read_all(struct sample *sample, bool is_last) {
  size_t read = 0;
  double now = clock_monotonic_seconds();
  sample->elapsed = isnan(sample->read_at) ? 0 : now - sample->read_at;
  sample->read_at = now;
  sample->alert_count = 0;
  for (size_t i = 0; i < sample->count; i++)
    read += read_layer(&sample->layers[is_last ? sample->count - 1 - i : i]);
  return read;
}

size_t sample_read(struct sample *sample) { return read_all(sample, false); }

size_t sample_read_last(struct sample *sample) {
  return read_all(sample, true);
}

double sample_elapsed(const struct sample *sample) { return sample->elapsed; }

const struct sample_layer *sample_layers(const struct sample *sample,
                                         size_t *ret_count) {
  *ret_count = sample->count;
  return sample->layers;
}

const struct sample_note *sample_notes(const struct sample *sample,
                                       size_t *ret_count) {
  *ret_count = sample->note_count;
  return sample->notes;
}

const struct sample_alert *sample_alerts(const struct sample *sample,
                                         size_t *ret_count) {
  *ret_count = sample->alert_count;
  return sample->alerts;
}

/* Where readings go, passed to pass_reading(). */
struct each_context {
  const struct layer *layer;
  void (*take)(void *data, const struct layer *layer,
               const struct report_reading *reading);
  void *data;
};

static void pass_reading(void *data, const struct report_reading *reading) {
  const struct each_context *context = data;
  context->take(context->data, context->layer, reading);
}

void sample_each(const struct sample *sample,
                 void (*take)(void *data, const struct layer *layer,
                              const struct report_reading *reading),
                 void *data) {
  for (size_t i = 0; i < sample->count; i++) {
    const struct sample_layer *layer = &sample->layers[i];
    struct each_context context = {layer->layer, take, data};
    if (layer->is_started && layer->result == 0)
      runner_reading_each(layer->runner, pass_reading, &context);
  }
}

void sample_explain(void *data, const struct layer *layer,
                    const struct alert *alert, struct explanation *ret) {
  struct sample *sample = data;
  for (size_t i = 0; i < sample->count; i++)
    if (sample->layers[i].layer == layer)
      runner_explain(sample->layers[i].runner, alert, ret);
}
