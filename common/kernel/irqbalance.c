/* SPDX-License-Identifier: MIT */
#include "irqbalance.h"

#include <errno.h>
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

/* Looks for the kernel's thread kthreadd, which has PID 2 in the initial PID
 * namespace and belongs to root, as irqbalance does. */
static bool shows_all_processes(const struct sysroot *root) {
  return has_name(root, 2, "kthreadd");
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
  if (is_running)
    return 1;
  return shows_all_processes(root) ? 0 : -ENODATA;
}
