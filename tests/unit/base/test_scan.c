/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"

/* A copy in a block of exactly its size: a sanitizer sees any byte read beyond.
 */
struct exact {
  char *memory;
  struct scan scan;
};

static struct exact exact_text(const char *text) {
  size_t length = strlen(text);
  char *memory = malloc(length > 0 ? length : 1);
  assert_non_null(memory);
  memcpy(memory, text, length);
  return (struct exact){memory, scan_text(memory, length)};
}

static void assert_scan_is(const struct scan *scan, const char *text) {
  size_t length = (size_t)(scan->end - scan->at);
  CHECK(length == strlen(text) && memcmp(scan->at, text, length) == 0,
        "\"%.*s\" instead of \"%s\"", (int)length, scan->at, text);
}

static void blanks_are_spaces_and_tabs(void **state) {
  (void)state;
  static const struct {
    const char *text, *rest;
  } rows[] = {{"", ""},          {"  \t x", "x"}, {"x ", "x "},
              {" \n x", "\n x"}, {"\t\t", ""},    {"\v", "\v"}};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct exact exact = exact_text(rows[i].text);
    scan_blanks(&exact.scan);
    assert_scan_is(&exact.scan, rows[i].rest);
    free(exact.memory);
  }
}

static void done_is_when_nothing_is_left(void **state) {
  (void)state;
  struct scan scan = scan_text("", 0);
  assert_true(scan_done(&scan));
  scan = scan_text("x", 1);
  assert_false(scan_done(&scan));
  assert_true(scan_char(&scan, 'x'));
  assert_true(scan_done(&scan));
}

static void lines_come_without_their_newlines(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *lines[4];
  } rows[] = {
      {"", {NULL}},
      {"\n", {"", NULL}},
      {"a", {"a", NULL}},
      {"a\n", {"a", NULL}},
      {"a\nbc", {"a", "bc", NULL}},
      {"a\n\nb\n", {"a", "", "b", NULL}},
      {" a \r\n", {" a \r", NULL}},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct exact exact = exact_text(rows[i].text);
    struct scan line;
    for (size_t j = 0; rows[i].lines[j] != NULL; ++j) {
      CHECK(scan_line(&exact.scan, &line), "row %zu: no line %zu", i, j);
      assert_scan_is(&line, rows[i].lines[j]);
    }
    CHECK(!scan_line(&exact.scan, &line), "row %zu: a line too many", i);
    free(exact.memory);
  }
}

static void a_nul_belongs_to_its_line(void **state) {
  (void)state;
  struct scan scan = scan_text("a\0b\nc", 5);
  struct scan line;
  assert_true(scan_line(&scan, &line));
  assert_int_equal(line.end - line.at, 3);
  assert_memory_equal(line.at, "a\0b", 3);
}

static void words_end_at_blanks(void **state) {
  (void)state;
  struct exact exact = exact_text("  eth0:\t12  x");
  struct scan word;
  assert_true(scan_word(&exact.scan, &word));
  assert_scan_is(&word, "eth0:");
  assert_true(scan_word(&exact.scan, &word));
  assert_scan_is(&word, "12");
  assert_true(scan_word(&exact.scan, &word));
  assert_scan_is(&word, "x");
  assert_false(scan_word(&exact.scan, &word));
  free(exact.memory);
}

static void without_a_word_nothing_moves(void **state) {
  (void)state;
  struct exact exact = exact_text(" \t ");
  struct scan word = scan_text("kept", 4);
  assert_false(scan_word(&exact.scan, &word));
  assert_scan_is(&exact.scan, " \t ");
  assert_scan_is(&word, "kept");
  free(exact.memory);
}

static void one_character_is_taken_if_it_is_there(void **state) {
  (void)state;
  struct exact exact = exact_text("-,");
  assert_false(scan_char(&exact.scan, ','));
  assert_scan_is(&exact.scan, "-,");
  assert_true(scan_char(&exact.scan, '-'));
  assert_true(scan_char(&exact.scan, ','));
  assert_false(scan_char(&exact.scan, ','));
  free(exact.memory);
}

static void hexadecimal_numbers_of_32_bits(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool taken;
    uint32_t number;
    const char *rest;
  } rows[] = {
      {"00000008 0000021f", true, 8, " 0000021f"},
      {"0000021f\n", true, 0x21f, "\n"},
      {" \tffffffff", true, UINT32_MAX, ""},
      {"FFFFFFFE", true, UINT32_MAX - 1, ""},
      {"aBcDeF01", true, 0xabcdef01, ""},
      {"0", true, 0, ""},
      {"00000000ffffffff", true, UINT32_MAX, ""},
      {"100000000", false, 0, NULL},
      {"ffffffff0", false, 0, NULL},
      {"10000000000000000", false, 0, NULL},
      {"ffffffffffffffffffffffffffffffff", false, 0, NULL},
      {"", false, 0, NULL},
      {"   ", false, 0, NULL},
      {"\n00000008", false, 0, NULL},
      {"-1", false, 0, NULL},
      {"+1", false, 0, NULL},
      {"g", false, 0, NULL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct exact exact = exact_text(rows[i].text);
    uint32_t number = 77;
    bool taken = scan_hex32(&exact.scan, &number);
    CHECK(taken == rows[i].taken, "\"%s\": taken is %d", rows[i].text, taken);
    CHECK(number == (taken ? rows[i].number : 77), "\"%s\": %u", rows[i].text,
          number);
    assert_scan_is(&exact.scan, taken ? rows[i].rest : rows[i].text);
    free(exact.memory);
  }
}

/* Every byte at every place: only digits in their order make a number. */
static void eight_hexadecimal_digits(void **state) {
  (void)state;
  static const char digits[] = "0123456789abcdef";
  for (size_t at = 0; at < 8; ++at)
    for (unsigned byte = 0; byte < 256; ++byte) {
      char text[] = "1c9fa20e";
      uint32_t number = 0, wanted = 0;
      bool is_number = true;
      text[at] = (char)byte;
      for (size_t i = 0; i < 8; ++i) {
        char c =
            text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] + 32) : text[i];
        const char *digit = c != '\0' ? strchr(digits, c) : NULL;
        is_number = is_number && digit != NULL;
        if (is_number)
          wanted = wanted << 4 | (uint32_t)(digit - digits);
      }
      struct scan scan = scan_text(text, 8);
      bool taken = scan_hex32(&scan, &number) && scan_done(&scan);
      CHECK(taken == is_number || (at == 0 && strchr(" \t", (int)byte)),
            "byte %u at %zu", byte, at);
      CHECK(!is_number || number == wanted, "byte %u at %zu: %x", byte, at,
            number);
    }
}

static void hexadecimal_numbers_of_64_bits(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool taken;
    uint64_t number;
    const char *rest;
  } rows[] = {
      {"00000008 0000021f", true, 8, " 0000021f"},
      {" \t0\n", true, 0, "\n"},
      {"100000000", true, UINT64_C(0x100000000), ""},
      {"ffffffffffffffff", true, UINT64_MAX, ""},
      {"FFFFFFFFFFFFFFFE,", true, UINT64_MAX - 1, ","},
      {"00000000ffffffffffffffff", true, UINT64_MAX, ""},
      {"10000000000000000", false, 0, NULL},
      {"fffffffffffffffff", false, 0, NULL},
      {"12g", false, 0, NULL},
      {"12_", false, 0, NULL},
      {"1.5", false, 0, NULL},
      {"0x12", false, 0, NULL},
      {"-1", false, 0, NULL},
      {"+1", false, 0, NULL},
      {"", false, 0, NULL},
      {"  ", false, 0, NULL},
      {"\n1", false, 0, NULL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct exact exact = exact_text(rows[i].text);
    uint64_t number = 77;
    bool taken = scan_hex64(&exact.scan, &number);
    CHECK(taken == rows[i].taken, "\"%s\": taken is %d", rows[i].text, taken);
    CHECK(number == (taken ? rows[i].number : 77), "\"%s\"", rows[i].text);
    assert_scan_is(&exact.scan, taken ? rows[i].rest : rows[i].text);
    free(exact.memory);
  }
}

static void decimal_numbers_of_32_bits(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool taken;
    uint32_t number;
    const char *rest;
  } rows[] = {
      {"0-3", true, 0, "-3"},
      {"8,10", true, 8, ",10"},
      {"  300", true, 300, ""},
      {"4294967295\n", true, UINT32_MAX, "\n"},
      {"0004294967295", true, UINT32_MAX, ""},
      {"4294967296", false, 0, NULL},
      {"42949672950", false, 0, NULL},
      {"18446744073709551616", false, 0, NULL},
      {"18446744073709551617", false, 0, NULL},
      {"-1", false, 0, NULL},
      {"", false, 0, NULL},
      {"eth0", false, 0, NULL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct exact exact = exact_text(rows[i].text);
    uint32_t number = 77;
    bool taken = scan_u32(&exact.scan, &number);
    CHECK(taken == rows[i].taken, "\"%s\": taken is %d", rows[i].text, taken);
    CHECK(number == (taken ? rows[i].number : 77), "\"%s\": %u", rows[i].text,
          number);
    assert_scan_is(&exact.scan, taken ? rows[i].rest : rows[i].text);
    free(exact.memory);
  }
}

static void decimal_numbers_of_64_bits(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool taken;
    uint64_t number;
    const char *rest;
  } rows[] = {
      {"18446744073709551615 0", true, UINT64_MAX, " 0"},
      {"18446744073709551616", false, 0, NULL},
      {"18446744073709551620", false, 0, NULL},
      {"99999999999999999999", false, 0, NULL},
      {"184467440737095516150", false, 0, NULL},
      {"4294967296", true, UINT64_C(4294967296), ""},
      {"-1", false, 0, NULL},
      {"", false, 0, NULL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct exact exact = exact_text(rows[i].text);
    uint64_t number = 77;
    bool taken = scan_u64(&exact.scan, &number);
    CHECK(taken == rows[i].taken, "\"%s\": taken is %d", rows[i].text, taken);
    CHECK(number == (taken ? rows[i].number : 77), "\"%s\"", rows[i].text);
    assert_scan_is(&exact.scan, taken ? rows[i].rest : rows[i].text);
    free(exact.memory);
  }
}

static void signed_numbers_of_64_bits(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool taken;
    int64_t number;
  } rows[] = {
      {"-1", true, -1},
      {"0", true, 0},
      {"9223372036854775807", true, INT64_MAX},
      {"-9223372036854775808", true, INT64_MIN},
      {"9223372036854775808", false, 0},
      {"-9223372036854775809", false, 0},
      {"-99999999999999999999", false, 0},
      {"18446744073709551615", false, 0},
      {"-", false, 0},
      {"- 1", false, 0},
      {"--1", false, 0},
      {"", false, 0},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct exact exact = exact_text(rows[i].text);
    int64_t number = 77;
    bool taken = scan_i64(&exact.scan, &number);
    CHECK(taken == rows[i].taken, "\"%s\": taken is %d", rows[i].text, taken);
    CHECK(number == (taken ? rows[i].number : 77), "\"%s\"", rows[i].text);
    assert_scan_is(&exact.scan, taken ? "" : rows[i].text);
    free(exact.memory);
  }
}

static void a_number_is_not_the_beginning_of_a_longer_one(void **state) {
  (void)state;
  struct exact exact = exact_text("12345678ab");
  uint32_t number = 77;
  assert_false(scan_hex32(&exact.scan, &number));
  assert_int_equal(number, 77);
  assert_scan_is(&exact.scan, "12345678ab");
  free(exact.memory);
}

static void equals_compares_all_that_is_left(void **state) {
  (void)state;
  struct scan scan = scan_text("eth0", 4);
  assert_true(scan_equals(&scan, "eth0"));
  assert_false(scan_equals(&scan, "eth"));
  assert_false(scan_equals(&scan, "eth00"));
  assert_false(scan_equals(&scan, "Eth0"));
  assert_false(scan_equals(&scan, ""));
  scan = scan_text("", 0);
  assert_true(scan_equals(&scan, ""));
  assert_false(scan_equals(&scan, "e"));
  scan = scan_text("e\0h", 3);
  assert_false(scan_equals(&scan, "e"));
}

static void a_failure_says_where_and_what(void **state) {
  (void)state;
  static const char expected[] = "a hexadecimal number";
  struct exact exact = exact_text("0000zz00");
  struct scan_error error = {0};
  assert_int_equal(scan_fail(&error, 3, &exact.scan, expected), -EBADMSG);
  assert_int_equal(error.line, 3);
  assert_ptr_equal(error.expected, expected);
  assert_non_null(strstr(error.found, "0000zz00"));
  assert_int_equal(scan_fail(NULL, 3, &exact.scan, expected), -EBADMSG);
  free(exact.memory);
}

static void the_text_found_is_made_printable_and_cut(void **state) {
  (void)state;
  char hostile[5000];
  for (size_t i = 0; i < sizeof(hostile); ++i)
    hostile[i] = (char)(i * 7);
  for (size_t length = 0; length < sizeof(hostile); length += 61) {
    struct scan scan = scan_text(hostile, length);
    struct scan_error error;
    memset(&error, 'x', sizeof(error));
    scan_fail(&error, 1, &scan, "text");
    size_t found = strnlen(error.found, sizeof(error.found));
    CHECK(found < sizeof(error.found), "length %zu: no NUL", length);
    for (size_t i = 0; i < found; ++i)
      CHECK(error.found[i] >= ' ' && error.found[i] <= '~',
            "length %zu: byte %d", length, error.found[i]);
  }
}

/* Numbers of eight digits with one blank behind each are taken. */
static void columns_of_hexadecimal_numbers(void **state) {
  (void)state;
  static const struct {
    const char *text, *rest;
    size_t count;
  } rows[] = {
      {"00000000 0000001f ffffffff 89abcdef", "89abcdef", 3},
      {"00000000 ", "", 1},
      {"00000000", "00000000", 0},
      {"", "", 0},
      {"00000000  00000001 ", " 00000001 ", 1},
      {"00000001 000000002 00000003 ", "000000002 00000003 ", 1},
      {"00000001 0000000g 00000003 ", "0000000g 00000003 ", 1},
      {"00000001 000000\t0 00000003 ", "000000\t0 00000003 ", 1},
      {"0000000\n 00000003 ", "0000000\n 00000003 ", 0},
      {"00000001 0000002 ", "0000002 ", 1},
      {"00000001 00000002 00000003 00000004 00000005 ", "00000005 ", 4},
  };
  static const uint32_t first[] = {0, 0x1f, 0xffffffff};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    uint32_t numbers[4] = {7, 7, 7, 7};
    struct scan scan = scan_text(rows[i].text, strlen(rows[i].text));
    size_t count = scan_hex32_columns(&scan, numbers, 4);
    CHECK(count == rows[i].count, "row %zu: %zu", i, count);
    CHECK(scan_equals(&scan, rows[i].rest), "row %zu: %s", i, scan.at);
    if (i == 0)
      assert_memory_equal(numbers, first, sizeof(first));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_of_hexadecimal_numbers),
      cmocka_unit_test(blanks_are_spaces_and_tabs),
      cmocka_unit_test(done_is_when_nothing_is_left),
      cmocka_unit_test(lines_come_without_their_newlines),
      cmocka_unit_test(a_nul_belongs_to_its_line),
      cmocka_unit_test(words_end_at_blanks),
      cmocka_unit_test(without_a_word_nothing_moves),
      cmocka_unit_test(one_character_is_taken_if_it_is_there),
      cmocka_unit_test(hexadecimal_numbers_of_32_bits),
      cmocka_unit_test(eight_hexadecimal_digits),
      cmocka_unit_test(hexadecimal_numbers_of_64_bits),
      cmocka_unit_test(decimal_numbers_of_32_bits),
      cmocka_unit_test(decimal_numbers_of_64_bits),
      cmocka_unit_test(signed_numbers_of_64_bits),
      cmocka_unit_test(a_number_is_not_the_beginning_of_a_longer_one),
      cmocka_unit_test(equals_compares_all_that_is_left),
      cmocka_unit_test(a_failure_says_where_and_what),
      cmocka_unit_test(the_text_found_is_made_printable_and_cut),
  };
  return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
