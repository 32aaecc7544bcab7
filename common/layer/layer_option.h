/* SPDX-License-Identifier: MIT */
/* The options of <Plugin NAME>: a layer lists them in a table, and each line of
 * configuration sets one. */
#ifndef LAYER_OPTION_H
#define LAYER_OPTION_H

#include <stddef.h>

#include "layer_fail.h"

struct config_node;
struct text;

enum layer_option_kind {
  OPTION_BOOLEAN, /* bool */
  OPTION_NUMBER,  /* double, from min to max */
  OPTION_LIMIT,   /* double, from min to max, or NAN for "none" */
  OPTION_COUNT,   /* unsigned: a whole number from min to max */
  OPTION_STRING,  /* char *, owned by the layer's state */
  OPTION_CHOICE,  /* int: the index in choices */
  OPTION_MATCH,   /* struct match: each line adds a pattern */
  OPTION_PARSED,  /* whatever parse makes of each string */
};

/* One row of a table, which ends with a NULL name. The option's variable holds
 * its default until a line sets it. */
struct layer_option {
  const char *name;
  enum layer_option_kind kind;
  size_t offset; /* of the variable within the layer's state */
  double min, max;
  const char *const *choices; /* ends with NULL; upper or lower case */
  /* Returns 0, -ENOMEM, or by layer_fail() -EINVAL: "expects ..., found ...".
   */
  int (*parse)(void *state, const char *value, struct layer_error *error);
  const char *value; /* for the documentation: "true|false" */
  const char *help;  /* for the documentation: one sentence or two */
};

/* Finds an option by its name, in upper or lower case. Returns NULL if there is
 * none; options may be NULL. */
const struct layer_option *layer_option_find(const struct layer_option *options,
                                             const char *name);

/* Sets the option's variable within state from a line. Returns 0, -ENOMEM, or
 * -EINVAL with error filled: "expects ..., found ...". After an error the
 * variable is unchanged. */
int layer_option_set(const struct layer_option *option, void *state,
                     const struct config_node *line, struct layer_error *error);

/* Returns the one string that a line holds, or NULL if it holds anything else.
 * A number counts as a string of its digits, which are written to digits. */
const char *layer_option_string(const struct config_node *line, char *digits,
                                size_t size);

/* Appends what a line holds, as the user wrote it. */
void layer_option_describe(struct text *text, const struct config_node *line);

#endif
