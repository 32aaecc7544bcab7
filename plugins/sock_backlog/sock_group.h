/* SPDX-License-Identifier: MIT */
/* Groups of sockets: all of a kind with one port, or with one path. */
#ifndef SOCK_GROUP_H
#define SOCK_GROUP_H

#include "hash.h"
#include "keyed_hash.h"
#include "labels.h"
#include "sock_sums.h"

enum sock_kind { SOCK_KIND_TCP, SOCK_KIND_UDP, SOCK_KIND_UNIX, SOCK_KINDS };

/* A group that is not in a list has this place there. */
#define SOCK_GROUP_NOWHERE SIZE_MAX

struct sock_group {
  UT_hash_handle hh; /* by name */
  char *name;        /* "tcp-443": the labels, joined */
  struct labels labels;
  void *label_block; /* holds the labels' text */
  enum sock_kind kind;
  uint16_t port;       /* 0: UNIX */
  bool has_uid;        /* uid is known */
  uint32_t uid;        /* of its first socket's owner; a path's has no other */
  unsigned members;    /* sockets that are followed */
  uint32_t sources;    /* the sources that members came from, as bits */
  uint64_t made_read;  /* the read that made it */
  uint64_t first_read; /* the first read with its first socket */
  bool is_chosen;      /* the user named it */
  uint64_t read;       /* the read of sums and fullest */
  struct sock_sums sums;
  const struct sock_entry *fullest;
  uint64_t lost_read; /* the last read in which it gained drops; 0: none */
  const struct sock_entry *most_lost; /* the socket that gained most then */
  uint64_t urgent_read;               /* see sock_shown.h */
  size_t shown_at, watched_at;        /* places in the lists of sock_shown */
};

/* All groups of a namespace. */
struct sock_groups {
  struct sock_group *by_name;
  struct keyed_hash hash;
};

/* The socket that lost most in this read; else the fullest. */
static inline const struct sock_entry *
sock_group_worst(const struct sock_group *group) {
  return group->lost_read == group->read ? group->most_lost : group->fullest;
}

/* The name of a group, joined from its labels without the namespace, and its
 * hash. */
struct sock_group_name {
  char text[LABELS_NAME_SIZE];
  size_t length;
  unsigned hash;
};

void sock_group_name(const struct sock_groups *groups,
                     const struct labels *labels, struct sock_group_name *ret);

/* The group with this name, or NULL. */
struct sock_group *sock_group_find(const struct sock_groups *groups,
                                   const struct sock_group_name *name);

/* Makes a group, which must not exist yet; labels are copied. NULL: there is no
 * memory. */
struct sock_group *sock_group_new(struct sock_groups *groups,
                                  const struct sock_group_name *name,
                                  const struct labels *labels);

/* Gives a group other labels, which are copied, and the name made of them.
 * Returns 0 or -ENOMEM; the group is unchanged then. */
int sock_group_rename(struct sock_groups *groups, struct sock_group *group,
                      const struct labels *labels);

/* Removes a group and frees it. */
void sock_group_free(struct sock_groups *groups, struct sock_group *group);

#endif
