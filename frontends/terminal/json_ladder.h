/* SPDX-License-Identifier: MIT */
/* The ladder, values and alerts as JSON. docs/command.md lists the keys. */
#ifndef JSON_LADDER_H
#define JSON_LADDER_H

#include <json.h>

#include "ladder.h"
#include "sample.h"

/* The number of the format: it changes when a key changes its name or meaning,
 * not when one is added. */
#define JSON_LADDER_FORMAT 1

/* Where the numbers come from. */
struct json_ladder_source {
  const char *host;
  const char *kernel;
  const struct sample *sample;
  size_t unwatched; /* network namespaces */
  bool has_values;  /* adds every value */
};

/* Make an object, NULL when out of memory. */
struct json_object *json_ladder(const struct ladder *ladder,
                                const struct json_ladder_source *source);
struct json_object *json_ladder_alert(const struct sample_alert *alert,
                                      const char *time);

/* Prints an object, on one line or on many, and frees it. Returns 0, or -ENOMEM
 * for NULL. */
int json_ladder_print(struct json_object *object, bool is_one_line);

/* Add a member. text may be NULL: there is none. */
void json_ladder_add(struct json_object *object, const char *key,
                     const char *text);
void json_ladder_add_number(struct json_object *object, const char *key,
                            double number);

#endif
