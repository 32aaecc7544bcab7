/* SPDX-License-Identifier: MIT */
/* A tree of files and the root that reads it, for one test. */
#ifndef ROOT_TREE_H
#define ROOT_TREE_H

#include <stdlib.h>

#include "sysroot.h"
#include "temp_tree.h"
#include "unit.h"

struct root_tree {
  struct temp_tree tree;
  struct sysroot root;
};

/* Makes an empty tree and opens it. */
static inline void root_tree_open(struct temp_tree *tree,
                                  struct sysroot *root) {
  temp_tree_make(tree);
  assert_int_equal(sysroot_init(root, tree->proc, tree->sys), 0);
}

static inline void root_tree_close(struct temp_tree *tree,
                                   struct sysroot *root) {
  sysroot_free(root);
  temp_tree_remove(tree);
}

/* A test whose state is a struct root_tree. */
#define ROOT_TREE_TEST(test)                                                   \
  cmocka_unit_test_setup_teardown(test, root_tree_make, root_tree_remove)

static inline int root_tree_make(void **state) {
  struct root_tree *made = calloc(1, sizeof(*made));
  if (made == NULL)
    return -1;
  root_tree_open(&made->tree, &made->root);
  *state = made;
  return 0;
}

static inline int root_tree_remove(void **state) {
  struct root_tree *made = *state;
  root_tree_close(&made->tree, &made->root);
  free(made);
  return 0;
}

#endif
