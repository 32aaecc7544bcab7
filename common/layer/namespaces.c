/* SPDX-License-Identifier: MIT */
#include "namespaces.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "namespaces_log.h"

/* A namespace that cannot be watched may just be coming or going: it is tried
 * again at each read for this many seconds, then that is logged. From then on
 * it is tried again less often. */
#define PATIENCE_SECONDS 2
#define RETRY_SECONDS 60

static bool is_wanted(const struct namespaces *namespaces) {
  return namespaces->containers || namespaces->rootless ||
         namespaces->names.count > 0;
}

static int do_nothing(void *data) {
  (void)data;
  return 0;
}

/* Checks that this process may enter namespaces at all. */
static int try_own(const struct layer_context *context) {
  int fd = sysroot_open(context->root, "proc/self/ns/net");
  if (fd < 0)
    return fd;
  int r = netns_run(fd, do_nothing, NULL);
  close(fd);
  return r;
}

/* Finds the host's namespaces: collectd's own and, of a foreign /proc, that of
 * process 1, whose "proc/net" is read. */
static int find_own(struct namespaces *namespaces) {
  const struct sysroot *root = namespaces->context->root;
  int r = netns_of_process(root, "self", &namespaces->host);
  namespaces->init = namespaces->host;
  if (r == 0 && root->net_of_init)
    netns_of_process(root, "1", &namespaces->init);
  return r < 0 ? r : try_own(namespaces->context);
}

void namespaces_start(struct namespaces *namespaces,
                      const struct layer_context *context,
                      const struct namespaces_user *user, void *state) {
  namespaces->context = context;
  namespaces->user = user;
  namespaces->state = state;
  namespaces->search = NAMESPACES_SEARCH;
  if (!is_wanted(namespaces))
    return;
  int r = find_own(namespaces);
  namespaces->is_on = r == 0;
  if (r < 0)
    namespaces_log_no_entry(context, r);
}

static void end(struct namespaces *namespaces, struct net_namespace *netns) {
  if (netns->space != NULL)
    namespaces->user->end(namespaces->state, netns);
  netns->space = NULL;
  net_namespace_close(netns);
}

static bool has_name(const struct namespaces *namespaces, const char *name) {
  for (size_t i = 0; i < namespaces->count; i++)
    if (strcmp(namespaces->all[i]->name, name) == 0)
      return true;
  return false;
}

/* Adds a namespace that was found behind those of its kind, unless out of
 * memory. Two can have the same name: a container makes another one, or a name
 * is given again while a process is still in the namespace that had it. */
static void add(struct namespaces *namespaces,
                const struct netns_entry *found) {
  struct netns_entry entry = *found;
  struct net_namespace **all = array_room(namespaces->all, &namespaces->room,
                                          namespaces->count, sizeof(*all));
  if (all == NULL)
    return;
  namespaces->all = all;
  if (entry.pid != 0)
    netns_make_name(namespaces->context->root, &entry);
  struct net_namespace *netns =
      net_namespace_new(&entry, has_name(namespaces, entry.name));
  if (netns == NULL)
    return;
  size_t at = namespaces->count++;
  for (; at > 0 && all[at - 1]->entry.kind > entry.kind; at--)
    all[at] = all[at - 1];
  all[at] = netns;
}

/* Finds the known namespace of an entry, under this name. */
static struct net_namespace *find_known(const struct namespaces *namespaces,
                                        const struct netns_entry *entry) {
  for (size_t i = 0; i < namespaces->count; i++) {
    const struct netns_entry *known = &namespaces->all[i]->entry;
    bool has_name = known->pid == 0 && strcmp(known->name, entry->name) == 0;
    if (netns_is(known->id, entry->id) &&
        (entry->pid == 0 ? has_name : known->pid != 0))
      return namespaces->all[i];
  }
  return NULL;
}

static bool is_host(const struct namespaces *namespaces,
                    const struct netns_entry *entry) {
  return netns_is(entry->id, namespaces->host) ||
         netns_is(entry->id, namespaces->init);
}

static void search(struct namespaces *namespaces, double now) {
  struct namespaces_search *search = &namespaces->search;
  size_t limits[NETNS_KINDS] = {0};
  namespaces_search_names(search, namespaces->context, &namespaces->names);
  if (namespaces->containers)
    limits[NETNS_CONTAINER] = limits[NETNS_OTHER] = namespaces->max;
  if (namespaces->rootless)
    limits[NETNS_ROOTLESS] = namespaces->max;
  if (!namespaces->containers && !namespaces->rootless)
    return;
  for (size_t i = 0; i < namespaces->count; i++)
    if (namespaces->all[i]->entry.pid != 0)
      namespaces_search_known(search, namespaces->context,
                              &namespaces->all[i]->entry);
  namespaces_search_processes(search, namespaces->context, limits, now);
}

/* Decides on a namespace that was not found. Where a search failed, each is
 * asked by itself; its process is known to be gone. What keeps a search from
 * opening files ends when namespaces are closed. */
static bool may_be_present(const struct namespaces *namespaces,
                           const struct net_namespace *netns) {
  const struct namespaces_search *search = &namespaces->search;
  if (netns->entry.pid == 0)
    return search->names_result < 0 &&
           netns_is_there(namespaces->context->root, &netns->entry) != 0;
  int r = search->processes_result;
  return r < 0 && r != -EMFILE && r != -ENFILE;
}

static void mark_present(struct namespaces *namespaces) {
  const struct netns_list *found = &namespaces->search.found;
  for (size_t i = 0; i < namespaces->count; i++)
    namespaces->all[i]->is_present = false;
  for (size_t i = 0; i < found->count; i++) {
    struct net_namespace *netns = find_known(namespaces, &found->entries[i]);
    if (netns == NULL)
      continue;
    netns->is_present = true;
    netns->entry.pid = found->entries[i].pid;
  }
  for (size_t i = 0; i < namespaces->count; i++)
    if (!namespaces->all[i]->is_present)
      namespaces->all[i]->is_present =
          may_be_present(namespaces, namespaces->all[i]);
}

static void end_gone(struct namespaces *namespaces) {
  size_t count = 0;
  for (size_t i = 0; i < namespaces->count; i++) {
    struct net_namespace *netns = namespaces->all[i];
    if (netns->is_present) {
      namespaces->all[count++] = netns;
      continue;
    }
    end(namespaces, netns);
    net_namespace_free(netns);
  }
  namespaces->count = count;
}

/* Asks whether one more can be added, ending a less important one if need be.
 */
static bool make_place(struct namespaces *namespaces, enum netns_kind kind) {
  if (namespaces->count < namespaces->max)
    return true;
  struct net_namespace *last = namespaces->all[namespaces->count - 1];
  if (last->entry.kind <= kind)
    return false;
  end(namespaces, last);
  net_namespace_free(last);
  namespaces->count--;
  return true;
}

static void add_new(struct namespaces *namespaces) {
  const struct netns_list *found = &namespaces->search.found;
  for (size_t i = 0; i < found->count; i++) {
    const struct netns_entry *entry = &found->entries[i];
    if (is_host(namespaces, entry) || find_known(namespaces, entry) != NULL)
      continue;
    if (make_place(namespaces, entry->kind)) {
      add(namespaces, entry);
      continue;
    }
    if (!namespaces->has_warned_max)
      namespaces_log_max(namespaces->context, namespaces->max);
    namespaces->has_warned_max = true;
  }
}

/* Logs a failure; of those that are forbidden, the first one alone. */
static void log_failure(struct namespaces *namespaces,
                        const struct net_namespace *netns, int error) {
  if (error != -EPERM || !namespaces->has_logged_denial)
    namespaces_log_failure(namespaces->context, netns, error);
  namespaces->has_logged_denial =
      namespaces->has_logged_denial || error == -EPERM;
}

static size_t count_watched(const struct namespaces *namespaces) {
  size_t count = 0;
  for (size_t i = 0; i < namespaces->count; i++)
    count += namespaces->all[i]->space != NULL;
  return count;
}

/* Returns how many more namespaces the plugin's share of descriptors suffices
 * for. */
static size_t count_room(const struct namespaces *namespaces) {
  size_t most = descriptors_share() / (namespaces->user->files + 1);
  size_t watched = count_watched(namespaces);
  return watched < most ? most - watched : 0;
}

/* Opens a namespace and has the layer begin with it. Returns 0, -EMFILE if the
 * half of the descriptors is used up, or another -errno; it is closed then. */
static int begin(struct namespaces *namespaces, struct net_namespace *netns) {
  int r = netns_open(namespaces->context->root, &netns->entry);
  if (r >= 0) {
    netns->fd = r;
    r = namespaces->user->begin(namespaces->state, netns);
  }
  if (r >= 0 && !descriptors_suffice(0))
    r = -EMFILE;
  if (r < 0)
    end(namespaces, netns);
  return r < 0 ? r : 0;
}

static void try_to_begin(struct namespaces *namespaces,
                         struct net_namespace *netns, double now) {
  if (now < netns->retry_at)
    return;
  int r = begin(namespaces, netns);
  if (r == 0)
    return;
  netns->is_left_out = r == -EMFILE || r == -ENFILE;
  netns->failed_since = isnan(netns->failed_since) ? now : netns->failed_since;
  if (now - netns->failed_since < PATIENCE_SECONDS)
    return;
  if (isinf(netns->retry_at) && !netns->is_left_out)
    log_failure(namespaces, netns, r);
  netns->retry_at = now + RETRY_SECONDS;
}

/* Ends a namespace that is less important than the one at a place, for its
 * descriptors. */
static bool free_descriptors(struct namespaces *namespaces, size_t place) {
  enum netns_kind kind = namespaces->all[place]->entry.kind;
  for (size_t i = namespaces->count; i-- > place + 1;) {
    struct net_namespace *netns = namespaces->all[i];
    if (netns->space == NULL || netns->entry.kind <= kind)
      continue;
    end(namespaces, netns);
    return true;
  }
  return false;
}

/* Begins as many namespaces as there are descriptors for, the most important
 * first. */
static void begin_all(struct namespaces *namespaces, double now) {
  size_t room = count_room(namespaces), each = namespaces->user->files + 1;
  for (size_t i = 0; i < namespaces->count; i++) {
    struct net_namespace *netns = namespaces->all[i];
    if (netns->space != NULL)
      continue;
    if (room > 0 && !descriptors_suffice(each))
      room = 0;
    if (room == 0 && now >= netns->retry_at && free_descriptors(namespaces, i))
      room = 1;
    netns->is_left_out = room == 0;
    if (room > 0)
      try_to_begin(namespaces, netns, now);
    room -= netns->space != NULL;
  }
}

void namespaces_update(struct namespaces *namespaces, double now) {
  if (!namespaces->is_on)
    return;
  descriptors_release(&namespaces->reserve);
  search(namespaces, now);
  mark_present(namespaces);
  end_gone(namespaces);
  add_new(namespaces);
  descriptors_hold(&namespaces->reserve);
  begin_all(namespaces, now);
  if (!namespaces->has_warned_descriptors)
    namespaces->has_warned_descriptors = namespaces_log_left_out(
        namespaces->context, namespaces->all, namespaces->count);
}

void namespaces_stop(struct namespaces *namespaces) {
  for (size_t i = 0; i < namespaces->count; i++) {
    end(namespaces, namespaces->all[i]);
    net_namespace_free(namespaces->all[i]);
  }
  free(namespaces->all);
  namespaces_search_free(&namespaces->search);
  match_free(&namespaces->names);
  descriptors_release(&namespaces->reserve);
  namespaces->all = NULL;
  namespaces->count = 0;
}

struct net_namespace *namespaces_of(const struct namespaces *namespaces,
                                    const struct labels *labels) {
  for (size_t i = 0; i < namespaces->count && labels->netns != NULL; i++)
    if (strcmp(namespaces->all[i]->name, labels->netns) == 0)
      return namespaces->all[i];
  return NULL;
}
