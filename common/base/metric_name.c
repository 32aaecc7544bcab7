/* SPDX-License-Identifier: MIT */
#include "metric_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A file of these names cannot be made. */
static bool is_directory_name(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

void metric_name(char ret[static METRIC_NAME_SIZE], const char *name) {
  bool is_empty = name[0] == '\0';
  const char *end = name + strlen(name);
  while (name < end && is_blank(*name))
    name++;
  while (end > name && is_blank(end[-1]))
    end--;

  size_t length = 0;
  for (; name < end && length < METRIC_NAME_SIZE - 1; name++) {
    char c = is_safe(*name) ? *name : '_';
    if (c == '_' && length > 0 && ret[length - 1] == '_')
      continue;
    ret[length++] = c;
  }
  ret[length] = '\0';

  if ((length == 0 && !is_empty) || is_directory_name(ret))
    strcpy(ret, "_");
}
