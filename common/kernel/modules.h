/* SPDX-License-Identifier: MIT */
/* The modules that the kernel has loaded, from /proc/modules. Source:
 * kernel/module/procfs.c. */
#ifndef MODULES_H
#define MODULES_H

#include "sysroot.h"

/* All zero was never read. */
struct modules {
  uint64_t fingerprint; /* of the names, sizes and addresses of all. While it
                           stays the same, so do the functions in modules */
  struct sysroot_file file;
};

/* Reads the list, reusing memory and the open file. Returns 0; -ENOENT if the
 * kernel has no modules; -EBADMSG for a malformed line; or another -errno;
 * fingerprint is then unchanged. */
int modules_read(const struct sysroot *root, struct modules *modules);

/* Frees the memory and closes the file. It can be read again. */
void modules_free(struct modules *modules);

#endif
