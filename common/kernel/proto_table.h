/* SPDX-License-Identifier: MIT */
/* The kernel's tables of protocol counters, all of which are names and numbers:
 *
 *   /proc/net/snmp, /proc/net/netstat     net/ipv4/proc.c
 *   /proc/net/snmp6                       net/ipv6/proc.c
 *   /proc/net/sctp/snmp                   net/sctp/proc.c
 *   /proc/net/xfrm_stat                   net/xfrm/xfrm_proc.c
 *   /proc/net/sockstat, sockstat6         net/ipv4/proc.c, net/ipv6/proc.c
 *   /proc/net/stat/nf_conntrack           nf_conntrack_standalone.c
 *   /proc/net/stat/arp_cache, ndisc_cache net/core/neighbour.c
 *
 * Kernels add counters with each release, in the middle too: they are known by
 * name, never by position. All belong to the reader's network namespace. */
#ifndef PROTO_TABLE_H
#define PROTO_TABLE_H

#include "proto_text.h"
#include "sysroot.h"

struct proto_counter {
  const char *protocol; /* "Udp"; PROTO_LINES: "" if no prefix fits */
  const char *name;     /* "InDatagrams" */
  uint64_t value;       /* 64 bits on 64-bit kernels; a negative number, such as
                           Tcp's MaxConn of -1, in two's complement */
};

struct proto_table {
  struct proto_counter *counters;
  size_t count;
  /* Counts how often the names changed. While it stands still, the i-th counter
   * is the same one as before. */
  unsigned generation;

  /* The rest is the reader's own. */
  struct proto_text text;
  struct sysroot_file file;
  char *names;        /* of all the text has: what counters point into */
  unsigned *sources;  /* by counter: its number in the text */
  size_t known_count; /* of the text's counters, when the names were made */
};

#define PROTO_TABLE(table_path, table_layout, table_prefixes)                  \
  (struct proto_table) {                                                       \
    .text = {.layout = (table_layout), .prefixes = (table_prefixes)},          \
    .file = {.path = (table_path)},                                            \
  }

/* Reads the table, reusing memory and names while they are the same. A counter
 * that occurs twice counts where it comes first.
 * Returns 0; -ENOENT where the kernel has no such table; -EBADMSG, with error
 * filled (may be NULL), for a text that is not one: a line of numbers that does
 * not belong to the names before it, or has not as many, or no numbers;
 * -ENOMEM, or another -errno. counters are then unchanged. */
int proto_table_read(const struct sysroot *root, struct proto_table *table,
                     struct scan_error *error);

/* The same on text in memory. */
int proto_table_parse(struct proto_table *table, struct scan text,
                      struct scan_error *error);

/* Frees what was read; table can be read again. */
void proto_table_free(struct proto_table *table);

#endif
