/* SPDX-License-Identifier: MIT */
#include "layer_fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>

#include "text.h"

int layer_fail(struct layer_error *error, const char *format, ...) {
  if (error == NULL)
    return -EINVAL;
  struct text text = TEXT_IN(error->text);
  va_list arguments;
  va_start(arguments, format);
  text_vadd(&text, format, arguments);
  va_end(arguments);
  return -EINVAL;
}
