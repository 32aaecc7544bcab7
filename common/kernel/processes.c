/* SPDX-License-Identifier: MIT */
#include "processes.h"

#include <string.h>

#include "scan.h"
#include "sysroot.h"

int processes_open(const struct sysroot *root, DIR **ret) {
  return sysroot_open_directory(root, "proc/", ret);
}

static bool is_pid(const char *name, uint32_t *ret) {
  struct scan scan = scan_text(name, strlen(name));
  return name[0] >= '1' && name[0] <= '9' && scan_u32(&scan, ret) &&
         scan_done(&scan);
}

bool processes_next(DIR *processes, uint32_t *ret_pid) {
  struct dirent *entry;
  while ((entry = readdir(processes)) != NULL)
    if (is_pid(entry->d_name, ret_pid))
      return true;
  return false;
}
