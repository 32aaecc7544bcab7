/* SPDX-License-Identifier: MIT */
/* Lets netlink_open() connect a fake socket, for programs linked with
 * -Wl,--wrap=connect. Exactly one file of the program includes this. */
#ifndef FAKE_CONNECT_H
#define FAKE_CONNECT_H

#include <stdbool.h>
#include <sys/socket.h>

int __real_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);

static inline bool fake_connect_is_netlink(int fd) {
  int domain = 0;
  socklen_t size = sizeof(domain);
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
         domain == AF_NETLINK;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size) {
  if (address->sa_family == AF_NETLINK && !fake_connect_is_netlink(fd))
    return 0;
  return __real_connect(fd, address, size);
}

#endif
