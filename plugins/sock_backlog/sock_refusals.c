/* SPDX-License-Identifier: MIT */
#include "sock_refusals.h"

#include <stdlib.h>

#include "sock_counters.h"

/* Returns what ListenDrops gained since the last look, or UINT64_MAX where that
 * is not known. */
static uint64_t take_gain(const struct sock_backlog *sock,
                          struct sock_space *space) {
  struct sock_refusals *refusals = &space->refusals;
  bool was_known = refusals->is_known;
  uint64_t last = refusals->last;
  refusals->is_known =
      sock_counters_read(sock, space, &refusals->counters) == 0;
  refusals->last =
      sock_counters_find(&refusals->counters, "TcpExt", "ListenDrops");
  bool has_gain = was_known && refusals->is_known && refusals->last >= last;
  return has_gain ? refusals->last - last : UINT64_MAX;
}

void sock_refusals_start(const struct sock_backlog *sock,
                         struct sock_space *space) {
  sock_counters_init(&space->refusals.counters, "proc/net/netstat",
                     PROTO_PAIRS);
  take_gain(sock, space);
}

static bool was_full(const struct sock_entry *entry) {
  return entry->queue > entry->limit || entry->last_queue > entry->limit;
}

/* Sorts the likeliest refusals to the front: full queues, then many drops. */
static int compare(const void *a, const void *b) {
  const struct sock_entry *one = *(struct sock_entry *const *)a;
  const struct sock_entry *other = *(struct sock_entry *const *)b;
  if (was_full(one) != was_full(other))
    return was_full(one) ? -1 : 1;
  return (one->gained < other->gained) - (one->gained > other->gained);
}

static uint64_t sum_of_gains(const struct sock_table *table) {
  uint64_t sum = 0;
  for (size_t i = 0; i < table->refused_count; i++)
    sum += table->refused[i]->gained;
  return sum;
}

/* Refusals that came after the dump of listeners are in ListenDrops already:
 * the next read may claim them. */
void sock_refusals_settle(const struct sock_backlog *sock,
                          struct sock_space *space) {
  struct sock_refusals *refusals = &space->refusals;
  struct sock_table *table = &space->table;
  uint64_t unclaimed = refusals->unclaimed;
  refusals->unclaimed = 0;
  if (table->refused_count == 0)
    return;
  uint64_t gained = take_gain(sock, space);
  uint64_t left = gained == UINT64_MAX ? gained : gained + unclaimed;
  if (sum_of_gains(table) > left)
    qsort(table->refused, table->refused_count, sizeof(table->refused[0]),
          compare);
  for (size_t i = 0; i < table->refused_count; i++) {
    struct sock_entry *entry = table->refused[i];
    uint32_t refused = entry->gained < left ? entry->gained : (uint32_t)left;
    sock_table_gain(table, entry, refused);
    left -= refused;
    if (entry->group != NULL)
      sock_shown_note(&space->shown, table, entry->group);
  }
  if (gained != UINT64_MAX)
    refusals->unclaimed = left < gained ? left : gained;
}

void sock_refusals_free(struct sock_refusals *refusals) {
  sock_counters_free(&refusals->counters);
}
