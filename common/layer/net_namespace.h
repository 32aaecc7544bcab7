/* SPDX-License-Identifier: MIT */
/* A network namespace that a layer watches besides the one that collectd runs
 * in. Sockets and files opened there can be read from anywhere. */
#ifndef NET_NAMESPACE_H
#define NET_NAMESPACE_H

#include "layer.h"
#include "netns.h"

struct net_namespace {
  struct netns_entry entry;
  int fd;      /* keeps the namespace alive; -1: not open */
  char *name;  /* unique among those watched */
  void *space; /* what the layer made for it; NULL: it is not watched */

  /* For namespaces.c. */
  bool is_present;
  bool is_left_out;    /* for want of descriptors */
  double failed_since; /* first failure to watch it; NAN: none */
  double retry_at;     /* after the failure was logged */
};

/* Whether an ordinary user made it; NULL is the host's. */
static inline bool net_namespace_is_users(const struct net_namespace *netns) {
  return netns != NULL && netns->entry.kind == NETNS_ROOTLESS;
}

/* Makes one for an entry that has a name, with the inode appended if another
 * namespace has the same name. Returns NULL when out of memory. */
struct net_namespace *net_namespace_new(const struct netns_entry *entry,
                                        bool is_name_taken);
void net_namespace_free(struct net_namespace *netns);

void net_namespace_close(struct net_namespace *netns);

/* Runs work() in the namespace; see netns_run(). */
int net_namespace_run(const struct net_namespace *netns,
                      int (*work)(void *data), void *data);

/* Opens foreign files of "proc/net" there; those that do not exist stay closed.
 * Returns 0 or -errno. */
int net_namespace_open_files(const struct net_namespace *netns,
                             const struct layer_context *context,
                             struct sysroot_file *const *files, size_t count);

/* Read a setting in the namespace, or on the host for NULL. A setting that the
 * kernel shows on the host alone is read there. Return as sysctl_read_text()
 * and sysctl_read_number() do. */
int net_namespace_read_text(const struct net_namespace *netns,
                            const struct layer_context *context,
                            const char *name, char *ret, size_t size);
int net_namespace_read_number(const struct net_namespace *netns,
                              const struct layer_context *context,
                              const char *name, int64_t *ret);

#endif
