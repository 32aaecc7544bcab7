/* SPDX-License-Identifier: MIT */
#include "drop_spaces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interface_name.h"

/* --- Namespaces that come and go --------------------------------------------
 */

static int open_socket(void *data) {
  int *ret = data;
  *ret = interface_name_open();
  return *ret < 0 ? *ret : 0;
}

static void free_space(struct drop_spaces *spaces, struct drop_space *space) {
  drop_interfaces_free(&space->interfaces, &spaces->room);
  drop_share_free(&space->share);
  free(space->name);
}

static void free_ended(struct drop_spaces *spaces) {
  while (spaces->ended != NULL) {
    struct drop_space *space = spaces->ended;
    spaces->ended = space->next;
    free_space(spaces, space);
    free(space);
  }
}

/* A namespace with the name of one that ended goes on with its counts. */
static void inherit(struct drop_spaces *spaces, struct drop_space *space) {
  for (struct drop_space *ended = spaces->ended; ended != NULL;
       ended = ended->next)
    if (ended->heir == NULL && strcmp(ended->name, space->name) == 0) {
      space->share = ended->share;
      ended->share = (struct drop_share){.count = 0};
      ended->heir = space;
      return;
    }
}

static int begin(void *state, struct net_namespace *netns) {
  struct drop_spaces *spaces = state;
  struct drop_space *space = calloc(1, sizeof(*space));
  if (space == NULL)
    return -ENOMEM;
  space->interfaces = DROP_INTERFACES;
  space->inode = (uint32_t)netns->entry.id.inode;
  space->is_new = true;
  space->is_users = netns->entry.kind == NETNS_ROOTLESS;
  space->name = strdup(netns->name);
  int r = space->name != NULL ? 0 : -ENOMEM;
  if (r == 0 && spaces->by_device)
    r = net_namespace_run(netns, open_socket, &space->interfaces.fd);
  if (r < 0) {
    free_space(spaces, space);
    free(space);
    return r;
  }
  inherit(spaces, space);
  space->next = spaces->watched;
  spaces->watched = space;
  netns->space = space;
  return 0;
}

/* The namespace can go once its socket is closed. */
static void end(void *state, struct net_namespace *netns) {
  struct drop_spaces *spaces = state;
  struct drop_space *space = netns->space;
  struct drop_space **at = &spaces->watched;
  while (*at != space)
    at = &(*at)->next;
  *at = space->next;
  close(space->interfaces.fd);
  space->interfaces.fd = -1;
  space->next = spaces->ended;
  spaces->ended = space;
}

static const struct namespaces_user user = {
    .files = 1, .begin = begin, .end = end};

/* Opens a socket in the namespace of the host's process 1. */
static int open_in_init(const struct sysroot *root, struct netns_id id) {
  const struct netns_entry entry = {.id = id, .pid = 1};
  int socket = -1;
  int fd = netns_open(root, &entry);
  if (fd < 0)
    return fd;
  netns_run(fd, open_socket, &socket);
  close(fd);
  return socket;
}

bool drop_spaces_by_netns(const struct drop_spaces *spaces) {
  return spaces->namespaces.containers || spaces->namespaces.names.count > 0;
}

void drop_spaces_start(struct drop_spaces *spaces,
                       const struct layer_context *context) {
  const struct sysroot *root = context->root;
  struct netns_id id;
  spaces->context = context;
  spaces->own.interfaces = DROP_INTERFACES;
  spaces->room = spaces->max_interfaces;
  if (netns_of_process(root, root->net_of_init ? "1" : "self", &id) == 0) {
    spaces->own.inode = (uint32_t)id.inode;
    spaces->device = id.device;
    if (spaces->by_device)
      spaces->own.interfaces.fd =
          root->net_of_init ? open_in_init(root, id) : interface_name_open();
  }
  namespaces_start(&spaces->namespaces, context, &user, spaces);
}

void drop_spaces_stop(struct drop_spaces *spaces) {
  namespaces_stop(&spaces->namespaces);
  free_ended(spaces);
  free_space(spaces, &spaces->own);
  drop_share_free(&spaces->unknown);
  drop_share_free(&spaces->other);
  drop_share_free(&spaces->no_interface);
}

struct drop_space *drop_spaces_next(struct drop_spaces *spaces,
                                    const struct drop_space *before) {
  if (before == NULL)
    return &spaces->own;
  if (before->next != NULL)
    return before->next;
  if (before == &spaces->own && spaces->watched != NULL)
    return spaces->watched;
  for (const struct drop_space *space = spaces->ended; space != NULL;
       space = space->next)
    if (space == before)
      return NULL;
  return spaces->ended;
}

/* --- Counting ---------------------------------------------------------------
 */

static struct drop_space *find_space(struct drop_spaces *spaces,
                                     uint32_t inode) {
  struct drop_space *space = drop_spaces_next(spaces, NULL);
  while (space != NULL && space->inode != inode)
    space = drop_spaces_next(spaces, space);
  return space;
}

static struct drop_share *netns_share(struct drop_spaces *spaces,
                                      struct drop_space *space,
                                      uint32_t inode) {
  if (space != NULL)
    return space->heir != NULL ? &space->heir->share : &space->share;
  return inode == DROP_NETNS_UNKNOWN ? &spaces->unknown : &spaces->other;
}

static void warn_max(struct drop_spaces *spaces) {
  if (!spaces->has_warned_max)
    layer_log(spaces->context, LAYER_WARNING,
              "more interfaces than MaxInterfaces %u lose packets: the others "
              "are summed as interface-other",
              spaces->max_interfaces);
  spaces->has_warned_max = true;
}

static struct drop_share *interface_share(struct drop_spaces *spaces,
                                          struct drop_space *space,
                                          uint32_t index) {
  struct drop_interface *interface;
  if (space == NULL || space->heir != NULL || index == 0)
    return &spaces->no_interface;
  int r = drop_interfaces_take(&space->interfaces, index, &spaces->room,
                               &interface);
  if (r == -ENOSPC)
    warn_max(spaces);
  return r == 0 && interface->is_shown ? &interface->share
                                       : &spaces->no_interface;
}

static int add_entry(struct drop_spaces *spaces,
                     const struct drop_entry *entry) {
  const struct drop_key *key = &entry->key;
  struct drop_space *space = find_space(spaces, key->netns);
  int r = drop_share_add(netns_share(spaces, space, key->netns), entry->reason,
                         entry->gained);
  if (r == 0 && spaces->by_device)
    r = drop_share_add(interface_share(spaces, space, key->device),
                       entry->reason, entry->gained);
  return r;
}

static void begin_read(struct drop_spaces *spaces) {
  free_ended(spaces);
  drop_share_begin(&spaces->unknown);
  drop_share_begin(&spaces->other);
  drop_share_begin(&spaces->no_interface);
  for (struct drop_space *space = drop_spaces_next(spaces, NULL); space != NULL;
       space = drop_spaces_next(spaces, space)) {
    space->is_new = false;
    drop_share_begin(&space->share);
    drop_interfaces_begin(&space->interfaces, &spaces->room);
  }
}

int drop_spaces_update(struct drop_spaces *spaces,
                       const struct drop_counts *counts, double now) {
  int r = 0;
  begin_read(spaces);
  namespaces_update(&spaces->namespaces, now);
  for (const struct drop_entry *entry = counts->entries; entry != NULL;
       entry = entry->hh.next)
    if (entry->gained > 0 && add_entry(spaces, entry) < 0)
      r = -ENOMEM;
  return r;
}

/* --- Names ------------------------------------------------------------------
 */

bool drop_spaces_name(struct drop_spaces *spaces, uint32_t inode,
                      char ret[static NETNS_NAME_SIZE]) {
  const struct drop_space *space = find_space(spaces, inode);
  if (space == &spaces->own || inode == DROP_NETNS_UNKNOWN ||
      inode == DROP_NETNS_OTHER)
    return false;
  if (space != NULL) {
    strncpy(ret, space->name, NETNS_NAME_SIZE - 1);
    ret[NETNS_NAME_SIZE - 1] = '\0';
    return true;
  }
  struct netns_entry entry = {.id = {.device = spaces->device, .inode = inode}};
  const struct netns_list wanted = {.entries = &entry, .count = 1};
  struct netns_list found = {.count = 0};
  static const size_t no_others[NETNS_KINDS];
  bool is_denied;
  netns_find_inhabited(spaces->context->root, &wanted, no_others, &found,
                       &is_denied);
  if (found.count > 0)
    entry = found.entries[0];
  netns_list_free(&found);
  netns_make_name(spaces->context->root, &entry);
  memcpy(ret, entry.name, NETNS_NAME_SIZE);
  return true;
}

const char *drop_spaces_interface(struct drop_spaces *spaces, uint32_t inode,
                                  uint32_t index) {
  const struct drop_space *space = find_space(spaces, inode);
  const struct drop_interface *interface =
      space != NULL ? drop_interfaces_find(&space->interfaces, index) : NULL;
  return interface != NULL ? interface->name : NULL;
}
