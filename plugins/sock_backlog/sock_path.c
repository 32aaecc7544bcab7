/* SPDX-License-Identifier: MIT */
#include "sock_path.h"

#include <stdio.h>

/* UID_MIN of login.defs(5). */
#define FIRST_USER 1000

bool sock_path_is_users(bool has_uid, uint32_t uid) {
  return has_uid && uid >= FIRST_USER;
}

/* Smaller is more trusted. */
static int rank_of(uint32_t uid) {
  return uid == 0 ? 0 : sock_path_is_users(true, uid) ? 2 : 1;
}

static struct sock_group *find(const struct sock_groups *groups,
                               const struct labels *labels) {
  struct sock_group_name name;
  sock_group_name(groups, labels, &name);
  return sock_group_find(groups, &name);
}

static void write_owner(uint32_t uid, char ret[static SOCK_PATH_OWNER_SIZE]) {
  snprintf(ret, SOCK_PATH_OWNER_SIZE, "%u", uid);
}

/* Moves a group from the plain name to that with its owner. */
static bool move_away(struct sock_groups *groups, struct sock_group *group) {
  char owner[SOCK_PATH_OWNER_SIZE];
  struct labels labels = group->labels;
  write_owner(group->uid, owner);
  labels.owner = owner;
  return find(groups, &labels) == NULL &&
         sock_group_rename(groups, group, &labels) == 0;
}

void sock_path_claim(struct sock_groups *groups, const struct socket_info *one,
                     struct labels *labels,
                     char buffer[static SOCK_PATH_OWNER_SIZE]) {
  struct labels with_owner = *labels;
  if (!one->has_uid)
    return;
  write_owner(one->uid, buffer);
  with_owner.owner = buffer;
  struct sock_group *plain = find(groups, labels);
  bool is_free = plain == NULL || !plain->has_uid || plain->uid == one->uid;
  if (is_free && find(groups, &with_owner) == NULL)
    return;
  if (!is_free && rank_of(one->uid) < rank_of(plain->uid) &&
      move_away(groups, plain))
    return;
  *labels = with_owner;
}
