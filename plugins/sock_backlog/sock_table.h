/* SPDX-License-Identifier: MIT */
/* The sockets of one network namespace, followed from read to read, and sums
 * over the sockets of each port or path.
 *
 * The kernel counts drops in the socket, and the count goes with it. Sockets
 * are told apart by their cookies, so that a group gains what each of its
 * sockets gains, and keeps it when they are closed. What a socket had dropped
 * before it could be followed is a baseline, and no gain.
 *
 * Sockets come from several sources. Each is judged by itself: a socket is gone
 * when its own source no longer has it. */
#ifndef SOCK_TABLE_H
#define SOCK_TABLE_H

#include "sock_dump.h"
#include "sock_entry.h"
#include "sock_group.h"

#define SOCK_TABLE_SOURCES 8

struct sock_table {
  struct sock_entries entries;
  struct sock_groups groups;
  size_t present;        /* groups that have sockets */
  size_t ungrouped;      /* sockets that may join a group later */
  size_t grouped_always; /* groups up to which every socket gets one */
  struct sock_sums totals[SOCK_KINDS];
  uint64_t total_reads[SOCK_KINDS]; /* the first read of a kind; 0: none */
  uint64_t read;                    /* number of this read, from 1 */
  struct sock_dump dumps[SOCK_TABLE_SOURCES];
  uint8_t source;      /* the source being dumped */
  bool is_file;        /* and where from */
  enum sock_kind kind; /* and what it lists */
  /* TCP listeners that gained drops in this read, which are not in the sums
   * yet: not all of them are refused connections. See sock_refusals.h. */
  struct sock_entry **refused;
  size_t refused_count, refused_room;
  uint32_t failed;     /* the sources whose dump failed in this read, as bits */
  uint32_t incomplete; /* these, and those whose dump was interrupted */
  bool has_replaced;   /* some group may have lost its last socket */
  bool lacks_memory;   /* some socket of this read could not be added */
};

/* Where a socket belongs. */
struct sock_placement {
  bool is_counted; /* in the total */
  bool has_group;
  bool is_chosen;       /* the user named the group */
  struct labels labels; /* the group's, without the namespace */
  uint16_t port;        /* the group's */
};

/* Places a socket that is seen for the first time. The labels' text must live
 * until the next call. */
typedef void sock_table_placer(const struct socket_info *one, void *data,
                               struct sock_placement *ret);

/* Begins an empty table. Sockets that nobody needs a group for get none once
 * there are grouped_always groups; SIZE_MAX: each gets one. */
void sock_table_init(struct sock_table *table, size_t grouped_always);
void sock_table_free(struct sock_table *table);

/* Begin a read, and in it the dump of a source. A source that is dumped again
 * in one read replaces its first try, which must have added no socket. */
void sock_table_begin(struct sock_table *table);
void sock_table_begin_dump(struct sock_table *table, unsigned source,
                           enum sock_kind kind, bool is_file);

/* Adds one socket of the dump, once even if it comes twice. Returns its group,
 * or NULL: it has none, it was here before, or there is no memory. */
struct sock_group *sock_table_add(struct sock_table *table,
                                  const struct socket_info *one,
                                  sock_table_placer *place, void *data);

void sock_table_end_dump(struct sock_table *table,
                         enum sock_dump_result result);

/* Enters drops that a socket gained in this read into the sums. To be called
 * for each of table->refused, before the read ends. */
void sock_table_gain(struct sock_table *table, struct sock_entry *entry,
                     uint32_t gained);

/* Ends a read: forgets sockets that are gone, and groups without sockets that
 * never counted a drop. Calls forget before a group without sockets goes. */
void sock_table_end(struct sock_table *table,
                    void (*forget)(struct sock_group *group, void *data),
                    void *data);

/* Whether a group's numbers of this read are complete, as far as an interrupted
 * dump is. */
bool sock_table_is_current(const struct sock_table *table,
                           const struct sock_group *group);

/* Whether sockets of a group may be missing from this read, which are not gone.
 */
bool sock_table_may_lack(const struct sock_table *table,
                         const struct sock_group *group);

/* How many sockets are followed. */
size_t sock_table_count(const struct sock_table *table);

/* The group with these labels, in whatever namespace, or NULL. */
struct sock_group *sock_table_find(const struct sock_table *table,
                                   const struct labels *labels);

#endif
