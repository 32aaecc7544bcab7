/* SPDX-License-Identifier: MIT */
/* The effective capabilities of this process. Source: fs/proc/array.c. */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

#include <stdint.h>

struct sysroot;

/* Returns the bit of a capability of linux/capability.h. */
#define CAPABILITY(number) (UINT64_C(1) << (number))

/* Reads the bits of the effective capabilities. They apply in the process's own
 * user namespace; elsewhere only an attempt shows whether they suffice.
 * Returns 0; -ENOENT if procfs does not show this process; -EBADMSG if its file
 * has no such line; or another -errno. ret is then unchanged. */
int capabilities_read(const struct sysroot *root, uint64_t *ret);

#endif
