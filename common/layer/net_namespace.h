/* SPDX-License-Identifier: MIT */
/* A network namespace that a layer looks at besides the one that collectd runs
 * in. Sockets and files that are opened there can be read from anywhere. */
#ifndef NET_NAMESPACE_H
#define NET_NAMESPACE_H

#include "layer.h"
#include "netns.h"

struct net_namespace {
  struct netns_entry entry;
  int fd;      /* keeps it alive; -1: it was not opened yet */
  char *name;  /* unlike that of any other */
  void *space; /* what the layer made for it; NULL: it cannot be looked at */

  /* The list's own. */
  bool is_here;
  double failed; /* when it first could not be looked at; NAN: never */
  double retry;  /* when to try again, once that was said */
};

/* One that was found, which must have been given a name. That is made unlike
 * others by its inode, if need be. NULL: there is no memory. */
struct net_namespace *net_namespace_new(const struct netns_entry *entry,
                                        bool is_name_taken);
void net_namespace_free(struct net_namespace *netns);

/* Does work in the namespace; see netns_run(). */
int net_namespace_run(const struct net_namespace *netns,
                      int (*work)(void *data), void *data);

/* Opens lent files of "proc/net" there. Those that do not exist stay closed.
 * Returns 0 or -errno. */
int net_namespace_open_files(const struct net_namespace *netns,
                             const struct layer_context *context,
                             struct sysroot_file *const *files, size_t count);

/* Read a setting as it is there or, for NULL, on the host. What a namespace
 * does not have is the host's: the kernel shows it there alone. Return as
 * sysctl_read_text() and sysctl_read_number(). */
int net_namespace_read_text(const struct net_namespace *netns,
                            const struct layer_context *context,
                            const char *name, char *ret, size_t size);
int net_namespace_read_number(const struct net_namespace *netns,
                              const struct layer_context *context,
                              const char *name, int64_t *ret);

#endif
