/* SPDX-License-Identifier: MIT */
/* Finds the network namespaces that a user wants watched: those with certain
 * names, and those that processes are in. */
#ifndef NAMESPACES_SEARCH_H
#define NAMESPACES_SEARCH_H

#include "layer_problem.h"
#include "match.h"
#include "netns.h"

struct namespaces_search {
  struct netns_list found;  /* of the last search */
  struct netns_list wanted; /* known ones whose process is gone */
  int names_result;         /* of reading run/netns: 0 or -errno */
  int processes_result;     /* of looking through the processes */
  double searched_at;       /* last look through all processes; NAN: none */
  struct layer_problem names_problem, processes_problem;
  bool has_warned_denied;
};

#define NAMESPACES_SEARCH ((struct namespaces_search){.searched_at = NAN})

/* Finds the namespaces whose name matches. */
void namespaces_search_names(struct namespaces_search *search,
                             const struct layer_context *context,
                             const struct match *names);

/* Notes that a namespace found by a process earlier is wanted again: as found,
 * if the process is still there. */
void namespaces_search_known(struct namespaces_search *search,
                             const struct layer_context *context,
                             const struct netns_entry *entry);

/* Looks through all processes if one of a known namespace is gone, or every few
 * seconds; adds at most so many namespaces of each kind to watch. */
void namespaces_search_processes(struct namespaces_search *search,
                                 const struct layer_context *context,
                                 const size_t limits[static NETNS_KINDS],
                                 double now);

void namespaces_search_free(struct namespaces_search *search);

/* Counts the network namespaces that Containers would add to the caller's own,
 * as far as the caller may see. Returns 0 or -errno. */
int namespaces_search_count(size_t *ret);

#endif
