/* SPDX-License-Identifier: MIT */
/* Finds network namespaces and runs functions in them.
 *
 * Device and inode of its file identify a namespace (fs/nsfs.c). It exists as
 * long as a process is in it, its file is open or mounted, or a socket was made
 * in it: watching a namespace keeps it alive. Named ones are mounted below
 * /run/netns, as by ip-netns(8). */
#ifndef NETNS_H
#define NETNS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct match;
struct sysroot;

/* Room for any file name, terminated. */
#define NETNS_NAME_SIZE (NAME_MAX + 1)

struct netns_id {
  dev_t device;
  ino_t inode;
};

static inline bool netns_is(struct netns_id a, struct netns_id b) {
  return a.device == b.device && a.inode == b.inode;
}

/* The most important first. */
enum netns_kind {
  NETNS_NAMED,     /* found by its name */
  NETNS_CONTAINER, /* made by root; its process has a container's id */
  NETNS_OTHER,     /* made by root */
  NETNS_ROOTLESS,  /* made by an ordinary user */
  NETNS_KINDS
};

/* A namespace that was found. */
struct netns_entry {
  struct netns_id id;
  enum netns_kind kind;
  uint32_t pid;               /* a process in it; 0: found by its name */
  char name[NETNS_NAME_SIZE]; /* "": none */
};

/* All zero is empty. To reuse the memory, set count to 0. */
struct netns_list {
  struct netns_entry *entries;
  size_t count, room;
};

/* Returns the entry with this id, or NULL. */
struct netns_entry *netns_find(const struct netns_list *list,
                               struct netns_id id);

/* Adds a copy of an entry. Returns 0 or -ENOMEM. */
int netns_list_add(struct netns_list *list, const struct netns_entry *entry);

/* Adds the namespaces in "run/netns" whose name matches, sorted by name; skips
 * files that are no namespace. One with two names is added once, under the
 * first. Returns 0, also if there is no such directory; -ENOMEM; or another
 * -errno. */
int netns_find_named(const struct sysroot *root, const struct match *names,
                     struct netns_list *list);

/* Adds the namespaces that processes are in ("proc/PID/ns/net") and that the
 * list lacks: those in wanted (may be NULL), and of the others at most so many
 * of each kind, the first ones in procfs. Looks at each process once and
 * compares it with both lists; opens the files of others to learn their kind.
 * Sets *ret_denied if a process in another namespace may not be examined for
 * lack of CAP_SYS_PTRACE. Returns 0, -ENOMEM, or another -errno. */
int netns_find_inhabited(const struct sysroot *root,
                         const struct netns_list *wanted,
                         const size_t limits[static NETNS_KINDS],
                         struct netns_list *list, bool *ret_denied);

/* Finds the namespace of a process, or of the caller for "self". Returns 0 or
 * -errno. */
int netns_of_process(const struct sysroot *root, const char *pid,
                     struct netns_id *ret);

/* Asks whether the entry's process or name still leads to the namespace, for
 * which no file is opened. Returns 1 if it does, 0 if not, or -errno if it may
 * not be examined. */
int netns_is_there(const struct sysroot *root, const struct netns_entry *entry);

/* Names a namespace found by a process: the first twelve digits of the
 * container's id, from a cgroup of the process that root owns; else its first
 * name in "run/netns"; else the inode. */
void netns_make_name(const struct sysroot *root, struct netns_entry *entry);

/* Opens an entry's file without blocking. Returns a descriptor; -ESTALE if it
 * leads to another namespace now; -EINVAL if it is no namespace; or another
 * -errno. */
int netns_open(const struct sysroot *root, const struct netns_entry *entry);

/* Runs work() in the namespace of this file, on a thread of its own, and waits
 * for it. The caller's thread never leaves its namespace: if it could not
 * return, a pooled thread would do its next work in the wrong namespace.
 * Returns the result of work(); -EPERM without CAP_SYS_ADMIN there; -EINVAL for
 * a file that is no network namespace; or another -errno. */
int netns_run(int fd, int (*work)(void *data), void *data);

void netns_list_free(struct netns_list *list);

#endif
