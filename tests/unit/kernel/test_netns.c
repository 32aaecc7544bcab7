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

#include "match.h"
#include "netns.h"
#include "open_files.h"
#include "root_tree.h"

#define HEX16 "0123456789abcdef"
#define ID                                                                     \
  "feedc0de0123"                                                               \
  "45678901" HEX16 HEX16 "89abcdef"                                            \
  "4567"

static struct temp_tree tree;
static struct sysroot root;
static struct netns_list list;

static int make(void **state) {
  (void)state;
  root_tree_open(&tree, &root);
  return 0;
}

static int remove_all(void **state) {
  (void)state;
  netns_list_free(&list);
  root_tree_close(&tree, &root);
  return 0;
}

/* Links a further file to a namespace. */
static void add_link(const char *space, const char *path) {
  char from[512], to[512];
  temp_tree_path(&tree, space, from, sizeof(from));
  temp_tree_path(&tree, path, to, sizeof(to));
  if (access(from, F_OK) != 0)
    temp_tree_write(&tree, space, "");
  temp_tree_make_parents(to);
  assert_int_equal(link(from, to), 0);
}

static void add_name(const char *space, const char *name) {
  char path[400];
  snprintf(path, sizeof(path), "proc/1/root/run/netns/%s", name);
  add_link(space, path);
}

static void add_process(const char *space, unsigned pid) {
  char path[64];
  snprintf(path, sizeof(path), "proc/%u/ns/net", pid);
  add_link(space, path);
}

static const size_t no_limits[NETNS_KINDS] = {SIZE_MAX, SIZE_MAX, SIZE_MAX,
                                              SIZE_MAX};

static int find_named(const char *pattern) {
  struct match names = {0};
  list.count = 0;
  assert_int_equal(match_add(&names, pattern, NULL, 0), 0);
  int r = netns_find_named(&root, &names, &list);
  match_free(&names);
  return r;
}

static void wanted_names_are_found(void **state) {
  (void)state;
  assert_int_equal(find_named("web"), 0);
  assert_int_equal(list.count, 0);
  add_name("a", "web");
  add_name("b", "db");
  add_name("c", "web2");
  assert_int_equal(find_named("web"), 0);
  assert_int_equal(list.count, 1);
  assert_string_equal(list.entries[0].name, "web");
  assert_int_equal(list.entries[0].pid, 0);
  assert_int_equal(find_named("/^web/"), 0);
  assert_int_equal(list.count, 2);
  assert_string_equal(list.entries[0].name, "web");
  assert_string_equal(list.entries[1].name, "web2");
  assert_false(netns_is(list.entries[0].id, list.entries[1].id));
  assert_int_equal(find_named("/./"), 0);
  assert_int_equal(list.count, 3);
}

static void a_namespace_with_two_names_has_the_first(void **state) {
  (void)state;
  add_name("a", "web");
  add_name("a", "also");
  add_name("b", "other");
  assert_int_equal(find_named("/./"), 0);
  assert_int_equal(list.count, 2);
  assert_string_equal(list.entries[0].name, "also");
  assert_string_equal(list.entries[1].name, "other");
}

static void the_longest_name(void **state) {
  (void)state;
  char name[NETNS_NAME_SIZE];
  memset(name, 'n', NAME_MAX);
  name[NAME_MAX] = '\0';
  add_name("a", name);
  assert_int_equal(find_named("/n/"), 0);
  assert_int_equal(list.count, 1);
  assert_string_equal(list.entries[0].name, name);
  assert_true(netns_is_there(&root, &list.entries[0]));
}

static void nothing_is_searched_without_names(void **state) {
  (void)state;
  static const struct match none;
  add_name("a", "web");
  assert_int_equal(netns_find_named(&root, &none, &list), 0);
  assert_int_equal(list.count, 0);
}

static void a_file_in_place_of_the_directory_is_an_error(void **state) {
  (void)state;
  temp_tree_write(&tree, "proc/1/root/run/netns", "");
  assert_int_equal(find_named("web"), -ENOTDIR);
}

/* Puts this process's own namespace into the tree. */
static void add_self(void) {
  char path[512];
  temp_tree_path(&tree, "proc/self/ns/net", path, sizeof(path));
  temp_tree_make_parents(path);
  assert_int_equal(symlink("/proc/self/ns/net", path), 0);
}

static void files_that_are_no_namespace_are_skipped(void **state) {
  (void)state;
  char path[512];
  add_name("a", "file");
  temp_tree_path(&tree, "proc/1/root/run/netns/fifo", path, sizeof(path));
  assert_int_equal(mkfifo(path, 0600), 0);
  temp_tree_path(&tree, "proc/1/root/run/netns/directory", path, sizeof(path));
  assert_int_equal(mkdir(path, 0700), 0);
  assert_int_equal(find_named("/./"), 0);
  assert_int_equal(list.count, 1);
  struct netns_entry entry = list.entries[0];
  assert_int_equal(close(netns_open(&root, &entry)), 0);

  /* Namespaces are on another device than the file. */
  add_self();
  assert_int_equal(find_named("/./"), 0);
  assert_int_equal(list.count, 0);
  assert_int_equal(netns_open(&root, &entry), -EINVAL);
  temp_tree_path(&tree, "proc/1/root/run/netns/real", path, sizeof(path));
  assert_int_equal(symlink("/proc/self/ns/net", path), 0);
  assert_int_equal(find_named("/./"), 0);
  assert_int_equal(list.count, 1);
  assert_string_equal(list.entries[0].name, "real");
}

/* A FIFO takes the place of a namespace that was found. */
static void a_fifo_does_not_block(void **state) {
  (void)state;
  char path[512];
  add_name("a", "web");
  assert_int_equal(find_named("web"), 0);
  struct netns_entry entry = list.entries[0];
  temp_tree_path(&tree, "proc/1/root/run/netns/web", path, sizeof(path));
  assert_int_equal(unlink(path), 0);
  assert_int_equal(mkfifo(path, 0600), 0);
  alarm(20);
  assert_int_equal(netns_open(&root, &entry), -EINVAL);
  int fd = sysroot_open(&root, "run/netns/web");
  assert_true(fd >= 0);
  close(fd);
  alarm(0);
}

static void namespaces_of_processes_are_found(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  bool denied = true;
  add_process("a", 1);
  add_process("a", 2);
  add_process("b", 300);
  add_process("b", 301);
  add_process("c", 4000);
  add_name("c", "web");
  temp_tree_write(&tree, "proc/5/comm", "it has no namespace any more\n");
  temp_tree_write(&tree, "proc/self2/ns/net", "");
  temp_tree_write(&tree, "proc/12x/ns/net", "");
  assert_int_equal(find_named("web"), 0);
  assert_int_equal(netns_find_inhabited(&root, NULL, no_limits, &list, &denied),
                   0);
  assert_false(denied);
  assert_int_equal(list.count, 3);
  assert_string_equal(list.entries[0].name, "web");
  for (size_t i = 1; i < list.count; i++) {
    const struct netns_entry *entry = &list.entries[i];
    assert_string_equal(entry->name, "");
    CHECK(entry->pid == 1 || entry->pid == 2 || entry->pid == 300 ||
              entry->pid == 301,
          "%u", entry->pid);
    assert_true(netns_is_there(&root, entry));
    assert_ptr_equal(netns_find(&list, entry->id), entry);
  }
}

/* However many there are, the wanted ones are found. */
static void few_of_many_inhabited_namespaces(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  static const size_t few[NETNS_KINDS] = {[NETNS_OTHER] = 5};
  bool denied;
  struct netns_list wanted = {0};
  for (unsigned i = 1; i <= 40; i++) {
    char space[16];
    snprintf(space, sizeof(space), "space%u", i);
    add_process(space, i);
  }
  assert_int_equal(netns_find_inhabited(&root, NULL, no_limits, &list, &denied),
                   0);
  assert_int_equal(list.count, 40);
  assert_int_equal(netns_list_add(&wanted, &list.entries[3]), 0);
  assert_int_equal(netns_list_add(&wanted, &list.entries[38]), 0);
  list.count = 0;
  assert_int_equal(netns_find_inhabited(&root, &wanted, few, &list, &denied),
                   0);
  assert_int_equal(list.count, 7);
  for (size_t i = 0; i < wanted.count; i++)
    assert_non_null(netns_find(&list, wanted.entries[i].id));
  assert_int_equal(netns_find_inhabited(&root, &wanted, few, &list, &denied),
                   0);
  assert_int_equal(list.count, 12);
  netns_list_free(&wanted);
}

static void each_kind_has_a_limit_of_its_own(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  static const size_t limits[NETNS_KINDS] = {
      [NETNS_CONTAINER] = 2, [NETNS_OTHER] = 3};
  size_t counts[NETNS_KINDS] = {0};
  bool denied;
  for (unsigned i = 1; i <= 20; i++) {
    char name[32];
    snprintf(name, sizeof(name), "space%u", i);
    add_process(name, i);
    snprintf(name, sizeof(name), "proc/%u/cgroup", i);
    temp_tree_write(&tree, name, i % 2 == 0 ? "0::/docker/" ID "\n" : "0::/\n");
  }
  assert_int_equal(netns_find_inhabited(&root, NULL, limits, &list, &denied),
                   0);
  for (size_t i = 0; i < list.count; i++)
    counts[list.entries[i].kind]++;
  assert_int_equal(counts[NETNS_CONTAINER], 2);
  assert_int_equal(counts[NETNS_OTHER], 3);
  assert_int_equal(list.count, 5);
}

/* What an ordinary user finds: the number of namespaces, and whether some were
 * denied. */
static int find_as_user(void) {
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    bool denied = false;
    if ((geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) ||
        netns_find_inhabited(&root, NULL, no_limits, &list, &denied) != 0)
      _exit(99);
    _exit((int)list.count + (denied ? 10 : 0));
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static void a_process_that_may_not_be_examined(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  char path[512];
  add_process("a", 1);
  add_process("b", 2);
  temp_tree_write(&tree, "proc/self/net/dev", "");
  add_link("proc/self/net/dev", "proc/2/net/dev");
  temp_tree_path(&tree, "proc/2/ns", path, sizeof(path));
  assert_int_equal(chmod(path, 0), 0);
  assert_int_equal(chmod(tree.root, 0755), 0);
  /* It is in the same namespace as this process. */
  assert_int_equal(find_as_user(), 1);
  temp_tree_unlink(&tree, "proc/2/net/dev");
  assert_int_equal(find_as_user(), 1);
  temp_tree_write(&tree, "proc/2/net/dev", "");
  assert_int_equal(find_as_user(), 11);
  assert_int_equal(chmod(path, 0755), 0);
  assert_int_equal(find_as_user(), 2);
}

static void a_replaced_namespace_is_gone(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  add_name("a", "web");
  add_process("b", 7);
  bool denied;
  assert_int_equal(find_named("web"), 0);
  assert_int_equal(netns_find_inhabited(&root, NULL, no_limits, &list, &denied),
                   0);
  assert_int_equal(list.count, 2);
  int fd = netns_open(&root, &list.entries[0]);
  assert_true(fd >= 0);
  assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
  close(fd);
  size_t files = open_files();
  temp_tree_unlink(&tree, "proc/1/root/run/netns/web");
  assert_false(netns_is_there(&root, &list.entries[0]));
  assert_int_equal(netns_open(&root, &list.entries[0]), -ENOENT);
  add_name("c", "web");
  assert_false(netns_is_there(&root, &list.entries[0]));
  assert_int_equal(netns_open(&root, &list.entries[0]), -ESTALE);
  temp_tree_unlink(&tree, "proc/7/ns/net");
  assert_false(netns_is_there(&root, &list.entries[1]));
  assert_int_equal(open_files(), files);
}

static void a_container_by_its_cgroup(void **state) {
  (void)state;
  static const struct {
    const char *cgroup, *name;
  } rows[] = {
      {"0::/docker/" ID "\n", "feedc0de0123"},
      {"0::/system.slice/docker-" ID ".scope\n", "feedc0de0123"},
      {"0::/../../docker/" ID "/init\n", "feedc0de0123"},
      {"0::/machine.slice/libpod-" ID ".scope/container\n", "feedc0de0123"},
      {"12:cpu:/kubepods/burstable/pod12345678-1234-1234-1234-123456789012/" ID
       "\n11:devices:/user.slice\n",
       "feedc0de0123"},
      {"0::/kubepods.slice/kubepods-pod12345678_1234_1234_1234_123456789012"
       ".slice/cri-containerd-" ID ".scope\n",
       "feedc0de0123"},
      /* A container in a container. */
      {"0::/docker/" HEX16 HEX16 HEX16 HEX16 "/docker/" ID "\n",
       "feedc0de0123"},
      {"0::/" ID, "feedc0de0123"},
      /* Too short, too long, no digits, upper case, in a word, nothing. */
      {"0::/docker/feedc0de0123\n", NULL},
      {"0::/docker/" ID "0\n", NULL},
      {"0::/docker/" ID "x\n", NULL},
      {"0::/docker/x" ID "\n", NULL},
      {"0::/lxc/web\n", NULL},
      {"0::/\n", NULL},
      {"", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct netns_entry entry = {.id.inode = 4026532318, .pid = 812};
    temp_tree_write(&tree, "proc/812/cgroup", rows[i].cgroup);
    netns_make_name(&root, &entry);
    const char *wanted = rows[i].name != NULL ? rows[i].name : "4026532318";
    CHECK(strcmp(entry.name, wanted) == 0, "%s: %s", rows[i].cgroup,
          entry.name);
  }
  struct netns_entry entry = {.id.inode = 4026532319, .pid = 813};
  netns_make_name(&root, &entry);
  assert_string_equal(entry.name, "4026532319");
}

/* What work() observes. */
struct seen {
  struct sysroot *root;
  struct netns_id id;
  int calls, result;
};

static int look(void *data) {
  struct seen *seen = data;
  seen->calls++;
  struct netns_entry entry = {.pid = 0};
  if (netns_of_process(seen->root, "thread-self", &entry.id) < 0)
    return -EIO;
  seen->id = entry.id;
  return seen->result;
}

static void a_file_that_is_no_namespace_is_not_entered(void **state) {
  (void)state;
  struct seen seen = {.root = &root};
  int fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  assert_true(fd >= 0);
  assert_int_equal(netns_run(fd, look, &seen), -EINVAL);
  close(fd);
  fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  assert_int_equal(netns_run(fd, look, &seen), -EINVAL);
  close(fd);
  assert_int_equal(netns_run(-1, look, &seen), -EBADF);
  assert_int_equal(seen.calls, 0);
}

/* A process in a namespace of its own. */
static pid_t fork_apart(void) {
  int ready[2];
  char byte = 0;
  assert_int_equal(pipe(ready), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (unshare(CLONE_NEWNET) == 0)
      byte = 1;
    if (write(ready[1], &byte, 1) == 1)
      pause();
    _exit(0);
  }
  assert_int_equal(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  close(ready[1]);
  if (byte == 1)
    return child;
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return 0;
}

static void only_the_working_thread_enters(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct sysroot real;
  struct netns_id own, now;
  struct netns_entry entry = {.pid = 0};
  assert_int_equal(sysroot_init(&real, NULL, NULL), 0);
  pid_t child = fork_apart();
  if (child == 0)
    skip();
  char pid[16];
  snprintf(pid, sizeof(pid), "%d", child);
  entry.pid = (uint32_t)child;
  assert_int_equal(netns_of_process(&real, "thread-self", &own), 0);
  assert_int_equal(netns_of_process(&real, pid, &entry.id), 0);
  assert_false(netns_is(own, entry.id));
  int fd = netns_open(&real, &entry);
  assert_true(fd >= 0);
  size_t files = open_files();
  struct seen seen = {.root = &real, .result = 7};
  for (int i = 0; i < 100; i++) {
    seen.id = own;
    assert_int_equal(netns_run(fd, look, &seen), 7);
    assert_true(netns_is(seen.id, entry.id));
    assert_int_equal(netns_of_process(&real, "thread-self", &now), 0);
    assert_true(netns_is(own, now));
    assert_int_equal(netns_of_process(&real, "self", &now), 0);
    assert_true(netns_is(own, now));
  }
  assert_int_equal(seen.calls, 100);
  assert_int_equal(open_files(), files);

  bool denied;
  assert_int_equal(netns_find_inhabited(&real, NULL, no_limits, &list, &denied),
                   0);
  assert_non_null(netns_find(&list, own));
  assert_non_null(netns_find(&list, entry.id));
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  assert_false(netns_is_there(&real, &entry));
  /* The namespace lives on while its file is open. */
  assert_int_equal(netns_run(fd, look, &seen), 7);
  assert_true(netns_is(seen.id, entry.id));
  close(fd);
  sysroot_free(&real);
}

static void without_privileges_no_namespace_is_entered(void **state) {
  (void)state;
  struct sysroot real;
  struct seen seen = {.root = &real};
  if (geteuid() != 0) {
    assert_int_equal(sysroot_init(&real, NULL, NULL), 0);
    int fd = sysroot_open(&real, "proc/self/ns/net");
    assert_int_equal(netns_run(fd, look, &seen), -EPERM);
    assert_int_equal(seen.calls, 0);
    close(fd);
    sysroot_free(&real);
    return;
  }
  /* Runs in a process of an ordinary user. */
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    _exit(setresuid(65534, 65534, 65534) == 0 &&
                  netns_run(fd, look, &seen) == -EPERM && seen.calls == 0
              ? 0
              : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, remove_all)
  const struct CMUnitTest tests[] = {
      TEST(wanted_names_are_found),
      TEST(a_namespace_with_two_names_has_the_first),
      TEST(the_longest_name),
      TEST(nothing_is_searched_without_names),
      TEST(a_file_in_place_of_the_directory_is_an_error),
      TEST(files_that_are_no_namespace_are_skipped),
      TEST(a_fifo_does_not_block),
      TEST(namespaces_of_processes_are_found),
      TEST(few_of_many_inhabited_namespaces),
      TEST(each_kind_has_a_limit_of_its_own),
      TEST(a_process_that_may_not_be_examined),
      TEST(a_replaced_namespace_is_gone),
      TEST(a_container_by_its_cgroup),
      TEST(a_file_that_is_no_namespace_is_not_entered),
      TEST(only_the_working_thread_enters),
      TEST(without_privileges_no_namespace_is_entered),
  };
  return cmocka_run_group_tests_name("netns", tests, NULL, NULL);
}
