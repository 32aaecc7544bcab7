/* SPDX-License-Identifier: MIT */
#include "layer_problem.h"

#include <errno.h>
#include <string.h>

void layer_problem_begin(struct layer_problem *problem,
                         const struct layer_context *context,
                         const char *format, ...) {
  if (problem->is_present)
    return;
  problem->is_present = true;
  va_list arguments;
  va_start(arguments, format);
  layer_vlog(context, LAYER_ERROR, format, arguments);
  va_end(arguments);
}

void layer_problem_end(struct layer_problem *problem,
                       const struct layer_context *context, const char *format,
                       ...) {
  if (!problem->is_present)
    return;
  problem->is_present = false;
  va_list arguments;
  va_start(arguments, format);
  layer_vlog(context, LAYER_NOTICE, format, arguments);
  va_end(arguments);
}

void layer_problem_source(struct layer_problem *problem,
                          const struct layer_context *context,
                          const char *source, int result,
                          const struct scan_error *fault,
                          const char *consequence) {
  if (result == 0)
    layer_problem_end(problem, context, "%s can be read again", source);
  else if (result == -EBADMSG && fault != NULL)
    layer_problem_begin(
        problem, context,
        "%s, line %zu: expected %s, found \"%s\"; %s until that "
        "ends",
        source, fault->line, fault->expected, fault->found, consequence);
  else
    layer_problem_begin(problem, context,
                        "%s cannot be read: %s; %s until that ends", source,
                        strerror(-result), consequence);
}
