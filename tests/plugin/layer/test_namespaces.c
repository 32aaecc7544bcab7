/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALLOCATIONS_OF_LIBRARIES
#include "allocations.h"
#include "fake_netns.h"
#include "namespaces.h"
#include "open_files.h"
#include "temp_tree.h"

/* Those that are looked at, and what became of them. */
struct stage {
  struct temp_tree tree;
  struct sysroot root;
  struct layer_context context;
  struct namespaces namespaces;
  double now;
  char events[4096]; /* "+web -web ", of the last update */
  char lines[4096];  /* what was logged */
  size_t line_count;
  int error; /* of begin, negative */
};

static void note(char *to, size_t size, const char *sign, const char *text) {
  size_t length = strlen(to);
  int more = snprintf(to + length, size - length, "%s%s ", sign, text);
  assert_true(more > 0 && (size_t)more < size - length);
}

static void log_line(void *data, enum layer_severity severity,
                     const char *message) {
  struct stage *stage = data;
  (void)severity;
  note(stage->lines, sizeof(stage->lines), "", message);
  stage->line_count++;
}

static int begin(void *state, struct net_namespace *netns) {
  struct stage *stage = state;
  if (stage->error != 0)
    return stage->error;
  assert_true(netns->fd >= 0);
  netns->space = stage;
  note(stage->events, sizeof(stage->events), "+", netns->name);
  return 0;
}

static void end(void *state, struct net_namespace *netns) {
  struct stage *stage = state;
  assert_ptr_equal(netns->space, stage);
  note(stage->events, sizeof(stage->events), "-", netns->name);
}

static const struct namespaces_user user = {.begin = begin, .end = end};

static int make(void **state) {
  struct stage *stage = calloc(1, sizeof(*stage));
  if (stage == NULL)
    return -1;
  temp_tree_make(&stage->tree);
  fake_netns_reset(&stage->tree);
  stage->context = (struct layer_context){
      .root = &stage->root, .log = log_line, .log_data = stage};
  stage->namespaces.max = NAMESPACES_MAX;
  *state = stage;
  return sysroot_init(&stage->root, stage->tree.proc, stage->tree.sys);
}

static int remove_all(void **state) {
  struct stage *stage = *state;
  namespaces_stop(&stage->namespaces);
  sysroot_free(&stage->root);
  temp_tree_remove(&stage->tree);
  free(stage);
  return 0;
}

static void start(struct stage *stage, const char *pattern, bool containers) {
  if (pattern != NULL)
    assert_int_equal(match_add(&stage->namespaces.names, pattern, NULL, 0), 0);
  stage->namespaces.containers = containers;
  namespaces_start(&stage->namespaces, &stage->context, &user, stage);
}

/* What came and went, so many seconds after the last time. */
static const char *after(struct stage *stage, double seconds) {
  stage->now += seconds;
  stage->events[0] = '\0';
  namespaces_update(&stage->namespaces, stage->now);
  return stage->events;
}

static void named_ones_come_and_go(void **state) {
  struct stage *stage = *state;
  start(stage, "/^web/", false);
  assert_string_equal(after(stage, 10), "");
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "db");
  fake_netns_process(&stage->tree, "c", 812);
  assert_string_equal(after(stage, 1), "+web ");
  assert_string_equal(after(stage, 1), "");
  fake_netns_name(&stage->tree, "d", "web2");
  assert_string_equal(after(stage, 1), "+web2 ");
  fake_netns_unname(&stage->tree, "web");
  assert_string_equal(after(stage, 1), "-web ");
  assert_string_equal(after(stage, 1), "");
  assert_int_equal(stage->namespaces.count, 1);
  assert_int_equal(stage->line_count, 0);
}

static void another_one_of_the_same_name(void **state) {
  struct stage *stage = *state;
  start(stage, "web", false);
  fake_netns_name(&stage->tree, "a", "web");
  assert_string_equal(after(stage, 1), "+web ");
  fake_netns_name(&stage->tree, "b", "web");
  assert_string_equal(after(stage, 1), "-web +web ");
}

static void the_hosts_own_is_none_of_them(void **state) {
  struct stage *stage = *state;
  start(stage, "/./", true);
  fake_netns_name(&stage->tree, "host", "default");
  fake_netns_process(&stage->tree, "host", 1);
  fake_netns_process(&stage->tree, "host", 2);
  assert_string_equal(after(stage, 10), "");
  assert_int_equal(stage->namespaces.count, 0);
}

static void containers_by_their_processes(void **state) {
  struct stage *stage = *state;
  char line[256];
  start(stage, NULL, true);
  fake_netns_process(&stage->tree, "a", 812);
  fake_netns_process(&stage->tree, "a", 813);
  snprintf(line, sizeof(line), "0::/docker/feedc0de0123%052d\n", 7);
  temp_tree_write(&stage->tree, "proc/812/cgroup", line);
  temp_tree_write(&stage->tree, "proc/813/cgroup", line);
  assert_string_equal(after(stage, 10), "+feedc0de0123 ");
  /* The one by which it was found ends. */
  fake_netns_end_process(&stage->tree, stage->namespaces.all[0]->entry.pid);
  assert_string_equal(after(stage, 0.1), "");
  /* And then the other one, which is noticed at once. */
  fake_netns_end_process(&stage->tree, stage->namespaces.all[0]->entry.pid);
  assert_string_equal(after(stage, 0.1), "-feedc0de0123 ");
}

static void processes_are_not_looked_for_at_each_read(void **state) {
  struct stage *stage = *state;
  start(stage, NULL, true);
  assert_string_equal(after(stage, 10), "");
  fake_netns_process(&stage->tree, "a", 812);
  assert_string_equal(after(stage, 1), "");
  assert_string_equal(after(stage, 3.9), "");
  const char *events = after(stage, 0.2);
  char name[64];
  snprintf(name, sizeof(name), "+%llu ",
           (unsigned long long)stage->namespaces.all[0]->entry.id.inode);
  assert_string_equal(events, name);
}

static void a_name_is_better_than_a_number(void **state) {
  struct stage *stage = *state;
  char events[128];
  start(stage, "web", true);
  fake_netns_process(&stage->tree, "a", 812);
  fake_netns_name(&stage->tree, "a", "web");
  assert_string_equal(after(stage, 10), "+web ");
  /* Its name is taken away, and it lives on. */
  fake_netns_unname(&stage->tree, "web");
  after(stage, 10);
  snprintf(events, sizeof(events), "-web +%s ", stage->namespaces.all[0]->name);
  assert_string_equal(stage->events, events);
  fake_netns_name(&stage->tree, "a", "web");
  snprintf(events, sizeof(events), "-%s +web ", stage->namespaces.all[0]->name);
  assert_string_equal(after(stage, 10), events);
}

static void two_that_are_called_the_same(void **state) {
  struct stage *stage = *state;
  char line[256];
  start(stage, NULL, true);
  snprintf(line, sizeof(line), "0::/docker/feedc0de0123%052d\n", 7);
  for (unsigned pid = 812; pid < 814; pid++) {
    char path[64];
    snprintf(path, sizeof(path), "proc/%u/cgroup", pid);
    temp_tree_write(&stage->tree, path, line);
  }
  fake_netns_process(&stage->tree, "a", 812);
  assert_string_equal(after(stage, 10), "+feedc0de0123 ");
  fake_netns_process(&stage->tree, "b", 813);
  after(stage, 10);
  assert_int_equal(stage->namespaces.count, 2);
  snprintf(line, sizeof(line), "feedc0de0123-%llu",
           (unsigned long long)stage->namespaces.all[1]->entry.id.inode);
  assert_string_equal(stage->namespaces.all[1]->name, line);
}

static void objects_have_one_to_which_they_belong(void **state) {
  struct stage *stage = *state;
  start(stage, "/./", false);
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "web-1");
  assert_string_equal(after(stage, 1), "+web +web-1 ");
  struct net_namespace **all = stage->namespaces.all;
  assert_ptr_equal(
      namespaces_of(&stage->namespaces, &(struct labels){.netns = "web"}),
      all[0]);
  assert_ptr_equal(
      namespaces_of(&stage->namespaces, &(struct labels){.netns = "web-1"}),
      all[1]);
  assert_null(
      namespaces_of(&stage->namespaces, &(struct labels){.port = "443"}));
  assert_null(
      namespaces_of(&stage->namespaces, &(struct labels){.netns = "we"}));
  assert_null(namespaces_of(&stage->namespaces, REPORT_HOST));
}

static void no_more_than_may_be(void **state) {
  struct stage *stage = *state;
  stage->namespaces.max = 2;
  start(stage, "/./", false);
  fake_netns_name(&stage->tree, "a", "a");
  fake_netns_name(&stage->tree, "b", "b");
  assert_string_equal(after(stage, 1), "+a +b ");
  assert_int_equal(stage->line_count, 0);
  fake_netns_name(&stage->tree, "c", "0");
  assert_string_equal(after(stage, 1), "");
  assert_string_equal(after(stage, 1), "");
  assert_int_equal(stage->line_count, 1);
  assert_non_null(strstr(stage->lines, "MaxNamespaces 2"));
  fake_netns_unname(&stage->tree, "a");
  assert_string_equal(after(stage, 1), "-a +0 ");
}

static void without_privileges_there_is_one_message(void **state) {
  struct stage *stage = *state;
  fake_netns.error = EPERM;
  fake_netns_name(&stage->tree, "a", "web");
  start(stage, "web", true);
  for (int i = 0; i < 3; i++)
    assert_string_equal(after(stage, 10), "");
  assert_int_equal(stage->line_count, 1);
  assert_non_null(strstr(stage->lines, "need CAP_SYS_ADMIN"));
  assert_int_equal(fake_netns.visits, 1);
}

static void nothing_is_said_unasked(void **state) {
  struct stage *stage = *state;
  fake_netns.error = EPERM;
  start(stage, NULL, false);
  assert_string_equal(after(stage, 10), "");
  assert_int_equal(stage->line_count, 0);
  assert_int_equal(fake_netns.visits, 0);
}

static void one_that_cannot_be_looked_at(void **state) {
  struct stage *stage = *state;
  size_t files = open_files();
  start(stage, "/./", false);
  stage->error = -EIO;
  fake_netns_name(&stage->tree, "a", "web");
  assert_string_equal(after(stage, 1), "");
  /* It may be on its way in or out. */
  assert_int_equal(stage->line_count, 0);
  for (int i = 0; i < 50; i++)
    assert_string_equal(after(stage, 1), "");
  assert_string_equal(stage->lines, "network namespace web cannot be looked "
                                    "at: Input/output error ");
  assert_int_equal(open_files(), files);
  assert_null(stage->namespaces.all[0]->space);
  stage->error = 0;
  assert_string_equal(after(stage, 20), "+web ");
  assert_int_equal(open_files(), files + 1);
}

static void many_that_may_not_be_entered_are_said_once(void **state) {
  struct stage *stage = *state;
  start(stage, "/./", false);
  stage->error = -EPERM;
  fake_netns_name(&stage->tree, "a", "a");
  fake_netns_name(&stage->tree, "b", "b");
  fake_netns_name(&stage->tree, "c", "c");
  for (int i = 0; i < 5; i++)
    assert_string_equal(after(stage, 1), "");
  assert_int_equal(stage->line_count, 1);
  assert_non_null(strstr(stage->lines, "namespace a cannot be looked at: "
                                       "Operation not permitted; nor "));
}

static void what_cannot_be_found_out_is_not_gone(void **state) {
  struct stage *stage = *state;
  char netns[512], away[512];
  start(stage, "web", false);
  fake_netns_name(&stage->tree, "a", "web");
  assert_string_equal(after(stage, 1), "+web ");
  temp_tree_path(&stage->tree, "proc/1/root/run/netns", netns, sizeof(netns));
  temp_tree_path(&stage->tree, "proc/1/root/run/away", away, sizeof(away));
  assert_int_equal(rename(netns, away), 0);
  temp_tree_write(&stage->tree, "proc/1/root/run/netns", "");
  assert_string_equal(after(stage, 1), "");
  assert_string_equal(after(stage, 1), "");
  assert_int_equal(stage->line_count, 1);
  assert_int_equal(unlink(netns), 0);
  /* No such directory is as good as an empty one. */
  assert_string_equal(after(stage, 1), "-web ");
  assert_int_equal(stage->line_count, 2);
  assert_int_equal(rename(away, netns), 0);
  assert_string_equal(after(stage, 1), "+web ");
}

static void nothing_is_left_of_those_that_went(void **state) {
  struct stage *stage = *state;
  start(stage, "/./", true);
  fake_netns_process(&stage->tree, "a", 812);
  fake_netns_name(&stage->tree, "b", "b");
  after(stage, 10);
  size_t files = open_files();
  size_t in_use = 0;
  for (int i = 0; i < 200; i++) {
    fake_netns_name(&stage->tree, i % 2 == 0 ? "c" : "d", "web");
    fake_netns_process(&stage->tree, i % 2 == 0 ? "e" : "f", 813);
    after(stage, 10);
    assert_int_equal(stage->namespaces.count, 4);
    fake_netns_unname(&stage->tree, "web");
    fake_netns_end_process(&stage->tree, 813);
    after(stage, 10);
    assert_int_equal(stage->namespaces.count, 2);
    assert_int_equal(open_files(), files);
    if (i == 10)
      in_use = allocations_in_use();
  }
  assert_int_equal(allocations_in_use(), in_use);
  assert_int_equal(stage->line_count, 0);
}

static void settings_are_those_of_the_namespace(void **state) {
  struct stage *stage = *state;
  static const char somaxconn[] = "net.core.somaxconn";
  static const char rmem_max[] = "net.core.rmem_max";
  char text[32];
  int64_t number;
  temp_tree_write(&stage->tree, "proc/sys/net/core/somaxconn", "4096\n");
  temp_tree_write(&stage->tree, "proc/sys/net/core/rmem_max", "212992\n");
  temp_tree_write(&stage->tree, "spaces/a/settings/core/somaxconn", "128\n");
  start(stage, "web", false);
  fake_netns_name(&stage->tree, "a", "web");
  after(stage, 1);
  const struct net_namespace *web = stage->namespaces.all[0];
  const struct layer_context *context = &stage->context;
  assert_int_equal(net_namespace_read_number(web, context, somaxconn, &number),
                   0);
  assert_int_equal(number, 128);
  assert_int_equal(net_namespace_read_text(web, context, somaxconn, text, 32),
                   0);
  assert_string_equal(text, "128");
  assert_int_equal(net_namespace_read_text(NULL, context, somaxconn, text, 32),
                   0);
  assert_string_equal(text, "4096");
  /* It is the same for all, and only the host shows it. */
  assert_int_equal(net_namespace_read_number(web, context, rmem_max, &number),
                   0);
  assert_int_equal(number, 212992);
  assert_int_equal(net_namespace_read_text(web, context, "net.none", text, 32),
                   -ENOENT);
  /* What cannot be found out there is not the host's. */
  fake_netns.error = ENOMEM;
  assert_int_equal(net_namespace_read_text(web, context, somaxconn, text, 32),
                   -ENOMEM);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, remove_all)
  const struct CMUnitTest tests[] = {
      TEST(named_ones_come_and_go),
      TEST(another_one_of_the_same_name),
      TEST(the_hosts_own_is_none_of_them),
      TEST(containers_by_their_processes),
      TEST(processes_are_not_looked_for_at_each_read),
      TEST(a_name_is_better_than_a_number),
      TEST(two_that_are_called_the_same),
      TEST(objects_have_one_to_which_they_belong),
      TEST(no_more_than_may_be),
      TEST(without_privileges_there_is_one_message),
      TEST(nothing_is_said_unasked),
      TEST(one_that_cannot_be_looked_at),
      TEST(many_that_may_not_be_entered_are_said_once),
      TEST(what_cannot_be_found_out_is_not_gone),
      TEST(nothing_is_left_of_those_that_went),
      TEST(settings_are_those_of_the_namespace),
  };
  return cmocka_run_group_tests_name("namespaces", tests, NULL, NULL);
}
