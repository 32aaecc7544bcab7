/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "metric_name.h"
#include "random.h"

static void names_are_made_safe(void **state) {
  (void)state;
  static const struct {
    const char *name, *safe;
  } rows[] = {
      {"", ""},
      {"eth0", "eth0"},
      {"eth0.100", "eth0.100"},
      {"tcp-443", "tcp-443"},
      {"Rx_Missed-9", "Rx_Missed-9"},
      {"rx.fifo errors:q-1/2", "rx.fifo_errors_q-1_2"},
      {"a b", "a_b"},
      {"a \t b", "a_b"},
      {"a__b", "a_b"},
      {"a_ _b", "a_b"},
      {"a:_/b", "a_b"},
      {"_a_", "_a_"},
      {"  eth0\t", "eth0"},
      {" _ ", "_"},
      {" ", "_"},
      {"\t \t", "_"},
      {"\n", "_"},
      {"///", "_"},
      {":a", "_a"},
      {"\xc3\xa4", "_"},
      {"a\xc3\xa4z", "a_z"},
      {"\x01\x7f\xff", "_"},
      {".", "_"},
      {"..", "_"},
      {" . ", "_"},
      {" ..\t", "_"},
      {"...", "..."},
      {".a", ".a"},
      {"../etc", ".._etc"},
      {"-", "-"},
      {"0", "0"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char safe[METRIC_NAME_SIZE];
    metric_name(safe, rows[i].name);
    CHECK(strcmp(safe, rows[i].safe) == 0, "row %zu: \"%s\" instead of \"%s\"",
          i, safe, rows[i].safe);
  }
}

static void long_names_are_cut_to_63(void **state) {
  (void)state;
  char name[200], safe[METRIC_NAME_SIZE];
  for (size_t length = 1; length < sizeof(name); ++length) {
    for (size_t i = 0; i < length; ++i)
      name[i] = (char)('a' + i % 26);
    name[length] = '\0';
    metric_name(safe, name);
    assert_int_equal(strlen(safe), length < 63 ? length : 63);
    assert_memory_equal(safe, name, strlen(safe));
  }
}

static void every_name_comes_out_safe(void **state) {
  (void)state;
  struct random random = {4};
  for (int round = 0; round < 50000; ++round) {
    char name[90], safe[METRIC_NAME_SIZE], again[METRIC_NAME_SIZE];
    random_text(&random, name, 2 + random_below(&random, sizeof(name) - 1));
    metric_name(safe, name);
    size_t length = strnlen(safe, sizeof(safe));
    assert_in_range(length, 1, 63);
    assert_int_equal(
        strspn(safe, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                     "0123456789_.-"),
        length);
    assert_null(strstr(safe, "__"));
    assert_string_not_equal(safe, ".");
    assert_string_not_equal(safe, "..");
    metric_name(again, safe);
    assert_string_equal(again, safe);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_made_safe),
      cmocka_unit_test(long_names_are_cut_to_63),
      cmocka_unit_test(every_name_comes_out_safe),
  };
  return cmocka_run_group_tests_name("metric_name", tests, NULL, NULL);
}
