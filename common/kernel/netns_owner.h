/* SPDX-License-Identifier: MIT */
/* Who made a network namespace: root, or an ordinary user who made a user
 * namespace first. Source: fs/nsfs.c, kernel/user_namespace.c. */
#ifndef NETNS_OWNER_H
#define NETNS_OWNER_H

#include <stdbool.h>

/* Sets *ret to true if the user namespace that owns the network namespace of
 * this file is the caller's own or was made by root, as container runtimes of
 * root do. It is true as well if the kernel cannot answer: before Linux 4.11,
 * and for a user namespace outside the caller's. Returns 0 or -errno; *ret is
 * then unchanged. */
int netns_owner_is_root(int fd, bool *ret);

#endif
