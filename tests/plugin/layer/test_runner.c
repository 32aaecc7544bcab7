/* SPDX-License-Identifier: MIT */
/* The life of a layer: configured, started, read again and again, stopped. */
#include "stage.h"

#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "allocations.h"
#include "fake_layer.h"
#include "open_files.h"

static int make(void **state) {
  struct stage *stage = stage_new(&fake_layer);
  temp_tree_write(&stage->tree, "proc/sys/net/core/netdev_max_backlog",
                  "1000\n");
  *state = stage;
  return 0;
}

/* Writes the file that the next reads find; NULL: removes it. */
static void lay(struct stage *stage, const char *lanes) {
  if (lanes != NULL)
    temp_tree_write(&stage->tree, "proc/net/lanes", lanes);
  else
    temp_tree_unlink(&stage->tree, "proc/net/lanes");
}

static const struct recorded_value *value_of(const struct stage *stage,
                                             const char *instance,
                                             const char *type,
                                             const char *type_instance) {
  const struct recorded_value *value =
      recording_value(&stage->recording, instance, type, type_instance);
  CHECK(value != NULL, "%s/%s-%s is not reported", instance, type,
        type_instance);
  return value;
}

static void assert_alert_state(const struct stage *stage, int wanted) {
  const struct recorded_value *value = value_of(stage, "", "gauge", "alert");
  assert_false(value->is_counter);
  CHECK(value->gauge == wanted, "%g", value->gauge);
}

static void values_are_passed_on(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 10 200 30\nright 5 100 70\n");
  assert_int_equal(recording_read(&stage->recording, 0), 0);
  assert_true(value_of(stage, "left", "packets", "lost")->is_counter);
  assert_int_equal(value_of(stage, "left", "packets", "lost")->count, 10);
  assert_int_equal(value_of(stage, "right", "packets", "seen")->count, 100);
  assert_false(value_of(stage, "right", "percent", "fill")->is_counter);
  assert_true(value_of(stage, "right", "percent", "fill")->gauge == 70);
  assert_int_equal(value_of(stage, "", "packets", "lost")->count, 15);
  assert_int_equal(value_of(stage, "", "packets", "seen")->count, 300);
  assert_true(value_of(stage, "", "percent", "fill")->gauge == 70);
  assert_true(value_of(stage, "", "gauge", "netdev_max_backlog")->gauge ==
              1000);
  assert_alert_state(stage, 0);
  assert_int_equal(stage->recording.value_count, 11);
  assert_int_equal(stage->recording.line_count, 0);
}

static void an_alert_is_explained(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 0);
  lay(stage, "left 4120 9000 0\n");
  recording_read(&stage->recording, 10);
  assert_string_equal(recording_alerts(&stage->recording),
                      "left/lost okay>failure");
  const struct recorded_alert *alert = &stage->recording.alerts[0];
  assert_string_equal(alert->type, "packets");
  assert_true(alert->value == 412);
  assert_true(alert->limit == 100);
  assert_string_equal(alert->setting, "net.core.netdev_max_backlog");
  assert_string_equal(alert->setting_value, "1000");
  assert_string_equal(alert->advice, "raise it");
  assert_string_equal(alert->message,
                      "lane left lost 412.0/s at its end (limit 100/s); "
                      "net.core.netdev_max_backlog is 1000: raise it; of "
                      "900.0/s");
}

static void values_come_before_alerts(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 0 0 0\nright 0 0 0\n");
  recording_read(&stage->recording, 0);
  lay(stage, "left 500 0 0\nright 500 0 0\n");
  recording_read(&stage->recording, 1);
  assert_int_equal(stage->recording.alert_count, 2);
  assert_false(stage->recording.value_after_alert);
}

static void the_worst_state_is_a_value_too(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 0 0 0\nright 0 0 0\n");
  recording_read(&stage->recording, 0);
  assert_alert_state(stage, 0);
  lay(stage, "left 50 0 0\nright 0 0 0\n");
  recording_read(&stage->recording, 10);
  assert_alert_state(stage, 1);
  lay(stage, "left 50 0 0\nright 5000 0 0\n");
  recording_read(&stage->recording, 20);
  assert_alert_state(stage, 2);
  for (int i = 3; i < 9; ++i)
    recording_read(&stage->recording, 10 * i);
  assert_alert_state(stage, 0);
}

static void alerts_are_explained_when_raised_or_worse(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(THRESHOLD("lost", LINE("ClearHits", NUMBER(1)),
                                       LINE("Persist", BOOLEAN(true)),
                                       LINE("PersistOK", BOOLEAN(true)))));
  stage_start(stage);
  static const struct {
    const char *lanes;
    const char *alerts;
    int explains;
  } steps[] = {
      {"left 0 0 0\n", "", 0},
      {"left 0 0 0\n", "left/lost okay>okay", 0},
      {"left 50 0 0\n", "left/lost okay>warning", 1},
      {"left 100 0 0\n", "left/lost warning>warning", 0},
      {"left 10000 0 0\n", "left/lost warning>failure", 1},
      {"left 20000 0 0\n", "left/lost failure>failure", 0},
      {"left 20050 0 0\n", "left/lost failure>warning", 0},
      {"left 20050 0 0\n", "left/lost failure>okay", 0},
      {"", "", 0},
      {"left 30000 0 0\n", "", 0},
      {"left 40000 0 0\n", "left/lost okay>failure", 1},
      {"", "left/lost failure>okay gone", 0},
  };
  for (size_t i = 0; i < COUNT_OF(steps); ++i) {
    int before = fake_explains;
    lay(stage, steps[i].lanes);
    recording_read(&stage->recording, 10 * (double)i);
    CHECK(strcmp(recording_alerts(&stage->recording), steps[i].alerts) == 0,
          "step %zu: %s", i, recording_alerts(&stage->recording));
    CHECK(fake_explains - before == steps[i].explains, "step %zu: %d times", i,
          fake_explains - before);
  }
}

static void a_read_much_too_soon_is_judged_with_the_next(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  runner_set_interval(stage->recording.runner, 10);
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 0);
  lay(stage, "left 6 0 0\n");
  recording_read(&stage->recording, 0.05);
  assert_string_equal(recording_alerts(&stage->recording), "");
  lay(stage, "left 60 0 0\n");
  recording_read(&stage->recording, 10);
  assert_true(stage_only_alert(stage)->value == 6);
}

static void without_notifications_only_values_are_sent(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("Notifications", BOOLEAN(false))));
  stage_start(stage);
  int before = fake_explains;
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 0);
  lay(stage, "left 5000 0 0\n");
  recording_read(&stage->recording, 10);
  assert_int_equal(stage->recording.alert_count, 0);
  assert_alert_state(stage, 2);
  assert_int_equal(fake_explains, before);
}

static double backlog_setting(const struct stage *stage) {
  return value_of(stage, "", "gauge", "netdev_max_backlog")->gauge;
}

static void set_backlog(struct stage *stage, const char *text) {
  temp_tree_write(&stage->tree, "proc/sys/net/core/netdev_max_backlog", text);
}

static void settings_are_read_again_after_a_minute(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 100);
  assert_true(backlog_setting(stage) == 1000);
  set_backlog(stage, "3000\n");
  recording_read(&stage->recording, 110);
  assert_true(backlog_setting(stage) == 1000);
  recording_read(&stage->recording, 159);
  assert_true(backlog_setting(stage) == 1000);
  recording_read(&stage->recording, 161);
  assert_true(backlog_setting(stage) == 3000);
}

static void settings_are_read_again_for_an_alert(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 0);
  set_backlog(stage, "3000\n");
  lay(stage, "left 50 0 0\n");
  recording_read(&stage->recording, 10);
  assert_int_equal(stage->recording.alert_count, 1);
  assert_string_equal(stage->recording.alerts[0].setting_value, "3000");
  recording_read(&stage->recording, 20);
  assert_true(backlog_setting(stage) == 3000);
}

/* Somebody mends the setting before the alert is raised. */
static void an_alert_shows_the_old_value_of_its_setting(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  set_backlog(stage, "50\n");
  lay(stage, "left 0 0 0\nright 0 0 0\n");
  recording_read(&stage->recording, 0);
  set_backlog(stage, "3000\n");
  lay(stage, "left 50 0 0\nright 50 0 0\n");
  recording_read(&stage->recording, 10);
  assert_int_equal(stage->recording.alert_count, 2);
  for (size_t i = 0; i < 2; ++i) {
    assert_string_equal(stage->recording.alerts[i].setting_value, "3000");
    ASSERT_HAS(stage->recording.alerts[i].message,
               "net.core.netdev_max_backlog is 3000 (50 before): raise it");
  }
  /* It has not changed since. */
  lay(stage, "left 5000 0 0\nright 50 0 0\n");
  recording_read(&stage->recording, 20);
  assert_int_equal(stage->recording.alert_count, 1);
  ASSERT_HAS(stage->recording.alerts[0].message,
             "net.core.netdev_max_backlog is 3000: raise it");
}

static void a_missing_or_garbled_setting_is_not_sent(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 0);
  assert_null(recording_value(&stage->recording, "", "gauge", "absent"));
  set_backlog(stage, "many\n");
  recording_read(&stage->recording, 100);
  assert_null(
      recording_value(&stage->recording, "", "gauge", "netdev_max_backlog"));
  temp_tree_unlink(&stage->tree, "proc/sys/net/core/netdev_max_backlog");
  temp_tree_write(&stage->tree, "proc/sys/net/core/absent", "-7\n");
  recording_read(&stage->recording, 200);
  assert_null(
      recording_value(&stage->recording, "", "gauge", "netdev_max_backlog"));
  assert_true(value_of(stage, "", "gauge", "absent")->gauge == -7);
}

static void an_alert_is_raised_without_its_setting(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  temp_tree_unlink(&stage->tree, "proc/sys/net/core/netdev_max_backlog");
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 0);
  lay(stage, "left 50 0 0\n");
  recording_read(&stage->recording, 10);
  assert_int_equal(stage->recording.alert_count, 1);
  assert_string_equal(stage->recording.alerts[0].setting_value, "");
  assert_null(strstr(stage->recording.alerts[0].message, "netdev_max_backlog "
                                                         "is"));
}

static void settings_can_be_switched_off(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(LINE("ReportSettings", BOOLEAN(false))));
  stage_start(stage);
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 0);
  assert_null(
      recording_value(&stage->recording, "", "gauge", "netdev_max_backlog"));
}

static void some_layers_send_settings_on_demand_only(void **state) {
  struct stage *stage = *state;
  struct layer shy = fake_layer;
  shy.settings_on_demand = true;
  lay(stage, "left 0 0 0\n");
  for (int demand = 0; demand < 2; ++demand) {
    struct recording recording;
    recording_open(&recording, &shy);
    recording_configure(&recording,
                        PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc))));
    if (demand)
      recording_configure(&recording,
                          PLUGIN(LINE("ReportSettings", BOOLEAN(true))));
    assert_int_equal(recording_start(&recording), 0);
    recording_read(&recording, 0);
    const struct recorded_value *value =
        recording_value(&recording, "", "gauge", "netdev_max_backlog");
    assert_int_equal(value != NULL, demand);
    recording_close(&recording);
  }
}

/* An error and its end are logged once each. */
static void a_failing_source_is_logged_once(void **state) {
  struct stage *stage = *state;
  static const char good[] = "left 1 1 1\n";
  static const struct {
    const char *lanes;
    int result;
    size_t errors, notices; /* in this step */
  } steps[] = {
      {NULL, -ENOENT, 1, 0},
      {NULL, -ENOENT, 0, 0},
      {good, 0, 0, 1},
      {good, 0, 0, 0},
      {NULL, -ENOENT, 1, 0},
      {NULL, -ENOENT, 0, 0},
      {good, 0, 0, 1},
      {"garbage\n", -EBADMSG, 1, 0},
      {"garbage\n", -EBADMSG, 0, 0},
      {"\xff\x00\n", -EBADMSG, 0, 0},
      {good, 0, 0, 1},
      {good, 0, 0, 0},
  };
  stage_start(stage);
  const char *laid = NULL;
  for (size_t i = 0; i < COUNT_OF(steps); ++i) {
    if (steps[i].lanes != NULL || laid != NULL)
      lay(stage, steps[i].lanes);
    laid = steps[i].lanes;
    recording_forget_lines(&stage->recording);
    int result = recording_read(&stage->recording, 10 * (double)i);
    CHECK(result == steps[i].result, "step %zu: %d", i, result);
    CHECK(recording_lines(&stage->recording, LAYER_ERROR, "") ==
                  steps[i].errors &&
              recording_lines(&stage->recording, LAYER_NOTICE, "") ==
                  steps[i].notices,
          "step %zu: %s", i, recording_all_lines(&stage->recording));
  }
}

static void alerts_stay_raised_while_nothing_can_be_read(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 0 0 0\n");
  recording_read(&stage->recording, 0);
  lay(stage, "left 50 0 0\n");
  recording_read(&stage->recording, 10);
  assert_string_equal(recording_alerts(&stage->recording),
                      "left/lost okay>warning");
  lay(stage, NULL);
  for (int i = 2; i < 20; ++i) {
    assert_int_equal(recording_read(&stage->recording, 10 * i), -ENOENT);
    assert_string_equal(recording_alerts(&stage->recording), "");
    assert_null(recording_value(&stage->recording, "left", "packets", "lost"));
  }
  lay(stage, "left 450 0 0\n");
  recording_read(&stage->recording, 210);
  assert_string_equal(recording_alerts(&stage->recording), "");
  assert_alert_state(stage, 1);
  lay(stage, "");
  recording_read(&stage->recording, 220);
  assert_string_equal(recording_alerts(&stage->recording),
                      "left/lost warning>okay gone");
  assert_alert_state(stage, 0);
}

static void settings_are_sent_while_nothing_else_can_be_read(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  assert_int_equal(recording_read(&stage->recording, 0), -ENOENT);
  assert_true(backlog_setting(stage) == 1000);
}

static void a_layer_that_cannot_start_logs_why(void **state) {
  struct stage *stage = *state;
  int stops = fake_stops;
  recording_configure(
      &stage->recording,
      PLUGIN(LINE("FailStart", BOOLEAN(true)), LINE("Name", STRING("owned"))));
  assert_true(recording_start(&stage->recording) < 0);
  assert_int_equal(stage->recording.line_count, 1);
  assert_int_equal(recording_lines(&stage->recording, LAYER_ERROR,
                                   "this kernel has no lanes"),
                   1);
  recording_close(&stage->recording);
  assert_int_equal(fake_stops - stops, 1);
}

static void a_layer_is_stopped_once_whether_started_or_not(void **state) {
  (void)state;
  for (int started = 0; started < 3; ++started) {
    struct recording recording;
    int stops = fake_stops;
    recording_open(&recording, &fake_layer);
    if (started > 0)
      recording_configure(&recording, PLUGIN(LINE("Name", STRING("owned")),
                                             LINE("Lane", STRING("/x/"))));
    if (started > 1)
      assert_int_equal(recording_start(&recording), 0);
    recording_close(&recording);
    assert_int_equal(fake_stops - stops, 1);
  }
  runner_free(NULL);
}

static void a_layer_with_nothing_optional_runs(void **state) {
  struct stage *stage = *state;
  struct layer bare = {.name = "bare",
                       .noun = "",
                       .meters = fake_meters,
                       .meter_count = FAKE_METERS,
                       .state_size = sizeof(struct fake),
                       .set_defaults = fake_set_defaults,
                       .start = fake_start,
                       .read = fake_read,
                       .stop = fake_stop};
  struct recording recording;
  recording_open(&recording, &bare);
  recording_configure(&recording,
                      PLUGIN(LINE("ProcRoot", STRING(stage->tree.proc)),
                             LINE("Level", NUMBER(1))));
  assert_int_equal(recording_lines(&recording, LAYER_WARNING, "\"Level\""), 1);
  assert_int_equal(recording_start(&recording), 0);
  lay(stage, "left 0 0 0\n");
  recording_read(&recording, 0);
  lay(stage, "left 50 0 0\n");
  recording_read(&recording, 10);
  assert_int_equal(recording.alert_count, 1);
  assert_string_equal(recording.alerts[0].message,
                      "left lost 5.0/s at its end (limit 1/s); "
                      "net.core.netdev_max_backlog is 1000: raise it");
  recording_close(&recording);
}

static void any_name_fits_into_one_line(void **state) {
  struct stage *stage = *state;
  char before[200], after[200], name[60];
  stage_start(stage);
  memset(name, 'x', sizeof(name) - 1);
  memcpy(name, "\x1b[31m\xc3\xa4\x7f\r", 9);
  name[sizeof(name) - 1] = '\0';
  snprintf(before, sizeof(before), "%s 0 0 0\n", name);
  snprintf(after, sizeof(after), "%s 99999 9999999 0\n", name);
  lay(stage, before);
  recording_read(&stage->recording, 0);
  lay(stage, after);
  recording_read(&stage->recording, 10);
  assert_int_equal(stage->recording.alert_count, 1);
  const char *message = stage->recording.alerts[0].message;
  assert_in_range(strlen(message), 1, 255);
  for (size_t i = 0; message[i] != '\0'; ++i)
    assert_in_range(message[i], 32, 126);
}

static void a_hundred_thousand_reads_leave_nothing_behind(void **state) {
  struct stage *stage = *state;
  stage_start(stage);
  lay(stage, "left 1 1 1\nright 1 1 1\n");
  for (int i = 0; i < 10; ++i)
    recording_read(&stage->recording, i);

  size_t files = open_files();
  size_t allocations = allocations_count();
  size_t memory = mallinfo2().uordblks;
  int failed = 0;
  for (int i = 10; i < 100010; ++i)
    failed += recording_read(&stage->recording, i) != 0;
  assert_int_equal(mallinfo2().uordblks, memory);
  assert_int_equal(allocations_count(), allocations);
  assert_int_equal(open_files(), files);
  assert_int_equal(failed, 0);
}

static void alerts_leave_nothing_behind(void **state) {
  struct stage *stage = *state;
  recording_configure(&stage->recording,
                      PLUGIN(THRESHOLD("fill", LINE("WarningMax", NUMBER(50)),
                                       LINE("ClearHits", NUMBER(1)))));
  stage_start(stage);
  size_t files = 0, memory = 0, alerts = 0;
  for (int i = 0; i < 4000; ++i) {
    lay(stage, i % 3 == 0   ? "left 1 1 60\n"
               : i % 3 == 1 ? "left 1 1 10\nright 1 1 99\n"
                            : "right 1 1 10\n");
    recording_read(&stage->recording, i);
    alerts += stage->recording.alert_count;
    if (i == 30) {
      files = open_files();
      memory = mallinfo2().uordblks;
    }
  }
  assert_true(alerts > 4000);
  assert_int_equal(open_files(), files);
  /* The last step leaves the same objects as the thirty-first, and the
   * allocator keeps a little for itself. */
  size_t after = mallinfo2().uordblks;
  CHECK(after < memory + 16384, "%zu bytes, then %zu", memory, after);
}

#define THREAD_READS 3000

static void *read_many(void *argument) {
  struct recording *recording = argument;
  size_t failed = 0;
  for (int i = 0; i < THREAD_READS; ++i)
    failed += recording_read(recording, i) != 0;
  return (void *)failed;
}

static void two_runners_are_read_at_once(void **state) {
  struct stage *stages[2] = {*state};
  void *other;
  pthread_t threads[2];
  assert_int_equal(make(&other), 0);
  stages[1] = other;
  for (int i = 0; i < 2; ++i) {
    recording_configure(&stages[i]->recording,
                        PLUGIN(THRESHOLD("fill", LINE("WarningMax", NUMBER(50)),
                                         LINE("Persist", BOOLEAN(true)),
                                         LINE("Instance", STRING("/^l/")))));
    stage_start(stages[i]);
    lay(stages[i], "left 1 1 60\nright 1 1 60\n");
  }
  for (int i = 0; i < 2; ++i)
    assert_int_equal(
        pthread_create(&threads[i], NULL, read_many, &stages[i]->recording), 0);
  for (int i = 0; i < 2; ++i) {
    void *failed;
    assert_int_equal(pthread_join(threads[i], &failed), 0);
    assert_null(failed);
    assert_string_equal(recording_alerts(&stages[i]->recording),
                        "left/fill warning>warning");
  }
  stage_teardown(&other);
}

#define STAGE_TEST(test)                                                       \
  cmocka_unit_test_setup_teardown(test, make, stage_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      STAGE_TEST(values_are_passed_on),
      STAGE_TEST(an_alert_is_explained),
      STAGE_TEST(values_come_before_alerts),
      STAGE_TEST(the_worst_state_is_a_value_too),
      STAGE_TEST(alerts_are_explained_when_raised_or_worse),
      STAGE_TEST(a_read_much_too_soon_is_judged_with_the_next),
      STAGE_TEST(without_notifications_only_values_are_sent),
      STAGE_TEST(settings_are_read_again_after_a_minute),
      STAGE_TEST(settings_are_read_again_for_an_alert),
      STAGE_TEST(an_alert_shows_the_old_value_of_its_setting),
      STAGE_TEST(a_missing_or_garbled_setting_is_not_sent),
      STAGE_TEST(an_alert_is_raised_without_its_setting),
      STAGE_TEST(settings_can_be_switched_off),
      STAGE_TEST(some_layers_send_settings_on_demand_only),
      STAGE_TEST(a_failing_source_is_logged_once),
      STAGE_TEST(alerts_stay_raised_while_nothing_can_be_read),
      STAGE_TEST(settings_are_sent_while_nothing_else_can_be_read),
      STAGE_TEST(a_layer_that_cannot_start_logs_why),
      cmocka_unit_test(a_layer_is_stopped_once_whether_started_or_not),
      STAGE_TEST(a_layer_with_nothing_optional_runs),
      STAGE_TEST(any_name_fits_into_one_line),
      STAGE_TEST(a_hundred_thousand_reads_leave_nothing_behind),
      STAGE_TEST(alerts_leave_nothing_behind),
      STAGE_TEST(two_runners_are_read_at_once),
  };
  return cmocka_run_group_tests_name("runner", tests, NULL, NULL);
}
