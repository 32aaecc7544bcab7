/* SPDX-License-Identifier: MIT */
#include "nic_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nic_counters.h"

static void discount_link(struct nic_sources *sources) {
  for (size_t i = 0; i < sources->count; i++)
    if (sources->items[i].place == NIC_PLACE_LINK)
      sources->items[i].is_counted = false;
}

static int build(struct nic_layout *layout,
                 const struct ethtool_statistics *statistics, uint64_t qstats,
                 bool is_software) {
  int r = nic_names_set(&layout->names, ethtool_stats_names(statistics),
                        statistics->count);
  if (r == 0)
    r = nic_counters_find(statistics->driver, &layout->names, qstats,
                          &layout->sources);
  if (r < 0)
    return r;
  if (is_software && !layout->sources.is_known)
    discount_link(&layout->sources);
  layout->raw = calloc(layout->names.count + 1, sizeof(*layout->raw));
  if (layout->raw == NULL)
    return -ENOMEM;
  return nic_tally_new(&layout->tally, &layout->sources);
}

int nic_layout_new(struct nic_layout *ret,
                   struct ethtool_statistics *statistics, uint64_t qstats,
                   bool is_software) {
  struct nic_layout layout = {.raw = NULL};
  int r = build(&layout, statistics, qstats, is_software);
  if (r < 0) {
    nic_layout_free(&layout);
    return r;
  }
  layout.statistics = *statistics;
  *statistics = (struct ethtool_statistics){.count = 0};
  *ret = layout;
  return 0;
}

void nic_layout_free(struct nic_layout *layout) {
  ethtool_stats_free(&layout->statistics);
  nic_names_free(&layout->names);
  nic_sources_free(&layout->sources);
  nic_tally_free(&layout->tally);
  free(layout->raw);
  *layout = (struct nic_layout){.raw = NULL};
}

bool nic_layout_fits(const struct nic_layout *layout,
                     const struct ethtool_statistics *statistics) {
  const struct ethtool_statistics *own = &layout->statistics;
  return own->count == statistics->count &&
         strcmp(own->driver, statistics->driver) == 0 &&
         (own->count == 0 ||
          memcmp(ethtool_stats_names(own), ethtool_stats_names(statistics),
                 own->count * NIC_NAME_RAW) == 0);
}

const char *nic_layout_name(const struct nic_layout *layout,
                            const struct nic_source *source) {
  switch (source->place) {
  case NIC_PLACE_ETHTOOL:
    return layout->names.items[source->index].name;
  case NIC_PLACE_LINK:
    return nic_sources_link_member(source->index);
  default:
    return "qstats";
  }
}
