/* SPDX-License-Identifier: MIT */
/* /proc/net/sockstat and sockstat6: the numbers of sockets and the memory they
 * take. Source: net/ipv4/proc.c, sockstat_seq_show(), and net/ipv6/proc.c,
 * sockstat6_seq_show(). */
#ifndef SOCKSTAT_H
#define SOCKSTAT_H

#include "proto_text.h"
#include "sysroot.h"

/* Values that the kernel does not report are -1. */
struct sockstat {
  int64_t tcp_inuse;     /* of this network namespace, without TIME_WAIT */
  int64_t tcp6_inuse;    /* not included in tcp_inuse */
  int64_t tcp_orphans;   /* of the whole host */
  int64_t tcp_time_wait; /* of this network namespace */
  int64_t tcp_alloc;     /* of the whole host */
  int64_t tcp_memory;    /* bytes, of the whole host */
  int64_t udp_inuse;
  int64_t udp6_inuse;
  int64_t udplite_inuse;
  int64_t udplite6_inuse;
  int64_t udp_memory;       /* bytes, of the whole host */
  int64_t fragment_memory;  /* bytes: incomplete IPv4 packets of this network
                               namespace */
  int64_t fragment6_memory; /* bytes: the same for IPv6 */
};

/* All values unknown. */
#define SOCKSTAT_NOTHING                                                       \
  (struct sockstat) { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 }

struct sockstat_reader {
  struct sysroot_file file;
  struct sysroot_file file6;
  struct proto_text text;
  int64_t page_size; /* bytes; the kernel counts some memory in pages */
};

#define SOCKSTAT_READER                                                        \
  (struct sockstat_reader) {                                                   \
    .file = {.path = "proc/net/sockstat"},                                     \
    .file6 = {.path = "proc/net/sockstat6"}, .text = {.layout = PROTO_FIELDS}, \
  }

/* Reads both files; without IPv6 there is no sockstat6. Returns 0; -ENOENT if
 * there is no sockstat; -EBADMSG with error filled (may be NULL); or another
 * -errno. ret is then unchanged. */
int sockstat_read(const struct sysroot *root, struct sockstat_reader *reader,
                  struct sockstat *ret, struct scan_error *error);

/* Frees the memory and closes the files. */
void sockstat_free(struct sockstat_reader *reader);

#endif
