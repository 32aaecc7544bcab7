/* SPDX-License-Identifier: MIT */
/* The modules that the kernel has loaded, from /proc/modules. Source:
 * kernel/module/procfs.c. */
#ifndef MODULES_H
#define MODULES_H

#include <stdint.h>

struct sysroot;

/* Computes a fingerprint of the loaded modules, their sizes and addresses.
 * While it stays the same, so do the functions that kallsyms.h finds in
 * modules. Returns 0; -ENOENT if the kernel has no modules; -EBADMSG for a
 * malformed line; or another -errno. */
int modules_fingerprint(const struct sysroot *root, uint64_t *ret);

#endif
