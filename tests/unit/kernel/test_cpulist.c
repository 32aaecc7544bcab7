/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpulist.h"
#include "random.h"

static int add(struct cpulist *list, const char *text,
               struct scan_error *error) {
  size_t length = strlen(text);
  char *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, text, length);
  int result = cpulist_add(list, scan_text(exact, length), error);
  free(exact);
  return result;
}

/* The members, separated by blanks. */
static const char *members(const struct cpulist *list) {
  static char text[4000];
  size_t length = 0;
  uint32_t cpu;
  text[0] = '\0';
  for (uint32_t from = 0; cpulist_next(list, from, &cpu); from = cpu + 1) {
    assert_true(cpulist_has(list, cpu));
    length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%u",
                               length > 0 ? " " : "", cpu);
    assert_true(length < sizeof(text));
  }
  return text;
}

static void lists_are_parsed(void **state) {
  (void)state;
  static const struct {
    const char *text, *members;
    size_t count;
  } rows[] = {
      {"", "", 0},
      {"\n", "", 0},
      {"0", "0", 1},
      {"0-1\n", "0 1", 2},
      {"0-3,8,10-11", "0 1 2 3 8 10 11", 7},
      {"0,2-3\n", "0 2 3", 3},
      {"5-5", "5", 1},
      {"63-65,127-128", "63 64 65 127 128", 5},
      {"3,1,2", "1 2 3", 3},
      {"1,1,0-2,2", "0 1 2", 3},
      {"65535", "65535", 1},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct cpulist list = {0};
    CHECK(add(&list, rows[i].text, NULL) == 0, "\"%s\"", rows[i].text);
    CHECK(strcmp(members(&list), rows[i].members) == 0, "\"%s\": \"%s\"",
          rows[i].text, members(&list));
    CHECK(list.count == rows[i].count, "\"%s\": %zu members", rows[i].text,
          list.count);
    cpulist_free(&list);
  }
}

static void the_longest_list_is_parsed(void **state) {
  (void)state;
  struct cpulist list = {0};
  assert_int_equal(add(&list, "0-65535", NULL), 0);
  assert_int_equal(list.count, 65536);
  uint32_t cpu;
  assert_true(cpulist_next(&list, 65535, &cpu));
  assert_int_equal(cpu, 65535);
  assert_false(cpulist_next(&list, 65536, &cpu));
  assert_false(cpulist_next(&list, UINT32_MAX, &cpu));
  assert_false(cpulist_has(&list, 65536));
  assert_false(cpulist_has(&list, UINT32_MAX));
  cpulist_free(&list);
}

static int add_mask(struct cpulist *list, const char *text,
                    struct scan_error *error) {
  size_t length = strlen(text);
  char *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, text, length);
  int result = cpulist_add_mask(list, scan_text(exact, length), error);
  free(exact);
  return result;
}

static void masks_are_parsed(void **state) {
  (void)state;
  static const struct {
    const char *text, *members;
  } rows[] = {
      {"", ""},
      {"0\n", ""},
      {"00000000,00000000\n", ""},
      {"1", "0"},
      {"f\n", "0 1 2 3"},
      {"80000000", "31"},
      {"1,00000003\n", "0 1 32"},
      {"00000001,00000000,00000000", "64"},
      {"8,00000000,80000000,00000000", "63 99"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct cpulist list = {0};
    CHECK(add_mask(&list, rows[i].text, NULL) == 0, "\"%s\"", rows[i].text);
    CHECK(strcmp(members(&list), rows[i].members) == 0, "\"%s\": \"%s\"",
          rows[i].text, members(&list));
    cpulist_free(&list);
  }
}

static void malformed_masks_are_refused(void **state) {
  (void)state;
  static const char *const rows[] = {
      "x", "1,", ",1", "1,,1", "1 1", "100000000", "0-3", "1,-1", "0x1",
  };
  struct cpulist list = {0};
  assert_int_equal(add_mask(&list, "6", NULL), 0);
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct scan_error error = {0};
    CHECK(add_mask(&list, rows[i], &error) == -EBADMSG, "\"%s\"", rows[i]);
    CHECK(error.line == 1 && error.expected != NULL, "\"%s\"", rows[i]);
    assert_string_equal(members(&list), "1 2");
  }

  /* One word more than CPULIST_MAX allows. */
  enum { WORDS = 65536 / 32 };
  static char text[(WORDS + 1) * 9];
  for (size_t i = 0; i < sizeof(text); ++i)
    text[i] = i % 9 == 8 ? ',' : '0';
  assert_int_equal(
      cpulist_add_mask(&list, scan_text(text, WORDS * 9 - 1), NULL), 0);
  assert_int_equal(
      cpulist_add_mask(&list, scan_text(text, sizeof(text) - 1), NULL),
      -EBADMSG);
  cpulist_free(&list);
}

static void sets_are_united(void **state) {
  (void)state;
  struct cpulist one = {0}, other = {0}, none = {0};
  assert_int_equal(add(&one, "0,3", NULL), 0);
  assert_int_equal(add(&other, "3,200", NULL), 0);
  assert_int_equal(cpulist_unite(&one, &other), 0);
  assert_string_equal(members(&one), "0 3 200");
  assert_int_equal(one.count, 3);
  assert_int_equal(cpulist_unite(&one, &none), 0);
  assert_int_equal(one.count, 3);
  assert_int_equal(cpulist_unite(&none, &one), 0);
  assert_string_equal(members(&none), "0 3 200");
  cpulist_clear(&other);
  assert_int_equal(add(&other, "1", NULL), 0);
  assert_int_equal(cpulist_unite(&other, &one), 0);
  assert_string_equal(members(&other), "0 1 3 200");
  cpulist_free(&one);
  cpulist_free(&other);
  cpulist_free(&none);
}

static void headings_of_columns_are_parsed(void **state) {
  (void)state;
  static const char header[] = "   CPU0       CPU65535   CPU65536";
  static const char *const rows[] = {"",      "CPU", "CPU 1", "CPU1x", "cpu1",
                                     "CPU-1", "CP",  "XCPU1", "CPU1.5"};
  struct scan scan = scan_text(header, sizeof(header) - 1);
  uint32_t cpu;
  assert_true(cpulist_take_name(&scan, &cpu));
  assert_int_equal(cpu, 0);
  assert_true(cpulist_take_name(&scan, &cpu));
  assert_int_equal(cpu, 65535);
  assert_false(cpulist_take_name(&scan, &cpu));
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct scan row = scan_text(rows[i], strlen(rows[i]));
    CHECK(!cpulist_take_name(&row, &cpu), "\"%s\"", rows[i]);
    assert_ptr_equal(row.at, rows[i]);
  }
}

static void malformed_lists_are_refused(void **state) {
  (void)state;
  static const char *const rows[] = {
      "a",          "3-1",
      "1,,2",       "1,",
      ",1",         "-1",
      "1-",         "0-31:2/4",
      "all",        "65536",
      "0-65536",    "4294967296",
      "4294967297", "1 x",
      "1;2",        "0-3-5",
      "1\n\n2",     "0x1",
      "none",       "1,2,x",
      "0-1\nboot",  "18446744073709551616",
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct cpulist list = {0};
    struct scan_error error = {0};
    assert_int_equal(add(&list, "4,9", NULL), 0);
    CHECK(add(&list, rows[i], &error) == -EBADMSG, "\"%s\"", rows[i]);
    CHECK(error.line == 1, "\"%s\": line %zu", rows[i], error.line);
    CHECK(error.expected != NULL && error.expected[0] != '\0', "\"%s\"",
          rows[i]);
    CHECK(add(&list, rows[i], NULL) == -EBADMSG, "\"%s\"", rows[i]);
    CHECK(strcmp(members(&list), "4 9") == 0 && list.count == 2, "\"%s\": %s",
          rows[i], members(&list));
    cpulist_free(&list);
  }
}

static void lists_are_added(void **state) {
  (void)state;
  struct cpulist list = {0};
  assert_int_equal(add(&list, "0-2", NULL), 0);
  assert_int_equal(add(&list, "200", NULL), 0);
  assert_int_equal(add(&list, "1-4", NULL), 0);
  assert_string_equal(members(&list), "0 1 2 3 4 200");
  assert_int_equal(list.count, 6);
  cpulist_free(&list);
}

static void single_cpus_are_added(void **state) {
  (void)state;
  struct cpulist list = {0}, other = {0};
  assert_int_equal(cpulist_add_cpu(&list, 130), 0);
  assert_int_equal(cpulist_add_cpu(&list, 3), 0);
  assert_int_equal(cpulist_add_cpu(&list, 3), 0);
  assert_int_equal(list.count, 2);
  assert_int_equal(cpulist_add_cpu(&list, CPULIST_MAX + 1), -ENOMEM);
  assert_int_equal(cpulist_add_cpu(&other, 3), 0);
  assert_false(cpulist_equals(&list, &other));
  assert_false(cpulist_equals(&other, &list));
  assert_int_equal(cpulist_add_cpu(&other, 130), 0);
  assert_true(cpulist_equals(&list, &other));
  cpulist_clear(&list);
  assert_int_equal(cpulist_add_cpu(&list, 3), 0);
  cpulist_clear(&other);
  assert_int_equal(cpulist_add_cpu(&other, 4), 0);
  assert_false(cpulist_equals(&list, &other));
  cpulist_free(&list);
  cpulist_free(&other);
}

static void the_empty_set_has_no_member(void **state) {
  (void)state;
  struct cpulist list = {0};
  uint32_t cpu = 77;
  assert_false(cpulist_has(&list, 0));
  assert_false(cpulist_next(&list, 0, &cpu));
  assert_int_equal(cpu, 77);
  cpulist_clear(&list);
  cpulist_free(&list);
}

static void a_cleared_set_can_be_filled_again(void **state) {
  (void)state;
  struct cpulist list = {0};
  assert_int_equal(add(&list, "0-300", NULL), 0);
  cpulist_clear(&list);
  assert_int_equal(list.count, 0);
  assert_string_equal(members(&list), "");
  assert_int_equal(add(&list, "7", NULL), 0);
  assert_string_equal(members(&list), "7");
  cpulist_free(&list);
  assert_int_equal(add(&list, "8", NULL), 0);
  assert_string_equal(members(&list), "8");
  cpulist_free(&list);
}

static void random_sets_are_read(void **state) {
  (void)state;
  struct random random = {5};
  for (int round = 0; round < 300; ++round) {
    bool wanted[512] = {false};
    size_t count = 0, length = 0;
    size_t density = 1 + random_below(&random, 8);
    for (size_t i = 0; i < COUNT_OF(wanted); ++i)
      count += wanted[i] = random_below(&random, density) == 0;
    char text[4000] = "";
    for (size_t first = 0; first < COUNT_OF(wanted); ++first) {
      if (!wanted[first])
        continue;
      size_t last = first;
      while (last + 1 < COUNT_OF(wanted) && wanted[last + 1])
        ++last;
      length += (size_t)snprintf(text + length, sizeof(text) - length,
                                 length > 0 ? ",%zu" : "%zu", first);
      if (last > first)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "-%zu",
                                   last);
      first = last;
    }
    struct cpulist list = {0};
    CHECK(add(&list, text, NULL) == 0, "%s", text);
    CHECK(list.count == count, "%s", text);
    for (uint32_t i = 0; i < COUNT_OF(wanted); ++i)
      CHECK(cpulist_has(&list, i) == wanted[i], "%s: %u", text, i);
    cpulist_free(&list);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lists_are_parsed),
      cmocka_unit_test(the_longest_list_is_parsed),
      cmocka_unit_test(masks_are_parsed),
      cmocka_unit_test(malformed_masks_are_refused),
      cmocka_unit_test(sets_are_united),
      cmocka_unit_test(headings_of_columns_are_parsed),
      cmocka_unit_test(malformed_lists_are_refused),
      cmocka_unit_test(lists_are_added),
      cmocka_unit_test(single_cpus_are_added),
      cmocka_unit_test(the_empty_set_has_no_member),
      cmocka_unit_test(a_cleared_set_can_be_filled_again),
      cmocka_unit_test(random_sets_are_read),
  };
  return cmocka_run_group_tests_name("cpulist", tests, NULL, NULL);
}
