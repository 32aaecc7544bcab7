/* SPDX-License-Identifier: MIT */
/* The network namespaces whose sockets are read: the host's, and those that the
 * options choose. */
#ifndef SOCK_SPACE_H
#define SOCK_SPACE_H

#include "sock_state.h"

/* Makes and frees a struct sock_space as namespaces come and go. */
extern const struct namespaces_user sock_space_user;

/* Opens the sockets and files of a namespace. Returns 0 or -errno. */
int sock_space_open(struct sock_backlog *sock, struct sock_space *space);
void sock_space_close(struct sock_space *space);

/* Reads and reports the sockets of a namespace. Returns 0, or -errno where no
 * source could be read. */
int sock_space_read(struct sock_backlog *sock, struct sock_space *space,
                    struct report *report);

/* The namespace at index, from 0, which is the host's, to the number of other
 * namespaces. NULL: it cannot be read. */
struct sock_space *sock_space_at(struct sock_backlog *sock, size_t index);

/* The namespace that an object with these labels belongs to. */
struct sock_space *sock_space_find(struct sock_backlog *sock,
                                   const struct labels *labels);

#endif
