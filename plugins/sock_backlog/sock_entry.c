/* SPDX-License-Identifier: MIT */
#include "sock_entry.h"

#include <stdlib.h>
#include <string.h>

/* Cookies are consecutive numbers, so their lowest bits are evenly spread. */
static unsigned hash_cookie(uint64_t cookie) {
  return (unsigned)(cookie ^ cookie >> 32);
}

/* The kernel lists sockets in nearly the same order each time, and so do the
 * entries: the one after the last nearly always fits. */
struct sock_entry *sock_entry_find(struct sock_entries *entries,
                                   uint64_t cookie) {
  struct sock_entry *entry = entries->last_found != NULL
                                 ? entries->last_found->hh.next
                                 : entries->first;
  if (entry == NULL || entry->cookie != cookie)
    HASH_FIND_BYHASHVALUE(hh, entries->first, &cookie, sizeof(cookie),
                          hash_cookie(cookie), entry);
  if (entry != NULL)
    entries->last_found = entry;
  return entry;
}

struct sock_entry *sock_entry_new(struct sock_entries *entries, uint64_t cookie,
                                  const struct socket_info *one) {
  struct sock_entry *entry = calloc(1, sizeof(*entry));
  if (entry == NULL)
    return NULL;
  *entry = (struct sock_entry){.cookie = cookie,
                               .drops = one->drops,
                               .inode = one->inode,
                               .family = one->family,
                               .uid = one->uid,
                               .has_uid = one->has_uid};
  memcpy(entry->address, one->address, sizeof(entry->address));
  HASH_ADD_BYHASHVALUE(hh, entries->first, cookie, sizeof(entry->cookie),
                       hash_cookie(cookie), entry);
  if (!HASH_ADDED(entry)) {
    free(entry);
    return NULL;
  }
  entries->last_found = entry;
  return entry;
}

void sock_entry_free(struct sock_entries *entries, struct sock_entry *entry) {
  if (entries->last_found == entry)
    entries->last_found = NULL;
  HASH_DEL(entries->first, entry);
  free(entry);
}
