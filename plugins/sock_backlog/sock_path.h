/* SPDX-License-Identifier: MIT */
/* The groups of UNIX paths. In a mount namespace of their own, users can bind
 * sockets to any path, so that one path can have sockets of several users. Each
 * user's are a group of their own. The name without the user's number goes to
 * root's, else to those of a system account, else to those that came first. */
#ifndef SOCK_PATH_H
#define SOCK_PATH_H

#include "sock_diag.h"
#include "sock_group.h"

/* Room for a user's number. */
#define SOCK_PATH_OWNER_SIZE 11

/* Completes the labels of a socket's path: adds the owner, written into buffer,
 * if another user's group has the plain name. May give that group another name
 * for the sake of this one. */
void sock_path_claim(struct sock_groups *groups, const struct socket_info *one,
                     struct labels *labels,
                     char buffer[static SOCK_PATH_OWNER_SIZE]);

/* Whether an ordinary user owns something, rather than root or the account of a
 * service. */
bool sock_path_is_users(bool has_uid, uint32_t uid);

#endif
