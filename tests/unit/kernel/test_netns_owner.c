/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netns.h"
#include "netns_owner.h"
#include "open_files.h"
#include "sysroot.h"

#define NOBODY 65534

/* Answers for a file of /proc, or -errno. */
static int is_roots(const char *path) {
  bool answer;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  assert_true(fd >= 0);
  int r = netns_owner_is_root(fd, &answer);
  close(fd);
  return r < 0 ? r : answer;
}

/* Starts a process of a user in a user and a network namespace of its own,
 * which writes what is answered there of the latter. Skips the test where that
 * is forbidden. */
static pid_t fork_apart(uid_t user, char *ret_answer) {
  int ready[2];
  *ret_answer = 0;
  assert_int_equal(pipe(ready), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    char answer = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if ((geteuid() == user || setresuid(user, user, user) == 0) &&
        unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
      answer = is_roots("/proc/self/ns/net") == 1 ? 'y' : 'n';
    if (write(ready[1], &answer, 1) == 1)
      pause();
    _exit(0);
  }
  assert_int_equal(read(ready[0], ret_answer, 1), 1);
  close(ready[0]);
  close(ready[1]);
  if (*ret_answer != 0)
    return child;
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  skip();
  return 0;
}

static void end(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

static int is_roots_of_process(pid_t pid) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
  return is_roots(path);
}

static uid_t ordinary_user(void) { return geteuid() == 0 ? NOBODY : geteuid(); }

static void the_callers_own(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  size_t files = open_files();
  assert_int_equal(is_roots("/proc/self/ns/net"), 1);
  assert_int_equal(open_files(), files);
}

static void one_of_an_ordinary_user(void **state) {
  (void)state;
  char answer;
  pid_t child = fork_apart(ordinary_user(), &answer);
  size_t files = open_files();
  assert_int_equal(is_roots_of_process(child), 0);
  assert_int_equal(open_files(), files);
  end(child);
  /* In his own user namespace he is root. */
  assert_int_equal(answer, 'y');
}

static void one_of_a_runtime_of_root(void **state) {
  (void)state;
  char answer;
  if (geteuid() != 0)
    skip();
  pid_t child = fork_apart(0, &answer);
  assert_int_equal(is_roots_of_process(child), 1);
  end(child);
}

static void a_file_that_says_nothing(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  bool answer = false;
  assert_int_equal(is_roots("/proc/self/stat"), 1);
  assert_int_equal(netns_owner_is_root(-1, &answer), -EBADF);
  assert_false(answer);
}

/* Asks the search for the kind of a process's namespace. */
static enum netns_kind kind_of(pid_t pid, size_t most_of_users) {
  const size_t limits[NETNS_KINDS] = {[NETNS_CONTAINER] = SIZE_MAX,
                                      [NETNS_OTHER] = SIZE_MAX,
                                      [NETNS_ROOTLESS] = most_of_users};
  struct sysroot root;
  struct netns_list list = {0};
  struct netns_id id;
  bool is_denied;
  char text[16];
  snprintf(text, sizeof(text), "%d", pid);
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  assert_int_equal(netns_of_process(&root, text, &id), 0);
  assert_int_equal(netns_find_inhabited(&root, NULL, limits, &list, &is_denied),
                   0);
  const struct netns_entry *entry = netns_find(&list, id);
  enum netns_kind kind = entry != NULL ? entry->kind : NETNS_KINDS;
  netns_list_free(&list);
  sysroot_free(&root);
  return kind;
}

static void the_search_tells_them_apart(void **state) {
  (void)state;
  char answer;
  pid_t child = fork_apart(ordinary_user(), &answer);
  enum netns_kind kind = kind_of(child, SIZE_MAX);
  enum netns_kind kind_if_none = kind_of(child, 0);
  enum netns_kind own = kind_of(getpid(), 0);
  end(child);
  assert_int_equal(kind, NETNS_ROOTLESS);
  assert_int_equal(kind_if_none, NETNS_KINDS);
  assert_true(own == NETNS_OTHER || own == NETNS_CONTAINER);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_callers_own),
      cmocka_unit_test(one_of_an_ordinary_user),
      cmocka_unit_test(one_of_a_runtime_of_root),
      cmocka_unit_test(a_file_that_says_nothing),
      cmocka_unit_test(the_search_tells_them_apart),
  };
  return cmocka_run_group_tests_name("netns_owner", tests, NULL, NULL);
}
