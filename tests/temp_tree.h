/* SPDX-License-Identifier: MIT */
/* A temporary directory with files made from text. */
#ifndef TEMP_TREE_H
#define TEMP_TREE_H

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct temp_tree {
  char root[256];
  char proc[300]; /* root/proc, which exists */
  char sys[300];  /* root/sys, which exists */
};

/* Ends the program: a test cannot go on without its files. */
static inline void temp_tree_die(const char *what) {
  perror(what);
  exit(99);
}

static inline void temp_tree_path(const struct temp_tree *tree,
                                  const char *path, char *ret, size_t size) {
  int length = snprintf(ret, size, "%s/%s", tree->root, path);
  if (length < 0 || (size_t)length >= size)
    temp_tree_die(path);
}

static inline void temp_tree_make_parents(char *path) {
  for (char *slash = strchr(path + 1, '/'); slash != NULL;
       slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
      temp_tree_die(path);
    *slash = '/';
  }
}

/* Makes a file and the directories above it, or replaces its content in place.
 */
static inline void temp_tree_write_bytes(const struct temp_tree *tree,
                                         const char *path, const void *bytes,
                                         size_t length) {
  char full[512];
  temp_tree_path(tree, path, full, sizeof(full));
  temp_tree_make_parents(full);
  FILE *file = fopen(full, "w");
  if (file == NULL || fwrite(bytes, 1, length, file) != length ||
      fclose(file) != 0)
    temp_tree_die(full);
}

static inline void temp_tree_write(const struct temp_tree *tree,
                                   const char *path, const char *text) {
  temp_tree_write_bytes(tree, path, text, strlen(text));
}

static inline void temp_tree_unlink(const struct temp_tree *tree,
                                    const char *path) {
  char full[512];
  temp_tree_path(tree, path, full, sizeof(full));
  if (unlink(full) != 0)
    temp_tree_die(full);
}

static inline void temp_tree_make(struct temp_tree *tree) {
  const char *parent = getenv("TMPDIR");
  int length = snprintf(tree->root, sizeof(tree->root), "%s/netloss.XXXXXX",
                        parent != NULL && *parent != '\0' ? parent : "/tmp");
  if (length < 0 || (size_t)length >= sizeof(tree->root) ||
      mkdtemp(tree->root) == NULL)
    temp_tree_die("a temporary directory");
  temp_tree_path(tree, "proc", tree->proc, sizeof(tree->proc));
  temp_tree_path(tree, "sys", tree->sys, sizeof(tree->sys));
  if (mkdir(tree->proc, 0755) != 0 || mkdir(tree->sys, 0755) != 0)
    temp_tree_die(tree->root);
}

static inline int temp_tree_remove_one(const char *path,
                                       const struct stat *status, int type,
                                       struct FTW *position) {
  (void)status;
  (void)type;
  (void)position;
  return remove(path);
}

static inline void temp_tree_remove(struct temp_tree *tree) {
  if (nftw(tree->root, temp_tree_remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
    temp_tree_die(tree->root);
}

#endif
