/* SPDX-License-Identifier: MIT */
#include "netns.h"

#include <ctype.h>
#include <dirent.h>
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
#include "match.h"
#include "scan.h"
#include "sysroot.h"

static const char named[] = "run/netns/";

/* Docker, containerd, CRI-O and podman give a container so many hexadecimal
 * digits, and show the first few. */
#define CONTAINER_DIGITS 64
#define CONTAINER_SHOWN 12

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

static int look(const struct sysroot *root, const char *path,
                struct netns_id *ret) {
  char real[PATH_MAX];
  struct stat status;
  int r = sysroot_path(root, path, real, sizeof(real));
  if (r < 0)
    return r;
  if (stat(real, &status) < 0)
    return -errno;
  *ret = id_of(&status);
  return 0;
}

int netns_of_process(const struct sysroot *root, const char *pid,
                     struct netns_id *ret) {
  char path[PATH_SIZE];
  snprintf(path, sizeof(path), "proc/%s/ns/net", pid);
  return look(root, path, ret);
}

static void write_path(const struct netns_entry *entry,
                       char ret[static PATH_SIZE]) {
  if (entry->pid != 0)
    snprintf(ret, PATH_SIZE, "proc/%u/ns/net", entry->pid);
  else
    snprintf(ret, PATH_SIZE, "%s%s", named, entry->name);
}

bool netns_is_there(const struct sysroot *root,
                    const struct netns_entry *entry) {
  char path[PATH_SIZE];
  struct netns_id id;
  write_path(entry, path);
  return look(root, path, &id) == 0 && netns_is(id, entry->id);
}

static int open_directory(const struct sysroot *root, const char *path,
                          DIR **ret) {
  char real[PATH_MAX];
  int r = sysroot_path(root, path, real, sizeof(real));
  if (r < 0)
    return r;
  *ret = opendir(real);
  return *ret != NULL ? 0 : -errno;
}

static int by_name(const void *left, const void *right) {
  const struct netns_entry *a = left, *b = right;
  return strcmp(a->name, b->name);
}

static int add_named(const struct sysroot *root, const char *name,
                     struct netns_list *list) {
  struct netns_entry entry = {.pid = 0};
  char path[PATH_SIZE];
  snprintf(entry.name, sizeof(entry.name), "%s", name);
  write_path(&entry, path);
  /* What is gone in the meantime is gone. */
  if (look(root, path, &entry.id) < 0)
    return 0;
  return netns_list_add(list, &entry);
}

/* Keeps the first one of each. */
static void drop_doubles(struct netns_list *list) {
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
  int r = open_directory(root, named, &directory);
  if (r < 0)
    return r == -ENOENT ? 0 : r;
  for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] != '.' && match_any(names, entry->d_name))
      r = add_named(root, entry->d_name, list);
  closedir(directory);
  if (list->count > 1)
    qsort(list->entries, list->count, sizeof(*list->entries), by_name);
  drop_doubles(list);
  return r;
}

/* Where a process may not be looked at, the inodes of its "proc/PID/net" still
 * tell. */
static bool is_elsewhere(const struct sysroot *root, const char *pid) {
  char path[PATH_SIZE];
  struct netns_id own, other;
  snprintf(path, sizeof(path), "proc/%s/net/dev", pid);
  return look(root, "proc/self/net/dev", &own) == 0 &&
         look(root, path, &other) == 0 && !netns_is(own, other);
}

int netns_find_inhabited(const struct sysroot *root, struct netns_list *list,
                         bool *ret_denied) {
  DIR *directory;
  int r = open_directory(root, "proc/", &directory);
  if (r < 0)
    return r;
  bool denied = false;
  for (struct dirent *entry; r == 0 && (entry = readdir(directory)) != NULL;) {
    struct scan scan = scan_text(entry->d_name, strlen(entry->d_name));
    struct netns_entry one = {.name = ""};
    if (!scan_u32(&scan, &one.pid) || !scan_done(&scan))
      continue;
    int found = netns_of_process(root, entry->d_name, &one.id);
    if (found == -EACCES && !denied)
      denied = is_elsewhere(root, entry->d_name);
    if (found == 0 && netns_find(list, one.id) == NULL)
      r = netns_list_add(list, &one);
  }
  closedir(directory);
  if (r == 0)
    *ret_denied = denied;
  return r;
}

/* The last container that the text of a process's cgroups names: one can be
 * within another. */
static bool find_container(const char *text, char ret[static NETNS_NAME_SIZE]) {
  bool found = false;
  while (*text != '\0') {
    size_t length = strspn(text, "0123456789abcdef");
    bool is_whole = !isalnum((unsigned char)text[length]);
    if (length == CONTAINER_DIGITS && is_whole) {
      snprintf(ret, NETNS_NAME_SIZE, "%.*s", CONTAINER_SHOWN, text);
      found = true;
    }
    text += length;
    while (isalnum((unsigned char)*text))
      text++;
    while (*text != '\0' && !isalnum((unsigned char)*text))
      text++;
  }
  return found;
}

void netns_call(const struct sysroot *root, struct netns_entry *entry) {
  char path[PATH_SIZE], text[4096];
  snprintf(path, sizeof(path), "proc/%u/cgroup", entry->pid);
  if (sysroot_read_text(root, path, text, sizeof(text)) < 0 ||
      !find_container(text, entry->name))
    snprintf(entry->name, sizeof(entry->name), "%llu",
             (unsigned long long)entry->id.inode);
}

int netns_open(const struct sysroot *root, const struct netns_entry *entry) {
  char path[PATH_SIZE];
  struct stat status;
  write_path(entry, path);
  int fd = sysroot_open(root, path);
  if (fd < 0)
    return fd;
  int r = fstat(fd, &status) < 0 ? -errno : 0;
  if (r == 0 && !netns_is(id_of(&status), entry->id))
    r = -ESTALE;
  if (r == 0)
    return fd;
  close(fd);
  return r;
}

struct visit {
  int fd;
  int (*work)(void *data);
  void *data;
  int result;
};

static void *visit(void *data) {
  struct visit *it = data;
  it->result = setns(it->fd, CLONE_NEWNET) < 0 ? -errno : it->work(it->data);
  return NULL;
}

int netns_run(int fd, int (*work)(void *data), void *data) {
  struct visit it = {.fd = fd, .work = work, .data = data};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, visit, &it);
  if (error == 0)
    error = pthread_join(thread, NULL);
  return error != 0 ? -error : it.result;
}

void netns_list_free(struct netns_list *list) {
  free(list->entries);
  *list = (struct netns_list){0};
}
