/* SPDX-License-Identifier: MIT */
/* An adapter of a fixture: its counters found, and taken once. */
#ifndef NIC_ADAPTER_H
#define NIC_ADAPTER_H

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "nic_counters.h"
#include "nic_fixture.h"
#include "nic_table.h"
#include "nic_tally.h"

struct nic_adapter {
  struct nic_fixture fixture;
  struct nic_names names;
  struct nic_sources sources;
  struct nic_tally tally;
};

static inline struct nic_reading
nic_adapter_reading(const struct nic_adapter *adapter, double now) {
  const struct nic_fixture *fixture = &adapter->fixture;
  struct nic_reading reading = {.now = now};
  reading.places[NIC_PLACE_ETHTOOL] =
      (struct nic_numbers){fixture->values, fixture->count};
  reading.places[NIC_PLACE_LINK] =
      (struct nic_numbers){fixture->link, NIC_LINK_MEMBERS};
  reading.places[NIC_PLACE_QSTATS] =
      (struct nic_numbers){fixture->qstat, NIC_FIXTURE_QSTATS};
  return reading;
}

static inline void nic_adapter_take(struct nic_adapter *adapter, double now) {
  struct nic_reading reading = nic_adapter_reading(adapter, now);
  nic_tally_take(&adapter->tally, &adapter->sources, &reading);
}

static inline void nic_adapter_open(struct nic_adapter *adapter,
                                    const char *name) {
  *adapter = (struct nic_adapter){.names = {.count = 0}};
  nic_fixture_read(&adapter->fixture, name);
  assert_int_equal(nic_names_set(&adapter->names, adapter->fixture.names,
                                 adapter->fixture.count),
                   0);
  assert_int_equal(nic_counters_find(adapter->fixture.driver, &adapter->names,
                                     adapter->fixture.qstats,
                                     &adapter->sources),
                   0);
  assert_int_equal(nic_tally_new(&adapter->tally, &adapter->sources), 0);
  nic_adapter_take(adapter, 1);
}

static inline void nic_adapter_close(struct nic_adapter *adapter) {
  nic_fixture_free(&adapter->fixture);
  nic_names_free(&adapter->names);
  nic_sources_free(&adapter->sources);
  nic_tally_free(&adapter->tally);
}

static inline const char *nic_adapter_name(const struct nic_adapter *adapter,
                                           const struct nic_source *source) {
  if (source->place == NIC_PLACE_LINK)
    return nic_sources_link_member(source->index);
  return source->place == NIC_PLACE_ETHTOOL
             ? adapter->names.items[source->index].name
             : "of qstats";
}

static inline bool nic_adapter_is_added(const struct nic_source *source) {
  return source->is_counted && source->rule != NIC_MINUS;
}

static inline void nic_adapter_each(void (*check)(struct nic_adapter *adapter,
                                                  const char *name)) {
  struct dirent **list;
  size_t count = nic_fixture_list(&list);
  CHECK(count > 40, "%zu fixtures", count);
  for (size_t i = 0; i < count; i++) {
    struct nic_adapter adapter;
    nic_adapter_open(&adapter, list[i]->d_name);
    check(&adapter, list[i]->d_name);
    nic_adapter_close(&adapter);
    free(list[i]);
  }
  free(list);
}

/* Whether a name matches a pattern: nic_match() written another way. */
static inline bool nic_adapter_matches(const char *name, const char *pattern) {
  if (*pattern == '\0')
    return *name == '\0';
  if (*pattern != '*')
    return *name == *pattern && nic_adapter_matches(name + 1, pattern + 1);
  size_t digits = strspn(name, "0123456789");
  for (size_t i = 1; i <= digits; i++)
    if (nic_adapter_matches(name + i, pattern + 1))
      return true;
  return false;
}

static inline bool nic_adapter_fits(const struct nic_adapter *adapter,
                                    const struct nic_source *source,
                                    const struct nic_row *row) {
  if (row->place != source->place)
    return false;
  return row->place == NIC_PLACE_ETHTOOL
             ? nic_adapter_matches(nic_adapter_name(adapter, source),
                                   row->counter)
             : row->index == source->index;
}

#endif
