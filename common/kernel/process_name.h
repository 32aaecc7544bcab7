/* SPDX-License-Identifier: MIT */
/* Which processes have sockets open. Takes a look at the open files of every
 * process: only for messages to the operator. */
#ifndef PROCESS_NAME_H
#define PROCESS_NAME_H

#include <stddef.h>
#include <stdint.h>

struct sysroot;

struct process_name {
  uint32_t pid;  /* in the PID namespace of this procfs; 0: none */
  char name[16]; /* the process's own name: printable, never empty */
};

/* A socket to look for. */
struct process_wanted {
  uint32_t inode; /* 0, of the kernel's own sockets, has no process */
  struct process_name process;
};

/* How far a search goes. */
struct process_limits {
  unsigned files; /* so many open files and processes */
  double seconds; /* so much of the thread's time */
};

/* Fills in, for each socket, the first process in procfs that has it open. Goes
 * through the processes once for all sockets.
 * Other users' processes take CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH
 * (fs/proc/fd.c, base.c).
 * Looks at the first 512 files of a process alone.
 * Returns 0 once all are found or every file was looked at; -EOVERFLOW if a
 * limit came first; or another -errno. A process that was not found has the pid
 * 0. */
int process_name_find(const struct sysroot *root, struct process_wanted *wanted,
                      size_t count, const struct process_limits *limits);

#endif
