/* SPDX-License-Identifier: MIT */
/* /proc/softirqs: how often each CPU ran the network's soft interrupts. Those
 * of drivers, of RPS and of the backlog are all in there; how many packets each
 * handled is not. Threaded NAPI and busy polling count none.
 * Source: fs/proc/softirqs.c. */
#ifndef SOFTIRQS_H
#define SOFTIRQS_H

#include "cpulist.h"
#include "sysroot.h"

/* One online CPU. The counters are 32 bits wide in the kernel, and wrap. */
struct softirqs_cpu {
  uint32_t cpu;
  uint32_t net_rx;
  uint32_t net_tx;
};

struct softirqs {
  struct softirqs_cpu *cpus; /* ascending */
  size_t count;

  /* The rest is the reader's own. */
  struct softirqs_cpu *next;
  size_t capacity; /* of both */
  struct sysroot_file table;
  struct sysroot_file online_file;
  struct cpulist online;
};

#define SOFTIRQS_INIT                                                          \
  (struct softirqs) {                                                          \
    .table = {.path = "proc/softirqs", .fd = -1},                              \
    .online_file = {.path = "sys/devices/system/cpu/online", .fd = -1},        \
  }

/* Reads the table into softirqs, reusing its memory and its open files. The
 * kernel has a column for each CPU that is possible: those that are not online
 * are left out, unless that cannot be told.
 * Returns 0; -ENOENT where the kernel has no such file; -EBADMSG for what is no
 * such table, with error filled (may be NULL); or another -errno. cpus and
 * count are then unchanged. */
int softirqs_read(const struct sysroot *root, struct softirqs *softirqs,
                  struct scan_error *error);

/* The same on text in memory; online: NULL takes all columns. Returns 0,
 * -ENOMEM or -EBADMSG. */
int softirqs_parse(struct scan text, const struct cpulist *online,
                   struct softirqs *softirqs, struct scan_error *error);

/* Frees what was read; it can be read again. */
void softirqs_free(struct softirqs *softirqs);

#endif
