/* SPDX-License-Identifier: MIT */
/* /proc/net/softnet_stat: what happened to the packets that each CPU took in.
 * Source: net/core/net-procfs.c, softnet_seq_show(). The table is the same in
 * every network namespace. */
#ifndef SOFTNET_STAT_H
#define SOFTNET_STAT_H

#include "cpulist.h"
#include "sysroot.h"

/* One online CPU. The counters are 32 bits wide in the kernel, and wrap. */
struct softnet_cpu {
  uint32_t cpu;          /* the CPU's number, which is not its row's */
  uint32_t processed;    /* packets, after GRO; once more for each VLAN or
                            bridge that they pass through */
  uint32_t dropped;      /* packets: backlog full, or flow limit */
  uint32_t time_squeeze; /* polls that ran out of budget or time; no loss */
  uint32_t received_rps; /* wake-ups by another CPU, for RPS */
  uint32_t flow_limited; /* packets; part of dropped */
  uint32_t backlog;      /* packets waiting now: input plus process */
  uint32_t input;        /* of these, not yet taken over by the poll */
  uint32_t process;      /* of these, taken over */
};

/* Which columns a kernel has is told by their number. */
enum {
  SOFTNET_COLUMNS_RPS = 10,        /* received_rps: 2.6.39 */
  SOFTNET_COLUMNS_FLOW_LIMIT = 11, /* flow_limited: 3.11 */
  SOFTNET_COLUMNS_BACKLOG = 13,    /* backlog, and the CPU's number: 5.10 */
  SOFTNET_COLUMNS_QUEUES = 15,     /* input, process: 6.4 */
};

struct softnet_stat {
  struct softnet_cpu *cpus;
  size_t count;
  unsigned columns;

  /* The rest is the reader's own. */
  struct softnet_cpu *next; /* the table that is being read */
  size_t capacity;          /* of both */
  struct sysroot_file table;
  struct sysroot_file online_file;
  struct cpulist online;
};

#define SOFTNET_STAT_INIT                                                      \
  (struct softnet_stat) {                                                      \
    .table = {.path = "proc/net/softnet_stat", .fd = -1},                      \
    .online_file = {.path = "sys/devices/system/cpu/online", .fd = -1},        \
  }

/* Reads the table into stat, reusing its memory and its open file from call to
 * call. Rows have 9 columns or more, the same number in each; further ones than
 * those above are ignored. Before 5.10 no column names the CPU: row i is then
 * the i-th CPU that is online, or CPU i where that cannot be read.
 * Returns 0; -ENOENT where the kernel has no such file; -EBADMSG for a table
 * that is not such rows, with error filled (may be NULL); -EAGAIN when CPUs
 * came and went during every attempt to match rows with CPUs; or another
 * -errno. cpus and count are then unchanged. */
int softnet_stat_read(const struct sysroot *root, struct softnet_stat *stat,
                      struct scan_error *error);

/* The same on text in memory, for kernels which name the CPU; online says which
 * CPUs the rows are where they do not (NULL: 0, 1, 2...). Returns 0, -ENOMEM,
 * -EBADMSG, or -EAGAIN when online has another number of CPUs than the table
 * has rows. */
int softnet_stat_parse(struct scan text, const struct cpulist *online,
                       struct softnet_stat *stat, struct scan_error *error);

/* Frees what was read; stat can be read again. */
void softnet_stat_free(struct softnet_stat *stat);

#endif
