/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "match.h"

static void patterns_match_names(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *name;
    bool any, exact;
  } rows[] = {
      {"eth0", "eth0", true, true},
      {"eth0", "Eth0", false, false},
      {"eth0", "eth00", false, false},
      {"eth0", "veth0", false, false},
      {"eth0", "", false, false},
      {"eth.", "eth0", false, false},
      {"eth*", "eth0", false, false},
      {"0", "0", true, true},
      {"/^en/", "enp3s0", true, false},
      {"/^en/", "veno", false, false},
      {"/^en/", "En0", false, false},
      {"/en/", "veno", true, false},
      {"/0$/", "eth10", true, false},
      {"/0$/", "eth01", false, false},
      {"/^[0-3]$/", "3", true, false},
      {"/^[0-3]$/", "13", false, false},
      {"/^(eth|en)[0-9]+$/", "eth12", true, false},
      {"/^(eth|en)[0-9]+$/", "ethx", false, false},
      {"/^a{2}$/", "aa", true, false},
      {"/a/b/", "xa/bx", true, false},
      {"/en", "en", false, false},
      {"/en", "/en", true, true},
      {"en/", "en", false, false},
      {"en/", "en/", true, true},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct match match = {0};
    assert_int_equal(match_add(&match, rows[i].pattern, NULL, 0), 0);
    CHECK(match_any(&match, rows[i].name) == rows[i].any, "%s and %s: any",
          rows[i].pattern, rows[i].name);
    CHECK(match_exact(&match, rows[i].name) == rows[i].exact,
          "%s and %s: exact", rows[i].pattern, rows[i].name);
    match_free(&match);
  }
}

static void an_empty_list_matches_nothing(void **state) {
  (void)state;
  struct match match = {0};
  assert_false(match_any(&match, "eth0"));
  assert_false(match_any(&match, ""));
  assert_false(match_exact(&match, "eth0"));
  match_free(&match);
}

static void ignore_lists_select(void **state) {
  (void)state;
  static const struct {
    const char *patterns[3];
    bool ignore_selected;
    const char *name;
    bool selected;
  } rows[] = {
      {{NULL}, false, "eth0", true},
      {{NULL}, true, "eth0", true},
      {{"eth0"}, false, "eth0", true},
      {{"eth0"}, false, "eth1", false},
      {{"eth0"}, true, "eth0", false},
      {{"eth0"}, true, "eth1", true},
      {{"eth0", "/^wl/"}, false, "wlan0", true},
      {{"eth0", "/^wl/"}, false, "eth0", true},
      {{"eth0", "/^wl/"}, false, "lo", false},
      {{"eth0", "/^wl/"}, true, "wlan0", false},
      {{"eth0", "/^wl/"}, true, "lo", true},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct match match = {0};
    for (size_t j = 0; rows[i].patterns[j] != NULL; ++j)
      assert_int_equal(match_add(&match, rows[i].patterns[j], NULL, 0), 0);
    CHECK(match_selects(&match, rows[i].ignore_selected, rows[i].name) ==
              rows[i].selected,
          "row %zu", i);
    match_free(&match);
  }
}

static void an_invalid_expression_is_refused_with_its_reason(void **state) {
  (void)state;
  static const char *const rows[] = {"/[/", "/(/", "/a{2/", "/*(/",
                                     "/[[:x:]]/"};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct match match = {0};
    char reason[200] = "";
    assert_int_equal(match_add(&match, "eth0", NULL, 0), 0);
    CHECK(match_add(&match, rows[i], reason, sizeof(reason)) == -EINVAL, "%s",
          rows[i]);
    CHECK(reason[0] != '\0', "%s: no reason", rows[i]);
    CHECK(match_add(&match, rows[i], NULL, 0) == -EINVAL, "%s", rows[i]);
    assert_int_equal(match.count, 1);
    assert_true(match_any(&match, "eth0"));
    assert_false(match_any(&match, rows[i]));
    match_free(&match);
  }
}

static void a_reason_is_cut_to_fit(void **state) {
  (void)state;
  for (size_t size = 0; size < 12; ++size) {
    struct match match = {0};
    char reason[16];
    memset(reason, 'x', sizeof(reason));
    assert_int_equal(match_add(&match, "/[/", reason, size), -EINVAL);
    if (size > 0)
      assert_true(strnlen(reason, size) < size);
    for (size_t i = size; i < sizeof(reason); ++i)
      assert_int_equal(reason[i], 'x');
    match_free(&match);
  }
}

static void many_patterns(void **state) {
  (void)state;
  struct match match = {0};
  for (int i = 0; i < 500; ++i) {
    char pattern[32];
    snprintf(pattern, sizeof(pattern), i % 2 == 0 ? "eth%d" : "/^en%d$/", i);
    assert_int_equal(match_add(&match, pattern, NULL, 0), 0);
  }
  assert_true(match_any(&match, "eth498"));
  assert_true(match_any(&match, "en499"));
  assert_false(match_any(&match, "en498"));
  match_free(&match);
  match_free(&match);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(patterns_match_names),
      cmocka_unit_test(an_empty_list_matches_nothing),
      cmocka_unit_test(ignore_lists_select),
      cmocka_unit_test(an_invalid_expression_is_refused_with_its_reason),
      cmocka_unit_test(a_reason_is_cut_to_fit),
      cmocka_unit_test(many_patterns),
  };
  return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
