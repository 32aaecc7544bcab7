/* SPDX-License-Identifier: MIT */
#include "sock_refusals.h"

#include <errno.h>
#include <stdlib.h>

static bool find_count(const struct proto_text *text, uint64_t *ret) {
  for (size_t i = 0; i < text->count; i++) {
    const struct proto_found *found = &text->found[i];
    if (!scan_equals(&found->name, "ListenDrops") ||
        !scan_equals(&found->protocol, "TcpExt"))
      continue;
    *ret = found->value;
    return true;
  }
  return false;
}

/* Another namespace's file is opened for each look, because descriptors are
 * scarce where there are many namespaces and losses are rare. */
static int read_file(const struct sock_backlog *sock,
                     const struct sock_space *space,
                     struct sysroot_file *file) {
  const struct sysroot *root = sock->context->root;
  if (space->netns == NULL)
    return sysroot_net_is_foreign(root) ? -ENOENT
                                        : sysroot_file_read(root, file);
  net_namespace_open_files(space->netns, sock->context, &file, 1);
  return sysroot_file_read(root, file);
}

/* Returns what ListenDrops gained since the last look, or UINT64_MAX where that
 * is not known. */
static uint64_t take_gain(const struct sock_backlog *sock,
                          struct sock_space *space) {
  struct sock_refusals *refusals = &space->refusals;
  struct sysroot_file *file = &refusals->file;
  uint64_t count, gained = UINT64_MAX;
  int r = read_file(sock, space, file);
  if (r == 0)
    r = proto_text_parse(&refusals->text, sysroot_file_text(file), NULL);
  bool is_known = r == 0 && find_count(&refusals->text, &count);
  if (is_known && refusals->is_known && count >= refusals->last)
    gained = count - refusals->last;
  if (is_known)
    refusals->last = count;
  refusals->is_known = is_known;
  if (space->netns != NULL)
    sysroot_file_close(file);
  return gained;
}

void sock_refusals_start(const struct sock_backlog *sock,
                         struct sock_space *space) {
  struct sock_refusals *refusals = &space->refusals;
  refusals->file = SYSROOT_FILE("proc/net/netstat");
  refusals->file.is_foreign = space->netns != NULL;
  refusals->text = (struct proto_text){.layout = PROTO_PAIRS};
  take_gain(sock, space);
}

static bool was_full(const struct sock_entry *entry) {
  return entry->queue > entry->limit || entry->last_queue > entry->limit;
}

/* Whether the drops of a are more likely refusals than those of b. */
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

/* What was refused after the dump of listeners is in ListenDrops already, and
 * claimed in the next read. */
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
  proto_text_free(&refusals->text);
  sysroot_file_free(&refusals->file);
}
