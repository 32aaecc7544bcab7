/* SPDX-License-Identifier: MIT */
/* Which network namespaces a layer looks at besides the one that collectd runs
 * in: those that the user wants, as they come and go. */
#ifndef NAMESPACES_H
#define NAMESPACES_H

#include "layer_problem.h"
#include "match.h"
#include "net_namespace.h"

/* What a layer does when one comes and goes. */
struct namespaces_user {
  /* Makes namespace->space. Returns 0 or -errno. */
  int (*begin)(void *state, struct net_namespace *netns);
  /* Frees it. */
  void (*end)(void *state, struct net_namespace *netns);
};

struct namespaces {
  /* Options. */
  struct match names;
  bool containers;
  unsigned max;

  /* Those that there are; some have no space. */
  struct net_namespace **all;
  size_t count;

  /* The rest is its own. */
  const struct layer_context *context;
  const struct namespaces_user *user;
  void *state;
  size_t room;
  bool is_on;
  struct netns_id host, init;
  struct netns_list found, missing;
  double searched; /* when all processes were looked at; NAN: never */
  struct layer_problem names_problem, processes_problem;
  bool is_crowding_said, is_denial_said, is_hiding_said;
};

#define NAMESPACES_MAX 128

/* The options of a layer whose state has such a member; max is to be set to
 * NAMESPACES_MAX before. */
#define NAMESPACES_OPTIONS(type, member)                                       \
  {.name = "Namespace",                                                        \
   .kind = OPTION_MATCH,                                                       \
   .offset = offsetof(type, member.names),                                     \
   .value = "\"web\"|\"/^qdhcp-/\"",                                           \
   .help = "Looks at these network namespaces too, by their names below "      \
           "/run/netns. The names of their objects begin with the "            \
           "namespace's. Can be given several times. Default: none."},         \
      {.name = "Containers",                                                   \
       .kind = OPTION_BOOLEAN,                                                 \
       .offset = offsetof(type, member.containers),                            \
       .value = "true|false",                                                  \
       .help = "Looks at all other network namespaces too that processes of "  \
               "this host are in. Each is called by the first twelve digits "  \
               "of its container's id, or else by its inode. Default: "        \
               "false."},                                                      \
  {                                                                            \
    .name = "MaxNamespaces", .kind = OPTION_COUNT,                             \
    .offset = offsetof(type, member.max), .min = 1, .max = 4096,               \
    .value = "COUNT",                                                          \
    .help = "So many of them are looked at at most, because each takes some "  \
            "open files. Default: 128."                                        \
  }

/* Begins, with none. Says what is missing, if any are wanted. */
void namespaces_start(struct namespaces *namespaces,
                      const struct layer_context *context,
                      const struct namespaces_user *user, void *state);

/* Finds out which there are. The layer is told of those that are gone, and then
 * of those that are new. */
void namespaces_update(struct namespaces *namespaces, double now);

/* Ends all of them, if there ever was a beginning. */
void namespaces_stop(struct namespaces *namespaces);

/* The one that an object with these labels belongs to, or NULL: the host's. */
struct net_namespace *namespaces_of(const struct namespaces *namespaces,
                                    const struct labels *labels);

#endif
