/* SPDX-License-Identifier: MIT */
/* A fake driver behind ethtool's ioctl, for programs linked with $(wrap_ioctl).
 * Exactly one file of the program includes this. */
#ifndef FAKE_IOCTL_H
#define FAKE_IOCTL_H

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#include "unit.h"

/* Answers a request. Returns 0 or a positive errno. NULL: the kernel answers.
 */
static int (*fake_ioctl)(const char *interface, uint32_t command,
                         void *request);

int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

int __wrap_ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  struct ifreq *ifreq = va_arg(arguments, struct ifreq *);
  va_end(arguments);
  if (fake_ioctl == NULL)
    return __real_ioctl(fd, request, ifreq);
  assert_int_equal(request, SIOCETHTOOL);
  assert_true(strnlen(ifreq->ifr_name, IFNAMSIZ) < IFNAMSIZ);
  uint32_t command;
  memcpy(&command, ifreq->ifr_data, sizeof(command));
  errno = fake_ioctl(ifreq->ifr_name, command, ifreq->ifr_data);
  return errno == 0 ? 0 : -1;
}

#endif
