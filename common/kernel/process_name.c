/* SPDX-License-Identifier: MIT */
#include "process_name.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "processes.h"
#include "scan.h"
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

/* Nobody who opens many files uses up the search for all others. A process
 * opens its listeners first, and they come first. */
#define FILES_EACH 512

/* State of one search. */
struct search {
  const struct sysroot *root;
  struct process_wanted *wanted;
  size_t count;
  size_t missing; /* sockets without a process so far */
  bool is_cut;    /* some process had too many files */
  unsigned files; /* how many more may be looked at */
  double end;     /* when to stop; see clock_thread_seconds() */
};

/* Files between two looks at the clock. */
#define CLOCK_FILES 16

static bool may_go_on(struct search *search) {
  if (search->files % CLOCK_FILES == 0 && clock_thread_seconds() >= search->end)
    search->files = 0;
  return search->files > 0;
}

/* Takes the inode of "socket:[4711]". */
static bool is_socket(const char *target, size_t length, uint32_t *ret) {
  static const char begin[] = "socket:[";
  size_t skipped = strlen(begin);
  if (length <= skipped || memcmp(target, begin, skipped) != 0)
    return false;
  struct scan scan = scan_text(target + skipped, length - skipped);
  return scan_u32(&scan, ret) && scan_char(&scan, ']') && scan_done(&scan);
}

static void take_socket(struct search *search, uint32_t pid, uint32_t inode) {
  for (size_t i = 0; i < search->count; i++) {
    struct process_wanted *wanted = &search->wanted[i];
    if (wanted->inode != inode || wanted->process.pid != 0 || inode == 0)
      continue;
    read_name(search->root, pid, &wanted->process);
    search->missing--;
  }
}

static void look_at_process(struct search *search, uint32_t pid) {
  char path[32];
  DIR *directory;
  snprintf(path, sizeof(path), "proc/%u/fd", pid);
  search->files--;
  if (sysroot_open_directory(search->root, path, &directory) < 0)
    return;
  struct dirent *entry;
  unsigned left = FILES_EACH;
  while (search->missing > 0 && may_go_on(search) &&
         (entry = readdir(directory)) != NULL) {
    char target[64];
    if (left-- == 0) {
      search->is_cut = true;
      break;
    }
    uint32_t inode;
    if (entry->d_name[0] == '.')
      continue;
    search->files--;
    ssize_t n =
        readlinkat(dirfd(directory), entry->d_name, target, sizeof(target));
    if (n >= 0 && is_socket(target, (size_t)n, &inode))
      take_socket(search, pid, inode);
  }
  closedir(directory);
}

int process_name_find(const struct sysroot *root, struct process_wanted *wanted,
                      size_t count, const struct process_limits *limits) {
  DIR *processes;
  struct search search = {.root = root,
                          .wanted = wanted,
                          .count = count,
                          .files = limits->files,
                          .end = clock_thread_seconds() + limits->seconds};
  for (size_t i = 0; i < count; i++) {
    wanted[i].process = (struct process_name){.pid = 0};
    search.missing += wanted[i].inode != 0;
  }
  if (search.missing == 0)
    return 0;
  int r = processes_open(root, &processes);
  if (r < 0)
    return r;
  uint32_t pid;
  while (search.missing > 0 && may_go_on(&search) &&
         processes_next(processes, &pid))
    look_at_process(&search, pid);
  closedir(processes);
  return search.missing > 0 && (search.is_cut || !may_go_on(&search))
             ? -EOVERFLOW
             : 0;
}
