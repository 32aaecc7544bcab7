/* SPDX-License-Identifier: MIT */
/* A table of protocol counters, /proc/net/netstat and its like, of a space's
 * network namespace. It is read only when sockets lost something, and another
 * namespace's file is opened for each look: descriptors are scarce where there
 * are many namespaces. */
#ifndef SOCK_COUNTERS_H
#define SOCK_COUNTERS_H

#include "sock_state.h"

/* Begins a table in one of the layouts of proto_text.h; path is as in struct
 * sysroot_file. */
void sock_counters_init(struct sock_counters *counters, const char *path,
                        enum proto_layout layout);

/* Reads the table of a space. Returns 0, -ENOENT where the kernel has no such
 * table or it is another namespace's, or another -errno. */
int sock_counters_read(const struct sock_backlog *sock,
                       const struct sock_space *space,
                       struct sock_counters *counters);

/* The counter as it was read, 0 if there is none. protocol is "" where the
 * layout has no protocols. */
uint64_t sock_counters_find(const struct sock_counters *counters,
                            const char *protocol, const char *name);

void sock_counters_free(struct sock_counters *counters);

#endif
