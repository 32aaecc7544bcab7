/* SPDX-License-Identifier: MIT */
/* The number of tracked connections on kernels without
 * /proc/net/stat/nf_conntrack (CONFIG_NF_CONNTRACK_PROCFS). */
#ifndef SNMP_CONNTRACK_H
#define SNMP_CONNTRACK_H

#include "snmp_scope.h"
#include "sysroot.h"

struct snmp_conntrack {
  struct sysroot_file count;
  bool has_warned;
};

#define SNMP_CONNTRACK                                                         \
  (struct snmp_conntrack) {                                                    \
    .count = {.path = "proc/sys/net/netfilter/nf_conntrack_count" }            \
  }

/* Reports the entries of the table, unless this read has reported the table
 * itself. Logs once, for collectd's own namespace, that losses are unknown.
 * Source: net/netfilter/nf_conntrack_standalone.c. */
void snmp_conntrack_report(struct snmp_conntrack *conntrack,
                           const struct snmp_scope *scope,
                           struct report *report);

/* Frees the memory and closes the file. */
void snmp_conntrack_free(struct snmp_conntrack *conntrack);

#endif
