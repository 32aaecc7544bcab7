/* SPDX-License-Identifier: MIT */
#include "labels.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct label {
  const char *key;
  size_t offset; /* in struct labels */
};

#define LABEL(name)                                                            \
  { #name, offsetof(struct labels, name) }

static const struct label known[LABELS_COUNT] = {
    LABEL(netns), LABEL(device), LABEL(vf),    LABEL(protocol),
    LABEL(port),  LABEL(path),   LABEL(owner), LABEL(direction),
    LABEL(queue), LABEL(cpu),    LABEL(group),
};

static const char **at(struct labels *labels, size_t index) {
  return (const char **)((char *)labels + known[index].offset);
}

const char *labels_key(size_t index) { return known[index].key; }

const char *labels_value(const struct labels *labels, size_t index) {
  const char *const *value =
      (const char *const *)((const char *)labels + known[index].offset);
  return *value;
}

/* The word before a number that would not be clear after an interface's name
 * or a path, or "". */
static const char *word_of(const struct labels *labels, const char *value) {
  if (value == labels->owner)
    return "uid-";
  if (labels->device == NULL)
    return "";
  if (value == labels->cpu)
    return "cpu-";
  return value == labels->vf ? "vf-" : "";
}

/* Appends as much as fits before the NUL. */
static size_t append(char *ret, size_t size, size_t length, const char *text) {
  size_t room = size - 1 - length;
  size_t more = strnlen(text, room);
  memcpy(ret + length, text, more);
  return length + more;
}

size_t labels_join(const struct labels *labels, char *ret, size_t size) {
  size_t length = 0;
  for (size_t i = 0; i < LABELS_COUNT; i++) {
    const char *value = labels_value(labels, i);
    if (value == NULL)
      continue;
    if (length > 0)
      length = append(ret, size, length, "-");
    length = append(ret, size, length, word_of(labels, value));
    length = append(ret, size, length, value);
  }
  ret[length] = '\0';
  return length;
}

int labels_copy(struct labels *ret, void **ret_block,
                const struct labels *labels) {
  size_t size = 1;
  for (size_t i = 0; i < LABELS_COUNT; i++)
    if (labels_value(labels, i) != NULL)
      size += strlen(labels_value(labels, i)) + 1;
  char *block = malloc(size);
  if (block == NULL)
    return -ENOMEM;
  char *next = block;
  struct labels copy = {0};
  for (size_t i = 0; i < LABELS_COUNT; i++) {
    const char *value = labels_value(labels, i);
    if (value == NULL)
      continue;
    size_t length = strlen(value) + 1;
    *at(&copy, i) = memcpy(next, value, length);
    next += length;
  }
  *ret = copy;
  *ret_block = block;
  return 0;
}
