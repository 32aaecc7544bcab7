/* SPDX-License-Identifier: MIT */
#include "nic_unknown.h"

#include <ctype.h>
#include <string.h>

#include "nic_finder.h"
#include "nic_guess.h"
#include "nic_match.h"
#include "nic_names.h"
#include "nic_rules.h"

/* A hash that "rx_drops" and "rx0_drops" share. */
static uint32_t hash_of(const struct nic_queue *queue) {
  return nic_match_hash_byte(nic_match_hash(queue->rest), queue->direction);
}

/* Whether the adapter also reports the sum of a counter over its queues. */
static bool has_total(const struct nic_finder *finder,
                      const struct nic_queue *part) {
  uint32_t hash = hash_of(part);
  for (size_t i = 0; i < finder->names->count; i++) {
    const struct nic_queue *other = &finder->names->items[i].queue;
    if (finder->hashes[i] == hash && other->queue < 0 &&
        nic_finder_can_use(finder, i) && other->direction == part->direction &&
        strcmp(other->rest, part->rest) == 0)
      return true;
  }
  return false;
}

/* Counters of a switch's port, "p06_", stand among those of its conduit. */
static bool is_of_switch(const struct nic_finder *finder, const char *name) {
  if (name[0] != 'p' || !isdigit((unsigned char)name[1]))
    return false;
  for (size_t i = 0; i < finder->count; i++)
    if (finder->rows[i] != NULL &&
        strncmp(finder->rows[i]->counter, "p*_", 3) == 0)
      return true;
  return false;
}

/* The standard member of that name, if a row counts it. */
static uint32_t find_member(const struct nic_finder *finder, const char *name) {
  for (size_t i = 0; i < finder->count; i++)
    if (finder->items[i].place == NIC_PLACE_LINK &&
        strcmp(nic_sources_link_member(finder->items[i].index), name) == 0)
      return (uint32_t)i;
  return NIC_NONE;
}

/* A counter with the name of a standard member adds what that member, which
 * many drivers do not fill, leaves out. */
static int add_guess(struct nic_finder *finder, size_t index,
                     enum nic_cause cause) {
  const struct nic_name *name = &finder->names->items[index];
  uint32_t member = find_member(finder, name->name);
  const struct nic_source source = {
      .place = NIC_PLACE_ETHTOOL,
      .cause = cause,
      .rule = member != NIC_NONE ? NIC_UNLESS : NIC_COUNTED,
      .index = (uint16_t)index,
      .bits = 64,
      .is_counted = name->queue.queue < 0 || !has_total(finder, &name->queue),
      .is_guessed = true,
      .events_like = NIC_NONE,
      .moved_from = NIC_NONE,
  };
  int r = nic_finder_add(finder, &source, NULL);
  if (r == 0 && member != NIC_NONE)
    r = nic_rules_add_condition(finder, finder->count - 1, member);
  return r;
}

int nic_unknown_find(struct nic_finder *finder) {
  for (size_t i = 0; i < finder->names->count; i++)
    finder->hashes[i] = hash_of(&finder->names->items[i].queue);
  for (size_t i = 0; i < finder->names->count; i++) {
    const char *name = finder->names->items[i].name;
    enum nic_cause cause = nic_guess(name);
    if (cause == NIC_CAUSE_COUNT || finder->has_row[i] ||
        !nic_finder_can_use(finder, i) || is_of_switch(finder, name))
      continue;
    int r = add_guess(finder, i, cause);
    if (r < 0)
      return r;
  }
  return 0;
}
