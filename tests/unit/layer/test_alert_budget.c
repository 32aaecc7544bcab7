/* SPDX-License-Identifier: MIT */
#include "report_scene.h"

#include "alert_budget.h"

static const struct threshold_limits no_limits = THRESHOLD_NONE;

struct stand {
  struct report *report;
  struct alert_budget budget;
};

static int make(void **state) {
  struct stand *stand = calloc(1, sizeof(*stand));
  if (stand == NULL || report_new(&stand->report, meters, METERS) < 0)
    return -1;
  alert_budget_init(&stand->budget);
  report_begin(stand->report, 0);
  *state = stand;
  return 0;
}

static int remove_all(void **state) {
  struct stand *stand = *state;
  alert_budget_free(&stand->budget);
  report_free(stand->report);
  free(stand);
  return 0;
}

/* Whether a change of the state of an object is sent. */
static bool allows(struct stand *stand, const char *name, bool is_users,
                   enum threshold_state before, enum threshold_state state,
                   double now) {
  struct report_object *object =
      report_object(stand->report, NULL, NAMED(name), false);
  report_object_set_users(object, is_users);
  const struct alert alert = {.meter = &meters[FILL],
                              .object = object,
                              .instance = report_object_instance(object),
                              .type = meters[FILL].type,
                              .type_instance = "fill",
                              .state = state,
                              .before = before,
                              .limits = &no_limits};
  return alert_budget_allows(&stand->budget, &alert, now);
}

static bool raises(struct stand *stand, const char *name, double now) {
  return allows(stand, name, true, THRESHOLD_OKAY, THRESHOLD_FAILURE, now);
}

static bool clears(struct stand *stand, const char *name, double now) {
  return allows(stand, name, true, THRESHOLD_FAILURE, THRESHOLD_OKAY, now);
}

static bool sums_up(struct stand *stand, double now,
                    struct alert_budget_summary *ret) {
  return alert_budget_sum_up(&stand->budget, &stand->budget.users, now, ret);
}

/* Sixty-four objects with other names in each second, for ten minutes. */
static void notifications_of_users_are_bounded(void **state) {
  struct stand *stand = *state;
  struct alert_budget_summary summary;
  size_t sent = 0;
  char name[32];
  for (unsigned second = 0; second < 600; second++) {
    for (unsigned i = 0; i < 64; i++) {
      snprintf(name, sizeof(name), "%u", 64 * second + i);
      sent += raises(stand, name, second);
      snprintf(name, sizeof(name), "%u", 64 * (second - 1) + i);
      if (second > 0)
        sent += clears(stand, name, second);
    }
    sent += sums_up(stand, second, &summary);
  }
  CHECK(sent >= 10 && sent <= 16, "%zu", sent);
}

/* What was sent is cleared, and what was not is not. */
static void clearing_follows_raising(void **state) {
  struct stand *stand = *state;
  char name[32];
  for (unsigned i = 0; i < 10; i++) {
    snprintf(name, sizeof(name), "%u", i);
    CHECK(raises(stand, name, 0) == (i < ALERT_BUDGET_USERS_ROOM / 2),
          "object %u", i);
  }
  for (unsigned i = 0; i < 10; i++) {
    snprintf(name, sizeof(name), "%u", i);
    CHECK(clears(stand, name, 10) == (i < ALERT_BUDGET_USERS_ROOM / 2),
          "object %u", i);
  }
}

static void the_host_has_a_budget_of_its_own(void **state) {
  struct stand *stand = *state;
  char name[32];
  for (unsigned i = 0; i < 1000; i++) {
    snprintf(name, sizeof(name), "%u", i);
    raises(stand, name, 0);
  }
  assert_true(
      allows(stand, "root's", false, THRESHOLD_OKAY, THRESHOLD_WARNING, 0));
  assert_true(
      allows(stand, "root's", false, THRESHOLD_WARNING, THRESHOLD_FAILURE, 1));
  /* Its worst socket is another one meanwhile. */
  assert_true(
      allows(stand, "root's", true, THRESHOLD_FAILURE, THRESHOLD_OKAY, 2));
}

static void what_is_not_sent_is_summed_up(void **state) {
  struct stand *stand = *state;
  struct alert_budget_summary summary;
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
  for (size_t i = 0; i < COUNT_OF(names); i++)
    raises(stand, names[i], 0);
  assert_true(sums_up(stand, 0, &summary));
  assert_int_equal(summary.state, THRESHOLD_FAILURE);
  assert_int_equal(summary.before, THRESHOLD_OKAY);
  assert_int_equal(summary.count, 4);
  assert_string_equal(
      summary.message,
      "this host raises 4 more alerts than are sent of ordinary users' "
      "objects, "
      "among them of e, f, g: see the plugin's values and gauge-alert");
  assert_false(sums_up(stand, 1, &summary));
  for (size_t i = 0; i < COUNT_OF(names); i++)
    clears(stand, names[i], 2);
  assert_true(sums_up(stand, 2, &summary));
  assert_int_equal(summary.state, THRESHOLD_OKAY);
  assert_string_equal(summary.message,
                      "this host has cleared all alerts that were not sent, 4");
  /* The next summary comes later, if there is still something to sum up. */
  for (size_t i = 0; i < COUNT_OF(names); i++)
    raises(stand, names[i], 3);
  assert_false(sums_up(stand, 3, &summary));
  assert_true(sums_up(stand, ALERT_BUDGET_SUMMARY, &summary));
}

/* An alert that was not sent at first is sent when it becomes worse later. */
static void a_change_is_sent_once_there_are_tokens(void **state) {
  struct stand *stand = *state;
  char name[32];
  for (unsigned i = 0; i < ALERT_BUDGET_USERS_ROOM; i++) {
    snprintf(name, sizeof(name), "%u", i);
    raises(stand, name, 0);
  }
  assert_false(
      allows(stand, "late", true, THRESHOLD_OKAY, THRESHOLD_WARNING, 0));
  assert_false(
      allows(stand, "late", true, THRESHOLD_FAILURE, THRESHOLD_WARNING, 3600));
  assert_true(
      allows(stand, "late", true, THRESHOLD_WARNING, THRESHOLD_FAILURE, 3600));
  assert_true(clears(stand, "late", 3601));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, remove_all)
  const struct CMUnitTest tests[] = {
      TEST(notifications_of_users_are_bounded),
      TEST(clearing_follows_raising),
      TEST(the_host_has_a_budget_of_its_own),
      TEST(what_is_not_sent_is_summed_up),
      TEST(a_change_is_sent_once_there_are_tokens),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
