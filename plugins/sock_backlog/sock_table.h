/* SPDX-License-Identifier: MIT */
/* The sockets of one network namespace, followed from read to read, and what
 * those of one port or path come to together.
 *
 * What a socket drops is counted in the socket, and goes with it. Here it is
 * counted on: each socket is known by its cookie, and its group gains what it
 * gained. */
#ifndef SOCK_TABLE_H
#define SOCK_TABLE_H

#include "hash.h"
#include "labels.h"
#include "sock_diag.h"

enum sock_kind { SOCK_KIND_TCP, SOCK_KIND_UDP, SOCK_KIND_UNIX, SOCK_KINDS };

/* Sums over sockets; those of the current read, but for the drops. */
struct sock_sums {
  unsigned sockets;
  uint64_t queue;
  uint64_t limit;
  double percent; /* of the fullest; NAN: none has a limit */
  bool has_limit; /* of all of them */
  bool has_drops;
  uint64_t drops; /* never goes back */
  uint64_t gained;
};

/* One socket. */
struct sock_entry {
  UT_hash_handle hh; /* by cookie */
  uint64_t cookie;
  struct sock_group *group; /* NULL: none, it only counts in the total */
  uint64_t read;            /* the last one that had it */
  uint32_t drops;
  uint32_t inode;
  /* Of that read, to tell an operator of. */
  uint32_t queue;
  uint32_t limit;
  uint32_t gained; /* drops since the read before */
  enum sock_kind kind;
  /* As it was at first. */
  uint8_t family;
  uint8_t address[16];
  uint32_t uid;
  bool has_uid;
};

/* All sockets of a kind with one port, or one path. */
struct sock_group {
  UT_hash_handle hh; /* by name */
  char *name;        /* "tcp-443": the labels, joined */
  struct labels labels;
  void *label_block; /* what labels point into */
  enum sock_kind kind;
  uint16_t port;    /* 0 of UNIX */
  unsigned members; /* sockets that are followed */
  uint64_t read;    /* of which sums and fullest are */
  struct sock_sums sums;
  const struct sock_entry *fullest;
  uint64_t lost_read; /* the last one in which it gained drops; 0: none */
  const struct sock_entry *losing; /* most, in that one */
  uint64_t candidate_read;
  bool is_shown;
  uint64_t reported_read; /* the last one that reported it */
};

struct sock_table {
  struct sock_entry *entries;
  struct sock_entry *last; /* the one that was added before, in this read */
  struct sock_group *groups;
  size_t present; /* groups that have sockets */
  struct sock_sums totals[SOCK_KINDS];
  uint64_t read;     /* number of this read, from 1 */
  unsigned seen;     /* entries that this read had */
  bool has_replaced; /* some group can have lost its last socket */
  bool is_whole;     /* so far, this read had all sockets */
  bool was_whole;    /* the one before had: what is new now was made since */
};

/* Where a socket belongs. */
struct sock_home {
  enum sock_kind kind;
  bool is_counted; /* in the total */
  bool has_group;
  struct labels labels; /* of its group, without that of the namespace */
  uint16_t port;        /* of its group */
};

/* Says where a socket belongs, when it is seen for the first time. The labels
 * live as long as the call. */
typedef void sock_home_finder(const struct socket_info *one, void *data,
                              struct sock_home *ret);

void sock_table_begin(struct sock_table *table);

/* Takes one socket of this read; one that it has already counts once. Returns
 * its group if its numbers are counted there and it has one, or NULL. */
struct sock_group *sock_table_add(struct sock_table *table,
                                  const struct socket_info *one,
                                  sock_home_finder *find, void *data);

/* Something could not be read: what is missing is not gone. */
void sock_table_incomplete(struct sock_table *table);

/* Ends a read: forgets sockets that are gone, and groups that have none and
 * counted nothing. forget is told of each group before. */
void sock_table_end(struct sock_table *table,
                    void (*forget)(struct sock_group *group, void *data),
                    void *data);

void sock_table_free(struct sock_table *table);

/* The group with these labels, whatever their namespace, or NULL. */
struct sock_group *sock_table_find(const struct sock_table *table,
                                   const struct labels *labels);

/* How full a queue is, in percent: 100 when the next one would be refused, and
 * of connections 99 at most before that. NAN for no limit. */
double sock_table_percent(const struct socket_info *one);

#endif
