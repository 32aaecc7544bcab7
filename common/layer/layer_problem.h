/* SPDX-License-Identifier: MIT */
/* Something that can go wrong at every read: logged as an error when it begins
 * and as a notice when it ends, and not in between. */
#ifndef LAYER_PROBLEM_H
#define LAYER_PROBLEM_H

#include "layer.h"
#include "scan.h"

/* All zero is no problem. */
struct layer_problem {
  bool is_on;
};

/* Logs the line if the problem is new. */
void layer_problem_is(struct layer_problem *problem,
                      const struct layer_context *context, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

/* Logs the line if there was a problem. */
void layer_problem_ends(struct layer_problem *problem,
                        const struct layer_context *context, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));

/* Logs what came of reading a source: result is 0 or -errno, and after -EBADMSG
 * fault says what was found. consequence is what is missing meanwhile, a
 * clause: "no packets are counted". */
void layer_problem_source(struct layer_problem *problem,
                          const struct layer_context *context,
                          const char *source, int result,
                          const struct scan_error *fault,
                          const char *consequence);

#endif
