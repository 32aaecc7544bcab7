/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

static void grows_and_keeps_what_is_there(void **state) {
  (void)state;
  unsigned *items = NULL;
  size_t room = 0;
  for (unsigned i = 0; i < 1000; i++) {
    items = array_room(items, &room, i, sizeof(*items));
    assert_non_null(items);
    assert_true(room > i);
    items[i] = i;
  }
  for (unsigned i = 0; i < 1000; i++)
    assert_int_equal(items[i], i);
  free(items);
}

static void keeps_an_array_that_has_room(void **state) {
  (void)state;
  char place[8];
  size_t room = sizeof(place);
  assert_ptr_equal(array_room(place, &room, 7, 1), place);
  assert_int_equal(room, 8);
}

static void a_lack_of_memory_changes_nothing(void **state) {
  (void)state;
  char *items = malloc(4);
  assert_non_null(items);
  memcpy(items, "abcd", 4);
  size_t room = SIZE_MAX / 8;
  assert_null(array_room(items, &room, room, 16));
  assert_int_equal(room, SIZE_MAX / 8);
  assert_memory_equal(items, "abcd", 4);
  free(items);
}

static void shrinks_when_little_is_left(void **state) {
  static const struct {
    size_t count, room;
  } rows[] = {{1000, 1000}, {125, 1000}, {124, 248},
              {31, 248},    {3, 64},     {0, 64}};
  (void)state;
  size_t room = 1000;
  unsigned *items = calloc(room, sizeof(*items));
  assert_non_null(items);
  items[2] = 7;
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    items = array_shrink(items, &room, rows[i].count, sizeof(*items));
    CHECK(room == rows[i].room, "row %zu: %zu", i, room);
    assert_int_equal(items[2], 7);
  }
  free(items);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(grows_and_keeps_what_is_there),
      cmocka_unit_test(keeps_an_array_that_has_room),
      cmocka_unit_test(a_lack_of_memory_changes_nothing),
      cmocka_unit_test(shrinks_when_little_is_left),
  };
  return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
