/* SPDX-License-Identifier: MIT */
#include "drop_counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drop_reasons.h"

static int find_meter(const char *name) {
  for (int i = 0; i < DROP_METER_COUNT; i++)
    if (drop_facts[i].is_reason && strcmp(drop_meters[i].name, name) == 0)
      return i;
  return -1;
}

struct drop_reason *drop_counts_find(const struct drop_counts *counts,
                                     const char *name) {
  struct drop_reason *reason;
  HASH_FIND_STR(counts->reasons, name, reason);
  return reason;
}

static struct drop_reason *add_reason(struct drop_counts *counts,
                                      const char *name) {
  struct drop_reason *reason = calloc(1, sizeof(*reason));
  if (reason == NULL)
    return NULL;
  memcpy(reason->name, name, sizeof(reason->name));
  reason->number = HASH_COUNT(counts->reasons);
  reason->meter = find_meter(name);
  reason->class =
      reason->meter >= 0 ? drop_facts[reason->meter].class : DROP_UNCLASSIFIED;
  HASH_ADD_STR(counts->reasons, name, reason);
  if (HASH_ADDED(reason))
    return reason;
  free(reason);
  return NULL;
}

/* Reasons with the same name are one reason, whatever their numbers. */
static struct drop_reason *find_or_add_reason(struct drop_counts *counts,
                                              const struct drop_names *names,
                                              const struct drop_key *key) {
  char name[DROP_NAME_SIZE] = "";
  const char *derived = NULL;
  if (key->reason == DROP_NO_REASON && counts->derive != NULL)
    derived = counts->derive(counts->derive_data, key);
  if (derived != NULL)
    strncpy(name, derived, sizeof(name) - 1);
  else
    drop_names_write(names, key->reason, name);
  struct drop_reason *reason = drop_counts_find(counts, name);
  if (reason == NULL)
    reason = add_reason(counts, name);
  return reason;
}

int drop_counts_add_known(struct drop_counts *counts,
                          const struct drop_names *names) {
  for (size_t i = 0; i < names->count; i++) {
    const struct drop_key key = {.reason = names->reasons[i].number};
    struct drop_reason *reason = find_or_add_reason(counts, names, &key);
    if (reason == NULL)
      return -ENOMEM;
  }
  return 0;
}

static struct drop_entry *add_entry(struct drop_counts *counts,
                                    const struct drop_names *names,
                                    const struct drop_key *key) {
  struct drop_reason *reason = find_or_add_reason(counts, names, key);
  struct drop_entry *entry = reason != NULL ? calloc(1, sizeof(*entry)) : NULL;
  if (entry == NULL)
    return NULL;
  entry->key = *key;
  entry->reason = reason;
  HASH_ADD(hh, counts->entries, key, sizeof(entry->key), entry);
  if (HASH_ADDED(entry))
    return entry;
  free(entry);
  return NULL;
}

static void gain(struct drop_counts *counts, struct drop_entry *entry,
                 uint64_t count) {
  uint64_t gained = count - entry->count;
  entry->gained += gained;
  entry->count = count;
  entry->reason->gained += gained;
  entry->reason->count += gained;
  counts->classes[entry->reason->class] += gained;
}

static int update_row(struct drop_counts *counts,
                      const struct drop_names *names,
                      const struct drop_row *row, double now) {
  struct drop_entry *entry;
  HASH_FIND(hh, counts->entries, &row->key, sizeof(row->key), entry);
  if (entry == NULL)
    entry = add_entry(counts, names, &row->key);
  if (entry == NULL)
    return -ENOMEM;
  if (row->count <= entry->count)
    return 0;
  gain(counts, entry, row->count);
  entry->active = now;
  return 0;
}

void drop_counts_forget(struct drop_counts *counts, struct drop_entry *entry,
                        uint64_t count) {
  if (count > entry->count) {
    gain(counts, entry, count);
    entry->count = 0;
    return;
  }
  HASH_DEL(counts->entries, entry);
  free(entry);
}

int drop_counts_update(struct drop_counts *counts,
                       const struct drop_names *names,
                       const struct drop_row *rows, size_t count, double now) {
  for (struct drop_reason *reason = counts->reasons; reason != NULL;
       reason = reason->hh.next)
    reason->gained = 0;
  for (struct drop_entry *entry = counts->entries; entry != NULL;
       entry = entry->hh.next) {
    entry->earlier[1] = entry->earlier[0];
    entry->earlier[0] = entry->gained;
    entry->gained = 0;
  }
  int r = 0;
  for (size_t i = 0; i < count; i++)
    if (update_row(counts, names, &rows[i], now) < 0)
      r = -ENOMEM;
  return r;
}

bool drop_counts_has(const struct drop_counts *counts,
                     const struct drop_key *key) {
  struct drop_entry *entry;
  HASH_FIND(hh, counts->entries, key, sizeof(*key), entry);
  return entry != NULL;
}

static int order(uint64_t one, uint64_t another) {
  return one < another ? -1 : one > another;
}

static int by_place(const void *a, const void *b) {
  const struct drop_key *one = &(*(struct drop_entry *const *)a)->key;
  const struct drop_key *another = &(*(struct drop_entry *const *)b)->key;
  int r = order(one->location, another->location);
  return r != 0 ? r : order(one->protocol, another->protocol);
}

static int by_netns(const void *a, const void *b) {
  return order((*(struct drop_entry *const *)a)->key.netns,
               (*(struct drop_entry *const *)b)->key.netns);
}

static int by_device(const void *a, const void *b) {
  int r = by_netns(a, b);
  return r != 0 ? r
                : order((*(struct drop_entry *const *)a)->key.device,
                        (*(struct drop_entry *const *)b)->key.device);
}

/* What an entry gained so many reads ago; 0: the last one. */
static uint64_t gained_at(const struct drop_entry *entry, size_t reads) {
  return reads == 0 ? entry->gained : entry->earlier[reads - 1];
}

/* Finds the largest sum of neighbours that compare equal. */
static const struct drop_entry *
largest(const struct drop_entry **entries, size_t count, size_t reads,
        int (*compare)(const void *, const void *)) {
  const struct drop_entry *busiest = NULL;
  uint64_t most = 0, sum = 0;
  qsort(entries, count, sizeof(*entries), compare);
  for (size_t i = 0; i < count; i++) {
    if (i > 0 && compare(&entries[i - 1], &entries[i]) != 0)
      sum = 0;
    sum += gained_at(entries[i], reads);
    if (sum > most) {
      most = sum;
      busiest = entries[i];
    }
  }
  return busiest;
}

/* The busiest entry so many reads ago; entries has room for all. */
static const struct drop_entry *busiest_at(const struct drop_counts *counts,
                                           const struct drop_reason *reason,
                                           enum drop_aspect aspect,
                                           size_t reads,
                                           const struct drop_entry **entries) {
  static int (*const compare[])(const void *, const void *) = {
      [DROP_BY_PLACE] = by_place,
      [DROP_BY_NETNS] = by_netns,
      [DROP_BY_DEVICE] = by_device,
  };
  size_t count = 0;
  for (const struct drop_entry *entry = counts->entries; entry != NULL;
       entry = entry->hh.next)
    if (entry->reason == reason && gained_at(entry, reads) > 0 &&
        (aspect != DROP_BY_PLACE || entry->key.location != 0))
      entries[count++] = entry;
  return largest(entries, count, reads, compare[aspect]);
}

const struct drop_entry *drop_counts_busiest(const struct drop_counts *counts,
                                             const struct drop_reason *reason,
                                             enum drop_aspect aspect) {
  const struct drop_entry *busiest = NULL;
  const struct drop_entry **entries =
      calloc(HASH_COUNT(counts->entries) + 1, sizeof(*entries));
  if (entries == NULL)
    return NULL;
  for (size_t reads = 0; busiest == NULL && reads <= DROP_EARLIER; reads++)
    busiest = busiest_at(counts, reason, aspect, reads, entries);
  free(entries);
  return busiest;
}

void drop_counts_free(struct drop_counts *counts) {
  struct drop_reason *reason, *next_reason;
  struct drop_entry *entry, *next_entry;
  HASH_ITER(hh, counts->entries, entry, next_entry) {
    HASH_DEL(counts->entries, entry);
    free(entry);
  }
  HASH_ITER(hh, counts->reasons, reason, next_reason) {
    HASH_DEL(counts->reasons, reason);
    free(reason);
  }
  *counts = (struct drop_counts){.reasons = NULL};
}
