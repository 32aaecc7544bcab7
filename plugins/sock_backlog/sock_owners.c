/* SPDX-License-Identifier: MIT */
#include "sock_owners.h"

#include <errno.h>

#include "sock_entry.h"

/* A look at an open file takes about a microsecond. */
#define MOST_FILES 50000
#define MOST_MS 20

void sock_owners_begin(struct sock_owners *owners) {
  owners->count = 0;
  owners->is_searched = owners->is_cut = false;
}

static const struct process_wanted *find(const struct sock_owners *owners,
                                         uint32_t inode) {
  for (size_t i = 0; i < owners->count; i++)
    if (owners->wanted[i].inode == inode)
      return &owners->wanted[i];
  return NULL;
}

void sock_owners_want(struct sock_owners *owners,
                      const struct sock_entry *socket) {
  if (owners->is_searched || owners->count == SOCK_OWNERS_MOST ||
      socket->inode == 0 || find(owners, socket->inode) != NULL)
    return;
  owners->wanted[owners->count++] =
      (struct process_wanted){.inode = socket->inode};
}

void sock_owners_search(struct sock_owners *owners,
                        const struct sysroot *root) {
  static const struct process_limits limits = {.files = MOST_FILES,
                                               .seconds = MOST_MS / 1e3};
  if (owners->is_searched)
    return;
  owners->is_searched = true;
  owners->is_cut = process_name_find(root, owners->wanted, owners->count,
                                     &limits) == -EOVERFLOW;
}

void sock_owners_add(const struct sock_owners *owners,
                     const struct sock_entry *socket, struct text *text) {
  const struct process_wanted *found = find(owners, socket->inode);
  bool is_found = found != NULL && found->process.pid != 0;
  if (is_found)
    text_add(text, "%s[%u]", found->process.name, found->process.pid);
  else
    text_add(text, socket->has_uid ? "a process" : "a socket");
  /* Root is the usual owner of a process with a name. */
  if (socket->has_uid && !(is_found && socket->uid == 0))
    text_add(text, " of uid %u", socket->uid);
  if (!is_found && socket->inode != 0 && (found == NULL || owners->is_cut))
    text_add(text, " (not found in %d ms)", MOST_MS);
}
