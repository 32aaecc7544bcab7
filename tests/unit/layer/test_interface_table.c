/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "interface_table.h"
#include "root_tree.h"

/* What a layer knows of an interface. */
struct known {
  struct interface_entry interface;
  char *owned;
};

static unsigned cleared;

static void init(struct interface_entry *entry) {
  ((struct known *)entry)->owned = strdup(entry->name);
}

static void clear(struct interface_entry *entry) {
  free(((struct known *)entry)->owned);
  cleared++;
}

static const struct interface_table empty = {
    .entry_size = sizeof(struct known), .init = init, .clear = clear};

/* A list of the read: eth0 and eth1 have a device, veth0 has none. */
static struct link_stats_one links[] = {
    {.index = 2, .name = "eth0", .has_device = true},
    {.index = 3, .name = "eth1", .has_device = true},
    {.index = 4, .name = "veth0", .kind = "veth"},
};

static bool update(struct interface_table *table, const struct root_tree *tree,
                   size_t from, size_t count, bool is_complete) {
  static const struct interface_choice all = {.ignore_selected = false};
  const struct link_stats list = {.items = links + from, .count = count};
  return interface_table_update(table, &all, &tree->root, &list, is_complete);
}

static void finds_makes_and_forgets(void **state) {
  struct root_tree *tree = *state;
  struct interface_table table = empty;
  cleared = 0;
  assert_true(update(&table, tree, 0, 3, true));
  struct known *eth0 = (struct known *)interface_table_find(&table, 2);
  assert_string_equal(eth0->owned, "eth0");
  assert_true(eth0->interface.is_wanted && !eth0->interface.is_software);
  const struct interface_entry *veth = interface_table_find(&table, 4);
  assert_true(!veth->is_wanted && veth->is_software);
  assert_null(interface_table_find(&table, 5));
  assert_true(interface_table_is_current(&table, &eth0->interface));
  assert_false(interface_table_is_current(&table, veth));

  /* Found again. */
  assert_false(update(&table, tree, 0, 3, true));
  assert_ptr_equal(interface_table_find(&table, 2), eth0);
  assert_int_equal(table.read, 2);
  assert_int_equal(cleared, 0);

  /* An interface that nobody wants may go unnoticed. */
  assert_false(update(&table, tree, 0, 2, true));
  assert_int_equal(cleared, 1);
  assert_true(update(&table, tree, 1, 1, true));
  assert_null(interface_table_find(&table, 2));
  assert_int_equal(cleared, 2);
  interface_table_free(&table);
  assert_int_equal(cleared, 3);
  assert_null(table.entries);
}

/* An interface that is missing in it may well be there. */
static void an_incomplete_list_forgets_nothing(void **state) {
  struct root_tree *tree = *state;
  struct interface_table table = empty;
  update(&table, tree, 0, 2, true);
  assert_false(update(&table, tree, 1, 1, false));
  const struct interface_entry *eth0 = interface_table_find(&table, 2);
  assert_non_null(eth0);
  assert_false(interface_table_is_current(&table, eth0));
  interface_table_free(&table);
}

static void another_name_is_another_interface(void **state) {
  struct root_tree *tree = *state;
  struct interface_table table = empty;
  update(&table, tree, 0, 2, true);
  strcpy(links[0].name, "lan0");
  assert_true(update(&table, tree, 0, 2, true));
  struct known *lan0 = (struct known *)interface_table_find(&table, 2);
  assert_string_equal(lan0->owned, "lan0");
  strcpy(links[0].name, "eth0");
  interface_table_free(&table);
}

/* What does not fit now is taken with the next list. */
static void without_memory_interfaces_are_left_out(void **state) {
  struct root_tree *tree = *state;
  struct interface_table table = empty;
  table.init = NULL;
  table.clear = NULL;
  for (size_t good = 0; good < 8; good++) {
    allocations_fail(good, 2);
    update(&table, tree, 0, 3, true);
    allocations_fail(0, 0);
    update(&table, tree, 0, 3, true);
    for (uint32_t index = 2; index <= 4; index++)
      assert_non_null(interface_table_find(&table, index));
    interface_table_free(&table);
    table.read = 0;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      ROOT_TREE_TEST(finds_makes_and_forgets),
      ROOT_TREE_TEST(an_incomplete_list_forgets_nothing),
      ROOT_TREE_TEST(another_name_is_another_interface),
      ROOT_TREE_TEST(without_memory_interfaces_are_left_out),
  };
  return cmocka_run_group_tests_name("interface_table", tests, NULL, NULL);
}
