/* SPDX-License-Identifier: MIT */
/* New series of objects whose names users choose. */
#include "report_scene.h"

#include "report_state.h"

/* Begins the first read of a report, on a host that has been up for long. */
static struct report *begin(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_admission_init(&report->admission, false);
  scene_read(report, 0, "host", SPEED, 1);
  struct report_waiting waiting;
  report_admission_decide(report, &waiting);
  return report;
}

/* Mentions objects from first on, with one value each. */
static void give(struct report *report, unsigned first, unsigned count,
                 bool is_users) {
  for (unsigned i = first; i < first + count; i++) {
    char name[32];
    snprintf(name, sizeof(name), "object%u", i);
    scene_give(report, name, SPEED, 1);
    report_object_set_users(report_object(report, NULL, NAMED(name), false),
                            is_users);
  }
}

static void count_value(void *data, const struct report_value *value) {
  (void)value;
  (*(size_t *)data)++;
}

/* A read that finds objects; returns how many values are sent. */
static size_t read_objects(struct report *report, double now, unsigned first,
                           unsigned count, bool is_users,
                           struct report_waiting *ret) {
  size_t sent = 0;
  report_begin(report, now);
  give(report, first, count, is_users);
  report_end(report);
  report_admission_decide(report, ret);
  report_value_each(report, count_value, &sent);
  return sent;
}

static void a_user_renames_objects_in_each_read(void **state) {
  struct report *report = begin(state);
  struct report_waiting waiting;
  size_t sent = 0;
  for (unsigned read = 1; read <= 600; read++)
    sent += read_objects(report, read, 64 * read, 64, true, &waiting);
  size_t most =
      REPORT_ADMISSION_USERS_ROOM + 10 * REPORT_ADMISSION_USERS_A_MINUTE;
  CHECK(sent <= most && sent >= most - 1, "%zu of %zu", sent, most);
  assert_int_equal(waiting.count, 64);
  assert_int_equal(waiting.users, 64);
  assert_non_null(waiting.example);
}

/* The host's objects have tokens of their own. */
static void users_do_not_use_up_what_the_host_needs(void **state) {
  struct report *report = begin(state);
  struct report_waiting waiting;
  read_objects(report, 1, 0, 500, true, &waiting);
  assert_int_equal(waiting.count, 500 - REPORT_ADMISSION_USERS_ROOM);
  assert_int_equal(read_objects(report, 2, 1000, 1000, false, &waiting), 1000);
  assert_int_equal(waiting.count, 0);
}

/* An object that waits is sent once there are tokens, and from then on. */
static void an_object_waits_for_tokens(void **state) {
  struct report *report = begin(state);
  struct report_waiting waiting;
  unsigned count = REPORT_ADMISSION_USERS_ROOM + 1;
  assert_int_equal(read_objects(report, 1, 0, count, true, &waiting),
                   count - 1);
  assert_int_equal(waiting.count, 1);
  assert_int_equal(read_objects(report, 2, 0, count, true, &waiting),
                   count - 1);
  assert_int_equal(read_objects(report, 61, 0, count, true, &waiting), count);
  assert_int_equal(waiting.count, 0);
  assert_int_equal(read_objects(report, 62, 0, count, true, &waiting), count);
}

/* A series that a store has already is no new one. */
static void a_name_that_returns_needs_no_token(void **state) {
  struct report *report = begin(state);
  struct report_waiting waiting;
  read_objects(report, 1, 0, REPORT_ADMISSION_USERS_ROOM, true, &waiting);
  read_objects(report, 2, 0, 0, true, &waiting);
  read_objects(report, 3, 0, 0, true, &waiting);
  assert_int_equal(read_objects(report, 4, 0, 10, true, &waiting), 10);
  assert_int_equal(read_objects(report, 5, 5000, 10, true, &waiting), 0);
}

static void the_first_read_needs_no_token(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  struct report_waiting waiting;
  report_admission_init(&report->admission, false);
  assert_int_equal(read_objects(report, 0, 0, 500, true, &waiting), 500);
  assert_int_equal(read_objects(report, 1, 0, 500, true, &waiting), 500);
}

static void a_host_that_starts_has_more(void **state) {
  struct report *report = begin(state);
  struct report_waiting waiting;
  report_admission_init(&report->admission, true);
  assert_int_equal(read_objects(report, 1, 0, 500, true, &waiting), 500);
}

/* An object that waits is judged, and its counter begins with the read before
 * once it is sent. */
static void an_object_that_waits_is_judged(void **state) {
  struct report *report = begin(state);
  struct report_waiting waiting;
  read_objects(report, 1, 0, REPORT_ADMISSION_USERS_ROOM, true, &waiting);
  for (unsigned read = 1; read <= 7; read++) {
    report_begin(report, 10 * read);
    scene_give(report, "a", DROPPED, 500 * read);
    report_object_set_users(report_object(report, NULL, NAMED("a"), false),
                            true);
    report_end(report);
    report_admission_decide(report, &waiting);
    if (read == 2) {
      assert_string_equal(alerts_of(report), "a/dropped okay>warning");
      assert_int_equal(waiting.count, 0);
      assert_string_equal(values_of(report), "a/dropped was=500");
    }
  }
  assert_string_equal(values_of(report), "a/dropped=3500");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_user_renames_objects_in_each_read),
      SCENE_TEST(users_do_not_use_up_what_the_host_needs),
      SCENE_TEST(an_object_waits_for_tokens),
      SCENE_TEST(a_name_that_returns_needs_no_token),
      SCENE_TEST(the_first_read_needs_no_token),
      SCENE_TEST(a_host_that_starts_has_more),
      SCENE_TEST(an_object_that_waits_is_judged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
