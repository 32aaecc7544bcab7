/* SPDX-License-Identifier: MIT */
#include "nic_counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nic_guess.h"
#include "nic_names.h"
#include "nic_table.h"

static const char *const causes[NIC_CAUSE_COUNT] = {
    [NIC_RX_RING_FULL] = "ring_full",
    [NIC_RX_FIFO_OVERRUN] = "fifo_overrun",
    [NIC_RX_ALLOC_FAIL] = "alloc_fail",
    [NIC_RX_CRC] = "crc",
    [NIC_RX_FRAME] = "frame",
    [NIC_RX_LENGTH] = "length",
    [NIC_RX_ERROR] = "error",
    [NIC_RX_XDP_DROP] = "xdp_drop",
    [NIC_RX_POLICY] = "policy",
    [NIC_RX_FILTERED] = "filtered",
    [NIC_RX_NO_BUFFER] = "no_buffer",
    [NIC_RX_PAUSE] = "pause",
    [NIC_RX_UNCLASSIFIED] = "unclassified",
    [NIC_TX_RING_FULL] = "ring_full",
    [NIC_TX_DROP] = "drop",
    [NIC_TX_ERROR] = "error",
    [NIC_TX_XDP_DROP] = "xdp_drop",
    [NIC_TX_POLICY] = "policy",
    [NIC_TX_TIMEOUT] = "timeout",
    [NIC_TX_STOPPED] = "stopped",
    [NIC_TX_PAUSE] = "pause",
    [NIC_TX_UNCLASSIFIED] = "unclassified",
    [NIC_ALLOWANCE] = "allowance",
};

/* A search: what was found, and what makes comparing names cheap. */
struct finder {
  const struct nic_names *names;
  uint64_t qstats;
  uint32_t *hashes; /* of the names */
  bool *present;    /* of the table's rows: the adapter has the counter */
  struct nic_source *items;
  size_t count, room;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static uint32_t hash_byte(uint32_t hash, char byte) {
  return (hash ^ (unsigned char)byte) * 16777619;
}

/* The same for a pattern and for all names that match it: numbers are "*". */
static uint32_t hash_of(const char *text) {
  uint32_t hash = 2166136261;
  while (*text != '\0') {
    bool number = is_digit(*text) || *text == '*';
    hash = hash_byte(hash, number ? '*' : *text);
    text++;
    while (number && is_digit(*text))
      text++;
  }
  return hash;
}

static bool matches(const char *name, const char *pattern) {
  for (; *pattern != '\0'; pattern++) {
    if (*pattern != '*') {
      if (*name++ != *pattern)
        return false;
      continue;
    }
    if (!is_digit(*name))
      return false;
    while (is_digit(*name))
      name++;
  }
  return *name == '\0';
}

static int add(struct finder *finder, struct nic_source source) {
  if (finder->count == finder->room) {
    size_t room = 2 * finder->room + 64;
    struct nic_source *items =
        realloc(finder->items, room * sizeof(finder->items[0]));
    if (items == NULL)
      return -ENOMEM;
    finder->items = items;
    finder->room = room;
  }
  finder->items[finder->count++] = source;
  return 0;
}

/* A name that an index of 16 bits reaches, and that is a counter. */
static bool is_usable(const struct nic_names *names, size_t i) {
  return i <= UINT16_MAX && !names->items[i].is_number;
}

static bool has_name(const struct nic_names *names, const char *name) {
  for (size_t i = 0; i < names->count; i++)
    if (is_usable(names, i) && strcmp(names->items[i].name, name) == 0)
      return true;
  return false;
}

/* Whether the row's counters are the ones to take of those to choose from. */
static bool is_taken(const struct finder *finder, const struct nic_row *row) {
  if (row->count == NIC_NOT)
    return false;
  if (row->of == NULL)
    return true;
  for (const struct nic_row *other = nic_table; other < row; other++)
    if (finder->present[other - nic_table] && other->count == row->count &&
        strcmp(other->driver, row->driver) == 0 &&
        strcmp(other->of, row->of) == 0)
      return false;
  return true;
}

/* Nothing is subtracted from what the adapter does not tell. */
static bool is_summed(const struct finder *finder, enum nic_cause cause) {
  for (size_t i = 0; i < finder->count; i++)
    if (finder->items[i].cause == cause && finder->items[i].counted)
      return true;
  return false;
}

static int find_names(struct finder *finder, const struct nic_row *row,
                      struct nic_source source, bool *present) {
  uint32_t hash = hash_of(row->counter);
  for (size_t i = 0; i < finder->names->count; i++) {
    if (finder->hashes[i] != hash || !is_usable(finder->names, i) ||
        !matches(finder->names->items[i].name, row->counter))
      continue;
    source.index = (uint16_t)i;
    *present = true;
    if (add(finder, source) < 0)
      return -ENOMEM;
  }
  return 0;
}

static int find_row(struct finder *finder, const struct nic_row *row) {
  if (row->only_if != NULL &&
      has_name(finder->names, row->only_if) == row->if_absent)
    return 0;
  bool taken = is_taken(finder, row) &&
               (row->count != NIC_MINUS || is_summed(finder, row->cause));
  struct nic_source source = {
      .place = row->place,
      .cause = row->cause,
      .index = row->index,
      .bits = row->bits,
      .counted = taken,
      .minus = row->count == NIC_MINUS,
  };
  bool *present = &finder->present[row - nic_table];
  if (row->place == NIC_PLACE_ETHTOOL)
    return find_names(finder, row, source, present);
  *present =
      row->place == NIC_PLACE_LINK || (finder->qstats >> row->index & 1) != 0;
  return *present ? add(finder, source) : 0;
}

static int find_rows(struct finder *finder, const char *driver,
                     bool *ret_known) {
  *ret_known = false;
  for (size_t i = 0; i < nic_table_count; i++) {
    if (strcmp(nic_table[i].driver, driver) != 0)
      continue;
    *ret_known = true;
    if (find_row(finder, &nic_table[i]) < 0)
      return -ENOMEM;
  }
  return 0;
}

static bool is_link_member(const char *name) {
  for (unsigned i = 0; i < NIC_LINK_MEMBERS; i++)
    if (strcmp(name, nic_link_members[i]) == 0)
      return true;
  return false;
}

/* The same for "rx_drops" and for "rx0_drops". */
static uint32_t hash_of_queue(const struct nic_queue *queue) {
  return hash_byte(hash_of(queue->rest), queue->direction);
}

/* Whether the adapter also tells the sum of this over its queues. */
static bool has_total(const struct finder *finder, const struct nic_queue *part,
                      const uint32_t *hashes) {
  uint32_t hash = hash_of_queue(part);
  for (size_t i = 0; i < finder->names->count; i++) {
    const struct nic_queue *other = &finder->names->items[i].queue;
    if (hashes[i] == hash && other->queue < 0 && is_usable(finder->names, i) &&
        other->direction == part->direction &&
        strcmp(other->rest, part->rest) == 0)
      return true;
  }
  return false;
}

/* Of an unknown driver, whatever looks like a loss; but what has the name of a
 * standard member is told there, or contains other counters. */
static int guess_names(struct finder *finder) {
  uint32_t *hashes = finder->hashes;
  for (size_t i = 0; i < finder->names->count; i++)
    hashes[i] = hash_of_queue(&finder->names->items[i].queue);
  for (size_t i = 0; i < finder->names->count; i++) {
    const struct nic_name *name = &finder->names->items[i];
    enum nic_cause cause = nic_guess(name->name);
    if (cause == NIC_CAUSE_COUNT || !is_usable(finder->names, i))
      continue;
    bool is_part =
        name->queue.queue >= 0 && has_total(finder, &name->queue, hashes);
    struct nic_source source = {
        .place = NIC_PLACE_ETHTOOL,
        .cause = cause,
        .index = (uint16_t)i,
        .bits = 64,
        .counted = !is_part && !is_link_member(name->name),
    };
    if (add(finder, source) < 0)
      return -ENOMEM;
  }
  return 0;
}

int nic_counters_find(const char *driver, const struct nic_names *names,
                      uint64_t qstats, struct nic_sources *ret) {
  struct finder finder = {
      .names = names,
      .qstats = qstats,
      .hashes = calloc(names->count + 1, sizeof(finder.hashes[0])),
      .present = calloc(nic_table_count, sizeof(finder.present[0])),
  };
  bool known = false;
  int r = finder.hashes == NULL || finder.present == NULL ? -ENOMEM : 0;
  if (r == 0) {
    for (size_t i = 0; i < names->count; i++)
      finder.hashes[i] = hash_of(names->items[i].name);
    r = find_rows(&finder, driver, &known);
    known = known && strcmp(driver, "*") != 0;
  }
  if (r == 0 && !known) {
    finder.count = 0;
    r = find_rows(&finder, "*", &(bool){false});
    if (r == 0)
      r = guess_names(&finder);
  }
  free(finder.hashes);
  free(finder.present);
  if (r < 0) {
    free(finder.items);
    return r;
  }
  nic_sources_free(ret);
  *ret = (struct nic_sources){
      .items = finder.items, .count = finder.count, .is_known = known};
  return 0;
}

void nic_sources_free(struct nic_sources *sources) {
  free(sources->items);
  *sources = (struct nic_sources){.items = NULL};
}

const char *nic_cause_name(enum nic_cause cause) { return causes[cause]; }

const char *nic_link_member(unsigned index) {
  return index < NIC_LINK_MEMBERS ? nic_link_members[index] : NULL;
}
