/* SPDX-License-Identifier: MIT */
#include "sock_shown.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "array.h"

/* Reads for which a group that was urgent is watched. */
#define WATCHED_READS 10

int sock_shown_init(struct sock_shown *shown, size_t room, uint64_t settled) {
  struct sock_shown made = {
      .groups = calloc(room, sizeof(*made.groups)),
      .room = room,
      .settled = settled,
  };
  if (made.groups == NULL)
    return -ENOMEM;
  *shown = made;
  return 0;
}

void sock_shown_free(struct sock_shown *shown) {
  free(shown->groups);
  free(shown->watched);
  *shown = (struct sock_shown){.count = 0};
}

static double fullness(const struct sock_group *group) {
  return isnan(group->sums.percent) ? -1 : group->sums.percent;
}

/* Drops gained in this read. */
static uint64_t gained(const struct sock_shown *shown,
                       const struct sock_group *group) {
  return group->read == shown->read ? group->sums.gained : 0;
}

/* Losing now decides, then fullness; among idle groups, having lost last. */
static bool is_more_urgent(const struct sock_shown *shown,
                           const struct sock_group *a,
                           const struct sock_group *b) {
  if (gained(shown, a) != gained(shown, b))
    return gained(shown, a) > gained(shown, b);
  if (fullness(a) != fullness(b))
    return fullness(a) > fullness(b);
  if (a->lost_read != b->lost_read)
    return a->lost_read > b->lost_read;
  return a->sums.drops > 0 && b->sums.drops == 0;
}

static void put(struct sock_shown *shown, size_t at, struct sock_group *group) {
  shown->groups[at] = group;
  group->shown_at = at;
}

/* The groups from first on are a heap, whose root is the least urgent one. */
static void sift_down(struct sock_shown *shown, size_t first, size_t at) {
  struct sock_group **heap = shown->groups + first;
  size_t count = shown->count - first;
  struct sock_group *group = heap[at];
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= count)
      break;
    if (child + 1 < count &&
        is_more_urgent(shown, heap[child], heap[child + 1]))
      child++;
    if (!is_more_urgent(shown, group, heap[child]))
      break;
    put(shown, first + at, heap[child]);
    at = child;
  }
  put(shown, first + at, group);
}

static void make_heap(struct sock_shown *shown, size_t first) {
  for (size_t i = (shown->count - first) / 2; i-- > 0;)
    sift_down(shown, first, i);
}

void sock_shown_watch(struct sock_shown *shown, const struct sock_table *table,
                      struct sock_group *group) {
  group->urgent_read = table->read;
  if (group->watched_at != SOCK_GROUP_NOWHERE)
    return;
  struct sock_group **watched =
      array_room(shown->watched, &shown->watched_room, shown->watched_count,
                 sizeof(*watched));
  if (watched == NULL)
    return;
  shown->watched = watched;
  group->watched_at = shown->watched_count;
  watched[shown->watched_count++] = group;
}

void sock_shown_note(struct sock_shown *shown, const struct sock_table *table,
                     struct sock_group *group) {
  if (group->sums.gained > 0 || fullness(group) >= SOCK_SHOWN_FULL ||
      shown->watches_all)
    sock_shown_watch(shown, table, group);
}

static void unwatch(struct sock_shown *shown, struct sock_group *group) {
  size_t at = group->watched_at;
  if (at == SOCK_GROUP_NOWHERE)
    return;
  struct sock_group *last = shown->watched[--shown->watched_count];
  shown->watched[at] = last;
  last->watched_at = at;
  group->watched_at = SOCK_GROUP_NOWHERE;
}

void sock_shown_unwatch_quiet(struct sock_shown *shown,
                              const struct sock_table *table,
                              struct sock_group *group) {
  if (!shown->watches_all && table->read - group->urgent_read >= WATCHED_READS)
    unwatch(shown, group);
}

void sock_shown_remove(struct sock_shown *shown, struct sock_group *group) {
  unwatch(shown, group);
  if (!sock_shown_has(group))
    return;
  size_t at = group->shown_at;
  put(shown, at, shown->groups[--shown->count]);
  group->shown_at = SOCK_GROUP_NOWHERE;
}

static bool may_be_shown(const struct sock_shown *shown,
                         const struct sock_table *table,
                         const struct sock_group *group) {
  return group->is_chosen || group->lost_read > 0 ||
         group->first_read <= shown->settled ||
         table->read - group->first_read >= SOCK_SHOWN_NEW - 1;
}

/* Fills free places with the most urgent groups that are not too new. */
static void fill(struct sock_shown *shown, const struct sock_table *table) {
  size_t first = shown->count;
  struct sock_group *group, *next;
  HASH_ITER(hh, table->groups.by_name, group, next) {
    if (sock_shown_has(group) || group->read != table->read ||
        !may_be_shown(shown, table, group))
      continue;
    if (shown->count < shown->room) {
      put(shown, shown->count++, group);
      if (shown->count == shown->room)
        make_heap(shown, first);
    } else if (is_more_urgent(shown, group, shown->groups[first])) {
      shown->groups[first]->shown_at = SOCK_GROUP_NOWHERE;
      put(shown, first, group);
      sift_down(shown, first, 0);
    }
  }
}

/* Gives urgent groups the places of less urgent ones, which are judged on until
 * their alerts are cleared. */
static void displace(struct sock_shown *shown, const struct sock_table *table) {
  bool is_heap = false;
  for (size_t i = 0; i < shown->watched_count; i++) {
    struct sock_group *group = shown->watched[i];
    if (sock_shown_has(group) || group->urgent_read != table->read ||
        group->read != table->read || !may_be_shown(shown, table, group))
      continue;
    if (!is_heap)
      make_heap(shown, 0);
    is_heap = true;
    struct sock_group *least = shown->groups[0];
    if (!is_more_urgent(shown, group, least))
      continue;
    least->shown_at = SOCK_GROUP_NOWHERE;
    put(shown, 0, group);
    sift_down(shown, 0, 0);
    sock_shown_watch(shown, table, least);
  }
}

void sock_shown_choose(struct sock_shown *shown,
                       const struct sock_table *table) {
  shown->read = table->read;
  shown->watched = array_shrink(shown->watched, &shown->watched_room,
                                shown->watched_count, sizeof(*shown->watched));
  if (shown->count < shown->room && table->present > shown->count)
    fill(shown, table);
  if (shown->count == shown->room)
    displace(shown, table);
  size_t groups = table->present + table->ungrouped;
  bool is_full = shown->count == shown->room && groups > shown->count;
  shown->hidden = is_full ? groups - shown->count : 0;
}
