/* SPDX-License-Identifier: MIT */
/* Which process has a socket open. Finding out takes a look at every open file
 * of every process, so it is only for what an operator is told. */
#ifndef PROCESS_NAME_H
#define PROCESS_NAME_H

#include <stdint.h>

struct sysroot;

struct process_name {
  uint32_t pid;  /* as procfs shows it */
  char name[16]; /* what the process calls itself: printable, never empty */
};

/* Finds a process that has the socket with this inode, the one with the lowest
 * place in procfs if there are several. Processes of other users are left out
 * without CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH (fs/proc/fd.c, base.c).
 * Returns 0; -ENOENT if there is none, or none that may be looked at;
 * -EOVERFLOW if it was not among the first PROCESS_NAME_FILES open files; or
 * another -errno. ret is then unchanged. */
int process_name_find(const struct sysroot *root, uint32_t inode,
                      struct process_name *ret);

/* So many are looked at, which takes a tenth of a second. */
#define PROCESS_NAME_FILES 100000

#endif
