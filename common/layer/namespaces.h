/* SPDX-License-Identifier: MIT */
/* The network namespaces that a layer watches besides the one that collectd
 * runs in: those that the user wants, as they come and go. */
#ifndef NAMESPACES_H
#define NAMESPACES_H

#include "descriptors.h"
#include "match.h"
#include "namespaces_search.h"
#include "net_namespace.h"

/* What a layer does when a namespace comes and when it goes. */
struct namespaces_user {
  size_t files; /* that it keeps open in a namespace at least */
  /* Sets netns->space, opening what the layer reads there. Returns 0 or
   * -errno. */
  int (*begin)(void *state, struct net_namespace *netns);
  /* Frees netns->space. */
  void (*end)(void *state, struct net_namespace *netns);
};

struct namespaces {
  /* Options. */
  struct match names;
  bool containers, rootless;
  unsigned max;

  /* Those that exist, by importance; one that cannot be watched has no space.
   */
  struct net_namespace **all;
  size_t count;

  /* For namespaces.c. */
  const struct layer_context *context;
  const struct namespaces_user *user;
  void *state;
  size_t room;
  bool is_on;
  struct netns_id host, init;
  struct namespaces_search search;
  struct descriptors_reserve reserve;
  bool has_warned_max, has_warned_descriptors, has_logged_denial;
};

#define NAMESPACES_MAX 128

/* The options of a layer whose state has such a member; its max must be set to
 * NAMESPACES_MAX by default. */
#define NAMESPACES_OPTIONS(type, member)                                       \
  {.name = "Namespace",                                                        \
   .kind = OPTION_MATCH,                                                       \
   .offset = offsetof(type, member.names),                                     \
   .value = "\"web\"|\"/^qdhcp-/\"",                                           \
   .help = "Watches these network namespaces too, by their names in "          \
           "/run/netns. The names of their objects begin with the "            \
           "namespace's. Can be given several times. Default: none."},         \
      {.name = "Containers",                                                   \
       .kind = OPTION_BOOLEAN,                                                 \
       .offset = offsetof(type, member.containers),                            \
       .value = "true|false",                                                  \
       .help = "Watches all other network namespaces too that root made, "     \
               "by itself or through a container runtime, and that processes " \
               "of this host are in. Each is named by the first twelve "       \
               "digits of its container's id, else by its name in "            \
               "/run/netns, else by its inode. Default: false."},              \
      {.name = "RootlessContainers",                                           \
       .kind = OPTION_BOOLEAN,                                                 \
       .offset = offsetof(type, member.rootless),                              \
       .value = "true|false",                                                  \
       .help = "Watches the same of network namespaces that ordinary users "   \
               "made, as rootless podman and Docker do. Default: false."},     \
  {                                                                            \
    .name = "MaxNamespaces", .kind = OPTION_COUNT,                             \
    .offset = offsetof(type, member.max), .min = 1, .max = 4096,               \
    .value = "COUNT",                                                          \
    .help = "How many of them are watched at most: those of Namespace "        \
            "first, then containers, then others, those of ordinary users "    \
            "last. Each takes some open files; those that a quarter of "       \
            "collectd's limit of open files does not suffice for are left "    \
            "out. Default: 128."                                               \
  }

/* Begins with none. Logs what is missing if any are wanted. */
void namespaces_start(struct namespaces *namespaces,
                      const struct layer_context *context,
                      const struct namespaces_user *user, void *state);

/* Finds the namespaces that exist at now, in monotonic seconds: ends those that
 * are gone, then begins new ones. */
void namespaces_update(struct namespaces *namespaces, double now);

/* Ends all; also if never started. */
void namespaces_stop(struct namespaces *namespaces);

/* Returns the namespace that an object with these labels belongs to, or NULL if
 * it is the host's. */
struct net_namespace *namespaces_of(const struct namespaces *namespaces,
                                    const struct labels *labels);

#endif
