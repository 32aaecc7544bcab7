/* SPDX-License-Identifier: MIT */
#include "namespaces.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"

/* How many seconds lie between two looks at all processes, which take some
 * microseconds each. A namespace whose process is gone is noticed at once. */
#define SEARCH_AGE 5

/* A namespace that cannot be looked at may just be coming or going: it is tried
 * again at each read for so many seconds, and then that is said. From then on
 * it is tried again less often. */
#define PATIENCE 2
#define RETRY_SECONDS 60

static bool is_wanted(const struct namespaces *namespaces) {
  return namespaces->containers || namespaces->names.count > 0;
}

static int do_nothing(void *data) {
  (void)data;
  return 0;
}

/* Whether this process may enter namespaces at all. */
static int try_own(const struct layer_context *context) {
  int fd = sysroot_open(context->root, "proc/self/ns/net");
  if (fd < 0)
    return fd;
  int r = netns_run(fd, do_nothing, NULL);
  close(fd);
  return r;
}

/* The host's are the caller's own and, of a foreign /proc, that of process 1,
 * whose "proc/net" is read. */
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
  namespaces->searched = NAN;
  if (!is_wanted(namespaces))
    return;
  int r = find_own(namespaces);
  namespaces->is_on = r == 0;
  if (r == -EPERM)
    layer_log(
        context, LAYER_ERROR,
        "Namespace and Containers need CAP_SYS_ADMIN, which collectd does "
        "not have: it looks at its own network namespace alone");
  else if (r < 0)
    layer_log(context, LAYER_ERROR,
              "network namespaces cannot be entered: %s: collectd looks at its "
              "own alone",
              strerror(-r));
}

static void end(struct namespaces *namespaces, struct net_namespace *netns) {
  if (netns->space != NULL)
    namespaces->user->end(namespaces->state, netns);
  net_namespace_free(netns);
}

static bool has_name(const struct namespaces *namespaces, const char *name) {
  for (size_t i = 0; i < namespaces->count; i++)
    if (strcmp(namespaces->all[i]->name, name) == 0)
      return true;
  return false;
}

/* Puts one that was found into the list, unless there is no memory. Two can be
 * called the same: a container makes one more, or a name is given again while a
 * process is still in the one that had it. */
static void take(struct namespaces *namespaces,
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
  if (netns != NULL)
    all[namespaces->count++] = netns;
}

static void say_failure(struct namespaces *namespaces,
                        const struct net_namespace *netns, int error) {
  if (error == -EPERM && namespaces->is_denial_said)
    return;
  namespaces->is_denial_said = namespaces->is_denial_said || error == -EPERM;
  layer_log(namespaces->context, LAYER_ERROR,
            "network namespace %s cannot be looked at: %s%s", netns->name,
            strerror(-error),
            error == -EPERM ? "; nor perhaps others, which are not named" : "");
}

static void try_to_begin(struct namespaces *namespaces,
                         struct net_namespace *netns, double now) {
  if (now < netns->retry)
    return;
  int r = netns->fd;
  if (r < 0)
    r = netns_open(namespaces->context->root, &netns->entry);
  if (r >= 0) {
    netns->fd = r;
    r = namespaces->user->begin(namespaces->state, netns);
  }
  if (r >= 0)
    return;
  /* Nothing is to keep it that does not look at it. */
  if (netns->fd >= 0)
    close(netns->fd);
  netns->fd = -1;
  netns->failed = isnan(netns->failed) ? now : netns->failed;
  if (now - netns->failed < PATIENCE)
    return;
  if (isinf(netns->retry))
    say_failure(namespaces, netns, r);
  netns->retry = now + RETRY_SECONDS;
}

static bool find_names(struct namespaces *namespaces) {
  int r = netns_find_named(namespaces->context->root, &namespaces->names,
                           &namespaces->found);
  if (r == 0)
    layer_problem_end(&namespaces->names_problem, namespaces->context,
                      "run/netns can be read again");
  else
    layer_problem_begin(
        &namespaces->names_problem, namespaces->context,
        "run/netns cannot be read: %s: named network namespaces "
        "are not noticed until that ends",
        strerror(-r));
  return r == 0;
}

/* Finds the known namespaces by the processes that led to them; the others are
 * missing. Returns 0 or -ENOMEM. */
static int find_known(struct namespaces *namespaces) {
  struct netns_list *found = &namespaces->found;
  struct netns_list *missing = &namespaces->missing;
  int r = 0;
  missing->count = 0;
  for (size_t i = 0; r == 0 && i < namespaces->count; i++) {
    const struct netns_entry *entry = &namespaces->all[i]->entry;
    if (entry->pid == 0 || netns_find(found, entry->id) != NULL)
      continue;
    bool is_there = netns_is_there(namespaces->context->root, entry);
    r = netns_list_add(is_there ? found : missing, entry);
  }
  return r;
}

static bool find_processes(struct namespaces *namespaces, double now) {
  const struct layer_context *context = namespaces->context;
  int r = find_known(namespaces);
  if (r == 0 && namespaces->missing.count == 0 &&
      now - namespaces->searched < SEARCH_AGE)
    return true;
  namespaces->searched = now;
  /* Has room for the host's two, and for one that shows that there are more. */
  size_t limit = (size_t)namespaces->max + 3;
  bool is_hidden = false;
  if (r == 0)
    r = netns_find_inhabited(context->root, &namespaces->missing, limit,
                             &namespaces->found, &is_hidden);
  if (r == 0)
    layer_problem_end(&namespaces->processes_problem, context,
                      "processes can be looked at again");
  else
    layer_problem_begin(
        &namespaces->processes_problem, context,
        "processes cannot be looked at: %s: network namespaces of "
        "containers are not noticed until that ends",
        strerror(-r));
  if (is_hidden && !namespaces->is_hiding_said) {
    namespaces->is_hiding_said = true;
    layer_log(context, LAYER_WARNING,
              "Containers needs CAP_SYS_PTRACE: some processes are in network "
              "namespaces that cannot be looked at");
  }
  return r == 0;
}

/* The one that was found, if it is known under this name. */
static struct net_namespace *find_same(const struct namespaces *namespaces,
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

static void mark_found(struct namespaces *namespaces) {
  for (size_t i = 0; i < namespaces->count; i++)
    namespaces->all[i]->is_here = false;
  for (size_t i = 0; i < namespaces->found.count; i++) {
    const struct netns_entry *entry = &namespaces->found.entries[i];
    struct net_namespace *netns = find_same(namespaces, entry);
    if (netns == NULL)
      continue;
    netns->is_here = true;
    netns->entry.pid = entry->pid;
  }
}

static void end_gone(struct namespaces *namespaces) {
  size_t count = 0;
  for (size_t i = 0; i < namespaces->count; i++) {
    if (namespaces->all[i]->is_here)
      namespaces->all[count++] = namespaces->all[i];
    else
      end(namespaces, namespaces->all[i]);
  }
  namespaces->count = count;
}

static void take_new(struct namespaces *namespaces) {
  for (size_t i = 0; i < namespaces->found.count; i++) {
    const struct netns_entry *entry = &namespaces->found.entries[i];
    if (is_host(namespaces, entry) || find_same(namespaces, entry) != NULL)
      continue;
    if (namespaces->count < namespaces->max) {
      take(namespaces, entry);
      continue;
    }
    if (!namespaces->is_crowding_said)
      layer_log(namespaces->context, LAYER_WARNING,
                "there are more network namespaces than MaxNamespaces %u: the "
                "others are not looked at",
                namespaces->max);
    namespaces->is_crowding_said = true;
  }
}

void namespaces_update(struct namespaces *namespaces, double now) {
  if (!namespaces->is_on)
    return;
  namespaces->found.count = 0;
  bool has_all = find_names(namespaces);
  if (namespaces->containers)
    has_all = find_processes(namespaces, now) && has_all;
  mark_found(namespaces);
  /* What could not be found out is not gone. */
  if (has_all)
    end_gone(namespaces);
  take_new(namespaces);
  for (size_t i = 0; i < namespaces->count; i++)
    if (namespaces->all[i]->space == NULL)
      try_to_begin(namespaces, namespaces->all[i], now);
}

void namespaces_stop(struct namespaces *namespaces) {
  for (size_t i = 0; i < namespaces->count; i++)
    end(namespaces, namespaces->all[i]);
  free(namespaces->all);
  netns_list_free(&namespaces->found);
  netns_list_free(&namespaces->missing);
  match_free(&namespaces->names);
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
