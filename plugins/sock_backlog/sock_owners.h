/* SPDX-License-Identifier: MIT */
/* The processes that have the sockets of a read's alerts open. One search of
 * limited length finds all of them, when the first is asked for. */
#ifndef SOCK_OWNERS_H
#define SOCK_OWNERS_H

#include "process_name.h"
#include "text.h"

struct sock_entry;

/* The most sockets that are looked for in one read. */
#define SOCK_OWNERS_MOST 64

struct sock_owners {
  struct process_wanted wanted[SOCK_OWNERS_MOST];
  size_t count;
  bool is_searched;
  bool is_cut; /* the search met a limit */
};

/* Begins a read. */
void sock_owners_begin(struct sock_owners *owners);

/* Has the search look for a socket too. Without effect after the search, and
 * once there are SOCK_OWNERS_MOST. */
void sock_owners_want(struct sock_owners *owners,
                      const struct sock_entry *socket);

/* Searches, unless this read did. */
void sock_owners_search(struct sock_owners *owners, const struct sysroot *root);

/* Appends who has a socket: "nginx[812]", "nginx[812] of uid 33", "a process of
 * uid 33", "a process of uid 33 (not found in 20 ms)", "a socket". */
void sock_owners_add(const struct sock_owners *owners,
                     const struct sock_entry *socket, struct text *text);

#endif
