/* SPDX-License-Identifier: MIT */
#include "process_name.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scan.h"
#include "sysroot.h"
#include "text.h"

static bool is_number(const char *name, uint32_t *ret) {
  struct scan scan = scan_text(name, strlen(name));
  return name[0] >= '0' && name[0] <= '9' && scan_u32(&scan, ret) &&
         scan_done(&scan);
}

/* A process that calls itself nothing is "?". */
static void read_name(const struct sysroot *root, uint32_t pid,
                      struct process_name *ret) {
  char path[32], name[64];
  snprintf(path, sizeof(path), "proc/%u/comm", pid);
  ret->pid = pid;
  struct text text = TEXT_IN(ret->name);
  if (sysroot_read_text(root, path, name, sizeof(name)) < 0 || name[0] == '\0')
    strcpy(name, "?");
  text_add(&text, "%s", name);
}

/* Whether the process has the file that links to what is looked for. */
static bool has_file(const struct sysroot *root, uint32_t pid,
                     const char *wanted, unsigned *left) {
  char path[32], real[PATH_MAX];
  snprintf(path, sizeof(path), "proc/%u/fd", pid);
  if (sysroot_path(root, path, real, sizeof(real)) < 0)
    return false;
  DIR *directory = opendir(real);
  if (directory == NULL)
    return false;
  bool found = false;
  size_t length = strlen(wanted);
  for (struct dirent *entry;
       !found && *left > 0 && (entry = readdir(directory)) != NULL;) {
    char target[64];
    if (entry->d_name[0] == '.')
      continue;
    --*left;
    ssize_t n =
        readlinkat(dirfd(directory), entry->d_name, target, sizeof(target));
    found =
        n >= 0 && (size_t)n == length && memcmp(target, wanted, length) == 0;
  }
  closedir(directory);
  return found;
}

int process_name_find(const struct sysroot *root, uint32_t inode,
                      struct process_name *ret) {
  char wanted[32], real[PATH_MAX];
  snprintf(wanted, sizeof(wanted), "socket:[%u]", inode);
  int r = sysroot_path(root, "proc/", real, sizeof(real));
  if (r < 0)
    return r;
  DIR *directory = opendir(real);
  if (directory == NULL)
    return -errno;
  unsigned left = PROCESS_NAME_FILES;
  r = -ENOENT;
  for (struct dirent *entry;
       r < 0 && left > 0 && (entry = readdir(directory)) != NULL;) {
    uint32_t pid;
    if (!is_number(entry->d_name, &pid) || !has_file(root, pid, wanted, &left))
      continue;
    read_name(root, pid, ret);
    r = 0;
  }
  closedir(directory);
  return r < 0 && left == 0 ? -EOVERFLOW : r;
}
