/* SPDX-License-Identifier: MIT */
/* Network namespaces: which there are, and how to do something in one.
 *
 * A namespace is known by the device and the inode of its file (fs/nsfs.c). It
 * lives as long as a process is in it, a file of it is open or mounted, or a
 * socket was made there: so whoever looks at one keeps it. Those that have a
 * name are mounted below /run/netns, as ip-netns(8) does it. */
#ifndef NETNS_H
#define NETNS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct match;
struct sysroot;

/* As long as a file's name can be, with its NUL. */
#define NETNS_NAME_SIZE (NAME_MAX + 1)

struct netns_id {
  dev_t device;
  ino_t inode;
};

static inline bool netns_is(struct netns_id a, struct netns_id b) {
  return a.device == b.device && a.inode == b.inode;
}

/* One that was found. */
struct netns_entry {
  struct netns_id id;
  uint32_t pid;               /* a process that is in it; 0: it has a name */
  char name[NETNS_NAME_SIZE]; /* "": it has none */
};

/* All zero is empty. The memory is used again when count is set to 0. */
struct netns_list {
  struct netns_entry *entries;
  size_t count, room;
};

/* The entry with this id, or NULL. */
struct netns_entry *netns_find(const struct netns_list *list,
                               struct netns_id id);

/* Adds a copy of an entry. Returns 0 or -ENOMEM. */
int netns_list_add(struct netns_list *list, const struct netns_entry *entry);

/* Adds those which have a name that fits, by "run/netns", in the order of their
 * names. One that has two names is found by the first. Returns 0, which it is
 * too where there is no such directory, -ENOMEM, or another -errno. */
int netns_find_named(const struct sysroot *root, const struct match *names,
                     struct netns_list *list);

/* Adds those which processes are in and that the list does not have, by
 * "proc/PID/ns/net". Sets ret_denied if some process may not be looked at,
 * which takes CAP_SYS_PTRACE. Returns 0, -ENOMEM, or another -errno. */
int netns_find_inhabited(const struct sysroot *root, struct netns_list *list,
                         bool *ret_denied);

/* The namespace of a process, or of the caller for "self". Returns 0 or -errno.
 */
int netns_of_process(const struct sysroot *root, const char *pid,
                     struct netns_id *ret);

/* Whether an entry is still where it was found. */
bool netns_is_there(const struct sysroot *root,
                    const struct netns_entry *entry);

/* What to call a namespace without a name: the first twelve digits of the
 * container's id, from the cgroup of its process, or else its inode. */
void netns_call(const struct sysroot *root, struct netns_entry *entry);

/* Opens an entry's file. Returns a descriptor; -ESTALE when another namespace
 * is there by now; or another -errno. */
int netns_open(const struct sysroot *root, const struct netns_entry *entry);

/* Has a thread of its own do work in the namespace with this file, and waits
 * for it. The caller's thread never leaves its namespace, so that nothing can
 * keep it from coming back: in a pool, it would do the next one's work in the
 * wrong place. Returns what work returned; -EPERM without CAP_SYS_ADMIN there;
 * -EINVAL for a file that is no network namespace; or another -errno. */
int netns_run(int fd, int (*work)(void *data), void *data);

void netns_list_free(struct netns_list *list);

#endif
