/* SPDX-License-Identifier: MIT */
/* The kernel's settings, by the names that sysctl(8) uses. */
#ifndef SYSCTL_H
#define SYSCTL_H

#include <stddef.h>
#include <stdint.h>

struct sysroot;

/* Longest value that is of use in a message. */
#define SYSCTL_TEXT_SIZE 128

/* "net.core.somaxconn" is read from proc/sys/net/core/somaxconn. In a name that
 * contains a '/', only the '/' separates, so that an interface with a dot can
 * be named: "net/ipv4/conf/eth0.100/rp_filter".
 * Writes the value as text, its runs of blanks and lines made one space.
 * Returns 0, -ENOENT where the kernel has no such setting, -EINVAL for a name
 * that is not one, -EMSGSIZE, or another -errno; ret is then unchanged. */
int sysctl_read_text(const struct sysroot *root, const char *name, char *ret,
                     size_t size);

/* Reads a number; of a setting with several, "net.ipv4.tcp_rmem[2]" is the
 * third. Returns as above, or -EBADMSG for a value that is not a number. */
int sysctl_read_number(const struct sysroot *root, const char *name,
                       int64_t *ret);

#endif
