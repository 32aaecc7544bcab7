/* SPDX-License-Identifier: MIT */
#include "sock_table.h"

#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* A socket is gone when so many whole reads in a row did not have it: a dump
 * can leave one out while others come and go. */
#define ABSENT_READS 3

/* A gain above this is none: the counter went back. */
#define GREATEST_GAIN (UINT32_MAX / 2)

static bool is_datagram(const struct socket_info *one) {
  return one->family != AF_UNIX &&
         (one->protocol == IPPROTO_UDP || one->protocol == IPPROTO_UDPLITE);
}

/* A datagram is taken as long as the memory in use is below the limit, or, by
 * newer kernels, stays below it. */
double sock_table_percent(const struct socket_info *one) {
  if (!one->has_limit)
    return NAN;
  if (is_datagram(one)) {
    if (one->limit == 0 || one->queue >= one->limit)
      return one->queue > 0 ? 100 : 0;
    return 100.0 * one->queue / one->limit;
  }
  if (one->queue > one->limit)
    return 100;
  return fmin(99, 100.0 * one->queue / (one->limit + 1.0));
}

void sock_table_begin(struct sock_table *table) {
  table->was_whole = table->read > 0 && table->is_whole;
  table->is_whole = true;
  table->read++;
  table->seen = 0;
  table->last = NULL;
  for (size_t i = 0; i < SOCK_KINDS; i++) {
    struct sock_sums *total = &table->totals[i];
    *total = (struct sock_sums){.has_drops = total->has_drops,
                                .drops = total->drops,
                                .percent = NAN,
                                .has_limit = true};
  }
}

void sock_table_incomplete(struct sock_table *table) {
  table->is_whole = false;
}

struct sock_group *sock_table_find(const struct sock_table *table,
                                   const struct labels *labels) {
  struct labels of_group = *labels;
  of_group.netns = NULL;
  char name[LABELS_NAME_SIZE];
  size_t length = labels_join(&of_group, name, sizeof(name));
  struct sock_group *group;
  HASH_FIND(hh, table->groups, name, length, group);
  return group;
}

static void free_group(struct sock_group *group) {
  free(group->name);
  free(group->label_block);
  free(group);
}

static struct sock_group *take_group(struct sock_table *table,
                                     const struct sock_home *home) {
  struct sock_group *group = sock_table_find(table, &home->labels);
  if (group != NULL)
    return group;
  group = calloc(1, sizeof(*group));
  if (group == NULL)
    return NULL;
  group->kind = home->kind;
  group->port = home->port;
  char name[LABELS_NAME_SIZE];
  labels_join(&home->labels, name, sizeof(name));
  group->name = strdup(name);
  if (group->name == NULL ||
      labels_copy(&group->labels, &group->label_block, &home->labels) < 0) {
    free_group(group);
    return NULL;
  }
  HASH_ADD_KEYPTR(hh, table->groups, group->name, strlen(group->name), group);
  if (HASH_ADDED(group))
    return group;
  free_group(group);
  return NULL;
}

/* The kernel counts cookies up, so their lowest bits are spread as well as can
 * be. */
static unsigned hash_cookie(uint64_t cookie) {
  return (unsigned)(cookie ^ cookie >> 32);
}

/* Puts a socket that is new where it belongs. NULL: it is not counted, or there
 * is no memory. */
static struct sock_entry *make_entry(struct sock_table *table,
                                     const struct socket_info *one,
                                     const struct sock_home *home) {
  struct sock_entry *entry = calloc(1, sizeof(*entry));
  if (entry == NULL)
    return NULL;
  *entry = (struct sock_entry){.cookie = one->cookie,
                               .inode = one->inode,
                               .kind = home->kind,
                               .family = one->family,
                               .uid = one->uid,
                               .has_uid = one->has_uid};
  memcpy(entry->address, one->address, sizeof(entry->address));
  HASH_ADD_BYHASHVALUE(hh, table->entries, cookie, sizeof(entry->cookie),
                       hash_cookie(one->cookie), entry);
  if (!HASH_ADDED(entry)) {
    free(entry);
    return NULL;
  }
  if (home->has_group)
    entry->group = take_group(table, home);
  if (entry->group != NULL && entry->group->members++ == 0)
    table->present++;
  return entry;
}

static void forget_entry(struct sock_table *table, struct sock_entry *entry) {
  if (entry->group != NULL && --entry->group->members == 0)
    table->present--;
  if (table->last == entry)
    table->last = NULL;
  HASH_DEL(table->entries, entry);
  free(entry);
}

static void add_to(struct sock_sums *sums, const struct socket_info *one,
                   double percent, uint32_t gained, uint32_t baseline) {
  sums->sockets++;
  sums->queue += one->queue;
  sums->limit += one->limit;
  sums->has_limit = sums->has_limit && one->has_limit;
  sums->has_drops = sums->has_drops || one->has_drops;
  sums->gained += gained;
  sums->drops += gained + (uint64_t)baseline;
  if (isnan(sums->percent) || percent > sums->percent)
    sums->percent = percent;
}

static void add_to_group(struct sock_table *table, struct sock_entry *entry,
                         const struct socket_info *one, double percent,
                         uint32_t baseline) {
  struct sock_group *group = entry->group;
  struct sock_sums *sums = &group->sums;
  if (group->read != table->read) {
    group->read = table->read;
    group->fullest = entry;
    *sums = (struct sock_sums){.has_drops = sums->has_drops,
                               .drops = sums->drops,
                               .percent = NAN,
                               .has_limit = true};
  }
  if (percent > sums->percent || isnan(sums->percent))
    group->fullest = entry;
  if (entry->gained > 0 && (group->lost_read != table->read ||
                            entry->gained > group->losing->gained)) {
    group->lost_read = table->read;
    group->losing = entry;
  }
  add_to(sums, one, percent, entry->gained, baseline);
}

/* The kernel tells sockets in nearly the same order each time, in which they
 * also came into the table: so the next one there is nearly always the one. */
static struct sock_entry *find_entry(const struct sock_table *table,
                                     const struct socket_info *one) {
  struct sock_entry *entry =
      table->last != NULL ? table->last->hh.next : table->entries;
  if (entry != NULL && entry->cookie == one->cookie)
    return entry;
  HASH_FIND_BYHASHVALUE(hh, table->entries, &one->cookie, sizeof(one->cookie),
                        hash_cookie(one->cookie), entry);
  return entry;
}

struct sock_group *sock_table_add(struct sock_table *table,
                                  const struct socket_info *one,
                                  sock_home_finder *find, void *data) {
  struct sock_entry *entry = find_entry(table, one);
  uint32_t gained = 0, baseline = 0;
  if (entry != NULL && entry->read == table->read)
    return NULL;
  /* Where cookies can come again, their inodes tell. */
  if (entry != NULL && entry->inode != one->inode) {
    forget_entry(table, entry);
    entry = NULL;
    table->has_replaced = true;
  }
  if (entry == NULL) {
    struct sock_home home = {0};
    find(one, data, &home);
    if (!home.is_counted)
      return NULL;
    entry = make_entry(table, one, &home);
    if (entry == NULL)
      return NULL;
    /* All that a new socket dropped, it dropped since the last read. */
    if (table->was_whole)
      gained = one->drops;
    else
      baseline = one->drops;
  } else if (one->drops - entry->drops <= GREATEST_GAIN) {
    gained = one->drops - entry->drops;
  }
  table->last = entry;
  entry->read = table->read;
  entry->drops = one->drops;
  entry->queue = one->queue;
  entry->limit = one->limit;
  entry->gained = gained;
  table->seen++;
  double percent = sock_table_percent(one);
  add_to(&table->totals[entry->kind], one, percent, gained, baseline);
  if (entry->group != NULL)
    add_to_group(table, entry, one, percent, baseline);
  return entry->group;
}

static bool forget_absent(struct sock_table *table) {
  bool some = false;
  struct sock_entry *entry, *next;
  HASH_ITER(hh, table->entries, entry, next) {
    if (table->read - entry->read < ABSENT_READS)
      continue;
    forget_entry(table, entry);
    some = true;
  }
  return some;
}

/* A group that counted drops is kept without sockets, so that its count goes on
 * when its service is back. There are no more of these than ports. */
void sock_table_end(struct sock_table *table,
                    void (*forget)(struct sock_group *group, void *data),
                    void *data) {
  bool some = table->has_replaced;
  table->has_replaced = false;
  if (table->is_whole && table->seen < HASH_COUNT(table->entries))
    some = forget_absent(table) || some;
  if (!some)
    return;
  struct sock_group *group, *next;
  HASH_ITER(hh, table->groups, group, next) {
    if (group->members > 0)
      continue;
    forget(group, data);
    if (group->sums.drops > 0)
      continue;
    HASH_DEL(table->groups, group);
    free_group(group);
  }
}

void sock_table_free(struct sock_table *table) {
  struct sock_entry *entry, *next_entry;
  HASH_ITER(hh, table->entries, entry, next_entry) forget_entry(table, entry);
  struct sock_group *group, *next_group;
  HASH_ITER(hh, table->groups, group, next_group) {
    HASH_DEL(table->groups, group);
    free_group(group);
  }
  *table = (struct sock_table){0};
}
