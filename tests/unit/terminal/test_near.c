/* SPDX-License-Identifier: MIT */
/* Words that are nearly the one that a user typed. */
#include "unit.h"

#include "near.h"

static void distance_counts_letters(void **state) {
  (void)state;
  assert_int_equal(near_distance("", ""), 0);
  assert_int_equal(near_distance("abc", ""), 3);
  assert_int_equal(near_distance("RcvbufErrors", "rcvbuferrors"), 0);
  assert_int_equal(near_distance("RcvbuffErrors", "RcvbufErrors"), 1);
  assert_int_equal(near_distance("kitten", "sitting"), 3);
}

static void a_long_word_is_far(void **state) {
  (void)state;
  char word[NEAR_FAR + 2];
  for (size_t i = 0; i < sizeof(word); i++)
    word[i] = 'x';
  word[NEAR_FAR + 1] = '\0';
  assert_int_equal(near_distance(word, "x"), NEAR_FAR);
  assert_int_equal(near_distance("x", word), NEAR_FAR);
  assert_false(near_matches("xy", word));
}

static void near_words_match(void **state) {
  (void)state;
  assert_true(near_matches("RcvbuffErrors", "RcvbufErrors"));
  assert_true(near_matches("rmem", "net.core.rmem_max"));
  assert_true(near_matches("crd", "crc"));
  assert_false(near_matches("xy", "ab"));
  assert_false(near_matches("RcvbufErrors", "ListenDrops"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(distance_counts_letters),
      cmocka_unit_test(a_long_word_is_far),
      cmocka_unit_test(near_words_match),
  };
  return cmocka_run_group_tests_name("near", tests, NULL, NULL);
}
