/* SPDX-License-Identifier: MIT */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "container_id.h"
#include "match.h"
#include "netns_owner.h"
#include "processes.h"
#include "sysroot.h"

static const char named[] = "run/netns/";

/* "proc/4294967295/ns/net", or a name below run/netns. */
#define PATH_SIZE (NETNS_NAME_SIZE + 16)

struct netns_entry *netns_find(const struct netns_list *list,
                               struct netns_id id) {
  for (size_t i = 0; i < list->count; i++)
    if (netns_is(list->entries[i].id, id))
      return &list->entries[i];
  return NULL;
}

int netns_list_add(struct netns_list *list, const struct netns_entry *entry) {
  struct netns_entry *entries =
      array_room(list->entries, &list->room, list->count, sizeof(*entries));
  if (entries == NULL)
    return -ENOMEM;
  list->entries = entries;
  entries[list->count++] = *entry;
  return 0;
}

static struct netns_id id_of(const struct stat *status) {
  return (struct netns_id){.device = status->st_dev, .inode = status->st_ino};
}

static int read_status(const struct sysroot *root, const char *path,
                       struct stat *ret) {
  char real[PATH_MAX];
  int r = sysroot_path(root, path, real, sizeof(real));
  if (r < 0)
    return r;
  return stat(real, ret) < 0 ? -errno : 0;
}

static int read_id(const struct sysroot *root, const char *path,
                   struct netns_id *ret) {
  struct stat status;
  int r = read_status(root, path, &status);
  if (r == 0)
    *ret = id_of(&status);
  return r;
}

int netns_of_process(const struct sysroot *root, const char *pid,
                     struct netns_id *ret) {
  char path[PATH_SIZE];
  snprintf(path, sizeof(path), "proc/%s/ns/net", pid);
  return read_id(root, path, ret);
}

/* Checks that a file below run/netns is a mounted namespace, rather than a
 * FIFO, a device, or the empty file that ip-netns(8) mounts over: the files of
 * all namespaces are on one device. */
static bool is_namespace(const struct sysroot *root,
                         const struct stat *status) {
  struct netns_id own;
  return S_ISREG(status->st_mode) &&
         (netns_of_process(root, "self", &own) != 0 ||
          own.device == status->st_dev);
}

static void write_path(const struct netns_entry *entry,
                       char ret[static PATH_SIZE]) {
  if (entry->pid != 0)
    snprintf(ret, PATH_SIZE, "proc/%u/ns/net", entry->pid);
  else
    snprintf(ret, PATH_SIZE, "%s%s", named, entry->name);
}

/* Finds the namespace that an entry's process or name leads to now. */
static int find_id(const struct sysroot *root, const struct netns_entry *entry,
                   struct netns_id *ret) {
  char path[PATH_SIZE];
  struct stat status;
  write_path(entry, path);
  int r = read_status(root, path, &status);
  if (r == 0 && entry->pid == 0 && !is_namespace(root, &status))
    r = -EINVAL;
  if (r == 0)
    *ret = id_of(&status);
  return r;
}

int netns_is_there(const struct sysroot *root,
                   const struct netns_entry *entry) {
  struct netns_id id;
  int r = find_id(root, entry, &id);
  if (r == -ENOENT || r == -ESRCH || r == -EINVAL)
    return 0;
  return r < 0 ? r : netns_is(id, entry->id);
}

static int by_name(const void *left, const void *right) {
  const struct netns_entry *a = left, *b = right;
  return strcmp(a->name, b->name);
}

static int add_named(const struct sysroot *root, const char *name,
                     struct netns_list *list) {
  struct netns_entry entry = {.kind = NETNS_NAMED};
  snprintf(entry.name, sizeof(entry.name), "%s", name);
  /* It may have gone since, or be something else. */
  if (find_id(root, &entry, &entry.id) < 0)
    return 0;
  return netns_list_add(list, &entry);
}

/* Keeps the first entry of each namespace. */
static void remove_duplicates(struct netns_list *list) {
  size_t count = list->count;
  list->count = 0;
  for (size_t i = 0; i < count; i++)
    if (netns_find(list, list->entries[i].id) == NULL)
      list->entries[list->count++] = list->entries[i];
}

int netns_find_named(const struct sysroot *root, const struct match *names,
                     struct netns_list *list) {
  DIR *directory;
  if (names->count == 0)
    return 0;
  int r = sysroot_open_directory(root, named, &directory);
  if (r < 0)
    return r == -ENOENT ? 0 : r;
  for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] != '.' && match_any(names, entry->d_name))
      r = add_named(root, entry->d_name, list);
  closedir(directory);
  if (list->count > 1)
    qsort(list->entries, list->count, sizeof(*list->entries), by_name);
  remove_duplicates(list);
  return r;
}

/* Compares the inodes in "proc/PID/net", which are visible even if the process
 * may not be examined. */
static bool is_elsewhere(const struct sysroot *root, uint32_t pid) {
  char path[PATH_SIZE];
  struct netns_id own, other;
  snprintf(path, sizeof(path), "proc/%u/net/dev", pid);
  return read_id(root, "proc/self/net/dev", &own) == 0 &&
         read_id(root, path, &other) == 0 && !netns_is(own, other);
}

static int find_kind(const struct sysroot *root,
                     const struct netns_entry *entry, enum netns_kind *ret) {
  char id[CONTAINER_ID_SHOWN + 1];
  bool is_roots;
  int fd = netns_open(root, entry);
  if (fd < 0)
    return fd;
  int r = netns_owner_is_root(fd, &is_roots);
  close(fd);
  if (r < 0)
    return r;
  if (!is_roots)
    *ret = NETNS_ROOTLESS;
  else if (container_id_find(root, entry->pid, id))
    *ret = NETNS_CONTAINER;
  else
    *ret = NETNS_OTHER;
  return 0;
}

int netns_find_inhabited(const struct sysroot *root,
                         const struct netns_list *wanted,
                         const size_t limits[static NETNS_KINDS],
                         struct netns_list *list, bool *ret_denied) {
  DIR *processes;
  int r = processes_open(root, &processes);
  if (r < 0)
    return r;
  bool is_denied = false;
  size_t counts[NETNS_KINDS] = {0};
  struct netns_entry entry = {.name = ""};
  struct netns_id skipped = {0};
  while (r == 0 && processes_next(processes, &entry.pid)) {
    int found = find_id(root, &entry, &entry.id);
    if (found == -EACCES && !is_denied)
      is_denied = is_elsewhere(root, entry.pid);
    if (found < 0 || netns_is(entry.id, skipped) ||
        netns_find(list, entry.id) != NULL)
      continue;
    const struct netns_entry *known =
        wanted != NULL ? netns_find(wanted, entry.id) : NULL;
    if (known != NULL)
      entry.kind = known->kind;
    else if (find_kind(root, &entry, &entry.kind) < 0)
      continue;
    if (known != NULL || counts[entry.kind]++ < limits[entry.kind])
      r = netns_list_add(list, &entry);
    else
      skipped = entry.id;
  }
  closedir(processes);
  if (r == 0)
    *ret_denied = is_denied;
  return r;
}

/* Finds the first name that a namespace has in "run/netns". */
static bool find_name(const struct sysroot *root, struct netns_id id,
                      char ret[static NETNS_NAME_SIZE]) {
  DIR *directory;
  bool is_found = false;
  if (sysroot_open_directory(root, named, &directory) < 0)
    return false;
  for (struct dirent *file; (file = readdir(directory)) != NULL;) {
    struct netns_entry entry = {.pid = 0};
    snprintf(entry.name, sizeof(entry.name), "%s", file->d_name);
    if (file->d_name[0] == '.' || find_id(root, &entry, &entry.id) < 0 ||
        !netns_is(entry.id, id) || (is_found && strcmp(ret, entry.name) < 0))
      continue;
    strcpy(ret, entry.name);
    is_found = true;
  }
  closedir(directory);
  return is_found;
}

void netns_make_name(const struct sysroot *root, struct netns_entry *entry) {
  if (container_id_find(root, entry->pid, entry->name))
    return;
  if (!find_name(root, entry->id, entry->name))
    snprintf(entry->name, sizeof(entry->name), "%llu",
             (unsigned long long)entry->id.inode);
}

int netns_open(const struct sysroot *root, const struct netns_entry *entry) {
  char path[PATH_SIZE];
  struct stat status;
  struct netns_id id;
  /* Opening a device could have effects: looks first. */
  int r = find_id(root, entry, &id);
  if (r < 0)
    return r;
  write_path(entry, path);
  int fd = sysroot_open(root, path);
  if (fd < 0)
    return fd;
  r = fstat(fd, &status) < 0 ? -errno : 0;
  if (r == 0 && !netns_is(id_of(&status), entry->id))
    r = -ESTALE;
  if (r == 0)
    return fd;
  close(fd);
  return r;
}

struct visit_context {
  int fd;
  int (*work)(void *data);
  void *data;
  int result;
};

static void *visit(void *data) {
  struct visit_context *context = data;
  context->result = setns(context->fd, CLONE_NEWNET) < 0
                        ? -errno
                        : context->work(context->data);
  return NULL;
}

int netns_run(int fd, int (*work)(void *data), void *data) {
  struct visit_context context = {.fd = fd, .work = work, .data = data};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, visit, &context);
  if (error == 0)
    error = pthread_join(thread, NULL);
  return error != 0 ? -error : context.result;
}

void netns_list_free(struct netns_list *list) {
  free(list->entries);
  *list = (struct netns_list){0};
}
