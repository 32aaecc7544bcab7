/* SPDX-License-Identifier: MIT */
#include "nic_backlog.h"

uint64_t nic_backlog_read(struct nic_backlog *backlog,
                          const struct sysroot *root) {
  if (backlog->stat.table.path == NULL)
    backlog->stat = SOFTNET_STAT_INIT;
  if (softnet_stat_read(root, &backlog->stat, NULL) < 0) {
    backlog->has_last = false;
    return 0;
  }
  uint32_t sum = 0;
  for (size_t i = 0; i < backlog->stat.count; i++)
    sum += backlog->stat.cpus[i].dropped;
  uint32_t grown = sum - backlog->last;
  /* A CPU that goes offline takes its count with it. */
  bool is_growth = backlog->has_last && grown <= INT32_MAX;
  backlog->last = sum;
  backlog->has_last = true;
  return is_growth ? grown : 0;
}

void nic_backlog_free(struct nic_backlog *backlog) {
  if (backlog->stat.table.path != NULL)
    softnet_stat_free(&backlog->stat);
}
