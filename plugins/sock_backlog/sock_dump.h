/* SPDX-License-Identifier: MIT */
/* The dumps of one source of sockets: which are complete, and what follows from
 * that for sockets that come and go. */
#ifndef SOCK_DUMP_H
#define SOCK_DUMP_H

#include <stdbool.h>
#include <stdint.h>

/* How a dump ended. */
enum sock_dump_result {
  SOCK_DUMP_MISSING,     /* the kernel cannot list these sockets */
  SOCK_DUMP_FAILED,      /* some sockets may be missing, or all */
  SOCK_DUMP_INTERRUPTED, /* a few sockets may be missing */
  SOCK_DUMP_WHOLE,
};

/* Whole dumps without a socket before it is gone: a dump can leave one out
 * while others come and go. */
#define SOCK_DUMP_ABSENT 3

/* All zero was never dumped. */
struct sock_dump {
  enum sock_dump_result result;
  bool is_file;      /* the sockets come from /proc/net, not from sock_diag */
  bool was_whole;    /* the dump of the read before */
  unsigned wholes;   /* whole dumps so far */
  unsigned seen;     /* sockets in this read */
  unsigned followed; /* sockets that are followed */
  uint64_t whole_reads[SOCK_DUMP_ABSENT]; /* the last ones, oldest first */
};

/* Begins a read, in which the source is missing until it is dumped. */
void sock_dump_begin(struct sock_dump *dump);

/* Ends the dump of a read. */
void sock_dump_end(struct sock_dump *dump, enum sock_dump_result result,
                   uint64_t read);

/* Notes that the sockets have other numbers from now on. */
void sock_dump_restart(struct sock_dump *dump, bool is_file);

/* Whether a socket that no dump had before is a new one. */
bool sock_dump_shows_new(const struct sock_dump *dump);

/* Sockets that were last seen before this read are gone; 0: none is. */
uint64_t sock_dump_gone_before(const struct sock_dump *dump);

#endif
