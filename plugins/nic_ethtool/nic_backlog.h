/* SPDX-License-Identifier: MIT */
/* Packets that the network stack dropped because a CPU's backlog was full. It
 * adds them to the rx_dropped of the interface that they came from, where they
 * cannot be told from the driver's own. Source: net/core/dev.c,
 * enqueue_to_backlog(). */
#ifndef NIC_BACKLOG_H
#define NIC_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "softnet_stat.h"

struct nic_backlog {
  struct softnet_stat stat;
  uint32_t last; /* sum over the CPUs, modulo 2^32 */
  bool has_last;
};

/* Returns how many packets of all interfaces were dropped since the last call;
 * 0 at the first one, and if the table cannot be read. */
uint64_t nic_backlog_read(struct nic_backlog *backlog,
                          const struct sysroot *root);
void nic_backlog_free(struct nic_backlog *backlog);

#endif
