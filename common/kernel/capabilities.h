/* SPDX-License-Identifier: MIT */
/* Which capabilities this process has in effect. Source: fs/proc/array.c. */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

#include <stdint.h>

struct sysroot;

/* The bit of one of linux/capability.h. */
#define CAPABILITY(number) (UINT64_C(1) << (number))

/* Fills ret with the bits of those in effect. They are those in the process's
 * own user namespace; whether they count elsewhere only the attempt tells.
 * Returns 0; -ENOENT where procfs does not show this process; -EBADMSG if it
 * does not tell; or another -errno. ret is then unchanged. */
int capabilities_read(const struct sysroot *root, uint64_t *ret);

#endif
