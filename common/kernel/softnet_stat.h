/* SPDX-License-Identifier: MIT */
/* /proc/net/softnet_stat: packets received by each CPU. All network namespaces
 * show the same table. Source: net/core/net-procfs.c, softnet_seq_show(). */
#ifndef SOFTNET_STAT_H
#define SOFTNET_STAT_H

#include "cpulist.h"

/* One online CPU. The counters wrap at 32 bits. */
struct softnet_cpu {
  uint32_t cpu;          /* the CPU's number, not its row's */
  uint32_t processed;    /* packets, after GRO; counted again for each VLAN or
                            bridge they pass through */
  uint32_t dropped;      /* packets: backlog full, or flow limit */
  uint32_t time_squeeze; /* polls that ran out of budget or time: no loss */
  uint32_t received_rps; /* wake-ups by another CPU, for RPS */
  uint32_t flow_limited; /* packets; part of dropped */
  uint32_t backlog;      /* packets waiting now: input plus process */
  uint32_t input;        /* of these, not yet fetched by the poll */
  uint32_t process;      /* of these, fetched */
};

/* How many columns a kernel prints, by the newest that it has. */
enum {
  SOFTNET_COLUMNS_RPS = 10,        /* received_rps: 2.6.39 */
  SOFTNET_COLUMNS_FLOW_LIMIT = 11, /* flow_limited: 3.11 */
  SOFTNET_COLUMNS_BACKLOG = 13,    /* backlog, and the CPU's number: 5.10 */
  SOFTNET_COLUMNS_QUEUES = 15,     /* input, process: 6.4 */
};

struct softnet_stat {
  struct softnet_cpu *cpus; /* ascending */
  size_t count;
  unsigned columns;
  bool are_numbered; /* cpu is only the row's number: neither a column nor the
                        list of online CPUs identifies the rows */

  /* Private to the reader. */
  size_t room;              /* of cpus */
  struct softnet_cpu *next; /* the table being read */
  size_t next_room;
  struct sysroot_file table;
  struct cpulist_file online;
  bool has_matched; /* the last read found as many online CPUs as rows */
};

#define SOFTNET_STAT_INIT                                                      \
  (struct softnet_stat) {                                                      \
    .table = {.path = "proc/net/softnet_stat"}, .online = CPULIST_FILE_ONLINE, \
  }

/* Reads the table, reusing memory and open files. All rows have the same number
 * of columns, at least 9; columns newer than those above are ignored. Before
 * 5.10 no column names the CPU: row i is then the i-th online CPU. If the list
 * of online CPUs cannot be read, or belongs to another view of the machine
 * (lxcfs shows a container's share), row i is CPU i.
 * Returns 0; -ENOENT if the kernel has no such file; -EBADMSG for a malformed
 * table, with error filled (may be NULL); -EAGAIN if rows and online CPUs,
 * equally many at the read before, differed at each attempt, as while a CPU
 * comes or goes; or another -errno. cpus and count are then unchanged. */
int softnet_stat_read(const struct sysroot *root, struct softnet_stat *stat,
                      struct scan_error *error);

/* Replaces the set by the CPUs of the rows, which are those online; empties it
 * if the rows are only numbered. Returns 0 or -ENOMEM. */
int softnet_stat_online(const struct softnet_stat *stat, struct cpulist *ret);

/* Parses a text in memory. If no column names the CPU, online does (NULL: 0, 1,
 * 2...). Returns 0, -ENOMEM, -EBADMSG, or -EAGAIN if online has another number
 * of CPUs than the table has rows. */
int softnet_stat_parse(struct scan text, const struct cpulist *online,
                       struct softnet_stat *stat, struct scan_error *error);

/* Frees the memory and closes the files. It can be read again. */
void softnet_stat_free(struct softnet_stat *stat);

#endif
