/* SPDX-License-Identifier: MIT */
#include "metric_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* "_" and eight digits. */
#define HASH_LENGTH 9

static bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_ascii(const char *name) {
  for (; *name != '\0'; name++)
    if (!is_blank(*name) && (*name < ' ' || *name > '~'))
      return false;
  return true;
}

/* No file can have these names. */
static bool is_directory_name(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The length of the run of characters at name that are unsafe or '_'. */
static size_t gap_at(const char *name, const char *end, bool *ret_is_replaced) {
  const char *at = name;
  *ret_is_replaced = false;
  for (; at < end && !is_safe(*at); at++)
    *ret_is_replaced = *ret_is_replaced || *at != '_';
  return (size_t)(at - name);
}

/* Returns false if the name does not fit. */
static bool make_safe(char ret[static METRIC_NAME_SIZE], const char *name) {
  const char *end = name + strlen(name);
  while (name < end && is_blank(*name))
    name++;
  while (end > name && is_blank(end[-1]))
    end--;

  size_t length = 0;
  while (name < end && length < METRIC_NAME_SIZE - 1) {
    bool is_replaced;
    size_t gap = gap_at(name, end, &is_replaced);
    ret[length++] = gap > 0 ? '_' : *name;
    name += gap > 0 && is_replaced ? gap : 1;
  }
  ret[length] = '\0';
  return name == end;
}

/* FNV-1a, folded to 32 bits. */
static uint32_t hash_of(const char *name, unsigned number) {
  uint64_t hash = UINT64_C(14695981039346656037) + number;
  for (; *name != '\0'; name++)
    hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
  return (uint32_t)(hash ^ hash >> 32);
}

void metric_name_hashed(char ret[static METRIC_NAME_SIZE], const char *name,
                        unsigned number) {
  make_safe(ret, name);
  size_t length = strnlen(ret, METRIC_NAME_SIZE - 1 - HASH_LENGTH);
  while (length > 0 && ret[length - 1] == '_')
    length--;
  snprintf(ret + length, METRIC_NAME_SIZE - length, "_%08x",
           hash_of(name, number));
}

void metric_name(char ret[static METRIC_NAME_SIZE], const char *name) {
  bool fits = make_safe(ret, name);
  if (!fits || !is_ascii(name))
    metric_name_hashed(ret, name, 0);
  else if ((ret[0] == '\0' && name[0] != '\0') || is_directory_name(ret))
    strcpy(ret, "_");
}
