/* SPDX-License-Identifier: MIT */
/* Objects: whether a read mentions them, and their names. */
#include "report_scene.h"

#include "report_state.h"

static void an_object_is_present_in_a_read_that_mentions_it(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  assert_null(report_object_find(report, NAMED("a")));
  assert_false(report_object_is_present(report, NULL));
  report_set_persistent(report, true);
  report_begin(report, 0);
  const struct report_object *object =
      report_object(report, NULL, NAMED("a"), false);
  assert_true(report_object_is_present(report, object));
  report_end(report);
  assert_true(report_object_is_present(report, object));
  report_begin(report, 10);
  assert_ptr_equal(report_object_find(report, NAMED("a")), object);
  assert_false(report_object_is_present(report, object));
  report_object(report, NULL, NAMED("a"), true);
  assert_true(report_object_is_present(report, object));
  report_end(report);
}

static void an_object_is_found_only_if_this_read_mentions_it(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_set_persistent(report, true);
  report_begin(report, 0);
  assert_null(report_object_mentioned(report, NAMED("a")));
  struct report_object *object = report_object(report, NULL, NAMED("a"), false);
  assert_ptr_equal(report_object_mentioned(report, NAMED("a")), object);
  report_end(report);
  report_begin(report, 10);
  assert_null(report_object_mentioned(report, NAMED("a")));
  report_end(report);
}

static void safe_names_differ_if_names_do(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const char *const names[] = {"a b", "a/b", "a_b", "a:b", "a_b_2"};
  char first[COUNT_OF(names)][64];
  for (int round = 0; round < 3; ++round) {
    report_begin(report, round);
    for (size_t i = 0; i < COUNT_OF(names); ++i)
      scene_give(report, names[i], SPEED, (double)i);
    report_end(report);
    for (size_t i = 0; i < COUNT_OF(names); ++i) {
      const struct report_object *object =
          report_object_find(report, NAMED(names[i]));
      const char *instance = report_object_instance(object);
      assert_string_equal(report_object_name(object), names[i]);
      if (round == 0)
        snprintf(first[i], sizeof(first[i]), "%s", instance);
      assert_string_equal(instance, first[i]);
      for (size_t j = 0; j < i; ++j)
        CHECK(strcmp(instance, first[j]) != 0, "%s and %s are both %s",
              names[i], names[j], instance);
    }
  }
  assert_string_equal(first[0], "a_b");
}

static void long_names_differ_after_the_cut(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  enum { NAMES = 150 };
  char instances[NAMES][64];
  report_begin(report, 0);
  for (int i = 0; i < NAMES; ++i) {
    char name[120];
    snprintf(name, sizeof(name), "%070d-%d", 0, i);
    scene_give(report, name, SPEED, i);
    const char *instance =
        report_object_instance(report_object_find(report, NAMED(name)));
    CHECK(strlen(instance) <= 63, "%s", instance);
    snprintf(instances[i], sizeof(instances[i]), "%s", instance);
    for (int j = 0; j < i; ++j)
      CHECK(strcmp(instances[i], instances[j]) != 0, "%d and %d: %s", i, j,
            instance);
  }
  report_end(report);
}

static void a_vanished_object_frees_its_name(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  scene_read(report, 0, "a b", SPEED, 1);
  scene_read_nothing(report, 1);
  scene_read(report, 2, "a/b", SPEED, 2);
  assert_string_equal(values_of(report), "a_b/speed=2");
}

static void an_object_can_have_any_name(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  report_begin(report, 0);
  scene_give(report, "", SPEED, 0);
  scene_give(report, ".", SPEED, 1);
  scene_give(report, "..", SPEED, 2);
  scene_give(report, " ", SPEED, 3);
  scene_give(report, "\x01\xff", SPEED, 4);
  report_end(report);
  assert_string_equal(
      values_of(report),
      "/speed=0 _/speed=1 .._b347ff45/speed=2 _29621d7e/speed=3 "
      "_bcc6618e/speed=4");
}

/* Users choose names: nobody can prepare some that meet in one bucket. */
static void the_hash_of_a_name_differs_from_report_to_report(void **state) {
  struct report *report = ((struct scene *)*state)->report, *other;
  assert_int_equal(report_new(&other, NULL, 0), 0);
  report_begin(report, 0);
  report_begin(other, 0);
  const struct report_object *here =
      report_object(report, NULL, NAMED("unix-/run/x"), false);
  const struct report_object *there =
      report_object(other, NULL, NAMED("unix-/run/x"), false);
  assert_int_not_equal(here->hh.hashv, there->hh.hashv);
  report_free(other);
}

/* Raises the fill of an object. */
static void raise_fill(struct report *report, const struct labels *labels) {
  report_gauge(report, report_object(report, NULL, labels, false), FILL, 99);
}

static void what_could_not_be_read_is_kept_alone(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  const struct labels host_udp = {.protocol = "udp"},
                      web_udp = {.netns = "web", .protocol = "udp"},
                      web_tcp = {.netns = "web", .protocol = "tcp"},
                      db_tcp = {.netns = "db", .protocol = "tcp"};
  report_begin(report, 0);
  raise_fill(report, &host_udp);
  raise_fill(report, &web_udp);
  raise_fill(report, &web_tcp);
  raise_fill(report, &db_tcp);
  report_end(report);
  report_begin(report, 10);
  report_object_keep(report, "web", "udp");
  report_end(report);
  assert_int_equal(report_state(report_object_find(report, &web_udp), FILL),
                   THRESHOLD_FAILURE);
  assert_string_equal(alerts_of(report), "udp/fill failure>okay gone, "
                                         "web-tcp/fill failure>okay gone, "
                                         "db-tcp/fill failure>okay gone");
  report_begin(report, 20);
  report_object_keep(report, NULL, NULL);
  report_end(report);
  assert_string_equal(alerts_of(report), "web-udp/fill failure>okay gone");
  /* Nothing brings back what is gone. */
  report_begin(report, 30);
  report_object_keep(report, "web", NULL);
  report_end(report);
  assert_null(report_object_find(report, &web_udp));
}

static struct report_object *mention(struct report *report, const char *name) {
  struct report_object *object =
      report_object(report, NULL, NAMED(name), false);
  report_gauge(report, object, SPEED, 1);
  return object;
}

/* In any order, some left out, and one twice. */
static void objects_are_found_in_any_order(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const char *const names[] = {"a", "ab", "b", "abc", "c"};
  static const unsigned char orders[][COUNT_OF(names)] = {
      {0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {1, 1, 1, 0, 2}, {0, 2, 4, 1, 3}};
  struct report_object *objects[COUNT_OF(names)];
  report_set_persistent(report, true);
  report_begin(report, 0);
  for (size_t i = 0; i < COUNT_OF(names); i++)
    objects[i] = mention(report, names[i]);
  report_end(report);
  for (size_t i = 0; i < COUNT_OF(orders); i++) {
    report_begin(report, 10 + 10 * (double)i);
    for (size_t j = 0; j < COUNT_OF(names); j++) {
      unsigned char at = orders[i][j];
      assert_ptr_equal(report_object(report, NULL, NAMED(names[at]), false),
                       objects[at]);
    }
    report_end(report);
  }
}

/* What follows the object before is another one in the next read. */
static void objects_come_and_go_between_others(void **state) {
  struct report *report = ((struct scene *)*state)->report;
  static const char *const reads[] = {"abc", "ac", "ac", "abc", "b", "cba"};
  for (size_t i = 0; i < COUNT_OF(reads); i++) {
    report_begin(report, 10 * (double)i);
    for (const char *at = reads[i]; *at != '\0'; at++) {
      const char name[2] = {*at, '\0'};
      assert_string_equal(report_object_name(mention(report, name)), name);
    }
    report_end(report);
  }
  assert_string_equal(values_of(report), "b/speed=1 c/speed=1 a/speed=1");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(an_object_is_present_in_a_read_that_mentions_it),
      SCENE_TEST(an_object_is_found_only_if_this_read_mentions_it),
      SCENE_TEST(safe_names_differ_if_names_do),
      SCENE_TEST(long_names_differ_after_the_cut),
      SCENE_TEST(a_vanished_object_frees_its_name),
      SCENE_TEST(what_could_not_be_read_is_kept_alone),
      SCENE_TEST(an_object_can_have_any_name),
      SCENE_TEST(the_hash_of_a_name_differs_from_report_to_report),
      SCENE_TEST(objects_are_found_in_any_order),
      SCENE_TEST(objects_come_and_go_between_others),
  };
  return cmocka_run_group_tests_name("report_object", tests, NULL, NULL);
}
