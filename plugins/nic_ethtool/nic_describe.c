/* SPDX-License-Identifier: MIT */
#include "nic_describe.h"

#include <string.h>

#include "nic_match.h"
#include "nic_meters.h"
#include "nic_table.h"

static const char *where_of(const struct nic_row *row) {
  switch (row->place) {
  case NIC_PLACE_LINK:
    return "struct rtnl_link_stats64";
  case NIC_PLACE_QSTATS:
    return "netdev queue statistics";
  default:
    return "ethtool -S";
  }
}

/* Drivers without rows of their own come first; rows of one driver that mean
 * the same are one meaning. */
void nic_describe(const char *word, layer_take_meaning *take, void *data) {
  const struct nic_row *before = NULL;
  for (size_t i = 0; i < nic_table_count; i++) {
    const struct nic_row *row = &nic_table[i];
    if (!nic_match(word, row->counter))
      continue;
    if (before != NULL && strcmp(before->driver, row->driver) == 0 &&
        before->cause == row->cause && before->place == row->place)
      continue;
    before = row;
    bool is_counted = row->rule != NIC_NOT && row->cause < NIC_CAUSE_COUNT;
    const struct layer_meaning meaning = {
        .whose = strcmp(row->driver, "*") == 0   ? "other drivers"
                 : strcmp(row->driver, "+") == 0 ? "every driver"
                                                 : row->driver,
        .source = where_of(row),
        .meter = is_counted ? &nic_meters[row->cause] : NULL,
    };
    take(data, &meaning);
  }
}
