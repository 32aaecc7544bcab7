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
      {"a__b", "a__b"},
      {"__udp4_lib_rcv", "__udp4_lib_rcv"},
      {"a___", "a___"},
      {"a__b c", "a__b_c"},
      {"a__ b", "a_b"},
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
      {"/run/systemd/notify", "_run_systemd_notify"},
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

/* The hash at the end of a name, or NULL. */
static const char *hash_in(const char *safe) {
  size_t length = strlen(safe);
  if (length < 9 || safe[length - 9] != '_' ||
      strspn(safe + length - 8, "0123456789abcdef") != 8)
    return NULL;
  return safe + length - 8;
}

static void long_names_are_cut_and_end_in_a_hash(void **state) {
  (void)state;
  char name[200], safe[METRIC_NAME_SIZE], before[METRIC_NAME_SIZE] = "";
  for (size_t length = 1; length < sizeof(name); ++length) {
    for (size_t i = 0; i < length; ++i)
      name[i] = (char)('a' + i % 26);
    name[length] = '\0';
    metric_name(safe, name);
    assert_int_equal(strlen(safe), length < 63 ? length : 63);
    assert_memory_equal(safe, name, length <= 63 ? length : 54);
    assert_true((hash_in(safe) != NULL) == (length > 63));
    assert_string_not_equal(safe, before);
    strcpy(before, safe);
  }
}

/* The end is what differs in paths, and what the cut takes. */
static void names_that_differ_after_the_cut_have_other_hashes(void **state) {
  (void)state;
  static const char *const names[] = {
      "unix-/run/user/1000/app/very/long/path/to/some/sockets/alpha.sock",
      "unix-/run/user/1000/app/very/long/path/to/some/sockets/beta.sock",
  };
  char safe[2][METRIC_NAME_SIZE];
  for (int i = 0; i < 2; i++) {
    metric_name(safe[i], names[i]);
    assert_memory_equal(safe[i],
                        "unix-_run_user_1000_app_very_long_path_to_some_", 47);
    assert_non_null(hash_in(safe[i]));
  }
  assert_string_not_equal(safe[0], safe[1]);
}

static void names_that_are_not_ascii_end_in_a_hash(void **state) {
  (void)state;
  static const struct {
    const char *name, *beginning;
  } rows[] = {
      {"\xc3\xa9"
       "0",
       "_0"},
      {"\xc3\xbc"
       "0",
       "_0"},
      {"\xc3\xa9", ""},
      {"a\xc3\xa4z", "a_z"},
      {"\x01\x7f\xff", ""},
      {"a\x01", "a"},
  };
  char safe[COUNT_OF(rows)][METRIC_NAME_SIZE];
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    metric_name(safe[i], rows[i].name);
    CHECK(hash_in(safe[i]) == safe[i] + strlen(rows[i].beginning) + 1 &&
              strncmp(safe[i], rows[i].beginning, strlen(rows[i].beginning)) ==
                  0,
          "row %zu: %s", i, safe[i]);
    for (size_t j = 0; j < i; j++)
      assert_string_not_equal(safe[i], safe[j]);
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
    assert_true(strstr(safe, "__") == NULL || strstr(name, "__") != NULL);
    assert_string_not_equal(safe, ".");
    assert_string_not_equal(safe, "..");
    metric_name(again, safe);
    assert_string_equal(again, safe);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_made_safe),
      cmocka_unit_test(long_names_are_cut_and_end_in_a_hash),
      cmocka_unit_test(names_that_differ_after_the_cut_have_other_hashes),
      cmocka_unit_test(names_that_are_not_ascii_end_in_a_hash),
      cmocka_unit_test(every_name_comes_out_safe),
  };
  return cmocka_run_group_tests_name("metric_name", tests, NULL, NULL);
}
