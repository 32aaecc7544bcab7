/* SPDX-License-Identifier: MIT */
/* Which container a process is in, by its cgroups (/proc/PID/cgroup; source:
 * kernel/cgroup/cgroup.c). */
#ifndef CONTAINER_ID_H
#define CONTAINER_ID_H

#include <stdbool.h>
#include <stdint.h>

struct sysroot;

/* Docker, containerd, CRI-O and podman give a container an id of 64 hexadecimal
 * digits, and show the first twelve. */
#define CONTAINER_ID_SHOWN 12

/* Finds the shown digits of the innermost container that a process is in, from
 * the names of its cgroups. A user can give such a name to a cgroup of his own:
 * where "sys/fs/cgroup" is there, only a cgroup counts that belongs to the
 * owner of that directory, root. Returns false if there is none. */
bool container_id_find(const struct sysroot *root, uint32_t pid,
                       char ret[static CONTAINER_ID_SHOWN + 1]);

#endif
