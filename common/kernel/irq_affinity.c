/* SPDX-License-Identifier: MIT */
#include "irq_affinity.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define PATH_SIZE 64

static void write_path(char path[static PATH_SIZE], uint32_t number,
                       const char *file) {
  snprintf(path, PATH_SIZE, "proc/irq/%u/%s", number, file);
}

/* Checks the mode, in which the kernel says what it accepts; root could open
 * any file for writing. */
static bool can_be_written(const struct sysroot *root, const char *path) {
  char where[4096];
  struct stat status;
  return sysroot_path(root, path, where, sizeof(where)) == 0 &&
         stat(where, &status) == 0 && (status.st_mode & 0222) != 0;
}

int irq_affinity_read(const struct sysroot *root, uint32_t number,
                      struct irq_affinity *affinity) {
  char path[PATH_SIZE];
  affinity->settable = false;
  cpulist_clear(&affinity->effective);
  write_path(path, number, "smp_affinity_list");
  int r = cpulist_read(root, path, &affinity->wanted);
  if (r < 0)
    return r;
  affinity->settable = can_be_written(root, path);
  write_path(path, number, "effective_affinity_list");
  r = cpulist_read(root, path, &affinity->effective);
  if (r == -ENOENT)
    r = 0;
  if (r < 0)
    cpulist_clear(&affinity->wanted);
  return r;
}

void irq_affinity_free(struct irq_affinity *affinity) {
  cpulist_free(&affinity->wanted);
  cpulist_free(&affinity->effective);
  *affinity = (struct irq_affinity){0};
}
