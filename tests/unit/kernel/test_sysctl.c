/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "root_tree.h"
#include "sysctl.h"

struct place {
  struct temp_tree tree;
  struct sysroot root;
};

static const struct {
  const char *path, *content;
} settings[] = {
    {"proc/sys/net/core/netdev_max_backlog", "1000\n"},
    {"proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n"},
    {"proc/sys/net/ipv4/conf/eth0.100/rp_filter", "2\n"},
    {"proc/sys/net/ipv4/conf/eth0/100/rp_filter", "7\n"},
    {"proc/sys/net/ipv4/tcp_congestion_control", "cubic\n"},
    {"proc/sys/net/core/blanks", "  a\t\tb \n\n c  \n"},
    {"proc/sys/net/core/empty", "\n"},
    {"proc/sys/net/core/nothing", ""},
    {"proc/sys/net/core/negative", "-1\n"},
    {"proc/sys/net/core/greatest", "9223372036854775807\n"},
    {"proc/sys/net/core/too_great", "9223372036854775808\n"},
    {"proc/sys/net/core/half", "12half\n"},
    {"proc/sys/secret", "1\n"},
    {"proc/secret", "1\n"},
};

static int place_make(void **state) {
  struct place *place = calloc(1, sizeof(*place));
  if (place == NULL)
    return -1;
  root_tree_open(&place->tree, &place->root);
  for (size_t i = 0; i < COUNT_OF(settings); ++i)
    temp_tree_write(&place->tree, settings[i].path, settings[i].content);
  *state = place;
  return 0;
}

static int place_remove(void **state) {
  struct place *place = *state;
  root_tree_close(&place->tree, &place->root);
  free(place);
  return 0;
}

static void values_are_read_as_text(void **state) {
  struct place *place = *state;
  static const struct {
    const char *name, *text;
  } rows[] = {
      {"net.core.netdev_max_backlog", "1000"},
      {"net/core/netdev_max_backlog", "1000"},
      {"net.ipv4.tcp_rmem", "4096 131072 6291456"},
      {"net/ipv4/conf/eth0.100/rp_filter", "2"},
      {"net.ipv4.conf.eth0.100.rp_filter", "7"},
      {"net.ipv4.tcp_congestion_control", "cubic"},
      {"net.core.blanks", "a b c"},
      {"net.core.empty", ""},
      {"net.core.nothing", ""},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char text[SYSCTL_TEXT_SIZE] = "none";
    CHECK(sysctl_read_text(&place->root, rows[i].name, text, sizeof(text)) == 0,
          "%s", rows[i].name);
    CHECK(strcmp(text, rows[i].text) == 0, "%s: \"%s\"", rows[i].name, text);
  }
}

static void a_missing_setting(void **state) {
  struct place *place = *state;
  char text[16] = "kept";
  int64_t number = 77;
  assert_int_equal(sysctl_read_text(&place->root, "net.core.none", text, 16),
                   -ENOENT);
  assert_int_equal(sysctl_read_number(&place->root, "net.core.none", &number),
                   -ENOENT);
  assert_string_equal(text, "kept");
  assert_int_equal(number, 77);
}

static void invalid_names_are_refused(void **state) {
  struct place *place = *state;
  static const char *const rows[] = {
      "",
      ".",
      "..",
      "/",
      "net..core.netdev_max_backlog",
      ".net.core.netdev_max_backlog",
      "/net/core/netdev_max_backlog",
      "../secret",
      "net/../secret",
      "net/../../secret",
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char text[16] = "kept";
    int64_t number = 77;
    int result = sysctl_read_text(&place->root, rows[i], text, sizeof(text));
    CHECK(result == -EINVAL, "\"%s\": %d", rows[i], result);
    result = sysctl_read_number(&place->root, rows[i], &number);
    CHECK(result == -EINVAL, "\"%s\" as a number: %d", rows[i], result);
    assert_string_equal(text, "kept");
    assert_int_equal(number, 77);
  }
}

static void a_name_of_any_length_is_survived(void **state) {
  struct place *place = *state;
  char name[20000], text[16] = "kept";
  for (size_t i = 0; i < sizeof(name) - 1; ++i)
    name[i] = i % 8 == 7 ? '.' : 'a';
  for (size_t length = 1; length < sizeof(name); length = length * 2 + 1) {
    name[length] = '\0';
    int result = sysctl_read_text(&place->root, name, text, sizeof(text));
    CHECK(result < 0, "length %zu", length);
    name[length] = 'a';
  }
  assert_string_equal(text, "kept");
}

static void a_value_that_does_not_fit_is_refused(void **state) {
  struct place *place = *state;
  char text[32] = "kept";
  assert_int_equal(sysctl_read_text(&place->root, "net.ipv4.tcp_rmem", text, 8),
                   -EMSGSIZE);
  assert_string_equal(text, "kept");
  assert_int_equal(
      sysctl_read_text(&place->root, "net.core.netdev_max_backlog", text, 4),
      -EMSGSIZE);
  assert_string_equal(text, "kept");
  assert_int_equal(
      sysctl_read_text(&place->root, "net.core.netdev_max_backlog", text, 5),
      0);
  assert_string_equal(text, "1000");
}

static void values_are_read_as_numbers(void **state) {
  struct place *place = *state;
  static const struct {
    const char *name;
    int64_t number;
  } rows[] = {
      {"net.core.netdev_max_backlog", 1000},
      {"net.ipv4.tcp_rmem[0]", 4096},
      {"net.ipv4.tcp_rmem[1]", 131072},
      {"net.ipv4.tcp_rmem[2]", 6291456},
      {"net.core.netdev_max_backlog[0]", 1000},
      {"net/ipv4/conf/eth0.100/rp_filter", 2},
      {"net.core.negative", -1},
      {"net.core.greatest", INT64_MAX},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    int64_t number = 77;
    int result = sysctl_read_number(&place->root, rows[i].name, &number);
    CHECK(result == 0 && number == rows[i].number, "%s: %d, %lld", rows[i].name,
          result, (long long)number);
  }
}

static void values_that_are_no_number_are_refused(void **state) {
  struct place *place = *state;
  static const char *const rows[] = {
      "net.ipv4.tcp_congestion_control",
      "net.core.empty",
      "net.core.nothing",
      "net.core.too_great",
      "net.core.half",
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    int64_t number = 77;
    int result = sysctl_read_number(&place->root, rows[i], &number);
    CHECK(result == -EBADMSG, "%s: %d", rows[i], result);
    assert_int_equal(number, 77);
  }
}

static void invalid_indexes_are_refused(void **state) {
  struct place *place = *state;
  static const char *const rows[] = {
      "net.ipv4.tcp_rmem[3]",
      "net.ipv4.tcp_rmem[",
      "net.ipv4.tcp_rmem[]",
      "net.ipv4.tcp_rmem[x]",
      "net.ipv4.tcp_rmem[-1]",
      "net.ipv4.tcp_rmem[1",
      "net.ipv4.tcp_rmem[1]x",
      "net.ipv4.tcp_rmem[99999999999999999999]",
      "[0]",
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    int64_t number = 77;
    int result = sysctl_read_number(&place->root, rows[i], &number);
    CHECK(result < 0, "%s: %d", rows[i], result);
    assert_int_equal(number, 77);
  }
}

#define PLACE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      PLACE_TEST(values_are_read_as_text),
      PLACE_TEST(a_missing_setting),
      PLACE_TEST(invalid_names_are_refused),
      PLACE_TEST(a_name_of_any_length_is_survived),
      PLACE_TEST(a_value_that_does_not_fit_is_refused),
      PLACE_TEST(values_are_read_as_numbers),
      PLACE_TEST(values_that_are_no_number_are_refused),
      PLACE_TEST(invalid_indexes_are_refused),
  };
  return cmocka_run_group_tests_name("sysctl", tests, NULL, NULL);
}
