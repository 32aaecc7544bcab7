/* SPDX-License-Identifier: MIT */
#include "namespaces_search.h"

#include <errno.h>
#include <linux/capability.h>
#include <math.h>
#include <string.h>

#include "capabilities.h"

/* Seconds between two looks through all processes, at some microseconds each. A
 * namespace whose process is gone is noticed at once. */
#define SEARCH_SECONDS 5

/* Found besides those to watch: the namespaces of collectd and of process 1,
 * and one that shows that there are more. */
#define EXTRA_ENTRIES 3

void namespaces_search_names(struct namespaces_search *search,
                             const struct layer_context *context,
                             const struct match *names) {
  search->found.count = search->wanted.count = 0;
  search->names_result = netns_find_named(context->root, names, &search->found);
  if (search->names_result == 0)
    layer_problem_end(&search->names_problem, context,
                      "run/netns can be read again");
  else
    layer_problem_begin(&search->names_problem, context,
                        "run/netns cannot be read: %s: named network "
                        "namespaces are not noticed until that ends",
                        strerror(-search->names_result));
}

void namespaces_search_known(struct namespaces_search *search,
                             const struct layer_context *context,
                             const struct netns_entry *entry) {
  if (netns_find(&search->found, entry->id) != NULL)
    return;
  if (netns_is_there(context->root, entry) != 0) {
    netns_list_add(&search->found, entry);
    return;
  }
  netns_list_add(&search->wanted, entry);
  search->searched_at = NAN;
}

static void warn_denied(struct namespaces_search *search,
                        const struct layer_context *context) {
  uint64_t capabilities = 0;
  if (search->has_warned_denied)
    return;
  search->has_warned_denied = true;
  capabilities_read(context->root, &capabilities);
  if ((capabilities & CAPABILITY(CAP_SYS_PTRACE)) == 0)
    layer_log(context, LAYER_WARNING,
              "Containers needs CAP_SYS_PTRACE: some processes are in network "
              "namespaces that cannot be looked at");
  else
    layer_log(context, LAYER_WARNING,
              "some processes are in network namespaces that cannot be looked "
              "at, although collectd has CAP_SYS_PTRACE: they belong to "
              "another user namespace, or a security module forbids it");
}

void namespaces_search_processes(struct namespaces_search *search,
                                 const struct layer_context *context,
                                 const size_t limits[static NETNS_KINDS],
                                 double now) {
  bool is_denied = false;
  size_t most[NETNS_KINDS];
  search->processes_result = 0;
  if (now - search->searched_at < SEARCH_SECONDS)
    return;
  search->searched_at = now;
  for (size_t i = 0; i < NETNS_KINDS; i++)
    most[i] = limits[i] > 0 ? limits[i] + EXTRA_ENTRIES : 0;
  int r = netns_find_inhabited(context->root, &search->wanted, most,
                               &search->found, &is_denied);
  search->processes_result = r;
  if (r == 0)
    layer_problem_end(&search->processes_problem, context,
                      "processes can be looked at again");
  else
    layer_problem_begin(&search->processes_problem, context,
                        "processes cannot be looked at: %s: network namespaces "
                        "of containers are not noticed until that ends",
                        strerror(-r));
  if (is_denied)
    warn_denied(search, context);
}

void namespaces_search_free(struct namespaces_search *search) {
  netns_list_free(&search->found);
  netns_list_free(&search->wanted);
}

int namespaces_search_count(size_t *ret) {
  static const size_t limits[NETNS_KINDS] = {
      [NETNS_CONTAINER] = SIZE_MAX, [NETNS_OTHER] = SIZE_MAX};
  struct sysroot root;
  struct netns_list found = {0};
  struct netns_id own;
  bool denied = false;
  int r = sysroot_init(&root, NULL, NULL);
  if (r < 0)
    return r;
  r = netns_of_process(&root, "self", &own);
  if (r == 0)
    r = netns_find_inhabited(&root, NULL, limits, &found, &denied);
  if (r == 0)
    *ret = found.count - (netns_find(&found, own) != NULL);
  netns_list_free(&found);
  sysroot_free(&root);
  return r;
}
