/* SPDX-License-Identifier: MIT */
#include "sock_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "array.h"
#include "sock_path.h"

/* A greater gain means that the counter went back. */
#define GREATEST_GAIN (UINT32_MAX / 2)

/* Marks cookies from /proc/net, which are inodes. */
#define FILE_COOKIE (UINT64_C(1) << 62)

void sock_table_init(struct sock_table *table, size_t grouped_always) {
  *table = (struct sock_table){.grouped_always = grouped_always};
  keyed_hash_init(&table->groups.hash);
}

void sock_table_begin(struct sock_table *table) {
  table->read++;
  table->entries.last_found = NULL;
  table->ungrouped = 0;
  table->refused = array_shrink(table->refused, &table->refused_room,
                                table->refused_count, sizeof(*table->refused));
  table->refused_count = 0;
  table->failed = table->incomplete = 0;
  table->lacks_memory = false;
  for (size_t i = 0; i < SOCK_KINDS; i++)
    sock_sums_begin(&table->totals[i]);
  for (size_t i = 0; i < SOCK_TABLE_SOURCES; i++)
    sock_dump_begin(&table->dumps[i]);
}

void sock_table_begin_dump(struct sock_table *table, unsigned source,
                           enum sock_kind kind, bool is_file) {
  table->source = (uint8_t)source;
  table->kind = kind;
  table->is_file = is_file;
}

struct sock_group *sock_table_find(const struct sock_table *table,
                                   const struct labels *labels) {
  struct sock_group_name name;
  sock_group_name(&table->groups, labels, &name);
  return sock_group_find(&table->groups, &name);
}

static void leave_group(struct sock_table *table, struct sock_entry *entry) {
  struct sock_group *group = entry->group;
  if (group == NULL)
    return;
  group->members--;
  if (group->members > 0)
    return;
  group->sources = 0;
  table->present--;
}

static void forget_entry(struct sock_table *table, struct sock_entry *entry) {
  leave_group(table, entry);
  table->dumps[entry->source].followed--;
  sock_entry_free(&table->entries, entry);
}

/* Forgets the sockets of a source that were last seen before a read. */
static bool forget_sockets(struct sock_table *table, unsigned source,
                           uint64_t before_read) {
  bool has_forgotten = false;
  struct sock_entry *entry, *next;
  HASH_ITER(hh, table->entries.first, entry, next) {
    if (entry->source != source || entry->read >= before_read)
      continue;
    forget_entry(table, entry);
    has_forgotten = true;
  }
  return has_forgotten;
}

/* The kernel's module and /proc/net know a socket by different numbers. Once
 * the other one has answered, the source begins anew. */
static struct sock_dump *current_dump(struct sock_table *table) {
  struct sock_dump *dump = &table->dumps[table->source];
  if (dump->is_file == table->is_file)
    return dump;
  if (dump->followed > 0 && forget_sockets(table, table->source, table->read))
    table->has_replaced = true;
  sock_dump_restart(dump, table->is_file);
  return dump;
}

static struct sock_entry *make_entry(struct sock_table *table, uint64_t cookie,
                                     const struct socket_info *one) {
  struct sock_entry *entry = sock_entry_new(&table->entries, cookie, one);
  if (entry == NULL) {
    table->lacks_memory = true;
    return NULL;
  }
  entry->source = table->source;
  entry->kind = (uint8_t)table->kind;
  entry->first_read = table->read;
  table->dumps[table->source].followed++;
  return entry;
}

/* Whether somebody wants to know the group of a socket, if it has none yet. */
static bool needs_group(const struct sock_table *table,
                        const struct socket_info *one) {
  return one->family != AF_UNIX || one->queue > 0 ||
         HASH_COUNT(table->groups.by_name) < table->grouped_always;
}

/* Puts a socket into its group, which is made if need be. */
static void join_group(struct sock_table *table, struct sock_entry *entry,
                       const struct socket_info *one,
                       const struct sock_placement *placement) {
  struct labels labels = placement->labels;
  char owner[SOCK_PATH_OWNER_SIZE];
  struct sock_group_name name;
  if (one->family == AF_UNIX)
    sock_path_claim(&table->groups, one, &labels, owner);
  sock_group_name(&table->groups, &labels, &name);
  struct sock_group *group = sock_group_find(&table->groups, &name);
  if (group == NULL) {
    entry->may_join_later = !needs_group(table, one);
    if (entry->may_join_later)
      return;
    group = sock_group_new(&table->groups, &name, &labels);
    if (group == NULL)
      return;
    group->kind = table->kind;
    group->port = placement->port;
    group->has_uid = one->has_uid;
    group->uid = one->uid;
    group->made_read = table->read;
    group->first_read = entry->first_read;
    group->is_chosen = placement->is_chosen;
  }
  entry->may_join_later = false;
  entry->group = group;
  group->sources |= UINT32_C(1) << entry->source;
  if (group->members++ == 0)
    table->present++;
}

static void add_to_group(struct sock_table *table,
                         const struct sock_entry *entry,
                         const struct socket_info *one, double percent) {
  struct sock_group *group = entry->group;
  if (group->read != table->read) {
    group->read = table->read;
    group->fullest = entry;
    sock_sums_begin(&group->sums);
  }
  if (percent > group->sums.percent || isnan(group->sums.percent))
    group->fullest = entry;
  sock_sums_add(&group->sums, one, percent);
}

void sock_table_gain(struct sock_table *table, struct sock_entry *entry,
                     uint32_t gained) {
  struct sock_sums *total = &table->totals[entry->kind];
  struct sock_group *group = entry->group;
  entry->gained = gained;
  total->gained += gained;
  total->drops += gained;
  if (group == NULL || gained == 0)
    return;
  group->sums.gained += gained;
  group->sums.drops += gained;
  if (group->lost_read != table->read || gained > group->most_lost->gained) {
    group->lost_read = table->read;
    group->most_lost = entry;
  }
}

/* Enters what a socket had dropped before it was followed. It is no gain of
 * what was counted before. */
static void add_baseline(struct sock_table *table,
                         const struct sock_entry *entry, uint32_t drops) {
  if (table->total_reads[entry->kind] == table->read)
    table->totals[entry->kind].drops += drops;
  if (entry->group != NULL && entry->group->made_read == table->read)
    entry->group->sums.drops += drops;
}

/* Enters the drops of a listener later, because some are no refusals. */
static void take_gain(struct sock_table *table, struct sock_entry *entry,
                      uint32_t gained) {
  entry->gained = 0;
  if (gained == 0)
    return;
  struct sock_entry **refused = NULL;
  if (entry->kind == SOCK_KIND_TCP)
    refused = array_room(table->refused, &table->refused_room,
                         table->refused_count, sizeof(*refused));
  if (refused == NULL) {
    sock_table_gain(table, entry, gained);
    return;
  }
  table->refused = refused;
  refused[table->refused_count++] = entry;
  entry->gained = gained;
}

/* What a socket gained since the read before. A new socket dropped all it
 * counts since then, if its source was followed. */
static void count_drops(struct sock_table *table, struct sock_entry *entry,
                        const struct socket_info *one, bool is_new) {
  const struct sock_dump *dump = &table->dumps[entry->source];
  uint32_t gained = one->drops - entry->drops;
  entry->drops = one->drops;
  if (!is_new)
    take_gain(table, entry, gained <= GREATEST_GAIN ? gained : 0);
  else if (sock_dump_shows_new(dump))
    take_gain(table, entry, one->drops);
  else
    add_baseline(table, entry, one->drops);
}

/* Finds or makes the entry of a socket. NULL: it is not counted, or there is no
 * memory. */
static struct sock_entry *take_entry(struct sock_table *table,
                                     const struct socket_info *one,
                                     sock_table_placer *place, void *data) {
  uint64_t cookie = one->cookie | (table->is_file ? FILE_COOKIE : 0);
  struct sock_entry *entry = sock_entry_find(&table->entries, cookie);
  /* Before Linux 4.2, another socket may get the cookie; its inode differs. */
  if (entry != NULL && entry->read != table->read &&
      entry->inode != one->inode) {
    forget_entry(table, entry);
    entry = NULL;
    table->has_replaced = true;
  }
  if (entry != NULL && !entry->may_join_later)
    return entry;
  struct sock_placement placement = {.is_counted = true};
  if (entry == NULL || needs_group(table, one))
    place(one, data, &placement);
  if (entry == NULL && placement.is_counted)
    entry = make_entry(table, cookie, one);
  if (entry != NULL && placement.has_group)
    join_group(table, entry, one, &placement);
  return entry;
}

struct sock_group *sock_table_add(struct sock_table *table,
                                  const struct socket_info *one,
                                  sock_table_placer *place, void *data) {
  struct sock_dump *dump = current_dump(table);
  struct sock_entry *entry = take_entry(table, one, place, data);
  if (entry == NULL || entry->read == table->read)
    return NULL;
  bool is_new = entry->read == 0;
  double percent = sock_sums_percent(one);
  if (table->total_reads[entry->kind] == 0)
    table->total_reads[entry->kind] = table->read;
  entry->last_queue = is_new ? 0 : entry->queue;
  entry->read = table->read;
  entry->queue = one->queue;
  entry->limit = one->limit;
  dump->seen++;
  table->ungrouped += entry->may_join_later;
  sock_sums_add(&table->totals[entry->kind], one, percent);
  if (entry->group != NULL)
    add_to_group(table, entry, one, percent);
  count_drops(table, entry, one, is_new);
  return entry->group;
}

void sock_table_end_dump(struct sock_table *table,
                         enum sock_dump_result result) {
  uint32_t bit = UINT32_C(1) << table->source;
  struct sock_dump *dump = result == SOCK_DUMP_WHOLE
                               ? current_dump(table)
                               : &table->dumps[table->source];
  sock_dump_end(dump, result, table->read);
  if (result == SOCK_DUMP_FAILED)
    table->failed |= bit;
  if (result == SOCK_DUMP_FAILED || result == SOCK_DUMP_INTERRUPTED)
    table->incomplete |= bit;
  if (result != SOCK_DUMP_MISSING && table->total_reads[table->kind] == 0)
    table->total_reads[table->kind] = table->read;
}

static bool forget_absent(struct sock_table *table) {
  bool has_forgotten = false;
  for (unsigned i = 0; i < SOCK_TABLE_SOURCES; i++) {
    uint64_t before = sock_dump_gone_before(&table->dumps[i]);
    if (before > 0)
      has_forgotten = forget_sockets(table, i, before) || has_forgotten;
  }
  return has_forgotten;
}

/* Keeps a group that counted drops without sockets, so that its count goes on
 * when its service is back. There are no more of these than ports. */
void sock_table_end(struct sock_table *table,
                    void (*forget)(struct sock_group *group, void *data),
                    void *data) {
  bool has_forgotten = forget_absent(table) || table->has_replaced;
  table->has_replaced = false;
  if (!has_forgotten)
    return;
  struct sock_group *group, *next;
  HASH_ITER(hh, table->groups.by_name, group, next) {
    if (group->members > 0)
      continue;
    forget(group, data);
    if (group->sums.drops == 0)
      sock_group_free(&table->groups, group);
  }
}

bool sock_table_is_current(const struct sock_table *table,
                           const struct sock_group *group) {
  return group->read == table->read && (group->sources & table->failed) == 0;
}

bool sock_table_may_lack(const struct sock_table *table,
                         const struct sock_group *group) {
  return group->members > 0 && (group->sources & table->incomplete) != 0;
}

size_t sock_table_count(const struct sock_table *table) {
  return HASH_COUNT(table->entries.first);
}

void sock_table_free(struct sock_table *table) {
  struct sock_entry *entry, *next_entry;
  HASH_ITER(hh, table->entries.first, entry, next_entry)
  forget_entry(table, entry);
  struct sock_group *group, *next_group;
  HASH_ITER(hh, table->groups.by_name, group, next_group)
  sock_group_free(&table->groups, group);
  free(table->refused);
  *table = (struct sock_table){.read = 0};
}
