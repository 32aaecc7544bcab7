/* SPDX-License-Identifier: MIT */
#include "nic_rules.h"

#include <errno.h>
#include <string.h>

#include "array.h"
#include "nic_finder.h"

/* Whether a list, "a, b", contains a name. */
static bool lists(const char *list, const char *name) {
  size_t length = strlen(name);
  for (;;) {
    const char *end = strstr(list, ", ");
    size_t part = end != NULL ? (size_t)(end - list) : strlen(list);
    if (part == length && strncmp(list, name, length) == 0)
      return true;
    if (end == NULL)
      return false;
    list = end + 2;
  }
}

int nic_rules_add_condition(struct nic_finder *finder, size_t index,
                            size_t condition) {
  uint32_t *conditions =
      array_room(finder->conditions, &finder->condition_room,
                 finder->condition_count, sizeof(*conditions));
  if (conditions == NULL)
    return -ENOMEM;
  finder->conditions = conditions;
  struct nic_source *source = &finder->items[index];
  if (source->condition_count++ == 0)
    source->condition = (uint32_t)finder->condition_count;
  conditions[finder->condition_count++] = (uint32_t)condition;
  return 0;
}

/* All sources of a row look at the same counters. */
static int find_conditions(struct nic_finder *finder, size_t index) {
  struct nic_source *source = &finder->items[index];
  const struct nic_row *row = finder->rows[index];
  if (index > 0 && finder->rows[index - 1] == row) {
    source->condition = finder->items[index - 1].condition;
    source->condition_count = finder->items[index - 1].condition_count;
    return 0;
  }
  for (size_t i = 0; i < finder->count; i++)
    if (strcmp(finder->rows[i]->driver, row->driver) == 0 &&
        lists(row->of, finder->rows[i]->counter) &&
        nic_rules_add_condition(finder, index, i) < 0)
      return -ENOMEM;
  return 0;
}

/* The source that counts the same number without a condition. */
static uint32_t find_origin(const struct nic_finder *finder, size_t index) {
  const struct nic_source *source = &finder->items[index];
  for (size_t i = 0; i < finder->count; i++) {
    const struct nic_source *other = &finder->items[i];
    if (other->place == source->place && other->index == source->index &&
        other->is_counted && other->rule != NIC_UNLESS &&
        other->rule != NIC_MINUS)
      return (uint32_t)i;
  }
  return NIC_NONE;
}

static int resolve_unless(struct nic_finder *finder, size_t index) {
  if (find_conditions(finder, index) < 0)
    return -ENOMEM;
  struct nic_source *source = &finder->items[index];
  source->moved_from = find_origin(finder, index);
  source->is_counted =
      source->moved_from == NIC_NONE || source->condition_count > 0;
  return 0;
}

/* Numbers the rows that the adapter has counters of; the first one with the
 * same word in "of" stands for the group. */
static void resolve_most(struct nic_finder *finder, size_t index) {
  struct nic_source *source = &finder->items[index];
  const struct nic_row *row = finder->rows[index];
  unsigned group = finder->choice_count;
  for (size_t i = 0; i < index; i++) {
    const struct nic_row *other = finder->rows[i];
    if (other == row) {
      source->choice = finder->items[i].choice;
      return;
    }
    if (other->rule == NIC_MOST && finder->items[i].is_counted &&
        strcmp(other->driver, row->driver) == 0 &&
        strcmp(other->of, row->of) == 0)
      group = finder->groups[finder->items[i].choice];
  }
  if (finder->choice_count == NIC_CHOICES) {
    source->is_counted = false;
    return;
  }
  finder->groups[finder->choice_count] = (uint8_t)group;
  source->choice = (uint8_t)finder->choice_count++;
}

int nic_rules_resolve(struct nic_finder *finder) {
  for (size_t i = 0; i < finder->count; i++) {
    if (finder->items[i].rule == NIC_MOST)
      resolve_most(finder, i);
    else if (finder->items[i].rule == NIC_UNLESS &&
             resolve_unless(finder, i) < 0)
      return -ENOMEM;
  }
  return 0;
}
