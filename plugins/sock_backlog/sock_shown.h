/* SPDX-License-Identifier: MIT */
/* Which groups of sockets are sent, and which are judged.
 *
 * At most MaxObjects groups are sent: those that lose now, then the fullest,
 * otherwise the same from read to read. A new group is sent once it was there
 * in several reads or lost something, so that the names of sockets that come
 * and go reach no store. Every group that loses or fills up is watched, that
 * is, judged whether it is sent or not, until it has been quiet for a while. */
#ifndef SOCK_SHOWN_H
#define SOCK_SHOWN_H

#include "sock_table.h"

struct sock_shown {
  struct sock_group **groups; /* the groups that are sent */
  size_t count;
  size_t room;                 /* MaxObjects */
  struct sock_group **watched; /* in no order; some of them are sent */
  size_t watched_count, watched_room;
  uint64_t read;    /* the read for which groups are chosen */
  uint64_t settled; /* groups that this read or an earlier one had first are
                       sent at once */
  size_t hidden;    /* groups with sockets that are not sent */
  bool watches_all; /* a user's threshold can be for any group */
};

/* A group is urgent when it loses or is this full, in percent. No built-in
 * limit is lower. */
#define SOCK_SHOWN_FULL 80

/* Reads in which a new group must have been there before it is sent. */
#define SOCK_SHOWN_NEW 3

/* Begins with no group. room is MaxObjects; groups that are
 * there in the reads up to settled are no new ones. Returns 0 or -ENOMEM. */
int sock_shown_init(struct sock_shown *shown, size_t room, uint64_t settled);
void sock_shown_free(struct sock_shown *shown);

/* Watches a group if it is urgent. To be called for each group of a read whose
 * numbers changed. */
void sock_shown_note(struct sock_shown *shown, const struct sock_table *table,
                     struct sock_group *group);

/* Watches a group. */
void sock_shown_watch(struct sock_shown *shown, const struct sock_table *table,
                      struct sock_group *group);

/* Watches a group no longer, unless it was urgent lately or all are watched. */
void sock_shown_unwatch_quiet(struct sock_shown *shown,
                              const struct sock_table *table,
                              struct sock_group *group);

/* Removes a group that is about to be forgotten. */
void sock_shown_remove(struct sock_shown *shown, struct sock_group *group);

/* Chooses the groups to send at the end of a read. Takes n log(MaxObjects)
 * steps for n groups at most. */
void sock_shown_choose(struct sock_shown *shown,
                       const struct sock_table *table);

static inline bool sock_shown_has(const struct sock_group *group) {
  return group->shown_at != SOCK_GROUP_NOWHERE;
}

#endif
