/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "open_files.h"
#include "process_name.h"
#include "root_tree.h"

static struct temp_tree tree;
static struct sysroot root;

static int make(void **state) {
  (void)state;
  root_tree_open(&tree, &root);
  return 0;
}

static int remove_all(void **state) {
  (void)state;
  root_tree_close(&tree, &root);
  return 0;
}

/* An open file of a process: proc/PID/fd/NUMBER. */
static void add_file(unsigned pid, unsigned number, const char *target) {
  char path[64], full[512];
  snprintf(path, sizeof(path), "proc/%u/fd/%u", pid, number);
  temp_tree_path(&tree, path, full, sizeof(full));
  temp_tree_make_parents(full);
  assert_int_equal(symlink(target, full), 0);
}

static void add_name(unsigned pid, const char *name) {
  char path[64];
  snprintf(path, sizeof(path), "proc/%u/comm", pid);
  temp_tree_write(&tree, path, name);
}

static const struct process_limits enough = {.files = 100000, .seconds = 60};

/* Looks for one socket. */
static int find(uint32_t inode, struct process_name *ret) {
  struct process_wanted wanted = {.inode = inode};
  int r = process_name_find(&root, &wanted, 1, &enough);
  *ret = wanted.process;
  return r;
}

static void the_process_is_found(void **state) {
  (void)state;
  struct process_name found;
  add_file(1, 0, "/dev/null");
  add_file(1, 3, "socket:[47]");
  add_file(812, 0, "pipe:[4711]");
  add_file(812, 7, "socket:[4711]");
  add_file(813, 7, "socket:[47110]");
  add_name(1, "init\n");
  add_name(812, "nginx\n");
  add_name(813, "other\n");
  temp_tree_write(&tree, "proc/net/udp", "");
  temp_tree_write(&tree, "proc/self2", "");
  assert_int_equal(find(4711, &found), 0);
  assert_int_equal(found.pid, 812);
  assert_string_equal(found.name, "nginx");
  assert_int_equal(find(47, &found), 0);
  assert_string_equal(found.name, "init");
}

static void no_process_has_the_socket(void **state) {
  (void)state;
  struct process_name found;
  assert_int_equal(find(4711, &found), 0);
  assert_int_equal(found.pid, 0);
  add_file(812, 7, "socket:[4712]");
  add_file(812, 8,
           "socket:[4711] and far longer than any name that is true, "
           "indeed");
  assert_int_equal(find(4711, &found), 0);
  assert_int_equal(found.pid, 0);
  add_file(812, 9, "socket:[0]");
  assert_int_equal(find(0, &found), 0);
  assert_int_equal(found.pid, 0);
}

/* Three sockets in one pass; two have processes. */
static void several_sockets_at_once(void **state) {
  (void)state;
  add_file(1, 3, "socket:[47]");
  add_file(812, 7, "socket:[4711]");
  add_name(1, "init\n");
  add_name(812, "nginx\n");
  struct process_wanted wanted[] = {
      {.inode = 4711}, {.inode = 9, .process = {.pid = 7}}, {.inode = 47}};
  assert_int_equal(process_name_find(&root, wanted, 3, &enough), 0);
  assert_string_equal(wanted[0].process.name, "nginx");
  assert_int_equal(wanted[1].process.pid, 0);
  assert_int_equal(wanted[2].process.pid, 1);
}

/* All sockets together get as many files and as much time as one. */
static void a_search_has_limits(void **state) {
  (void)state;
  const struct process_limits few = {.files = 2, .seconds = 60};
  const struct process_limits no_time = {.files = 100000, .seconds = 0};
  struct process_wanted wanted[] = {{.inode = 4711}, {.inode = 4712}};
  add_file(1, 0, "socket:[1]");
  add_file(1, 1, "socket:[4711]");
  add_file(2, 0, "socket:[4712]");
  assert_int_equal(process_name_find(&root, wanted, 2, &few), -EOVERFLOW);
  assert_true(wanted[0].process.pid == 0 || wanted[1].process.pid == 0);
  assert_int_equal(process_name_find(&root, wanted, 2, &no_time), -EOVERFLOW);
  assert_int_equal(wanted[0].process.pid, 0);
  assert_int_equal(wanted[1].process.pid, 0);
  assert_int_equal(process_name_find(&root, wanted, 2, &enough), 0);
  assert_int_equal(wanted[0].process.pid, 1);
  assert_int_equal(wanted[1].process.pid, 2);
}

/* A process with very many files does not keep others from being found. */
static void a_process_with_many_files(void **state) {
  (void)state;
  const struct process_limits few = {.files = 3000, .seconds = 60};
  struct process_wanted wanted = {.inode = 4711};
  for (unsigned i = 0; i < 4000; i++)
    add_file(1, i, "socket:[1]");
  assert_int_equal(process_name_find(&root, &wanted, 1, &few), -EOVERFLOW);
  add_file(2, 3, "socket:[4711]");
  assert_int_equal(process_name_find(&root, &wanted, 1, &few), 0);
  assert_int_equal(wanted.process.pid, 2);
}

static void names_are_made_printable(void **state) {
  (void)state;
  static const struct {
    const char *comm, *name;
  } rows[] = {
      {"a\tb\x1b[31m\n", "a?b?[31m"},
      {"\n", "?"},
      {"\xff\xfe\n", "??"},
      {"123456789012345\n", "123456789012345"},
      {"1234567890123456789\n", "123456789012..."},
  };
  add_file(812, 7, "socket:[4711]");
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct process_name found;
    add_name(812, rows[i].comm);
    assert_int_equal(find(4711, &found), 0);
    CHECK(strcmp(found.name, rows[i].name) == 0, "row %zu: %s", i, found.name);
  }
}

static void a_process_that_ends_meanwhile(void **state) {
  (void)state;
  struct process_name found;
  add_file(812, 7, "socket:[4711]");
  assert_int_equal(find(4711, &found), 0);
  assert_string_equal(found.name, "?");
}

static void this_process(void **state) {
  (void)state;
  struct sysroot real = {0};
  char path[32], target[64] = "";
  uint32_t inode;
  assert_int_equal(sysroot_init(&real, NULL, NULL), 0);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  assert_true(readlink(path, target, sizeof(target) - 1) > 0);
  assert_int_equal(sscanf(target, "socket:[%u]", &inode), 1);
  size_t before = open_files();
  struct process_wanted wanted = {.inode = inode};
  int r = process_name_find(&real, &wanted, 1, &enough);
  assert_int_equal(open_files(), before);
  if (r == 0)
    assert_int_equal(wanted.process.pid, getpid());
  else
    assert_int_equal(r, -EOVERFLOW);
  close(fd);
  sysroot_free(&real);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, remove_all)
  const struct CMUnitTest tests[] = {
      TEST(the_process_is_found),          TEST(no_process_has_the_socket),
      TEST(several_sockets_at_once),       TEST(a_search_has_limits),
      TEST(a_process_with_many_files),     TEST(names_are_made_printable),
      TEST(a_process_that_ends_meanwhile), cmocka_unit_test(this_process),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
