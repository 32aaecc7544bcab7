/* SPDX-License-Identifier: MIT */
#include "netns_owner.h"

#include <errno.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <unistd.h>

/* The kernel shows no parent of the caller's own user namespace. */
static bool is_callers_own(int user_namespace) {
  int parent = ioctl(user_namespace, NS_GET_PARENT);
  if (parent < 0)
    return errno == EPERM;
  close(parent);
  return false;
}

static bool was_made_by_root(int user_namespace) {
  uid_t maker;
  if (ioctl(user_namespace, NS_GET_OWNER_UID, &maker) < 0)
    return errno == ENOTTY;
  return maker == 0;
}

int netns_owner_is_root(int fd, bool *ret) {
  int owner = ioctl(fd, NS_GET_USERNS);
  if (owner < 0 && errno != ENOTTY && errno != EPERM)
    return -errno;
  *ret = owner < 0 || was_made_by_root(owner) || is_callers_own(owner);
  if (owner >= 0)
    close(owner);
  return 0;
}
