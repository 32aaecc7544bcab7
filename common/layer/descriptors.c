/* SPDX-License-Identifier: MIT */
#include "descriptors.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

size_t descriptors_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > SIZE_MAX)
    return SIZE_MAX;
  return (size_t)limit.rlim_cur;
}

size_t descriptors_share(void) { return descriptors_limit() / 4; }

static int open_any(void) { return open("/", O_PATH | O_CLOEXEC); }

bool descriptors_suffice(size_t count) {
  size_t half = descriptors_limit() / 2;
  int fd = open_any();
  if (fd < 0)
    return false;
  close(fd);
  return (size_t)fd <= half && count <= half - (size_t)fd;
}

void descriptors_hold(struct descriptors_reserve *reserve) {
  if (reserve->is_held)
    return;
  reserve->fd = open_any();
  reserve->is_held = reserve->fd >= 0;
}

void descriptors_release(struct descriptors_reserve *reserve) {
  if (reserve->is_held)
    close(reserve->fd);
  reserve->is_held = false;
}
