/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define ALLOCATIONS_OF_LIBRARIES
#include "allocations.h"
#include "fake_netns.h"
#include "namespaces.h"
#include "open_files.h"
#include "temp_tree.h"

/* The rest of a container's id. */
#define HEX52 "0123456789012345678901234567890123456789012345678901"

/* A list of namespaces, and what was begun, ended and logged. */
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

static const struct namespaces_user user = {
    .files = 0, .begin = begin, .end = end};

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

/* Updates the list after some seconds and returns the events. */
static const char *after(struct stage *stage, double seconds) {
  stage->now += seconds;
  stage->events[0] = '\0';
  namespaces_update(&stage->namespaces, stage->now);
  return stage->events;
}

static void named_namespaces_come_and_go(void **state) {
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

static void a_name_that_leads_elsewhere_is_another_namespace(void **state) {
  struct stage *stage = *state;
  start(stage, "web", false);
  fake_netns_name(&stage->tree, "a", "web");
  assert_string_equal(after(stage, 1), "+web ");
  fake_netns_name(&stage->tree, "b", "web");
  assert_string_equal(after(stage, 1), "-web +web ");
}

static void the_hosts_own_is_left_out(void **state) {
  struct stage *stage = *state;
  start(stage, "/./", true);
  fake_netns_name(&stage->tree, "host", "default");
  fake_netns_process(&stage->tree, "host", 1);
  fake_netns_process(&stage->tree, "host", 2);
  assert_string_equal(after(stage, 10), "");
  assert_int_equal(stage->namespaces.count, 0);
}

static void containers_are_found_by_their_processes(void **state) {
  struct stage *stage = *state;
  char line[256];
  start(stage, NULL, true);
  fake_netns_process(&stage->tree, "a", 812);
  fake_netns_process(&stage->tree, "a", 813);
  snprintf(line, sizeof(line), "0::/docker/feedc0de0123%052d\n", 7);
  temp_tree_write(&stage->tree, "proc/812/cgroup", line);
  temp_tree_write(&stage->tree, "proc/813/cgroup", line);
  assert_string_equal(after(stage, 10), "+feedc0de0123 ");
  /* The process that it was found by ends. */
  fake_netns_end_process(&stage->tree, stage->namespaces.all[0]->entry.pid);
  assert_string_equal(after(stage, 0.1), "");
  /* Then the other one; that is noticed at once. */
  fake_netns_end_process(&stage->tree, stage->namespaces.all[0]->entry.pid);
  assert_string_equal(after(stage, 0.1), "-feedc0de0123 ");
}

static void processes_are_searched_every_five_seconds(void **state) {
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

static void a_wanted_name_is_preferred(void **state) {
  struct stage *stage = *state;
  char events[128];
  start(stage, "web", true);
  fake_netns_process(&stage->tree, "a", 812);
  fake_netns_name(&stage->tree, "a", "web");
  assert_string_equal(after(stage, 10), "+web ");
  /* It loses its name and lives on. */
  fake_netns_unname(&stage->tree, "web");
  after(stage, 10);
  snprintf(events, sizeof(events), "-web +%s ", stage->namespaces.all[0]->name);
  assert_string_equal(stage->events, events);
  fake_netns_name(&stage->tree, "a", "web");
  snprintf(events, sizeof(events), "-%s +web ", stage->namespaces.all[0]->name);
  assert_string_equal(after(stage, 10), events);
}

static void equal_names_get_the_inode(void **state) {
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

static void an_object_is_traced_to_its_namespace(void **state) {
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

static void at_most_max_are_watched(void **state) {
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

static void nothing_is_logged_unless_namespaces_are_wanted(void **state) {
  struct stage *stage = *state;
  fake_netns.error = EPERM;
  start(stage, NULL, false);
  assert_string_equal(after(stage, 10), "");
  assert_int_equal(stage->line_count, 0);
  assert_int_equal(fake_netns.visits, 0);
}

static void a_namespace_that_cannot_be_watched_is_logged_once(void **state) {
  struct stage *stage = *state;
  start(stage, "/./", false);
  after(stage, 1);
  size_t files = open_files();
  stage->error = -EIO;
  fake_netns_name(&stage->tree, "a", "web");
  assert_string_equal(after(stage, 1), "");
  /* It may be coming or going. */
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

static void denied_namespaces_are_logged_once(void **state) {
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

static void an_unreadable_directory_ends_nothing(void **state) {
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
  /* A missing directory counts as empty. */
  assert_string_equal(after(stage, 1), "-web ");
  assert_int_equal(stage->line_count, 2);
  assert_int_equal(rename(away, netns), 0);
  assert_string_equal(after(stage, 1), "+web ");
}

static void a_container_ends_although_names_are_unreadable(void **state) {
  struct stage *stage = *state;
  start(stage, "web", true);
  fake_netns_process(&stage->tree, "a", 812);
  temp_tree_write(&stage->tree, "proc/812/cgroup",
                  "0::/docker/feedc0de0123" HEX52 "\n");
  temp_tree_write(&stage->tree, "proc/1/root/run/netns", "");
  assert_string_equal(after(stage, 10), "+feedc0de0123 ");
  fake_netns_end_process(&stage->tree, 812);
  assert_string_equal(after(stage, 10), "-feedc0de0123 ");
  assert_int_equal(stage->line_count, 1);
}

/* Opens files up to the limit, for the caller to close. */
static size_t use_up_files(int *files, size_t most) {
  size_t count = 0;
  while (count < most && (files[count] = open("/", O_PATH)) >= 0)
    count++;
  assert_int_equal(errno, EMFILE);
  return count;
}

/* Lowers the limit of open files and returns the old one. */
static struct rlimit limit_files(rlim_t most) {
  struct rlimit before, few;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
  few = before;
  few.rlim_cur = most;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
  return before;
}

static void namespaces_end_when_no_file_can_be_opened(void **state) {
  struct stage *stage = *state;
  int files[64];
  start(stage, "/./", true);
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "db");
  fake_netns_process(&stage->tree, "c", 812);
  temp_tree_write(&stage->tree, "proc/812/cgroup",
                  "0::/docker/feedc0de0123" HEX52 "\n");
  assert_string_equal(after(stage, 10), "+db +web +feedc0de0123 ");
  struct rlimit before = limit_files(64);
  size_t count = use_up_files(files, COUNT_OF(files));
  fake_netns_unname(&stage->tree, "web");
  fake_netns_end_process(&stage->tree, 812);
  after(stage, 10);
  while (count > 0)
    close(files[--count]);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  assert_string_equal(stage->events, "-web -feedc0de0123 ");
  assert_int_equal(stage->namespaces.count, 1);
  assert_string_equal(after(stage, 10), "");
}

/* The reserved descriptor is gone too. */
static void known_names_are_checked_without_opening_a_file(void **state) {
  struct stage *stage = *state;
  int files[64];
  start(stage, "/./", false);
  fake_netns_name(&stage->tree, "a", "web");
  fake_netns_name(&stage->tree, "b", "db");
  assert_string_equal(after(stage, 10), "+db +web ");
  struct rlimit before = limit_files(64);
  descriptors_release(&stage->namespaces.reserve);
  size_t count = use_up_files(files, COUNT_OF(files));
  fake_netns_unname(&stage->tree, "web");
  after(stage, 10);
  while (count > 0)
    close(files[--count]);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  assert_string_equal(stage->events, "-web ");
  assert_non_null(strstr(stage->lines, "run/netns cannot be read: Too many"));
}

static void a_quarter_of_the_files_is_for_namespaces(void **state) {
  struct stage *stage = *state;
  char name[16];
  start(stage, "/./", false);
  for (int i = 0; i < 30; i++) {
    snprintf(name, sizeof(name), "n%02d", i);
    fake_netns_name(&stage->tree, name, name);
  }
  struct rlimit before = limit_files(80);
  size_t files = open_files();
  after(stage, 1);
  size_t kept = open_files() - files;
  for (int i = 0; i < 50; i++)
    assert_string_equal(after(stage, 1), "");
  for (int i = 0; i < 10; i++) {
    snprintf(name, sizeof(name), "n%02d", i);
    fake_netns_unname(&stage->tree, name);
  }
  after(stage, 1);
  size_t then = open_files() - files;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  /* The reserve is the 21st. */
  assert_int_equal(kept, 21);
  assert_int_equal(then, 21);
  assert_non_null(strstr(stage->events, "-n09 +n20 +n21 +n22"));
  assert_int_equal(stage->line_count, 1);
  assert_non_null(strstr(stage->lines, "a quarter of the 80 files"));
  assert_non_null(strstr(stage->lines, "namespaces n20, n21, n22, "));
}

/* The files of other plugins count too. */
static void half_of_the_files_is_left_to_the_process(void **state) {
  struct stage *stage = *state;
  int files[80];
  start(stage, "/./", false);
  fake_netns_name(&stage->tree, "a", "web");
  struct rlimit before = limit_files(80);
  size_t count = 0;
  while ((files[count] = open("/", O_PATH)) < 40)
    count++;
  count++;
  assert_string_equal(after(stage, 1), "");
  close(files[--count]);
  close(files[--count]);
  close(files[--count]);
  assert_string_equal(after(stage, 1), "+web ");
  while (count > 0)
    close(files[--count]);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  assert_int_equal(stage->line_count, 1);
}

/* ip-netns(8) gives a name to one that has no container's id. */
static void without_a_container_id_the_name_is_used(void **state) {
  struct stage *stage = *state;
  start(stage, NULL, true);
  fake_netns_process(&stage->tree, "a", 812);
  fake_netns_name(&stage->tree, "a", "web");
  assert_string_equal(after(stage, 10), "+web ");
}

static void the_search_is_bounded(void **state) {
  struct stage *stage = *state;
  char name[16];
  stage->namespaces.max = 4;
  start(stage, NULL, true);
  for (unsigned i = 0; i < 100; i++) {
    snprintf(name, sizeof(name), "n%02u", i);
    fake_netns_process(&stage->tree, name, 800 + i);
  }
  after(stage, 10);
  assert_int_equal(stage->namespaces.count, 4);
  assert_in_range(stage->namespaces.search.found.count, 5, 8);
  assert_non_null(strstr(stage->lines, "MaxNamespaces 4"));
  /* A known namespace is found by another process. */
  struct netns_entry known = stage->namespaces.all[3]->entry;
  snprintf(name, sizeof(name), "n%02u", known.pid - 800);
  fake_netns_process(&stage->tree, name, 9000);
  fake_netns_end_process(&stage->tree, known.pid);
  assert_string_equal(after(stage, 1), "");
  assert_int_equal(stage->namespaces.all[3]->entry.pid, 9000);
}

/* Puts a process of its own into each of some namespaces: user0, user1, ... */
static void add_spaces_of_users(struct stage *stage, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    char name[16];
    snprintf(name, sizeof(name), "user%u", i);
    fake_netns_process(&stage->tree, name, 100 + i);
  }
}

/* Puts a process of a container into a namespace of root's. */
static void add_container(struct stage *stage, const char *space,
                          unsigned pid) {
  char path[64];
  snprintf(path, sizeof(path), "proc/%u/cgroup", pid);
  temp_tree_write(&stage->tree, path, "0::/docker/feedc0de0123" HEX52 "\n");
  fake_netns_process(&stage->tree, space, pid);
}

static enum netns_kind kind_at(const struct stage *stage, size_t place) {
  assert_true(place < stage->namespaces.count);
  return stage->namespaces.all[place]->entry.kind;
}

static void those_of_users_are_left_out(void **state) {
  struct stage *stage = *state;
  start(stage, NULL, true);
  add_spaces_of_users(stage, 130);
  assert_string_equal(after(stage, 10), "");
  add_container(stage, "a", 9000);
  assert_string_equal(after(stage, 10), "+feedc0de0123 ");
  assert_int_equal(stage->namespaces.search.found.count, 1);
  assert_int_equal(stage->line_count, 0);
}

static void those_of_users_alone(void **state) {
  struct stage *stage = *state;
  stage->namespaces.rootless = true;
  start(stage, NULL, false);
  add_spaces_of_users(stage, 3);
  add_container(stage, "a", 9000);
  after(stage, 10);
  assert_int_equal(stage->namespaces.count, 3);
  assert_int_equal(kind_at(stage, 0), NETNS_ROOTLESS);
}

static void the_important_ones_take_their_places(void **state) {
  struct stage *stage = *state;
  stage->namespaces.max = 4;
  stage->namespaces.rootless = true;
  start(stage, "web", true);
  add_spaces_of_users(stage, 130);
  after(stage, 10);
  assert_int_equal(stage->namespaces.count, 4);
  assert_int_equal(kind_at(stage, 0), NETNS_ROOTLESS);
  fake_netns_process(&stage->tree, "a", 9000);
  after(stage, 10);
  assert_int_equal(kind_at(stage, 0), NETNS_OTHER);
  add_container(stage, "b", 9001);
  after(stage, 10);
  assert_int_equal(kind_at(stage, 0), NETNS_CONTAINER);
  assert_int_equal(kind_at(stage, 1), NETNS_OTHER);
  fake_netns_name(&stage->tree, "c", "web");
  assert_non_null(strstr(after(stage, 1), "+web "));
  assert_int_equal(kind_at(stage, 0), NETNS_NAMED);
  fake_netns_process(&stage->tree, "d", 9002);
  after(stage, 10);
  assert_int_equal(stage->namespaces.count, 4);
  assert_int_equal(kind_at(stage, 3), NETNS_OTHER);
  /* None of root's is replaced by one of its own kind, or by a lesser one. */
  fake_netns_process(&stage->tree, "e", 9003);
  assert_string_equal(after(stage, 10), "");
  assert_int_equal(stage->line_count, 1);
}

static void the_important_ones_get_the_files(void **state) {
  struct stage *stage = *state;
  stage->namespaces.rootless = true;
  start(stage, NULL, true);
  add_spaces_of_users(stage, 30);
  struct rlimit before = limit_files(80);
  after(stage, 10);
  add_container(stage, "a", 9000);
  after(stage, 10);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  assert_non_null(strstr(stage->events, "+feedc0de0123 "));
  assert_non_null(stage->namespaces.all[0]->space);
  assert_null(stage->namespaces.all[30]->space);
  assert_int_equal(stage->line_count, 1);
}

/* Updates as an ordinary user whose capabilities are shown as set; some process
 * may not be examined. */
static void expect_warning_as_user(struct stage *stage, const char *set,
                                   const char *words) {
  char status[64];
  snprintf(status, sizeof(status), "CapEff:\t%s\n", set);
  temp_tree_write(&stage->tree, "proc/self/status", status);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
      _exit(99);
    after(stage, 10);
    _exit(stage->line_count == 1 && strstr(stage->lines, words) != NULL ? 0
                                                                        : 1);
  }
  int result;
  assert_int_equal(waitpid(child, &result, 0), child);
  CHECK(WIFEXITED(result) && WEXITSTATUS(result) == 0, "%s: %d", set, result);
}

static void a_present_capability_is_not_called_missing(void **state) {
  struct stage *stage = *state;
  char path[512];
  fake_netns_process(&stage->tree, "a", 812);
  temp_tree_write(&stage->tree, "proc/self/net/dev", "");
  temp_tree_write(&stage->tree, "proc/812/net/dev", "");
  temp_tree_path(&stage->tree, "proc/812/ns", path, sizeof(path));
  assert_int_equal(chmod(path, 0), 0);
  assert_int_equal(chmod(stage->tree.root, 0755), 0);
  start(stage, NULL, true);
  expect_warning_as_user(stage, "0000000000000000",
                         "Containers needs CAP_SYS_PTRACE");
  expect_warning_as_user(stage, "0000000000080000",
                         "although collectd has CAP_SYS_PTRACE");
  assert_int_equal(chmod(path, 0755), 0);
}

static void setns_may_be_forbidden_despite_the_capability(void **state) {
  struct stage *stage = *state;
  fake_netns.error = EPERM;
  temp_tree_write(&stage->tree, "proc/self/status",
                  "CapEff:\t0000000000200000\n");
  start(stage, "web", false);
  assert_int_equal(stage->line_count, 1);
  assert_non_null(strstr(stage->lines, "although collectd has CAP_SYS_ADMIN"));
}

static void nothing_is_left_of_ended_namespaces(void **state) {
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

static void settings_are_read_in_the_namespace(void **state) {
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
  /* The kernel shows this one on the host alone. */
  assert_int_equal(net_namespace_read_number(web, context, rmem_max, &number),
                   0);
  assert_int_equal(number, 212992);
  assert_int_equal(net_namespace_read_text(web, context, "net.none", text, 32),
                   -ENOENT);
  /* An error is not replaced by the host's value. */
  fake_netns.error = ENOMEM;
  assert_int_equal(net_namespace_read_text(web, context, somaxconn, text, 32),
                   -ENOMEM);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, remove_all)
  const struct CMUnitTest tests[] = {
      TEST(named_namespaces_come_and_go),
      TEST(a_name_that_leads_elsewhere_is_another_namespace),
      TEST(the_hosts_own_is_left_out),
      TEST(containers_are_found_by_their_processes),
      TEST(processes_are_searched_every_five_seconds),
      TEST(a_wanted_name_is_preferred),
      TEST(equal_names_get_the_inode),
      TEST(an_object_is_traced_to_its_namespace),
      TEST(at_most_max_are_watched),
      TEST(without_privileges_there_is_one_message),
      TEST(nothing_is_logged_unless_namespaces_are_wanted),
      TEST(a_namespace_that_cannot_be_watched_is_logged_once),
      TEST(denied_namespaces_are_logged_once),
      TEST(an_unreadable_directory_ends_nothing),
      TEST(a_container_ends_although_names_are_unreadable),
      TEST(namespaces_end_when_no_file_can_be_opened),
      TEST(known_names_are_checked_without_opening_a_file),
      TEST(a_quarter_of_the_files_is_for_namespaces),
      TEST(half_of_the_files_is_left_to_the_process),
      TEST(without_a_container_id_the_name_is_used),
      TEST(the_search_is_bounded),
      TEST(those_of_users_are_left_out),
      TEST(those_of_users_alone),
      TEST(the_important_ones_take_their_places),
      TEST(the_important_ones_get_the_files),
      TEST(a_present_capability_is_not_called_missing),
      TEST(setns_may_be_forbidden_despite_the_capability),
      TEST(nothing_is_left_of_ended_namespaces),
      TEST(settings_are_read_in_the_namespace),
  };
  return cmocka_run_group_tests_name("namespaces", tests, NULL, NULL);
}
