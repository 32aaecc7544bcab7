/* SPDX-License-Identifier: MIT */
#include "sock_group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void sock_group_name(const struct sock_groups *groups,
                     const struct labels *labels, struct sock_group_name *ret) {
  struct labels of_group = *labels;
  of_group.netns = NULL;
  ret->length = labels_join(&of_group, ret->text, sizeof(ret->text));
  ret->hash = (unsigned)keyed_hash_bytes(&groups->hash, ret->text, ret->length);
}

struct sock_group *sock_group_find(const struct sock_groups *groups,
                                   const struct sock_group_name *name) {
  struct sock_group *group;
  HASH_FIND_BYHASHVALUE(hh, groups->by_name, name->text, name->length,
                        name->hash, group);
  return group;
}

static void free_memory(struct sock_group *group) {
  free(group->name);
  free(group->label_block);
  free(group);
}

struct sock_group *sock_group_new(struct sock_groups *groups,
                                  const struct sock_group_name *name,
                                  const struct labels *labels) {
  struct sock_group *group = calloc(1, sizeof(*group));
  if (group == NULL)
    return NULL;
  group->shown_at = group->watched_at = SOCK_GROUP_NOWHERE;
  group->name = strdup(name->text);
  if (group->name == NULL ||
      labels_copy(&group->labels, &group->label_block, labels) < 0)
    goto fail;
  HASH_ADD_KEYPTR_BYHASHVALUE(hh, groups->by_name, group->name, name->length,
                              name->hash, group);
  if (HASH_ADDED(group))
    return group;

fail:
  free_memory(group);
  return NULL;
}

int sock_group_rename(struct sock_groups *groups, struct sock_group *group,
                      const struct labels *labels) {
  struct sock_group_name name;
  struct labels copy;
  void *block;
  sock_group_name(groups, labels, &name);
  char *text = strdup(name.text);
  if (text == NULL || labels_copy(&copy, &block, labels) < 0) {
    free(text);
    return -ENOMEM;
  }
  HASH_DEL(groups->by_name, group);
  free(group->name);
  free(group->label_block);
  group->name = text;
  group->labels = copy;
  group->label_block = block;
  HASH_ADD_KEYPTR_BYHASHVALUE(hh, groups->by_name, group->name, name.length,
                              name.hash, group);
  return 0;
}

void sock_group_free(struct sock_groups *groups, struct sock_group *group) {
  HASH_DEL(groups->by_name, group);
  free_memory(group);
}
