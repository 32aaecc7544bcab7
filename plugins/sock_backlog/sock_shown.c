/* SPDX-License-Identifier: MIT */
#include "sock_shown.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* A group that lost within so many reads is not taken out, nor one that is so
 * full: its alert is to be seen cleared. */
#define REMEMBERED_READS 60
#define HALF_FULL 50

/* So full, a group deserves to be shown. */
#define NEARLY_FULL 80

int sock_shown_init(struct sock_shown *shown, size_t room) {
  struct sock_shown made = {
      .groups = calloc(room, sizeof(*made.groups)),
      .candidates = calloc(room, sizeof(*made.candidates)),
      .room = room,
  };
  if (made.groups == NULL || made.candidates == NULL) {
    sock_shown_free(&made);
    return -ENOMEM;
  }
  *shown = made;
  return 0;
}

void sock_shown_free(struct sock_shown *shown) {
  free(shown->groups);
  free(shown->candidates);
  *shown = (struct sock_shown){0};
}

static double fullness(const struct sock_group *group) {
  return isnan(group->sums.percent) ? -1 : group->sums.percent;
}

/* Losing now, or before; then by how full it is. */
static bool is_more_urgent(const struct sock_group *a,
                           const struct sock_group *b) {
  if (a->lost_read != b->lost_read)
    return a->lost_read > b->lost_read;
  if ((a->sums.drops > 0) != (b->sums.drops > 0))
    return a->sums.drops > 0;
  return fullness(a) > fullness(b);
}

static struct sock_group **least_urgent(struct sock_group **groups,
                                        size_t count) {
  struct sock_group **least = groups;
  for (size_t i = 1; i < count; i++)
    if (is_more_urgent(*least, groups[i]))
      least = &groups[i];
  return least;
}

void sock_shown_note(struct sock_shown *shown, const struct sock_table *table,
                     struct sock_group *group) {
  bool is_urgent = group->sums.gained > 0 || fullness(group) >= NEARLY_FULL;
  if (group->is_shown || !is_urgent || group->candidate_read == table->read)
    return;
  group->candidate_read = table->read;
  if (shown->candidate_count < shown->room) {
    shown->candidates[shown->candidate_count++] = group;
    return;
  }
  struct sock_group **least =
      least_urgent(shown->candidates, shown->candidate_count);
  if (is_more_urgent(group, *least))
    *least = group;
}

void sock_shown_remove(struct sock_shown *shown, struct sock_group *group) {
  if (!group->is_shown)
    return;
  group->is_shown = false;
  for (size_t i = 0; i < shown->count; i++)
    if (shown->groups[i] == group)
      shown->groups[i] = shown->groups[--shown->count];
}

static void show(struct sock_shown *shown, struct sock_group *group) {
  group->is_shown = true;
  shown->groups[shown->count++] = group;
}

static bool can_go(const struct sock_table *table,
                   const struct sock_group *group) {
  if (group->read != table->read)
    return table->is_whole;
  bool lost =
      group->lost_read > 0 && table->read - group->lost_read < REMEMBERED_READS;
  return !lost && fullness(group) < HALF_FULL;
}

/* Makes room for a candidate, if somebody can go. */
static bool replace(struct sock_shown *shown, const struct sock_table *table,
                    struct sock_group *group) {
  struct sock_group **least = NULL;
  for (size_t i = 0; i < shown->count; i++)
    if (can_go(table, shown->groups[i]) &&
        (least == NULL || is_more_urgent(*least, shown->groups[i])))
      least = &shown->groups[i];
  if (least == NULL || !is_more_urgent(group, *least))
    return false;
  (*least)->is_shown = false;
  group->is_shown = true;
  *least = group;
  return true;
}

/* Fills what is free with the most urgent ones: at the beginning, and when
 * groups are gone. */
static void fill(struct sock_shown *shown, const struct sock_table *table) {
  while (shown->count < shown->room) {
    struct sock_group *best = NULL, *group, *next;
    HASH_ITER(hh, table->groups, group, next) {
      if (group->is_shown || group->read != table->read)
        continue;
      if (best == NULL || is_more_urgent(group, best))
        best = group;
    }
    if (best == NULL)
      return;
    show(shown, best);
  }
}

void sock_shown_choose(struct sock_shown *shown,
                       const struct sock_table *table) {
  if (shown->count < shown->room && table->present > shown->count)
    fill(shown, table);
  for (size_t i = 0; i < shown->candidate_count; i++)
    if (!shown->candidates[i]->is_shown)
      replace(shown, table, shown->candidates[i]);
  shown->candidate_count = 0;
  shown->hidden = table->present - shown->count;
}
