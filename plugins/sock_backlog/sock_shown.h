/* SPDX-License-Identifier: MIT */
/* The groups of sockets that are sent, where there are more than MaxObjects:
 * those that lose and the fullest, otherwise the same from read to read. */
#ifndef SOCK_SHOWN_H
#define SOCK_SHOWN_H

#include "sock_table.h"

struct sock_shown {
  struct sock_group **groups;
  size_t count;
  size_t room;                    /* MaxObjects */
  struct sock_group **candidates; /* urgent groups that are not shown */
  size_t candidate_count;
  size_t hidden; /* groups with sockets that are not shown */
};

/* Begins with none of room groups. Returns 0 or -ENOMEM. */
int sock_shown_init(struct sock_shown *shown, size_t room);
void sock_shown_free(struct sock_shown *shown);

/* Notes a group to which a socket was added in this read. */
void sock_shown_note(struct sock_shown *shown, const struct sock_table *table,
                     struct sock_group *group);

/* Removes a group that is about to be forgotten. */
void sock_shown_remove(struct sock_shown *shown, struct sock_group *group);

/* Chooses the groups at the end of a read. */
void sock_shown_choose(struct sock_shown *shown,
                       const struct sock_table *table);

#endif
