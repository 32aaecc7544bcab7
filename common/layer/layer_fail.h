/* SPDX-License-Identifier: MIT */
/* A mistake in words, for whoever configures a layer. */
#ifndef LAYER_FAIL_H
#define LAYER_FAIL_H

/* Why a layer cannot start, or what is wrong with an option's value: a clause
 * that follows the name of the plugin or of the option. */
struct layer_error {
  char text[256];
};

/* Fills error, which may be NULL, and returns -EINVAL for the caller to
 * return. */
int layer_fail(struct layer_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
