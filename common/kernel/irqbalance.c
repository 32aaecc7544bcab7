/* SPDX-License-Identifier: MIT */
#include "irqbalance.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sysroot.h"

static bool is_irqbalance(const struct sysroot *root, const char *process) {
  char path[NAME_MAX + 16], name[32];
  snprintf(path, sizeof(path), "proc/%s/comm", process);
  /* A process that ended in the meantime is none. */
  return sysroot_read_text(root, path, name, sizeof(name)) == 0 &&
         strcmp(name, "irqbalance") == 0;
}

int irqbalance_runs(const struct sysroot *root) {
  DIR *directory = opendir(root->proc);
  if (directory == NULL)
    return -errno;
  int found = 0;
  for (struct dirent *entry;
       found == 0 && (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
        is_irqbalance(root, entry->d_name))
      found = 1;
  closedir(directory);
  return found;
}
