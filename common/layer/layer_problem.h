/* SPDX-License-Identifier: MIT */
/* A problem that can occur at every read: logged once as an error when it
 * begins, and once as a notice when it ends. */
#ifndef LAYER_PROBLEM_H
#define LAYER_PROBLEM_H

#include "layer.h"
#include "scan.h"

/* All zero: there is no problem. */
struct layer_problem {
  bool is_present;
};

/* Logs the line unless the problem is present already. */
void layer_problem_begin(struct layer_problem *problem,
                         const struct layer_context *context,
                         const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Logs the line if the problem was present. */
void layer_problem_end(struct layer_problem *problem,
                       const struct layer_context *context, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));

/* Begins or ends the problem by the result of reading a source: 0, -EBADMSG
 * with fault filled, or another -errno. fault is NULL for a source that names
 * no place. consequence is what does not happen meanwhile, a clause: "no
 * packets are counted". */
void layer_problem_source(struct layer_problem *problem,
                          const struct layer_context *context,
                          const char *source, int result,
                          const struct scan_error *fault,
                          const char *consequence);

#endif
