/* SPDX-License-Identifier: MIT */
/* Which process has a socket open. Takes a look at every open file of every
 * process: only for messages to the operator. */
#ifndef PROCESS_NAME_H
#define PROCESS_NAME_H

#include <stdint.h>

struct sysroot;

struct process_name {
  uint32_t pid;  /* in the PID namespace of this procfs */
  char name[16]; /* the process's own name: printable, never empty */
};

/* How many open files a search looks at: a tenth of a second. */
#define PROCESS_NAME_FILES 100000

/* Finds the first process in procfs that has the socket with this inode open;
 * the kernel's own sockets have the inode 0 and no process.
 * Other users' processes take CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH
 * (fs/proc/fd.c, base.c).
 * Returns 0; -ENOENT if there is none, or none that may be looked at;
 * -EOVERFLOW if it was not among the first PROCESS_NAME_FILES open files; or
 * another -errno. ret is then unchanged. */
int process_name_find(const struct sysroot *root, uint32_t inode,
                      struct process_name *ret);

#endif
