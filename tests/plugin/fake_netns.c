/* SPDX-License-Identifier: MIT */
#include "fake_netns.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct fake_netns fake_netns;

/* A namespace's file holds its name. */
static void link_to(const struct temp_tree *tree, const char *space,
                    const char *path) {
  char file[128], from[512], to[512];
  snprintf(file, sizeof(file), "spaces/%s/file", space);
  temp_tree_path(tree, file, from, sizeof(from));
  temp_tree_path(tree, path, to, sizeof(to));
  if (access(from, F_OK) != 0)
    temp_tree_write(tree, file, space);
  temp_tree_make_parents(to);
  unlink(to);
  if (link(from, to) != 0)
    temp_tree_die(to);
}

void fake_netns_reset(const struct temp_tree *tree) {
  fake_netns = (struct fake_netns){.error = 0};
  link_to(tree, "host", "proc/self/ns/net");
}

static void path_of_name(const char *name, char ret[static 400]) {
  snprintf(ret, 400, "proc/1/root/run/netns/%s", name);
}

void fake_netns_name(const struct temp_tree *tree, const char *space,
                     const char *name) {
  char path[400];
  path_of_name(name, path);
  link_to(tree, space, path);
}

void fake_netns_process(const struct temp_tree *tree, const char *space,
                        unsigned pid) {
  char path[64];
  snprintf(path, sizeof(path), "proc/%u/ns/net", pid);
  link_to(tree, space, path);
}

void fake_netns_unname(const struct temp_tree *tree, const char *name) {
  char path[400];
  path_of_name(name, path);
  temp_tree_unlink(tree, path);
}

void fake_netns_end_process(const struct temp_tree *tree, unsigned pid) {
  char path[64];
  snprintf(path, sizeof(path), "proc/%u/ns/net", pid);
  temp_tree_unlink(tree, path);
}

/* Where the tree is that has an open file. */
static void find_tree(int fd, char ret[static 512]) {
  char link[64];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, ret, 511);
  ret[length > 0 ? length : 0] = '\0';
  /* The name by which it was opened can be gone. */
  char *end = strstr(ret, "/proc/");
  if (end == NULL)
    temp_tree_die("the tree of a namespace");
  *end = '\0';
}

/* Puts a symbolic link in the place of what may be there, and back. */
static void lay_over(const char *tree, const char *path, const char *target) {
  char at[640], away[660];
  snprintf(at, sizeof(at), "%s/%s", tree, path);
  snprintf(away, sizeof(away), "%s.away", at);
  if (rename(at, away) != 0 && errno != ENOENT)
    temp_tree_die(at);
  if (symlink(target, at) != 0)
    temp_tree_die(at);
}

static void lay_back(const char *tree, const char *path) {
  char at[640], away[660];
  snprintf(at, sizeof(at), "%s/%s", tree, path);
  snprintf(away, sizeof(away), "%s.away", at);
  if (unlink(at) != 0 || (rename(away, at) != 0 && errno != ENOENT))
    temp_tree_die(at);
}

int __wrap_netns_run(int fd, int (*work)(void *data), void *data);

int __wrap_netns_run(int fd, int (*work)(void *data), void *data) {
  char tree[512], target[640], settings[660], space[64] = "";
  fake_netns.visits++;
  if (fake_netns.error != 0)
    return -fake_netns.error;
  if (pread(fd, space, sizeof(space) - 1, 0) <= 0)
    return -EINVAL;
  if (fake_netns.closed != NULL && strcmp(fake_netns.closed, space) == 0)
    return -EPERM;
  find_tree(fd, tree);
  snprintf(target, sizeof(target), "%s/spaces/%s", tree, space);
  snprintf(settings, sizeof(settings), "%s/settings", target);
  bool has_settings = access(settings, F_OK) == 0;
  lay_over(tree, "proc/thread-self", target);
  if (has_settings)
    lay_over(tree, "proc/sys/net", settings);
  strcpy(fake_netns.inside, space);
  int r = work(data);
  fake_netns.inside[0] = '\0';
  if (has_settings)
    lay_back(tree, "proc/sys/net");
  lay_back(tree, "proc/thread-self");
  return r;
}

int __wrap_netns_owner_is_root(int fd, bool *ret);

int __wrap_netns_owner_is_root(int fd, bool *ret) {
  char space[64] = "";
  if (pread(fd, space, sizeof(space) - 1, 0) < 0)
    return -errno;
  *ret = strncmp(space, "user", strlen("user")) != 0;
  return 0;
}
