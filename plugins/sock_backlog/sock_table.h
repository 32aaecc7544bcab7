/* SPDX-License-Identifier: MIT */
/* The sockets of one network namespace, followed from read to read, and sums
 * over the sockets of each port or path.
 *
 * The kernel counts drops in the socket, and the count goes with it. Sockets
 * are told apart by their cookies, so that a group gains what each of its
 * sockets gains, and keeps it when they are closed. */
#ifndef SOCK_TABLE_H
#define SOCK_TABLE_H

#include "hash.h"
#include "labels.h"
#include "sock_diag.h"

enum sock_kind { SOCK_KIND_TCP, SOCK_KIND_UDP, SOCK_KIND_UNIX, SOCK_KINDS };

/* Sums over sockets. All but drops and has_drops begin anew in each read. */
struct sock_sums {
  unsigned sockets;
  uint64_t queue;  /* connections, or bytes */
  uint64_t limit;  /* the same unit */
  double percent;  /* the fullest socket's; NAN: no socket has a limit */
  bool has_limit;  /* every socket has one */
  bool has_drops;  /* some socket has a count */
  uint64_t drops;  /* never goes back */
  uint64_t gained; /* drops since the read before */
};

/* One socket. */
struct sock_entry {
  UT_hash_handle hh; /* by cookie */
  uint64_t cookie;
  struct sock_group *group; /* NULL: it counts in the total only */
  uint64_t read;            /* the last read that had it */
  uint32_t drops;
  uint32_t inode;
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
  void *label_block; /* holds the labels' text */
  enum sock_kind kind;
  uint16_t port;    /* 0: UNIX */
  unsigned members; /* sockets that are followed */
  uint64_t read;    /* the read of sums and fullest */
  struct sock_sums sums;
  const struct sock_entry *fullest;
  uint64_t lost_read; /* the last read in which it gained drops; 0: none */
  const struct sock_entry *most_lost; /* the socket that gained most then */
  uint64_t candidate_read;
  bool is_shown;
  uint64_t reported_read; /* the last read that reported it */
};

struct sock_table {
  struct sock_entry *entries;
  struct sock_entry *last; /* the entry added before, in this read */
  struct sock_group *groups;
  size_t present; /* groups that have sockets */
  struct sock_sums totals[SOCK_KINDS];
  uint64_t read;     /* number of this read, from 1 */
  unsigned seen;     /* entries in this read */
  bool has_replaced; /* some group may have lost its last socket */
  bool is_whole;     /* this read had all sockets so far */
  bool was_whole;    /* the read before had all: a new socket is new */
};

/* Where a socket belongs. */
struct sock_placement {
  enum sock_kind kind;
  bool is_counted; /* in the total */
  bool has_group;
  struct labels labels; /* the group's, without the namespace */
  uint16_t port;        /* the group's */
};

/* Places a socket that is seen for the first time. The labels' text must live
 * until the next call. */
typedef void sock_table_placer(const struct sock_diag_one *one, void *data,
                               struct sock_placement *ret);

void sock_table_begin(struct sock_table *table);

/* Adds one socket to this read, once even if it comes twice. Returns its group,
 * or NULL: it has none, it was here before, or there is no memory. */
struct sock_group *sock_table_add(struct sock_table *table,
                                  const struct sock_diag_one *one,
                                  sock_table_placer *place, void *data);

/* Notes that sockets may be missing from this read, which are not gone. */
void sock_table_incomplete(struct sock_table *table);

/* Ends a read: forgets sockets that are gone, and groups without sockets that
 * never counted a drop. Calls forget before a group without sockets goes. */
void sock_table_end(struct sock_table *table,
                    void (*forget)(struct sock_group *group, void *data),
                    void *data);

void sock_table_free(struct sock_table *table);

/* The group with these labels, in whatever namespace, or NULL. */
struct sock_group *sock_table_find(const struct sock_table *table,
                                   const struct labels *labels);

/* How full a queue is, in percent: 100 when the next connection or datagram is
 * lost, and 99 at most for an accept queue that has room. NAN: no limit. */
double sock_table_percent(const struct sock_diag_one *one);

#endif
