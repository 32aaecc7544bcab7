/* SPDX-License-Identifier: MIT */
/* /proc/net/sockstat and sockstat6: how many sockets there are, and how much
 * memory they take. Source: net/ipv4/proc.c, sockstat_seq_show(), and
 * net/ipv6/proc.c, sockstat6_seq_show(). */
#ifndef SOCKSTAT_H
#define SOCKSTAT_H

#include "proto_text.h"
#include "sysroot.h"

/* What a kernel does not tell is -1. */
struct sockstat {
  int64_t tcp_inuse;     /* of this network namespace, without TIME_WAIT */
  int64_t tcp6_inuse;    /* sockets of IPv6 are not among the others */
  int64_t tcp_orphans;   /* of the whole host */
  int64_t tcp_time_wait; /* of this network namespace */
  int64_t tcp_alloc;     /* of the whole host */
  int64_t tcp_memory;    /* bytes, of the whole host */
  int64_t udp_inuse;
  int64_t udp6_inuse;
  int64_t udplite_inuse;
  int64_t udplite6_inuse;
  int64_t udp_memory;       /* bytes, of the whole host */
  int64_t fragment_memory;  /* bytes: IPv4 fragments waiting for the rest, of
                               this network namespace */
  int64_t fragment6_memory; /* and those of IPv6 */
};

/* Nothing is told. */
#define SOCKSTAT_NOTHING                                                       \
  (struct sockstat) { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 }

struct sockstat_reader {
  struct sysroot_file file;
  struct sysroot_file file6;
  struct proto_text text;
  int64_t page_size; /* bytes; the kernel counts memory in pages */
};

#define SOCKSTAT_READER                                                        \
  (struct sockstat_reader) {                                                   \
    .file = {.path = "proc/net/sockstat"},                                     \
    .file6 = {.path = "proc/net/sockstat6"}, .text = {.layout = PROTO_FIELDS}, \
  }

/* Reads both files; a kernel without IPv6 has no second one. Returns 0, -ENOENT
 * without the first one, -EBADMSG with error filled (may be NULL), or another
 * -errno; ret is then unchanged. */
int sockstat_read(const struct sysroot *root, struct sockstat_reader *reader,
                  struct sockstat *ret, struct scan_error *error);

void sockstat_close(struct sockstat_reader *reader);

#endif
