/* SPDX-License-Identifier: MIT */
#include "layer_option.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config_node.h"
#include "match.h"
#include "text.h"

const struct layer_option *layer_option_find(const struct layer_option *options,
                                             const char *name) {
  if (options == NULL)
    return NULL;
  for (; options->name != NULL; options++)
    if (strcasecmp(options->name, name) == 0)
      return options;
  return NULL;
}

void layer_option_describe(struct text *text, const struct config_node *line) {
  if (line->child_count > 0) {
    text_add(text, "a block");
    return;
  }
  if (line->value_count == 0)
    text_add(text, "nothing");
  for (size_t i = 0; i < line->value_count; i++) {
    const struct config_value *value = &line->values[i];
    if (i > 0)
      text_add(text, " ");
    if (value->kind == CONFIG_STRING)
      text_add(text, "\"%s\"", value->string);
    else if (value->kind == CONFIG_NUMBER)
      text_add(text, "%.15g", value->number);
    else
      text_add(text, "%s", value->boolean ? "true" : "false");
  }
}

static int fail_expecting(struct layer_error *error,
                          const struct config_node *line, const char *what) {
  char buffer[128];
  struct text found = TEXT_IN(buffer);
  layer_option_describe(&found, line);
  return layer_fail(error, "expects %s, found %s", what, buffer);
}

/* Returns the one value of a line, or NULL if it has none or several. */
static const struct config_value *only_value(const struct config_node *line) {
  return line->value_count == 1 && line->child_count == 0 ? line->values : NULL;
}

const char *layer_option_string(const struct config_node *line, char *digits,
                                size_t size) {
  const struct config_value *value = only_value(line);
  if (value == NULL || value->kind == CONFIG_BOOLEAN)
    return NULL;
  if (value->kind == CONFIG_STRING)
    return value->string;
  snprintf(digits, size, "%.15g", value->number);
  return digits;
}

/* Parses the words that collectd's cf_util_get_boolean() accepts. */
static bool parse_boolean_word(const char *word, bool *ret) {
  static const char *const words[][2] = {
      {"false", "true"}, {"no", "yes"}, {"off", "on"}};
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
    for (int truth = 0; truth < 2; truth++) {
      if (strcasecmp(word, words[i][truth]) == 0) {
        *ret = truth;
        return true;
      }
    }
  }
  return false;
}

static int set_boolean(bool *variable, const struct config_node *line,
                       struct layer_error *error) {
  const struct config_value *value = only_value(line);
  if (value != NULL && value->kind == CONFIG_BOOLEAN)
    *variable = value->boolean;
  else if (value == NULL || value->kind != CONFIG_STRING ||
           !parse_boolean_word(value->string, variable))
    return fail_expecting(error, line, "true or false");
  return 0;
}

/* Parses a number within the option's range. */
static int parse_number(const struct layer_option *option,
                        const struct config_node *line, const char *what,
                        double *ret, struct layer_error *error) {
  const struct config_value *value = only_value(line);
  bool is_number = value != NULL && value->kind == CONFIG_NUMBER;
  if (is_number && value->number >= option->min &&
      value->number <= option->max) {
    *ret = value->number;
    return 0;
  }
  char buffer[128];
  struct text range = TEXT_IN(buffer);
  text_add(&range, "%s", what);
  if (option->min > -HUGE_VAL) {
    text_add(&range, option->max < HUGE_VAL ? " from " : " of at least ");
    text_add_number(&range, option->min);
  }
  if (option->max < HUGE_VAL) {
    text_add(&range, option->min > -HUGE_VAL ? " to " : " up to ");
    text_add_number(&range, option->max);
  }
  return fail_expecting(error, line, buffer);
}

static bool is_none(const struct config_node *line) {
  const struct config_value *value = only_value(line);
  return value != NULL && value->kind == CONFIG_STRING &&
         strcasecmp(value->string, "none") == 0;
}

static int set_limit(const struct layer_option *option, double *variable,
                     const struct config_node *line,
                     struct layer_error *error) {
  if (is_none(line)) {
    *variable = NAN;
    return 0;
  }
  return parse_number(option, line, "\"none\" or a number", variable, error);
}

static int set_count(const struct layer_option *option, unsigned *variable,
                     const struct config_node *line,
                     struct layer_error *error) {
  double number;
  int r = parse_number(option, line, "a whole number", &number, error);
  if (r < 0)
    return r;
  if (number != floor(number) || number < 0 || number > UINT_MAX)
    return fail_expecting(error, line, "a whole number");
  *variable = (unsigned)number;
  return 0;
}

static int set_string(char **variable, const struct config_node *line,
                      struct layer_error *error) {
  const struct config_value *value = only_value(line);
  if (value == NULL || value->kind != CONFIG_STRING)
    return fail_expecting(error, line, "a string");
  char *copy = strdup(value->string);
  if (copy == NULL)
    return -ENOMEM;
  free(*variable);
  *variable = copy;
  return 0;
}

static int set_choice(const struct layer_option *option, int *variable,
                      const struct config_node *line,
                      struct layer_error *error) {
  const struct config_value *value = only_value(line);
  char buffer[128];
  struct text choices = TEXT_IN(buffer);
  text_add(&choices, "one of");
  for (int i = 0; option->choices[i] != NULL; i++) {
    if (value != NULL && value->kind == CONFIG_STRING &&
        strcasecmp(value->string, option->choices[i]) == 0) {
      *variable = i;
      return 0;
    }
    text_add(&choices, " \"%s\"", option->choices[i]);
  }
  return fail_expecting(error, line, buffer);
}

static int add_match(struct match *variable, const struct config_node *line,
                     struct layer_error *error) {
  char digits[32];
  const char *pattern = layer_option_string(line, digits, sizeof(digits));
  if (pattern == NULL)
    return fail_expecting(error, line, "a name, or a \"/regular expression/\"");
  char reason[96];
  int r = match_add(variable, pattern, reason, sizeof(reason));
  if (r != -EINVAL)
    return r;
  return layer_fail(error, "expects a valid regular expression, found %s: %s",
                    pattern, reason);
}

static int set_parsed(const struct layer_option *option, void *state,
                      const struct config_node *line,
                      struct layer_error *error) {
  char digits[32];
  const char *string = layer_option_string(line, digits, sizeof(digits));
  if (string == NULL)
    return fail_expecting(error, line, "a string");
  return option->parse(state, string, error);
}

int layer_option_set(const struct layer_option *option, void *state,
                     const struct config_node *line,
                     struct layer_error *error) {
  void *variable = (char *)state + option->offset;
  switch (option->kind) {
  case OPTION_BOOLEAN:
    return set_boolean(variable, line, error);
  case OPTION_NUMBER:
    return parse_number(option, line, "a number", variable, error);
  case OPTION_LIMIT:
    return set_limit(option, variable, line, error);
  case OPTION_COUNT:
    return set_count(option, variable, line, error);
  case OPTION_STRING:
    return set_string(variable, line, error);
  case OPTION_CHOICE:
    return set_choice(option, variable, line, error);
  case OPTION_MATCH:
    return add_match(variable, line, error);
  case OPTION_PARSED:
    return set_parsed(option, state, line, error);
  }
  return -EINVAL;
}
