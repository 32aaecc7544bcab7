/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocations.h"
#include "interrupts.h"
#include "irq_counts.h"
#include "open_files.h"
#include "proto_table.h"
#include "root_tree.h"
#include "sockstat.h"
#include "softirqs.h"
#include "softnet_stat.h"

static void assert_content(const struct sysroot_file *file, const char *text) {
  CHECK(file->length == strlen(text) &&
            (file->length == 0 || memcmp(file->data, text, file->length) == 0),
        "%.*s instead of %s", (int)file->length, file->data, text);
}

static void null_means_proc_and_sys(void **state) {
  (void)state;
  struct sysroot root;
  char path[64];
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  assert_false(root.net_of_init);
  assert_int_equal(sysroot_path(&root, "proc/net/softnet_stat", path, 64), 0);
  assert_string_equal(path, "/proc/net/softnet_stat");
  assert_int_equal(sysroot_path(&root, "sys/class/net", path, 64), 0);
  assert_string_equal(path, "/sys/class/net");
  assert_int_equal(sysroot_path(&root, "run/netns", path, 64), 0);
  assert_string_equal(path, "/run/netns");
  sysroot_free(&root);
}

static void proc_by_its_name_is_not_foreign(void **state) {
  (void)state;
  static const char *const rows[] = {"/proc", "/proc/"};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    struct sysroot root;
    assert_int_equal(sysroot_init(&root, rows[i], "/sys"), 0);
    CHECK(!root.net_of_init, "%s", rows[i]);
    sysroot_free(&root);
  }
}

static void each_tree_can_be_elsewhere(void **state) {
  struct root_tree *place = *state;
  struct sysroot root;
  char path[512], expected[512];

  assert_int_equal(sysroot_init(&root, place->tree.proc, NULL), 0);
  assert_int_equal(sysroot_path(&root, "proc/stat", path, sizeof(path)), 0);
  temp_tree_path(&place->tree, "proc/stat", expected, sizeof(expected));
  assert_string_equal(path, expected);
  assert_int_equal(sysroot_path(&root, "sys/block", path, sizeof(path)), 0);
  assert_string_equal(path, "/sys/block");
  sysroot_free(&root);

  assert_int_equal(sysroot_init(&root, NULL, place->tree.sys), 0);
  assert_int_equal(sysroot_path(&root, "proc/stat", path, sizeof(path)), 0);
  assert_string_equal(path, "/proc/stat");
  assert_int_equal(sysroot_path(&root, "sys/block", path, sizeof(path)), 0);
  temp_tree_path(&place->tree, "sys/block", expected, sizeof(expected));
  assert_string_equal(path, expected);
  sysroot_free(&root);
}

static void only_directories_are_trees(void **state) {
  struct root_tree *place = *state;
  char missing[512], file[512];
  temp_tree_write(&place->tree, "file", "x");
  temp_tree_path(&place->tree, "missing", missing, sizeof(missing));
  temp_tree_path(&place->tree, "file", file, sizeof(file));

  struct sysroot root, before;
  memset(&root, 0x5a, sizeof(root));
  before = root;
  assert_int_equal(sysroot_init(&root, missing, NULL), -ENOENT);
  assert_int_equal(sysroot_init(&root, NULL, missing), -ENOENT);
  assert_int_equal(sysroot_init(&root, file, NULL), -ENOTDIR);
  assert_int_equal(sysroot_init(&root, place->tree.proc, file), -ENOTDIR);
  assert_memory_equal(&root, &before, sizeof(root));
}

static void paths_outside_the_trees_are_refused(void **state) {
  struct root_tree *place = *state;
  static const char *const rows[] = {"",          "etc/passwd", "/proc/stat",
                                     "process/x", "system",     "proc",
                                     "./proc/x"};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char path[512] = "kept";
    CHECK(sysroot_path(&place->root, rows[i], path, sizeof(path)) == -EINVAL,
          "\"%s\"", rows[i]);
    assert_string_equal(path, "kept");
    CHECK(sysroot_open(&place->root, rows[i]) == -EINVAL, "\"%s\"", rows[i]);
  }
}

static void a_path_that_does_not_fit_is_refused(void **state) {
  struct root_tree *place = *state;
  char whole[512], path[512];
  assert_int_equal(sysroot_path(&place->root, "proc/stat", whole, 512), 0);
  size_t length = strlen(whole);
  for (size_t size = 1; size <= length + 3; ++size) {
    int result = sysroot_path(&place->root, "proc/stat", path, size);
    CHECK(result == (size > length ? 0 : -ENAMETOOLONG), "size %zu: %d", size,
          result);
  }
  assert_string_equal(path, whole);
}

static void with_a_foreign_proc_net_is_that_of_process_1(void **state) {
  struct root_tree *place = *state;
  struct sysroot root;
  char path[512], expected[512];
  temp_tree_write(&place->tree, "proc/net/softnet_stat", "mine");
  temp_tree_write(&place->tree, "proc/netlink", "other");
  temp_tree_write(&place->tree, "proc/1/net/softnet_stat", "init's");
  assert_int_equal(sysroot_init(&root, place->tree.proc, NULL), 0);
  assert_true(root.net_of_init);

  struct sysroot_file file = SYSROOT_FILE("proc/net/softnet_stat");
  assert_int_equal(sysroot_file_read(&root, &file), 0);
  assert_content(&file, "init's");
  sysroot_file_free(&file);
  char text[32];
  assert_int_equal(sysroot_read_text(&root, "proc/net/softnet_stat", text, 32),
                   0);
  assert_string_equal(text, "init's");
  assert_int_equal(sysroot_path(&root, "proc/net/a/b", path, sizeof(path)), 0);
  temp_tree_path(&place->tree, "proc/1/net/a/b", expected, sizeof(expected));
  assert_string_equal(path, expected);

  assert_int_equal(sysroot_read_text(&root, "proc/netlink", text, 32), 0);
  assert_string_equal(text, "other");
  sysroot_free(&root);
}

static void with_a_foreign_proc_run_is_that_of_process_1(void **state) {
  struct root_tree *place = *state;
  char path[512], expected[512];
  assert_int_equal(
      sysroot_path(&place->root, "run/netns/web", path, sizeof(path)), 0);
  temp_tree_path(&place->tree, "proc/1/root/run/netns/web", expected,
                 sizeof(expected));
  assert_string_equal(path, expected);
}

static void a_threads_net_is_its_own(void **state) {
  struct root_tree *place = *state;
  temp_tree_write(&place->tree, "proc/thread-self/net/snmp", "its own");
  struct sysroot there = sysroot_of_thread(&place->root);
  char path[512], expected[512];
  assert_int_equal(sysroot_path(&there, "proc/net/snmp", path, sizeof(path)),
                   0);
  temp_tree_path(&place->tree, "proc/thread-self/net/snmp", expected,
                 sizeof(expected));
  assert_string_equal(path, expected);
  assert_int_equal(sysroot_path(&there, "proc/sys/net", path, sizeof(path)), 0);
  temp_tree_path(&place->tree, "proc/sys/net", expected, sizeof(expected));
  assert_string_equal(path, expected);
}

/* Lays a link as procfs has it. */
static void lay_self(const struct root_tree *place, int pid) {
  char path[512], target[16];
  temp_tree_path(&place->tree, "proc/self", path, sizeof(path));
  snprintf(target, sizeof(target), "%d", pid);
  unlink(path);
  assert_int_equal(symlink(target, path), 0);
}

static void without_thread_self_a_thread_is_found_by_its_number(void **state) {
  struct root_tree *place = *state;
  char path[512], expected[512], net[64];
  lay_self(place, getpid());
  struct sysroot there = sysroot_of_thread(&place->root);
  assert_int_equal(sysroot_path(&there, "proc/net/snmp", path, sizeof(path)),
                   0);
  snprintf(net, sizeof(net), "proc/%d/net/snmp", gettid());
  temp_tree_path(&place->tree, net, expected, sizeof(expected));
  assert_string_equal(path, expected);

  /* A /proc with other numbers does not know this one. */
  lay_self(place, getpid() + 1);
  there = sysroot_of_thread(&place->root);
  assert_int_equal(sysroot_path(&there, "proc/net/snmp", path, sizeof(path)),
                   0);
  assert_non_null(strstr(path, "/thread-self/"));
}

/* Whether /proc/TID/net is that of the thread: 1, 0, or -errno of unshare(). */
static void *compare_nets(void *data) {
  int *result = data;
  char path[64];
  struct stat process, thread, by_number;
  snprintf(path, sizeof(path), "/proc/%d/net/dev", gettid());
  if (unshare(CLONE_NEWNET) < 0)
    *result = -errno;
  else
    *result = stat("/proc/self/net/dev", &process) == 0 &&
              stat("/proc/thread-self/net/dev", &thread) == 0 &&
              stat(path, &by_number) == 0 &&
              by_number.st_ino == thread.st_ino &&
              by_number.st_ino != process.st_ino;
  return NULL;
}

static void this_kernel_finds_threads_by_their_number(void **state) {
  (void)state;
  pthread_t thread;
  int result = 0;
  assert_int_equal(pthread_create(&thread, NULL, compare_nets, &result), 0);
  assert_int_equal(pthread_join(thread, NULL), 0);
  if (result < 0)
    skip();
  assert_int_equal(result, 1);
}

static void a_foreign_file_is_read_only_while_it_is_open(void **state) {
  struct root_tree *place = *state;
  temp_tree_write(&place->tree, "proc/thread-self/net/other", "");
  struct sysroot there = sysroot_of_thread(&place->root);
  struct sysroot_file file = SYSROOT_FILE("proc/net/snmp");
  size_t files = open_files();
  file.is_foreign = true;
  temp_tree_write(&place->tree, "proc/net/snmp", "the host's");
  assert_int_equal(sysroot_file_open(&there, &file), -ENOENT);
  assert_int_equal(sysroot_file_read(&place->root, &file), -ENOENT);
  temp_tree_write(&place->tree, "proc/thread-self/net/snmp", "another's");
  assert_int_equal(sysroot_file_read(&place->root, &file), -ENOENT);
  assert_int_equal(sysroot_file_open(&there, &file), 0);
  assert_int_equal(sysroot_file_open(&there, &file), 0);
  assert_int_equal(open_files(), files + 1);
  for (int i = 0; i < 3; ++i) {
    assert_int_equal(sysroot_file_read(&place->root, &file), 0);
    assert_content(&file, "another's");
  }
  sysroot_file_close(&file);
  assert_int_equal(open_files(), files);
  assert_int_equal(sysroot_file_read(&place->root, &file), -ENOENT);
  assert_int_equal(sysroot_file_open(&there, &file), 0);
  sysroot_file_free(&file);
  assert_true(file.is_foreign);
  assert_int_equal(open_files(), files);
}

static void a_recorded_tree_has_no_process_1(void **state) {
  struct root_tree *place = *state;
  char text[32];
  temp_tree_write(&place->tree, "proc/net/softnet_stat", "recorded\n");
  assert_false(place->root.net_of_init);
  assert_int_equal(
      sysroot_read_text(&place->root, "proc/net/softnet_stat", text, 32), 0);
  assert_string_equal(text, "recorded");
}

static void descriptors_are_close_on_exec(void **state) {
  struct root_tree *place = *state;
  temp_tree_write(&place->tree, "sys/x", "x");
  int fd = sysroot_open(&place->root, "sys/x");
  assert_true(fd >= 0);
  assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
  assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
  close(fd);
  assert_int_equal(sysroot_open(&place->root, "sys/y"), -ENOENT);
}

static void small_files_are_read_as_text(void **state) {
  struct root_tree *place = *state;
  static const struct {
    const char *content, *text;
    size_t size;
    int result;
  } rows[] = {
      {"1000\n", "1000", 64, 0},
      {"1000", "1000", 64, 0},
      {"a\nb\n\n", "a\nb\n", 64, 0},
      {"", "", 64, 0},
      {"\n", "", 64, 0},
      {"1000\n", "1000", 5, 0},
      {"1000", "1000", 5, 0},
      {"1000\n", NULL, 4, -EMSGSIZE},
      {"1000", NULL, 4, -EMSGSIZE},
      {"10", NULL, 1, -EMSGSIZE},
      {"1000\n\n", NULL, 5, -EMSGSIZE},
  };
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char text[64] = "kept";
    temp_tree_write(&place->tree, "sys/text", rows[i].content);
    int result =
        sysroot_read_text(&place->root, "sys/text", text, rows[i].size);
    CHECK(result == rows[i].result, "row %zu: %d", i, result);
    CHECK(strcmp(text, result == 0 ? rows[i].text : "kept") == 0,
          "row %zu: \"%s\"", i, text);
  }
}

/* A file of 4096 bytes is refused whatever the room. */
static void long_text_is_read_whole_or_not_at_all(void **state) {
  struct root_tree *place = *state;
  static const size_t rows[] = {4094, 4095, 4096, 4097, 5000, 9998};
  static char content[10000], text[10000];
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    memset(content, 'x', rows[i]);
    temp_tree_write_bytes(&place->tree, "sys/text", content, rows[i]);
    int result =
        sysroot_read_text(&place->root, "sys/text", text, sizeof(text));
    CHECK(result == (rows[i] < 4096 ? 0 : -EMSGSIZE), "%zu bytes: %d", rows[i],
          result);
    CHECK(result < 0 || strlen(text) == rows[i], "%zu bytes", rows[i]);
    result = sysroot_read_text(&place->root, "sys/text", text, rows[i]);
    CHECK(result == -EMSGSIZE, "%zu bytes in as many: %d", rows[i], result);
  }
}

static void errors_of_reading_text_are_returned(void **state) {
  struct root_tree *place = *state;
  char text[8] = "kept";
  assert_int_equal(sysroot_read_text(&place->root, "sys/none", text, 8),
                   -ENOENT);
  temp_tree_write(&place->tree, "sys/folder/file", "x");
  assert_int_equal(sysroot_read_text(&place->root, "sys/folder", text, 8),
                   -EISDIR);
  assert_string_equal(text, "kept");
}

static void a_file_of_any_length_is_read_whole(void **state) {
  struct root_tree *place = *state;
  struct sysroot_file file = SYSROOT_FILE("proc/long");
  static const size_t rows[] = {0,    10,   4095,  4096,    4097, 3,
                                8192, 8191, 65536, 1000003, 17,   0};
  for (size_t i = 0; i < COUNT_OF(rows); ++i) {
    char *content = malloc(rows[i] + 1);
    assert_non_null(content);
    for (size_t j = 0; j < rows[i]; ++j)
      content[j] = (char)('a' + (i + j * 31 + j / 4096) % 26);
    temp_tree_write_bytes(&place->tree, "proc/long", content, rows[i]);
    CHECK(sysroot_file_read(&place->root, &file) == 0, "row %zu", i);
    CHECK(file.length == rows[i] &&
              (rows[i] == 0 || memcmp(file.data, content, rows[i]) == 0),
          "row %zu: %zu bytes", i, file.length);
    free(content);
  }
  sysroot_file_free(&file);
}

static void a_file_that_was_replaced_or_removed_is_noticed(void **state) {
  struct root_tree *place = *state;
  struct sysroot_file file = SYSROOT_FILE("proc/net/snmp");
  char from[512], to[512];

  assert_int_equal(sysroot_file_read(&place->root, &file), -ENOENT);
  assert_int_equal(file.length, 0);
  temp_tree_write(&place->tree, "proc/net/snmp", "first");
  assert_int_equal(sysroot_file_read(&place->root, &file), 0);
  assert_content(&file, "first");

  temp_tree_write(&place->tree, "proc/net/new", "a second file");
  temp_tree_path(&place->tree, "proc/net/new", from, sizeof(from));
  temp_tree_path(&place->tree, "proc/net/snmp", to, sizeof(to));
  assert_int_equal(rename(from, to), 0);
  assert_int_equal(sysroot_file_read(&place->root, &file), 0);
  assert_content(&file, "a second file");

  temp_tree_unlink(&place->tree, "proc/net/snmp");
  assert_int_equal(sysroot_file_read(&place->root, &file), -ENOENT);
  assert_int_equal(file.length, 0);
  temp_tree_write(&place->tree, "proc/net/snmp", "back");
  assert_int_equal(sysroot_file_read(&place->root, &file), 0);
  assert_content(&file, "back");
  sysroot_file_free(&file);
}

static void a_directory_is_no_file(void **state) {
  struct root_tree *place = *state;
  struct sysroot_file file = SYSROOT_FILE("proc/net");
  temp_tree_write(&place->tree, "proc/net/snmp", "x");
  size_t before = open_files();
  for (int i = 0; i < 10; ++i) {
    assert_int_equal(sysroot_file_read(&place->root, &file), -EISDIR);
    assert_int_equal(file.length, 0);
  }
  sysroot_file_free(&file);
  assert_int_equal(open_files(), before);
}

static void a_file_outside_the_trees_is_refused(void **state) {
  struct root_tree *place = *state;
  struct sysroot_file file = SYSROOT_FILE("etc/passwd");
  assert_int_equal(sysroot_file_read(&place->root, &file), -EINVAL);
  assert_int_equal(file.length, 0);
  sysroot_file_free(&file);
}

static void the_steady_state_allocates_and_opens_nothing(void **state) {
  struct root_tree *place = *state;
  struct sysroot kernel;
  struct sysroot_file ordinary = SYSROOT_FILE("proc/steady");
  struct sysroot_file procfs = SYSROOT_FILE("proc/self/stat");
  assert_int_equal(sysroot_init(&kernel, NULL, NULL), 0);
  temp_tree_write(&place->tree, "proc/steady", "the same again and again");
  assert_int_equal(sysroot_file_read(&place->root, &ordinary), 0);
  assert_int_equal(sysroot_file_read(&kernel, &procfs), 0);

  size_t files = open_files();
  size_t allocations = allocations_count();
  for (int i = 0; i < 1000; ++i) {
    if (sysroot_file_read(&place->root, &ordinary) != 0 ||
        sysroot_file_read(&kernel, &procfs) != 0)
      fail_msg("read %d", i);
  }
  assert_int_equal(allocations_count(), allocations);
  assert_int_equal(open_files(), files);
  sysroot_file_free(&ordinary);
  sysroot_file_free(&procfs);
  sysroot_free(&kernel);
}

static bool descriptor_is(int fd, const char *path) {
  char link[64], target[256];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, target, sizeof(target) - 1);
  if (length < 0)
    return false;
  target[length] = '\0';
  return strcmp(target, path) == 0;
}

static void a_procfs_file_stays_open_and_is_read_anew(void **state) {
  (void)state;
  NEED_THE_KERNEL();
  struct sysroot root;
  struct sysroot_file file = SYSROOT_FILE("proc/self/stat");
  char path[64], name[16];
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  assert_int_equal(prctl(PR_GET_NAME, name), 0);

  assert_int_equal(prctl(PR_SET_NAME, "one"), 0);
  assert_int_equal(sysroot_file_read(&root, &file), 0);
  assert_non_null(memmem(file.data, file.length, "(one)", 5));
  int fd = file.fd;
  assert_true(fd >= 0);
  snprintf(path, sizeof(path), "/proc/%d/stat", getpid());
  assert_true(descriptor_is(fd, path));
  assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);

  assert_int_equal(prctl(PR_SET_NAME, "another"), 0);
  assert_int_equal(sysroot_file_read(&root, &file), 0);
  assert_non_null(memmem(file.data, file.length, "(another)", 9));
  assert_int_equal(file.fd, fd);
  assert_true(descriptor_is(fd, path));

  prctl(PR_SET_NAME, name);
  sysroot_file_free(&file);
  assert_int_equal(fcntl(fd, F_GETFD), -1);
  assert_int_equal(errno, EBADF);
  sysroot_free(&root);
}

static void a_sysfs_file_stays_open(void **state) {
  (void)state;
  struct sysroot root;
  struct sysroot_file file = SYSROOT_FILE("sys/devices/system/cpu/online");
  char text[4096];
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  if (sysroot_read_text(&root, file.path, text, sizeof(text)) != 0)
    skip();
  assert_int_equal(sysroot_file_read(&root, &file), 0);
  int fd = file.fd;
  assert_true(descriptor_is(fd, "/sys/devices/system/cpu/online"));
  assert_int_equal(sysroot_file_read(&root, &file), 0);
  assert_int_equal(file.fd, fd);
  assert_int_equal(file.length, strlen(text) + 1);
  assert_memory_equal(file.data, text, strlen(text));
  sysroot_file_free(&file);
  sysroot_free(&root);
}

static size_t lines_of(const struct sysroot_file *file) {
  size_t count = 0;
  for (size_t i = 0; i < file->length; ++i)
    count += file->data[i] == '\n';
  return count;
}

/* maps grows by a line for each memory area. */
static void a_procfs_file_that_outgrows_its_buffer_is_read_whole(void **state) {
  (void)state;
  enum { AREAS = 4000 };
  struct sysroot root;
  struct sysroot_file file = SYSROOT_FILE("proc/self/maps");
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  assert_int_equal(sysroot_file_read(&root, &file), 0);
  size_t before = lines_of(&file);
  int fd = file.fd;

  char *areas =
      mmap(NULL, AREAS * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_true(areas != MAP_FAILED);
  for (size_t i = 0; i < AREAS; i += 2)
    assert_int_equal(mprotect(areas + i * page, page, PROT_NONE), 0);
  assert_int_equal(sysroot_file_read(&root, &file), 0);
  assert_true(lines_of(&file) >= before + AREAS - 1);
  assert_int_equal(file.data[file.length - 1], '\n');
  assert_int_equal(file.fd, fd);
  char last[64];
  snprintf(last, sizeof(last), "%lx-",
           (unsigned long)(areas + (AREAS - 2) * page));
  assert_non_null(memmem(file.data, file.length, last, strlen(last)));

  assert_int_equal(munmap(areas, AREAS * page), 0);
  assert_int_equal(sysroot_file_read(&root, &file), 0);
  assert_true(lines_of(&file) < before + AREAS / 2);
  assert_int_equal(file.data[file.length - 1], '\n');
  sysroot_file_free(&file);
  sysroot_free(&root);
}

static void a_procfs_file_that_goes_away_is_noticed(void **state) {
  (void)state;
  struct sysroot root;
  char path[64];
  size_t files = open_files();
  assert_int_equal(sysroot_init(&root, NULL, NULL), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    pause();
    _exit(0);
  }
  snprintf(path, sizeof(path), "proc/%d/stat", child);
  struct sysroot_file file = SYSROOT_FILE(path);
  int before = sysroot_file_read(&root, &file);
  assert_int_equal(kill(child, SIGKILL), 0);
  assert_int_equal(waitpid(child, NULL, 0), child);
  assert_int_equal(before, 0);

  for (int i = 0; i < 3; ++i) {
    int result = sysroot_file_read(&root, &file);
    CHECK(result == -ENOENT || result == -ESRCH, "%d", result);
    assert_int_equal(file.length, 0);
  }
  sysroot_file_free(&file);
  sysroot_free(&root);
  assert_int_equal(open_files(), files);
}

static void a_closed_file_can_be_read_again(void **state) {
  struct root_tree *place = *state;
  struct sysroot_file file = SYSROOT_FILE("sys/again");
  sysroot_file_free(&file);
  temp_tree_write(&place->tree, "sys/again", "once");
  assert_int_equal(sysroot_file_read(&place->root, &file), 0);
  sysroot_file_free(&file);
  assert_int_equal(file.length, 0);
  sysroot_file_free(&file);
  assert_int_equal(sysroot_file_read(&place->root, &file), 0);
  assert_content(&file, "once");
  sysroot_file_free(&file);
}

static void a_reader_that_is_all_zero_closes_nothing(void **state) {
  (void)state;
  int null = open("/dev/null", O_RDONLY);
  assert_int_equal(dup2(null, 0), 0);
  struct sysroot_file file = {0};
  struct interrupts interrupts = {0};
  struct irq_counts counts = {0};
  struct proto_table table = {0};
  struct sockstat_reader sockstat = {0};
  struct softirqs softirqs = {0};
  struct softnet_stat softnet = {0};
  sysroot_file_close(&file);
  sysroot_file_free(&file);
  interrupts_free(&interrupts);
  irq_counts_free(&counts);
  proto_table_free(&table);
  sockstat_free(&sockstat);
  softirqs_free(&softirqs);
  softnet_stat_free(&softnet);
  assert_int_not_equal(fcntl(0, F_GETFD), -1);
  close(null);
}

/* By its path from an open directory. */
static void a_number_below_a_directory(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int result;
  } rows[] = {
      {"17\n", 0},
      {"17", 0},
      {"18446744073709551615\n", 0},
      {"", -EBADMSG},
      {"17 x\n", -EBADMSG},
      {"-1\n", -EBADMSG},
      {"18446744073709551616\n", -EBADMSG},
      {"00000000000000000000000000000017\n", -EMSGSIZE},
  };
  struct temp_tree tree;
  char path[400];
  temp_tree_make(&tree);
  temp_tree_write(&tree, "sys/queues/tx-0/other", "");
  snprintf(path, sizeof(path), "%s/queues", tree.sys);
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  assert_true(directory >= 0);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    uint64_t number = 5;
    temp_tree_write(&tree, "sys/queues/tx-0/tx_timeout", rows[i].text);
    int r = sysroot_read_number_at(directory, "tx-0/tx_timeout", &number);
    CHECK(r == rows[i].result, "row %zu: %d", i, r);
    uint64_t expected = r < 0 ? 5 : strtoull(rows[i].text, NULL, 10);
    CHECK(number == expected, "row %zu: %" PRIu64, i, number);
  }
  uint64_t number;
  assert_int_equal(sysroot_read_number_at(directory, "tx-1/other", &number),
                   -ENOENT);
  close(directory);
  temp_tree_remove(&tree);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(null_means_proc_and_sys),
      cmocka_unit_test(proc_by_its_name_is_not_foreign),
      ROOT_TREE_TEST(each_tree_can_be_elsewhere),
      ROOT_TREE_TEST(only_directories_are_trees),
      ROOT_TREE_TEST(paths_outside_the_trees_are_refused),
      ROOT_TREE_TEST(a_path_that_does_not_fit_is_refused),
      ROOT_TREE_TEST(with_a_foreign_proc_net_is_that_of_process_1),
      ROOT_TREE_TEST(with_a_foreign_proc_run_is_that_of_process_1),
      ROOT_TREE_TEST(a_threads_net_is_its_own),
      ROOT_TREE_TEST(without_thread_self_a_thread_is_found_by_its_number),
      cmocka_unit_test(this_kernel_finds_threads_by_their_number),
      ROOT_TREE_TEST(a_foreign_file_is_read_only_while_it_is_open),
      ROOT_TREE_TEST(a_recorded_tree_has_no_process_1),
      ROOT_TREE_TEST(descriptors_are_close_on_exec),
      ROOT_TREE_TEST(small_files_are_read_as_text),
      ROOT_TREE_TEST(long_text_is_read_whole_or_not_at_all),
      ROOT_TREE_TEST(errors_of_reading_text_are_returned),
      ROOT_TREE_TEST(a_file_of_any_length_is_read_whole),
      ROOT_TREE_TEST(a_file_that_was_replaced_or_removed_is_noticed),
      ROOT_TREE_TEST(a_directory_is_no_file),
      ROOT_TREE_TEST(a_file_outside_the_trees_is_refused),
      ROOT_TREE_TEST(the_steady_state_allocates_and_opens_nothing),
      cmocka_unit_test(a_procfs_file_stays_open_and_is_read_anew),
      cmocka_unit_test(a_sysfs_file_stays_open),
      cmocka_unit_test(a_number_below_a_directory),
      cmocka_unit_test(a_procfs_file_that_outgrows_its_buffer_is_read_whole),
      cmocka_unit_test(a_procfs_file_that_goes_away_is_noticed),
      ROOT_TREE_TEST(a_closed_file_can_be_read_again),
      cmocka_unit_test(a_reader_that_is_all_zero_closes_nothing),
  };
  return cmocka_run_group_tests_name("sysroot", tests, NULL, NULL);
}
