/* SPDX-License-Identifier: MIT */
#include "interface_name.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int interface_name_open(void) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 && errno == EAFNOSUPPORT)
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return fd < 0 ? -errno : fd;
}

int interface_name_find(int fd, uint32_t index, char ret[static IFNAMSIZ]) {
  struct ifreq request = {.ifr_ifindex = (int)index};
  if (ioctl(fd, SIOCGIFNAME, &request) < 0)
    return -errno;
  request.ifr_name[IFNAMSIZ - 1] = '\0';
  memcpy(ret, request.ifr_name, IFNAMSIZ);
  return 0;
}
