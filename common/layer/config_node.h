/* SPDX-License-Identifier: MIT */
/* A block of configuration, whatever frontend it comes from: a key, its values,
 * and the lines within the block. It owns no memory. */
#ifndef CONFIG_NODE_H
#define CONFIG_NODE_H

#include <stdbool.h>
#include <stddef.h>

enum config_kind {
  CONFIG_STRING,
  CONFIG_NUMBER,
  CONFIG_BOOLEAN,
};

struct config_value {
  enum config_kind kind;
  const char *string;
  double number;
  bool boolean;
};

struct config_node {
  const char *key;
  const struct config_value *values;
  size_t value_count;
  const struct config_node *children;
  size_t child_count;
  const char *file; /* where it stands; NULL: not known */
  unsigned line;
};

#endif
