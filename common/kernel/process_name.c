/* SPDX-License-Identifier: MIT */
#include "process_name.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "processes.h"
#include "sysroot.h"
#include "text.h"

/* Reads the name of a process; "?" if it is empty or the process has ended. */
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

/* Returns true if one of the process's open files is the wanted one. */
static bool has_file(const struct sysroot *root, uint32_t pid,
                     const char *wanted, unsigned *left) {
  char path[32];
  DIR *directory;
  snprintf(path, sizeof(path), "proc/%u/fd", pid);
  if (sysroot_open_directory(root, path, &directory) < 0)
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
  char wanted[32];
  DIR *processes;
  if (inode == 0)
    return -ENOENT;
  snprintf(wanted, sizeof(wanted), "socket:[%u]", inode);
  int r = processes_open(root, &processes);
  if (r < 0)
    return r;
  unsigned left = PROCESS_NAME_FILES;
  uint32_t pid;
  r = -ENOENT;
  while (r < 0 && left > 0 && processes_next(processes, &pid)) {
    if (!has_file(root, pid, wanted, &left))
      continue;
    read_name(root, pid, ret);
    r = 0;
  }
  closedir(processes);
  return r < 0 && left == 0 ? -EOVERFLOW : r;
}
