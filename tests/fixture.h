/* SPDX-License-Identifier: MIT */
/* Finds the recorded and composed trees: in $NETLOSS_FIXTURES, else below
 * $srcdir, else below the working directory. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "temp_tree.h"

static inline void fixture_path(const char *name, char *ret, size_t size) {
  const char *fixtures = getenv("NETLOSS_FIXTURES");
  const char *srcdir = getenv("srcdir");
  int length;
  if (fixtures != NULL)
    length = snprintf(ret, size, "%s/%s", fixtures, name);
  else if (srcdir != NULL)
    length = snprintf(ret, size, "%s/tests/fixtures/%s", srcdir, name);
  else
    length = snprintf(ret, size, "tests/fixtures/%s", name);
  if (length < 0 || (size_t)length >= size || access(ret, F_OK) != 0)
    temp_tree_die(name);
}

/* Reads a small file, terminated by NUL; the caller frees it. */
static inline char *fixture_read(const char *name, size_t *ret_length) {
  char path[512];
  fixture_path(name, path, sizeof(path));
  FILE *file = fopen(path, "r");
  struct stat status;
  if (file == NULL || fstat(fileno(file), &status) != 0)
    temp_tree_die(path);
  size_t length = (size_t)status.st_size;
  char *content = malloc(length + 1);
  if (content == NULL || fread(content, 1, length, file) != length)
    temp_tree_die(path);
  fclose(file);
  content[length] = '\0';
  *ret_length = length;
  return content;
}

#endif
