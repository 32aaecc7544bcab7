/* SPDX-License-Identifier: MIT */
#include "net_sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysroot.h"

static int write_path(char path[static PATH_MAX], const char *interface,
                      const char *file) {
  int length = snprintf(path, PATH_MAX, "sys/class/net/%s/%s", interface, file);
  return length >= 0 && length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static bool read_number(const struct sysroot *root, const char *interface,
                        const char *file, uint64_t *ret) {
  char path[PATH_MAX];
  return write_path(path, interface, file) == 0 &&
         sysroot_read_number(root, path, ret) == 0;
}

bool net_sysfs_shows(const struct sysroot *root, const char *interface,
                     uint32_t index) {
  uint64_t found;
  return read_number(root, interface, "ifindex", &found) && found == index;
}

bool net_sysfs_has_device(const struct sysroot *root, const char *interface,
                          uint32_t index) {
  char path[PATH_MAX], real[PATH_MAX];
  return net_sysfs_shows(root, interface, index) &&
         write_path(path, interface, "device") == 0 &&
         sysroot_path(root, path, real, sizeof(real)) == 0 &&
         access(real, F_OK) == 0;
}

/* Writes "tx-3/tx_timeout". */
static bool write_name(char *ret, size_t size, const char *queue,
                       const char *file) {
  size_t length = strlen(queue), rest = strlen(file) + 1;
  if (length + 1 + rest > size)
    return false;
  memcpy(ret, queue, length);
  ret[length] = '/';
  memcpy(ret + length + 1, file, rest);
  return true;
}

/* Adds the number in a queue's file to a sum, if there is such a file. */
static void add(int directory, const char *queue, const char *file,
                uint64_t *sum, bool *has) {
  char name[NAME_MAX + 64];
  uint64_t number;
  if (!write_name(name, sizeof(name), queue, file) ||
      sysroot_read_number_at(directory, name, &number) < 0)
    return;
  *sum += number;
  *has = true;
}

/* Skips files that the first queue lacks: the others lack them too. */
static void add_queue(int directory, const char *queue,
                      struct net_sysfs_queues *queues) {
  bool is_first = queues->count++ == 0;
  if (is_first || queues->has_timeouts)
    add(directory, queue, "tx_timeout", &queues->timeouts,
        &queues->has_timeouts);
  if (is_first || queues->has_limits) {
    add(directory, queue, "byte_queue_limits/limit", &queues->limit,
        &queues->has_limits);
    add(directory, queue, "byte_queue_limits/inflight", &queues->inflight,
        &queues->has_limits);
  }
  if (is_first || queues->has_stalls)
    add(directory, queue, "byte_queue_limits/stall_cnt", &queues->stalls,
        &queues->has_stalls);
}

int net_sysfs_read_queues(const struct sysroot *root, const char *interface,
                          uint32_t index, struct net_sysfs_queues *ret) {
  char path[PATH_MAX];
  DIR *directory;
  if (!net_sysfs_shows(root, interface, index))
    return -ENOENT;
  int r = write_path(path, interface, "queues");
  if (r == 0)
    r = sysroot_open_directory(root, path, &directory);
  if (r < 0)
    return r;
  struct net_sysfs_queues queues = {0};
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
    if (strncmp(entry->d_name, "tx-", 3) == 0)
      add_queue(dirfd(directory), entry->d_name, &queues);
  closedir(directory);
  *ret = queues;
  return 0;
}
