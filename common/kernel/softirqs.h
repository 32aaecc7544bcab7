/* SPDX-License-Identifier: MIT */
/* /proc/softirqs: how often each CPU ran the network's soft interrupts, raised
 * by drivers, RPS and the backlog alike. It does not count packets, and nothing
 * for threaded NAPI and busy polling. Source: fs/proc/softirqs.c. */
#ifndef SOFTIRQS_H
#define SOFTIRQS_H

#include "cpulist.h"

/* One CPU. The counters wrap at 32 bits. */
struct softirqs_cpu {
  uint32_t cpu;
  uint32_t net_rx;
  uint32_t net_tx;
};

struct softirqs {
  struct softirqs_cpu *cpus; /* ascending */
  size_t count;

  /* Private to the reader. */
  size_t room;               /* of cpus */
  struct softirqs_cpu *next; /* the table being read */
  size_t next_room;
  struct sysroot_file table;
};

#define SOFTIRQS_INIT                                                          \
  (struct softirqs) { .table = {.path = "proc/softirqs"}, }

/* Reads the table, reusing memory and the open file. The kernel prints a column
 * for each possible CPU. Takes those of the online CPUs or, with online NULL,
 * those that have counted anything. Returns 0; -ENOENT if the kernel has no
 * such file; -EBADMSG for a malformed table, with error filled (may be NULL);
 * or another -errno. cpus and count are then unchanged. */
int softirqs_read(const struct sysroot *root, const struct cpulist *online,
                  struct softirqs *softirqs, struct scan_error *error);

/* Parses a text in memory. Returns 0, -ENOMEM or -EBADMSG. */
int softirqs_parse(struct scan text, const struct cpulist *online,
                   struct softirqs *softirqs, struct scan_error *error);

/* Frees the memory and closes the file. It can be read again. */
void softirqs_free(struct softirqs *softirqs);

#endif
