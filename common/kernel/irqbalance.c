/* SPDX-License-Identifier: MIT */
#include "irqbalance.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "processes.h"
#include "sysroot.h"

/* Returns false if the process has ended. */
static bool has_name(const struct sysroot *root, uint32_t pid,
                     const char *name) {
  char path[32], found[32];
  snprintf(path, sizeof(path), "proc/%u/comm", pid);
  return sysroot_read_text(root, path, found, sizeof(found)) == 0 &&
         strcmp(found, name) == 0;
}

int irqbalance_runs(const struct sysroot *root) {
  DIR *processes;
  int r = processes_open(root, &processes);
  if (r < 0)
    return r;
  uint32_t pid;
  bool is_running = false;
  while (!is_running && processes_next(processes, &pid))
    is_running = has_name(root, pid, "irqbalance");
  closedir(processes);
  return is_running;
}
