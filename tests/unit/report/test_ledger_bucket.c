/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <ctype.h>
#include <string.h>

#include "ledger_bucket.h"

static void each_bucket_has_a_name_of_its_own(void **state) {
  (void)state;
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    const char *name = ledger_bucket_name((enum ledger_bucket)i);
    assert_true(name[0] != '\0');
    for (const char *c = name; *c != '\0'; c++)
      CHECK(islower((unsigned char)*c) || *c == '_', "%s", name);
    for (int j = LEDGER_NO_BUCKET + 1; j < i; j++)
      assert_string_not_equal(name, ledger_bucket_name((enum ledger_bucket)j));
  }
}

static void each_bucket_is_described(void **state) {
  (void)state;
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    const struct ledger_bucket_facts *facts =
        ledger_bucket_facts((enum ledger_bucket)i);
    assert_true(strlen(facts->title) > 0 && strlen(facts->title) < 40);
    CHECK(facts->help[strlen(facts->help) - 1] == '.', "%s", facts->help);
  }
}

/* A bucket that is contained is settled first. */
static void what_is_contained_contains_nothing(void **state) {
  (void)state;
  for (int i = LEDGER_NO_BUCKET + 1; i < LEDGER_BUCKETS; i++) {
    const enum ledger_bucket *contains =
        ledger_bucket_facts((enum ledger_bucket)i)->contains;
    for (size_t j = 0; contains[j] != LEDGER_NO_BUCKET; j++)
      assert_int_equal(ledger_bucket_facts(contains[j])->contains[0],
                       LEDGER_NO_BUCKET);
  }
}

static void anything_else_has_no_facts(void **state) {
  (void)state;
  assert_null(ledger_bucket_facts(LEDGER_NO_BUCKET));
  assert_null(ledger_bucket_facts(LEDGER_BUCKETS));
  assert_string_equal(ledger_bucket_name(LEDGER_NO_BUCKET), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_bucket_has_a_name_of_its_own),
      cmocka_unit_test(each_bucket_is_described),
      cmocka_unit_test(what_is_contained_contains_nothing),
      cmocka_unit_test(anything_else_has_no_facts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
