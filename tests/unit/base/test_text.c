/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "text.h"

static void begins_empty(void **state) {
  (void)state;
  char buffer[8] = "garbage";
  struct text text = TEXT_IN(buffer);
  assert_string_equal(buffer, "");
  assert_int_equal(text.length, 0);
  assert_int_equal(text.size, sizeof(buffer));
  assert_false(text.is_cut);
}

static void appends_as_printf(void **state) {
  (void)state;
  char buffer[64];
  struct text text = TEXT_IN(buffer);
  text_add(&text, "cpu %d", 3);
  text_add(&text, "%s", "");
  text_add(&text, " dropped %.1f/s", 412.0);
  assert_string_equal(buffer, "cpu 3 dropped 412.0/s");
  assert_int_equal(text.length, strlen(buffer));
  assert_false(text.is_cut);
}

static void an_array_is_filled(void **state) {
  (void)state;
  char filled[12] = "before";
  TEXT_FILL(filled, "ring %d", 512);
  assert_string_equal(filled, "ring 512");
  TEXT_FILL(filled, "%s\n", "of 4096");
  assert_string_equal(filled, "of 4096?");
  TEXT_FILL(filled, "%s", "longer than the array");
  assert_string_equal(filled, "longer t...");
}

static void unprintable_bytes_become_question_marks(void **state) {
  (void)state;
  for (int byte = 1; byte < 256; ++byte) {
    char buffer[8];
    struct text text = TEXT_IN(buffer);
    text_add(&text, "%c", byte);
    char expected = (char)(byte >= 32 && byte <= 126 ? byte : '?');
    CHECK(buffer[0] == expected && buffer[1] == '\0', "byte %d: \"%s\"", byte,
          buffer);
  }
}

static void text_that_does_not_fit_is_cut_with_dots(void **state) {
  (void)state;
  static const char whole[] = "abcdefghijklmnopqrst";
  for (size_t size = 4; size < 40; ++size) {
    char *buffer = malloc(size);
    assert_non_null(buffer);
    struct text text = text_in(buffer, size);
    text_add(&text, "%s", whole);
    size_t length = strlen(buffer);
    assert_int_equal(text.length, length);
    if (size > strlen(whole)) {
      assert_string_equal(buffer, whole);
      assert_false(text.is_cut);
    } else {
      assert_true(text.is_cut);
      assert_int_equal(length, size - 1);
      assert_string_equal(buffer + length - 3, "...");
      assert_memory_equal(buffer, whole, length - 3);
    }
    free(buffer);
  }
}

static void is_cut_at_any_length(void **state) {
  (void)state;
  for (size_t first = 0; first <= 9; ++first) {
    char buffer[10];
    struct text text = TEXT_IN(buffer);
    text_add(&text, "%.*s", (int)first, "abcdefghi");
    assert_false(text.is_cut);
    text_add(&text, "%s", "0123456789");
    assert_true(text.is_cut);
    assert_int_equal(strlen(buffer), 9);
    assert_string_equal(buffer + 6, "...");
    text_add(&text, "more");
    assert_int_equal(strlen(buffer), 9);
    assert_string_equal(buffer + 6, "...");
    assert_int_equal(text.length, 9);
  }
}

static void long_text_fits_a_long_buffer(void **state) {
  (void)state;
  static char word[3000];
  static char buffer[8000];
  memset(word, 'w', sizeof(word) - 1);
  struct text text = TEXT_IN(buffer);
  text_add(&text, "%s", word);
  text_add(&text, "%s", word);
  assert_false(text.is_cut);
  assert_int_equal(strlen(buffer), 2 * (sizeof(word) - 1));
}

static void any_pieces_make_one_line_of_ascii(void **state) {
  (void)state;
  struct random random = {1};
  for (int round = 0; round < 5000; ++round) {
    size_t size = 4 + random_below(&random, 60);
    char *buffer = malloc(size);
    assert_non_null(buffer);
    struct text text = text_in(buffer, size);
    for (int piece = 0; piece < 4; ++piece) {
      char bytes[40];
      random_text(&random, bytes, 1 + random_below(&random, sizeof(bytes)));
      text_add(&text, "%s", bytes);
      size_t length = strnlen(buffer, size);
      assert_true(length < size);
      assert_int_equal(text.length, length);
      for (size_t i = 0; i < length; ++i)
        assert_in_range(buffer[i], 32, 126);
    }
    free(buffer);
  }
}

static const char *duration(double seconds) {
  static char buffer[64];
  struct text text = TEXT_IN(buffer);
  text_add_duration(&text, seconds);
  return buffer;
}

static void durations_have_two_units_at_most(void **state) {
  (void)state;
  assert_string_equal(duration(0), "0 s");
  assert_string_equal(duration(0.2), "1 s");
  assert_string_equal(duration(1), "1 s");
  assert_string_equal(duration(45), "45 s");
  assert_string_equal(duration(130), "2 min 10 s");
  assert_string_equal(duration(3 * 3600 + 5 * 60), "3 h 5 min");
}

/* The duration in a text, or -1 for another format. */
static double duration_said(const char *text) {
  unsigned first, second;
  char unit[8], behind[8], rest;
  int taken =
      sscanf(text, "%u %7s %u %7s %c", &first, unit, &second, behind, &rest);
  if (taken == 2 && strcmp(unit, "s") == 0)
    return first;
  if (taken == 2 && strcmp(unit, "min") == 0)
    return 60.0 * first;
  if (taken == 2 && strcmp(unit, "h") == 0)
    return 3600.0 * first;
  if (taken == 4 && strcmp(unit, "min") == 0 && strcmp(behind, "s") == 0 &&
      first < 60 && second < 60)
    return 60.0 * first + second;
  if (taken == 4 && strcmp(unit, "h") == 0 && strcmp(behind, "min") == 0 &&
      second < 60)
    return 3600.0 * first + 60.0 * second;
  return -1;
}

static void durations_are_right_to_their_last_unit(void **state) {
  (void)state;
  for (double seconds = 0; seconds < 400000; seconds += 0.7 + seconds / 997) {
    const char *text = duration(seconds);
    double said = duration_said(text);
    double tolerance = strstr(text, " h") != NULL ? 60 : 1;
    CHECK(said >= 0 && fabs(said - seconds) <= tolerance, "%g: \"%s\"", seconds,
          text);
  }
}

static void impossible_durations_give_some_text(void **state) {
  (void)state;
  static const double rows[] = {-1, 1e300, NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    CHECK(duration(rows[i])[0] != '\0', "%g", rows[i]);
}

static const char *number(double value) {
  static char buffer[400];
  struct text text = TEXT_IN(buffer);
  text_add_number(&text, value);
  return buffer;
}

static void numbers_have_no_trailing_zeros(void **state) {
  (void)state;
  static const struct {
    double number;
    const char *text;
  } rows[] = {
      {0, "0"},
      {1, "1"},
      {0.5, "0.5"},
      {-0.5, "-0.5"},
      {412, "412"},
      {412.25, "412.25"},
      {1.0 / 3, "0.333333"},
      {100000.25, "100000"},
      {999999, "999999"},
      {999999.9, "1000000"},
      {1000000, "1000000"},
      {2000000, "2000000"},
      {1234567.4, "1234567"},
      {-1234567.4, "-1234567"},
      {4294967296.0, "4294967296"},
      {1e15, "1000000000000000"},
      {0.00025, "0.00025"},
      {0.00001, "0.00001"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    CHECK(strcmp(number(rows[i].number), rows[i].text) == 0,
          "%.17g: \"%s\" instead of \"%s\"", rows[i].number,
          number(rows[i].number), rows[i].text);
}

static void numbers_keep_six_digits(void **state) {
  (void)state;
  struct random random = {2};
  for (int round = 0; round < 20000; ++round) {
    double exponent = (double)random_below(&random, 13) - 3;
    double value =
        (double)random_below(&random, 1000000) / 1e5 * pow(10, exponent);
    const char *text = number(value);
    char *end;
    double said = strtod(text, &end);
    CHECK(*end == '\0' && strpbrk(text, "eE") == NULL, "%.17g: \"%s\"", value,
          text);
    CHECK(fabs(said - value) <= fabs(value) * 5.1e-6, "%.17g: \"%s\"", value,
          text);
  }
}

static void nan_and_infinity_give_some_text(void **state) {
  (void)state;
  static const double rows[] = {NAN, INFINITY, -INFINITY, 1.7e308, -1.7e308};
  for (size_t i = 0; i < COUNT_OF(rows); ++i)
    CHECK(number(rows[i])[0] != '\0', "%g", rows[i]);
}

static void digits_are_those_of_printf(void **state) {
  (void)state;
  struct random random = {3};
  static const uint32_t rows[] = {0,   1,         9,          10,        99,
                                  100, 999999999, 1000000000, UINT32_MAX};
  for (size_t i = 0; i < 2000; i++) {
    uint32_t value =
        i < COUNT_OF(rows) ? rows[i] : (uint32_t)random_next(&random) >> i % 32;
    char digits[TEXT_U32_SIZE], expected[16];
    text_u32(digits, value);
    snprintf(expected, sizeof(expected), "%u", value);
    assert_string_equal(digits, expected);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(begins_empty),
      cmocka_unit_test(appends_as_printf),
      cmocka_unit_test(an_array_is_filled),
      cmocka_unit_test(unprintable_bytes_become_question_marks),
      cmocka_unit_test(text_that_does_not_fit_is_cut_with_dots),
      cmocka_unit_test(is_cut_at_any_length),
      cmocka_unit_test(long_text_fits_a_long_buffer),
      cmocka_unit_test(any_pieces_make_one_line_of_ascii),
      cmocka_unit_test(durations_have_two_units_at_most),
      cmocka_unit_test(durations_are_right_to_their_last_unit),
      cmocka_unit_test(impossible_durations_give_some_text),
      cmocka_unit_test(numbers_have_no_trailing_zeros),
      cmocka_unit_test(numbers_keep_six_digits),
      cmocka_unit_test(nan_and_infinity_give_some_text),
      cmocka_unit_test(digits_are_those_of_printf),
  };
  return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
