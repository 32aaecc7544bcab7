/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "name_set.h"

static const char *add(struct name_set **set, const char *scope,
                       const char *name) {
  static char safe[METRIC_NAME_SIZE];
  assert_int_equal(name_set_add(set, scope, name, safe), 0);
  return safe;
}

static void the_same_name_gets_the_same_again(void **state) {
  (void)state;
  struct name_set *set = NULL;
  assert_string_equal(add(&set, "", "a b"), "a_b");
  char first[METRIC_NAME_SIZE];
  strcpy(first, add(&set, "", "a/b"));
  assert_string_equal(add(&set, "", "a b"), "a_b");
  assert_string_equal(add(&set, "", "a/b"), first);
  assert_string_not_equal(first, "a_b");
  name_set_free(&set);
}

/* A daemon that starts again finds the same objects in another order. */
static void names_do_not_depend_on_their_order(void **state) {
  (void)state;
  static const char *const names[] = {
      "\xc3\xa9"
      "0",
      "\xc3\xbc"
      "0",
      "unix-/run/user/1000/app/very/long/path/to/some/sockets/alpha.sock",
      "unix-/run/user/1000/app/very/long/path/to/some/sockets/beta.sock",
  };
  char safe[2][COUNT_OF(names)][METRIC_NAME_SIZE];
  for (size_t round = 0; round < 2; round++) {
    struct name_set *set = NULL;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
      size_t which = round == 0 ? i : COUNT_OF(names) - 1 - i;
      strcpy(safe[round][which], add(&set, "", names[which]));
    }
    name_set_free(&set);
  }
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    assert_string_equal(safe[0][i], safe[1][i]);
    for (size_t j = 0; j < i; j++)
      assert_string_not_equal(safe[0][i], safe[0][j]);
  }
}

/* A hash of the name itself, and no number that counts names. */
static void of_two_equal_safe_names_one_gets_its_hash(void **state) {
  (void)state;
  struct name_set *set = NULL;
  char third[METRIC_NAME_SIZE];
  add(&set, "", "a b");
  add(&set, "", "a:b");
  strcpy(third, add(&set, "", "a/b"));
  name_set_free(&set);
  add(&set, "", "a b");
  assert_string_equal(add(&set, "", "a/b"), third);
  name_set_free(&set);
}

static void scopes_are_apart(void **state) {
  (void)state;
  struct name_set *set = NULL;
  assert_string_equal(add(&set, "packets", "a b"), "a_b");
  assert_string_equal(add(&set, "gauge", "a/b"), "a_b");
  name_set_free(&set);
}

static void a_removed_name_is_free(void **state) {
  (void)state;
  struct name_set *set = NULL;
  add(&set, "", "a b");
  name_set_remove(&set, "other", "a_b");
  assert_string_not_equal(add(&set, "", "a/b"), "a_b");
  name_set_remove(&set, "", "a_b");
  assert_string_equal(add(&set, "", "a:b"), "a_b");
  name_set_free(&set);
}

/* The hash of a name can be another name. */
static void a_taken_hash_is_replaced_by_another(void **state) {
  (void)state;
  struct name_set *set = NULL;
  char taken[METRIC_NAME_SIZE], again[METRIC_NAME_SIZE];
  add(&set, "", "a b");
  metric_name_hashed(taken, "a/b", 1);
  assert_string_equal(add(&set, "", taken), taken);
  metric_name_hashed(again, "a/b", 2);
  assert_string_equal(add(&set, "", "a/b"), again);
  assert_string_not_equal(again, taken);
  name_set_free(&set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_name_gets_the_same_again),
      cmocka_unit_test(names_do_not_depend_on_their_order),
      cmocka_unit_test(of_two_equal_safe_names_one_gets_its_hash),
      cmocka_unit_test(scopes_are_apart),
      cmocka_unit_test(a_removed_name_is_free),
      cmocka_unit_test(a_taken_hash_is_replaced_by_another),
  };
  return cmocka_run_group_tests_name("name_set", tests, NULL, NULL);
}
