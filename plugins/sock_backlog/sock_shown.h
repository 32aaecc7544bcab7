/* SPDX-License-Identifier: MIT */
/* Which groups of sockets are reported where there are more than may be: those
 * that lose and the fullest, and otherwise the same from read to read. */
#ifndef SOCK_SHOWN_H
#define SOCK_SHOWN_H

#include "sock_table.h"

struct sock_shown {
  struct sock_group **groups; /* NULL where one was */
  size_t count;               /* places that are in use, empty ones included */
  size_t room;
  struct sock_group **candidates; /* that should be shown and are not */
  size_t candidate_count;
  size_t hidden; /* groups with sockets that are not shown */
};

/* Makes room for so many. Returns 0 or -ENOMEM. */
int sock_shown_init(struct sock_shown *shown, size_t room);
void sock_shown_free(struct sock_shown *shown);

/* Takes note of a group to which a socket was added. */
void sock_shown_note(struct sock_shown *shown, const struct sock_table *table,
                     struct sock_group *group);

/* Takes a group out, before it is forgotten. */
void sock_shown_remove(struct sock_shown *shown, struct sock_group *group);

/* Chooses, once a read is complete. */
void sock_shown_choose(struct sock_shown *shown,
                       const struct sock_table *table);

#endif
