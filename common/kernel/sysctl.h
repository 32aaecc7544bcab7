/* SPDX-License-Identifier: MIT */
/* The kernel's settings, under the names of sysctl(8). */
#ifndef SYSCTL_H
#define SYSCTL_H

#include <stddef.h>
#include <stdint.h>

struct sysroot;

/* Room for any value worth showing in a message. */
#define SYSCTL_TEXT_SIZE 128

/* Reads a setting as text, each run of white space made one space. In a name
 * with a '/', only '/' separates, so that an interface's name may contain a
 * dot: "net/ipv4/conf/eth0.100/rp_filter". Returns 0; -ENOENT if the kernel has
 * no such setting; -EINVAL for an invalid name; -EMSGSIZE; or another -errno.
 * ret is then unchanged. */
int sysctl_read_text(const struct sysroot *root, const char *name, char *ret,
                     size_t size);

/* Reads a setting as a number. Of several, "net.ipv4.tcp_rmem[2]" is the third.
 * Returns as sysctl_read_text(), or -EBADMSG if the value is not a number. */
int sysctl_read_number(const struct sysroot *root, const char *name,
                       int64_t *ret);

#endif
