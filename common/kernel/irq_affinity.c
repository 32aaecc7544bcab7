/* SPDX-License-Identifier: MIT */
#include "irq_affinity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sysroot.h"

#define PATH_SIZE 64

static void write_path(char path[static PATH_SIZE], uint32_t number,
                       const char *file) {
  snprintf(path, PATH_SIZE, "proc/irq/%u/%s", number, file);
}

/* Nobody but root writes, and root could write anything: the mode says what the
 * kernel would accept. */
static bool can_be_written(const struct sysroot *root, const char *path) {
  char where[4096];
  struct stat status;
  return sysroot_path(root, path, where, sizeof(where)) == 0 &&
         stat(where, &status) == 0 && (status.st_mode & 0222) != 0;
}

static int read_node(const struct sysroot *root, const char *path) {
  char text[16];
  int64_t node;
  if (sysroot_read_text(root, path, text, sizeof(text)) < 0)
    return -1;
  struct scan scan = scan_text(text, strlen(text));
  if (!scan_i64(&scan, &node) || !scan_done(&scan) || node < 0 ||
      node > INT32_MAX)
    return -1;
  return (int)node;
}

int irq_affinity_read(const struct sysroot *root, uint32_t number,
                      struct irq_affinity *affinity) {
  char path[PATH_SIZE];
  affinity->node = -1;
  affinity->settable = false;
  cpulist_clear(&affinity->effective);
  write_path(path, number, "smp_affinity_list");
  int r = cpulist_read(root, path, &affinity->wanted);
  if (r < 0)
    return r;
  affinity->settable = can_be_written(root, path);
  write_path(path, number, "effective_affinity_list");
  r = cpulist_read(root, path, &affinity->effective);
  write_path(path, number, "node");
  affinity->node = read_node(root, path);
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
