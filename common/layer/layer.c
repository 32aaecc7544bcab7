/* SPDX-License-Identifier: MIT */
#include "layer.h"

#include <string.h>

/* Longest line logged, with its NUL. */
#define LINE_SIZE 1024

void layer_vlog(const struct layer_context *context,
                enum layer_severity severity, const char *format,
                va_list arguments) {
  char buffer[LINE_SIZE];
  struct text line = TEXT_IN(buffer);
  text_vadd(&line, format, arguments);
  context->log(context->log_data, severity, buffer);
}

void layer_log(const struct layer_context *context,
               enum layer_severity severity, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  layer_vlog(context, severity, format, arguments);
  va_end(arguments);
}

const struct meter *layer_find_meter(const struct layer *layer,
                                     const char *key) {
  for (size_t i = 0; i < layer->meter_count; i++)
    if (strcmp(meter_key(&layer->meters[i]), key) == 0)
      return &layer->meters[i];
  return NULL;
}
