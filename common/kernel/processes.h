/* SPDX-License-Identifier: MIT */
/* The processes that /proc shows: all, or with hidepid or in a PID namespace
 * only some. Source: fs/proc/base.c. */
#ifndef PROCESSES_H
#define PROCESSES_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

struct sysroot;

/* Opens the list; closedir() closes it. Returns 0 or -errno. */
int processes_open(const struct sysroot *root, DIR **ret);

/* Takes the next process. Returns false at the end. */
bool processes_next(DIR *processes, uint32_t *ret_pid);

#endif
