/* SPDX-License-Identifier: MIT */
/* The sockets that are followed, each known by its cookie. */
#ifndef SOCK_ENTRY_H
#define SOCK_ENTRY_H

#include "hash.h"
#include "sock_diag.h"

struct sock_group;

struct sock_entry {
  UT_hash_handle hh; /* by cookie */
  uint64_t cookie;
  struct sock_group *group; /* NULL: it counts in the total only */
  uint64_t read;            /* the last read that had it; 0: none yet */
  uint64_t first_read;      /* and the first */
  uint32_t drops;
  uint32_t inode;
  uint32_t queue;
  uint32_t limit;
  uint32_t gained;     /* drops since the read before */
  uint32_t last_queue; /* when it was seen before */
  uint8_t source;
  uint8_t kind;        /* enum sock_kind */
  bool may_join_later; /* it has no group, because nobody needed one */
  /* As it was at first. */
  uint8_t family;
  bool has_uid;
  uint8_t address[16];
  uint32_t uid;
};

struct sock_entries {
  struct sock_entry *first; /* in the order of appearance */
  struct sock_entry *last_found;
};

/* The entry with this cookie, or NULL. Fastest in the order of appearance. */
struct sock_entry *sock_entry_find(struct sock_entries *entries,
                                   uint64_t cookie);

/* Makes an entry, whose cookie must be new. NULL: there is no memory. */
struct sock_entry *sock_entry_new(struct sock_entries *entries, uint64_t cookie,
                                  const struct socket_info *one);

/* Removes an entry and frees it. */
void sock_entry_free(struct sock_entries *entries, struct sock_entry *entry);

#endif
