/* SPDX-License-Identifier: MIT */
/* Counts the open files of the program. */
#ifndef OPEN_FILES_H
#define OPEN_FILES_H

#include <dirent.h>
#include <stddef.h>

#include "temp_tree.h"

static inline size_t open_files(void) {
  DIR *directory = opendir("/proc/self/fd");
  if (directory == NULL)
    temp_tree_die("/proc/self/fd");
  size_t count = 0;
  while (readdir(directory) != NULL)
    ++count;
  closedir(directory);
  return count;
}

#endif
