/* SPDX-License-Identifier: MIT */
/* One option of a table, set from one line of configuration. */
#ifndef LAYER_OPTION_H
#define LAYER_OPTION_H

#include "config_node.h"
#include "layer.h"

/* The option with this name, letters of either case, or NULL. */
const struct layer_option *layer_option_find(const struct layer_option *options,
                                             const char *name);

/* Puts the line's value where the option belongs, within base. Returns 0,
 * -ENOMEM, or -EINVAL with error saying what was expected and found; the
 * variable is then unchanged. */
int layer_option_set(const struct layer_option *option, void *base,
                     const struct config_node *line, struct layer_error *error);

/* The one string that a line holds; a number counts as its digits, which are
 * put into digits. NULL if it holds anything else. */
const char *layer_option_string(const struct config_node *line, char *digits,
                                size_t size);

/* Appends what a line holds, as the user wrote it. */
void layer_option_found(struct text *text, const struct config_node *line);

#endif
