/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "token_bucket.h"

static unsigned take_all(struct token_bucket *bucket, double now) {
  unsigned taken = 0;
  while (token_bucket_take(bucket, 1, now))
    taken++;
  return taken;
}

static void tokens_come_back_at_a_steady_rate(void **state) {
  (void)state;
  struct token_bucket bucket = {.room = 5, .per_second = 0.5, .level = 5};
  assert_int_equal(take_all(&bucket, 0), 5);
  assert_int_equal(take_all(&bucket, 1), 0);
  assert_int_equal(take_all(&bucket, 2), 1);
  assert_int_equal(take_all(&bucket, 8), 3);
  assert_int_equal(take_all(&bucket, 1000), 5);
}

static void all_or_nothing_is_taken(void **state) {
  (void)state;
  struct token_bucket bucket = {.room = 5, .level = 3};
  assert_false(token_bucket_take(&bucket, 4, 0));
  assert_true(token_bucket_take(&bucket, 3, 0));
  assert_false(token_bucket_take(&bucket, 1, 0));
}

/* What needs more than there is ever room for is not kept for ever. */
static void a_full_bucket_is_enough_for_anything(void **state) {
  (void)state;
  struct token_bucket bucket = {.room = 5, .per_second = 1, .level = 5};
  assert_true(token_bucket_take(&bucket, 100, 0));
  assert_false(token_bucket_take(&bucket, 100, 4));
  assert_true(token_bucket_take(&bucket, 100, 5));
}

static void more_than_there_is_room_for_drains(void **state) {
  (void)state;
  struct token_bucket bucket = {.room = 5, .per_second = 1, .level = 25};
  assert_true(token_bucket_take(&bucket, 5, 0));
  assert_int_equal(take_all(&bucket, 10), 10);
  bucket.level = 25;
  assert_int_equal(take_all(&bucket, 1000), 5);
}

/* A clock that stands still or goes back gives nothing. */
static void time_that_does_not_pass(void **state) {
  (void)state;
  struct token_bucket bucket = {.room = 5, .per_second = 1, .level = 0};
  assert_int_equal(take_all(&bucket, 0), 0);
  assert_int_equal(take_all(&bucket, -10), 0);
  assert_int_equal(take_all(&bucket, -10), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tokens_come_back_at_a_steady_rate),
      cmocka_unit_test(all_or_nothing_is_taken),
      cmocka_unit_test(a_full_bucket_is_enough_for_anything),
      cmocka_unit_test(more_than_there_is_room_for_drains),
      cmocka_unit_test(time_that_does_not_pass),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
