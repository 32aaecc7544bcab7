/* SPDX-License-Identifier: MIT */
#include "sysroot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char default_proc[] = "/proc";
static const char default_sys[] = "/sys";

static int check_directory(const char *path) {
  struct stat status;
  if (stat(path, &status) < 0)
    return -errno;
  return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
}

/* Compares the directories: the path may be written as "/proc/". */
static bool is_default_proc(const char *path) {
  struct stat one, other;
  return stat(path, &one) == 0 && stat(default_proc, &other) == 0 &&
         one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static bool has_net_of_init(const char *proc) {
  char path[PATH_MAX];
  int length = snprintf(path, sizeof(path), "%s/1/net", proc);
  return length > 0 && (size_t)length < sizeof(path) &&
         check_directory(path) == 0;
}

/* Finds /run as process 1 of a foreign /proc sees it. */
static char *find_run(const char *proc) {
  char *path;
  if (is_default_proc(proc))
    return strdup("/run");
  return asprintf(&path, "%s/1/root/run", proc) >= 0 ? path : NULL;
}

int sysroot_init(struct sysroot *root, const char *proc, const char *sys) {
  if (proc == NULL)
    proc = default_proc;
  if (sys == NULL)
    sys = default_sys;
  int r = check_directory(proc);
  if (r == 0)
    r = check_directory(sys);
  if (r < 0)
    return r;

  struct sysroot filled = {
      .proc = strdup(proc),
      .sys = strdup(sys),
      .run = find_run(proc),
      .net_of_init = !is_default_proc(proc) && has_net_of_init(proc),
  };
  if (filled.proc == NULL || filled.sys == NULL || filled.run == NULL) {
    sysroot_free(&filled);
    return -ENOMEM;
  }
  strcpy(filled.net_owner, filled.net_of_init ? "1/" : "");
  *root = filled;
  return 0;
}

void sysroot_free(struct sysroot *root) {
  free(root->proc);
  free(root->sys);
  free(root->run);
  *root = (struct sysroot){0};
}

/* Returns true if this /proc shows the caller's own PID namespace. */
static bool numbers_processes_alike(const struct sysroot *root) {
  char path[PATH_MAX], link[16], own[16];
  int length = snprintf(path, sizeof(path), "%s/self", root->proc);
  if (length < 0 || (size_t)length >= sizeof(path))
    return false;
  ssize_t n = readlink(path, link, sizeof(link));
  int expected = snprintf(own, sizeof(own), "%d", getpid());
  return n == expected && memcmp(link, own, (size_t)n) == 0;
}

/* Linux before 3.17 has no thread-self. It does not list threads in /proc, but
 * finds them there by their number. */
struct sysroot sysroot_of_thread(const struct sysroot *root) {
  struct sysroot view = *root;
  char path[PATH_MAX];
  int length = snprintf(path, sizeof(path), "%s/thread-self", root->proc);
  bool has_link =
      length > 0 && (size_t)length < sizeof(path) && access(path, F_OK) == 0;
  if (!has_link && numbers_processes_alike(root))
    snprintf(view.net_owner, sizeof(view.net_owner), "%ld/",
             syscall(SYS_gettid));
  else
    strcpy(view.net_owner, "thread-self/");
  return view;
}

bool sysroot_net_is_foreign(const struct sysroot *root) {
  /* The inodes differ between namespaces, but not between mounts of procfs, and
   * unlike ns/net they can be read without privileges. */
  char path[PATH_MAX];
  struct stat other, own;
  int length = snprintf(path, sizeof(path), "%s/1/net/dev", root->proc);
  return root->net_of_init && length > 0 && (size_t)length < sizeof(path) &&
         stat(path, &other) == 0 && stat("/proc/self/net/dev", &own) == 0 &&
         other.st_ino != own.st_ino;
}

/* Returns the rest of path behind prefix, or NULL. */
static const char *skip_prefix(const char *path, const char *prefix) {
  size_t length = strlen(prefix);
  return strncmp(path, prefix, length) == 0 ? path + length : NULL;
}

int sysroot_path(const struct sysroot *root, const char *path, char *ret,
                 size_t size) {
  const char *tree, *rest;
  const char *owner = "";
  if ((rest = skip_prefix(path, "proc/")) != NULL) {
    tree = root->proc;
    if (skip_prefix(rest, "net/") != NULL)
      owner = root->net_owner;
  } else if ((rest = skip_prefix(path, "sys/")) != NULL) {
    tree = root->sys;
  } else if ((rest = skip_prefix(path, "run/")) != NULL) {
    tree = root->run;
  } else {
    return -EINVAL;
  }
  int length = snprintf(ret, size, "%s/%s%s", tree, owner, rest);
  return length >= 0 && (size_t)length < size ? 0 : -ENAMETOOLONG;
}

int sysroot_open(const struct sysroot *root, const char *path) {
  char where[PATH_MAX];
  int r = sysroot_path(root, path, where, sizeof(where));
  if (r < 0)
    return r;
  int fd = open(where, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  return fd >= 0 ? fd : -errno;
}

int sysroot_open_directory(const struct sysroot *root, const char *path,
                           DIR **ret) {
  char where[PATH_MAX];
  int r = sysroot_path(root, path, where, sizeof(where));
  if (r < 0)
    return r;
  DIR *directory = opendir(where);
  if (directory == NULL)
    return -errno;
  *ret = directory;
  return 0;
}

/* Reads size bytes from offset, or fewer at the end of the file. */
static ssize_t read_at(int fd, char *buffer, size_t size, size_t offset) {
  size_t have = 0;
  while (have < size) {
    ssize_t n = pread(fd, buffer + have, size - have, (off_t)(offset + have));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -errno;
    if (n == 0)
      break;
    have += (size_t)n;
  }
  return (ssize_t)have;
}

int sysroot_read_text(const struct sysroot *root, const char *path, char *ret,
                      size_t size) {
  int fd = sysroot_open(root, path);
  if (fd < 0)
    return fd;

  /* Has room for one byte more than fits, and for a newline. */
  char content[4096];
  size_t limit = size + 1 < sizeof(content) ? size + 1 : sizeof(content);
  ssize_t length = read_at(fd, content, limit, 0);
  close(fd);
  if (length < 0)
    return (int)length;
  bool is_whole = (size_t)length < sizeof(content);
  if (length > 0 && content[length - 1] == '\n')
    length--;
  if ((size_t)length >= size || !is_whole)
    return -EMSGSIZE;
  memcpy(ret, content, (size_t)length);
  ret[length] = '\0';
  return 0;
}

/* Parses a number without its newline. */
static int parse_number(const char *text, size_t length, uint64_t *ret) {
  struct scan scan = scan_text(text, length);
  uint64_t number;
  if (!scan_u64(&scan, &number) || !scan_done(&scan))
    return -EBADMSG;
  *ret = number;
  return 0;
}

int sysroot_read_number(const struct sysroot *root, const char *path,
                        uint64_t *ret) {
  char text[32];
  int r = sysroot_read_text(root, path, text, sizeof(text));
  return r < 0 ? r : parse_number(text, strlen(text), ret);
}

/* sysfs returns a whole file to one read. */
int sysroot_read_number_at(int directory, const char *path, uint64_t *ret) {
  char text[32];
  int fd =
      openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return -errno;
  ssize_t length = pread(fd, text, sizeof(text), 0);
  int r = length < 0 ? -errno : 0;
  close(fd);
  if (r < 0)
    return r;
  if (length == sizeof(text))
    return -EMSGSIZE;
  if (length > 0 && text[length - 1] == '\n')
    length--;
  return parse_number(text, (size_t)length, ret);
}

bool sysroot_stays_open(int fd) {
  struct statfs status;
  return fstatfs(fd, &status) == 0 &&
         (status.f_type == PROC_SUPER_MAGIC || status.f_type == SYSFS_MAGIC);
}

static int grow_buffer(struct sysroot_file *file) {
  size_t capacity = file->capacity == 0 ? 4096 : 2 * file->capacity;
  char *data = realloc(file->data, capacity);
  if (data == NULL)
    return -ENOMEM;
  file->data = data;
  file->capacity = capacity;
  return 0;
}

static int read_all(struct sysroot_file *file, int fd) {
  size_t length = 0;
  for (;;) {
    if (length == file->capacity) {
      int r = grow_buffer(file);
      if (r < 0)
        return r;
    }
    bool has_limit = file->limit > 0 && file->limit < file->capacity;
    size_t end = has_limit ? file->limit : file->capacity;
    ssize_t n = read_at(fd, file->data + length, end - length, length);
    if (n < 0)
      return (int)n;
    length += (size_t)n;
    if (length < end || length == file->limit)
      break;
  }
  file->length = length;
  return 0;
}

static void keep_open(struct sysroot_file *file, int fd) {
  file->fd = fd;
  file->is_open = true;
}

int sysroot_file_read(const struct sysroot *root, struct sysroot_file *file) {
  file->length = 0;
  if (file->is_open) {
    if (read_all(file, file->fd) == 0)
      return 0;
    /* The file may be gone, for example with its module. */
    sysroot_file_close(file);
  }
  if (file->is_foreign)
    return -ENOENT;

  int fd = sysroot_open(root, file->path);
  if (fd < 0)
    return fd;
  int r = read_all(file, fd);
  if (r == 0 && sysroot_stays_open(fd))
    keep_open(file, fd);
  else
    close(fd);
  return r;
}

int sysroot_file_open(const struct sysroot *root, struct sysroot_file *file) {
  if (file->is_open)
    return 0;
  int fd = sysroot_open(root, file->path);
  if (fd < 0)
    return fd;
  keep_open(file, fd);
  return 0;
}

void sysroot_file_close(struct sysroot_file *file) {
  if (file->is_open)
    close(file->fd);
  file->is_open = false;
}

void sysroot_file_free(struct sysroot_file *file) {
  sysroot_file_close(file);
  free(file->data);
  *file =
      (struct sysroot_file){.path = file->path, .is_foreign = file->is_foreign};
}
