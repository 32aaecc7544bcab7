/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>

#include "allocations.h"
#include "modules.h"
#include "open_files.h"
#include "root_tree.h"

static uint64_t fingerprint(struct root_tree *place, const char *text) {
  struct modules modules = {0};
  temp_tree_write(&place->tree, "proc/modules", text);
  assert_int_equal(modules_read(&place->root, &modules), 0);
  uint64_t ret = modules.fingerprint;
  modules_free(&modules);
  return ret;
}

#define TUN "tun 61440 2 - Live 0xffffffffc0a00000\n"
#define VETH "veth 36864 0 - Live 0xffffffffc0b00000 (E)\n"

static void references_and_state_do_not_matter(void **state) {
  struct root_tree *place = *state;
  uint64_t before = fingerprint(place, TUN VETH);
  assert_true(before == fingerprint(place, TUN VETH));
  assert_true(before == fingerprint(place, "tun 61440 9 a,b, Unloading "
                                           "0xffffffffc0a00000\n" VETH));
}

static void other_modules_matter(void **state) {
  struct root_tree *place = *state;
  static const char *const texts[] = {
      "",
      TUN,
      VETH TUN,
      "tap 61440 2 - Live 0xffffffffc0a00000\n" VETH,
      "tun 61441 2 - Live 0xffffffffc0a00000\n" VETH,
      "tun 61440 2 - Live 0xffffffffc0a01000\n" VETH,
      "tun6 1440 2 - Live 0xffffffffc0a00000\n" VETH,
  };
  uint64_t before = fingerprint(place, TUN VETH);
  for (size_t i = 0; i < COUNT_OF(texts); i++)
    CHECK(before != fingerprint(place, texts[i]), "text %zu", i);
}

static void errors_leave_the_result(void **state) {
  struct root_tree *place = *state;
  struct modules modules = {.fingerprint = 7};
  size_t files = open_files();
  assert_int_equal(modules_read(&place->root, &modules), -ENOENT);
  temp_tree_write(&place->tree, "proc/modules", TUN "veth 36864 0 -\n");
  assert_int_equal(modules_read(&place->root, &modules), -EBADMSG);
  assert_int_equal(modules.fingerprint, 7);
  modules_free(&modules);
  assert_int_equal(open_files(), files);
}

static void this_kernel_is_read_without_allocation(void **state) {
  (void)state;
  struct sysroot root;
  struct modules modules = {0};
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  int r = modules_read(&root, &modules);
  size_t before = allocations_count();
  for (int i = 0; r == 0 && i < 10; i++)
    r = modules_read(&root, &modules);
  size_t after = allocations_count();
  modules_free(&modules);
  sysroot_free(&root);
  if (r == -ENOENT)
    skip();
  assert_int_equal(r, 0);
  assert_int_equal(after, before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      ROOT_TREE_TEST(references_and_state_do_not_matter),
      ROOT_TREE_TEST(other_modules_matter),
      ROOT_TREE_TEST(errors_leave_the_result),
      cmocka_unit_test(this_kernel_is_read_without_allocation),
  };
  return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}
