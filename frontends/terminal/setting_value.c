/* SPDX-License-Identifier: MIT */
#include "setting_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool setting_value_number(const char *text, double *ret) {
  char *end = NULL;
  double number = strtod(text, &end);
  if (end == text || *end != '\0' || !isfinite(number))
    return false;
  *ret = number;
  return true;
}

/* Removes the quotes around text; returns false if it has none. */
static bool unquote(char **text) {
  size_t length = strlen(*text);
  if (length < 2 || (*text)[0] != '"' || (*text)[length - 1] != '"')
    return false;
  (*text)[length - 1] = '\0';
  ++*text;
  return true;
}

struct config_value setting_value_parse(char *text) {
  struct config_value value = {.kind = CONFIG_STRING, .string = text};
  if (unquote(&text))
    value.string = text;
  else if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
    value = (struct config_value){.kind = CONFIG_BOOLEAN,
                                  .boolean = text[0] == 't'};
  else if (setting_value_number(text, &value.number))
    value.kind = CONFIG_NUMBER;
  return value;
}
