/* SPDX-License-Identifier: MIT */
/* The kernel's tables of protocol counters, all made of names and numbers:
 *
 *   /proc/net/snmp, /proc/net/netstat     net/ipv4/proc.c
 *   /proc/net/snmp6                       net/ipv6/proc.c
 *   /proc/net/sctp/snmp                   net/sctp/proc.c
 *   /proc/net/xfrm_stat                   net/xfrm/xfrm_proc.c
 *   /proc/net/sockstat, sockstat6         net/ipv4/proc.c, net/ipv6/proc.c
 *   /proc/net/stat/nf_conntrack           nf_conntrack_standalone.c
 *   /proc/net/stat/arp_cache, ndisc_cache net/core/neighbour.c
 *
 * A counter is identified by its name: each release adds counters, also in the
 * middle. All belong to the reader's network namespace. */
#ifndef PROTO_TABLE_H
#define PROTO_TABLE_H

#include "proto_skeleton.h"
#include "sysroot.h"

struct proto_counter {
  const char *protocol; /* "Udp"; PROTO_LINES: "" if no prefix matches. One
                           address for counters of one protocol in a row */
  const char *name;     /* "InDatagrams" */
  uint64_t value;       /* 64 bits on 64-bit kernels; a negative number, such as
                           MaxConn of Tcp, -1, in two's complement */
};

struct proto_table {
  struct proto_counter *counters;
  size_t count;
  /* Grows when the names change. Until then the i-th counter stays the same. */
  unsigned generation;

  /* Private to the reader. */
  struct proto_text text;
  struct proto_skeleton skeleton; /* of the text that names were made from */
  struct sysroot_file file;
  char *names;        /* all names in the text, which counters point into */
  unsigned *sources;  /* for each counter, its index in the text */
  size_t known_count; /* of counters in the text that names were made from */
};

#define PROTO_TABLE(table_path, table_layout, table_prefixes)                  \
  (struct proto_table) {                                                       \
    .text = {.layout = (table_layout), .prefixes = (table_prefixes)},          \
    .file = {.path = (table_path)},                                            \
  }

/* Reads the table, reusing memory. Of a counter that occurs twice, the first
 * occurrence counts.
 * Returns 0; -ENOENT if the kernel has no such table; -EBADMSG with error
 * filled (may be NULL) for a malformed text; -ENOMEM; or another -errno.
 * counters are then unchanged. */
int proto_table_read(const struct sysroot *root, struct proto_table *table,
                     struct scan_error *error);

/* Parses a text in memory. */
int proto_table_parse(struct proto_table *table, struct scan text,
                      struct scan_error *error);

/* Frees the memory and closes the file. It can be read again. */
void proto_table_free(struct proto_table *table);

#endif
