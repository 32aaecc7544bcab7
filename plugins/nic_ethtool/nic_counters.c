/* SPDX-License-Identifier: MIT */
#include "nic_counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nic_finder.h"
#include "nic_match.h"
#include "nic_names.h"
#include "nic_rules.h"
#include "nic_table.h"
#include "nic_unknown.h"

/* Whether no earlier row of the same choice has a counter of this adapter. */
static bool is_first(const struct nic_finder *finder,
                     const struct nic_row *row) {
  for (const struct nic_row *other = nic_table; other < row; other++)
    if (finder->has_counter[other - nic_table] && other->rule == row->rule &&
        strcmp(other->driver, row->driver) == 0 && other->of != NULL &&
        strcmp(other->of, row->of) == 0)
      return false;
  return true;
}

static bool is_summed(const struct nic_finder *finder, enum nic_cause cause) {
  for (size_t i = 0; i < finder->count; i++)
    if (finder->items[i].cause == cause && finder->items[i].is_counted)
      return true;
  return false;
}

/* Nothing is subtracted from what the adapter does not count. */
static bool is_counted(const struct nic_finder *finder,
                       const struct nic_row *row) {
  switch (row->rule) {
  case NIC_FIRST:
    return is_first(finder, row);
  case NIC_MINUS:
    return is_summed(finder, row->cause) &&
           (row->of == NULL || is_first(finder, row));
  case NIC_NOT:
    return false;
  default:
    return true;
  }
}

/* A row for every driver leaves the names to the driver's own rows. */
static int find_names(struct nic_finder *finder, const struct nic_row *row,
                      struct nic_source source, bool *ret_has_counter) {
  bool is_for_all = row->driver[0] == '+';
  uint32_t hash = nic_match_hash(row->counter);
  for (size_t i = 0; i < finder->names->count; i++) {
    if (finder->hashes[i] != hash || !nic_finder_can_use(finder, i) ||
        !nic_match(finder->names->items[i].name, row->counter) ||
        (is_for_all && finder->has_row[i]))
      continue;
    source.index = (uint16_t)i;
    finder->has_row[i] = true;
    *ret_has_counter = true;
    if (nic_finder_add(finder, &source, row) < 0)
      return -ENOMEM;
  }
  return 0;
}

static int find_row(struct nic_finder *finder, const struct nic_row *row) {
  if (row->only_if != NULL &&
      (nic_finder_name(finder, row->only_if) != NIC_NONE) == row->if_absent)
    return 0;
  struct nic_source source = {
      .place = row->place,
      .cause = row->cause,
      .rule = row->rule,
      .index = row->index,
      .bits = row->bits,
      .facts = row->facts,
      .is_counted = is_counted(finder, row),
      .events_like = NIC_NONE,
      .moved_from = NIC_NONE,
  };
  if (row->events_like != NULL) {
    source.events_like = nic_finder_name(finder, row->events_like);
    if (source.events_like == NIC_NONE)
      source.facts &= (uint8_t)~NIC_OF_EVENTS;
  }
  bool *has_counter = &finder->has_counter[row - nic_table];
  if (row->place == NIC_PLACE_ETHTOOL)
    return find_names(finder, row, source, has_counter);
  *has_counter =
      row->place == NIC_PLACE_LINK || (finder->qstats >> row->index & 1) != 0;
  return *has_counter ? nic_finder_add(finder, &source, row) : 0;
}

/* Finds the rows of a driver, or of all with "*" or "+". */
static int find_rows(struct nic_finder *finder, const char *driver,
                     bool *ret_has_rows) {
  *ret_has_rows = false;
  for (size_t i = 0; i < nic_table_count; i++) {
    if (strcmp(nic_table[i].driver, driver) != 0)
      continue;
    *ret_has_rows = true;
    if (find_row(finder, &nic_table[i]) < 0)
      return -ENOMEM;
  }
  return 0;
}

static bool is_name_of_driver(const char *driver) {
  return strcmp(driver, "*") != 0 && strcmp(driver, "+") != 0;
}

static int find_all(struct nic_finder *finder, const char *driver,
                    bool *ret_is_known) {
  bool is_known = false, has_rows;
  int r = 0;
  if (is_name_of_driver(driver))
    r = find_rows(finder, driver, &is_known);
  if (r == 0 && !is_known)
    r = find_rows(finder, "*", &has_rows);
  if (r == 0)
    r = find_rows(finder, "+", &has_rows);
  if (r == 0)
    r = nic_rules_resolve(finder);
  if (r == 0 && !is_known)
    r = nic_unknown_find(finder);
  *ret_is_known = is_known;
  return r;
}

int nic_counters_find(const char *driver, const struct nic_names *names,
                      uint64_t qstats, struct nic_sources *ret) {
  struct nic_finder finder = {
      .names = names,
      .qstats = qstats,
      .hashes = calloc(names->count + 1, sizeof(finder.hashes[0])),
      .has_row = calloc(names->count + 1, sizeof(finder.has_row[0])),
      .has_counter = calloc(nic_table_count, sizeof(finder.has_counter[0])),
  };
  struct nic_sources found = {.items = NULL};
  int r = -ENOMEM;
  if (finder.hashes != NULL && finder.has_row != NULL &&
      finder.has_counter != NULL) {
    for (size_t i = 0; i < names->count; i++)
      finder.hashes[i] = nic_match_hash(names->items[i].name);
    r = find_all(&finder, driver, &found.is_known);
  }
  found.items = finder.items;
  found.count = finder.count;
  found.conditions = finder.conditions;
  found.choice_count = finder.choice_count;
  memcpy(found.groups, finder.groups, sizeof(found.groups));
  free(finder.hashes);
  free(finder.has_row);
  free(finder.has_counter);
  free(finder.rows);
  if (r < 0) {
    nic_sources_free(&found);
    return r;
  }
  nic_sources_free(ret);
  *ret = found;
  return 0;
}
