/* SPDX-License-Identifier: MIT */
#include "churn.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TAP, LISTENER, RECEIVER, UNIX_LISTENER, CLIENT, SERVER, KINDS };

static int kept[CHURN_KEPT][KINDS];

/* Returns r, or ends the program if it is negative. */
static int check(int r, const char *what) {
  if (r < 0) {
    perror(what);
    exit(99);
  }
  return r;
}

static void set_up(const char *interface) {
  struct ifreq request = {.ifr_flags = IFF_UP};
  int fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
  strcpy(request.ifr_name, interface);
  check(ioctl(fd, SIOCSIFFLAGS, &request), interface);
  close(fd);
}

static int make_tap(unsigned number) {
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  int fd = check(open("/dev/net/tun", O_RDWR | O_CLOEXEC), "/dev/net/tun");
  snprintf(request.ifr_name, sizeof(request.ifr_name), "tap%06u",
           number % 1000000);
  check(ioctl(fd, TUNSETIFF, &request), request.ifr_name);
  set_up(request.ifr_name);
  return fd;
}

/* Ports are used again after 20,000 others. */
static struct sockaddr_in address_of(unsigned number) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port =
                                  htons((uint16_t)(10000 + number % 20000)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int make_bound(int type, unsigned number) {
  const struct sockaddr_in at = address_of(number);
  const int on = 1;
  int fd = check(socket(AF_INET, type | SOCK_CLOEXEC, 0), "socket");
  check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), "socket");
  check(bind(fd, (const struct sockaddr *)&at, sizeof(at)), "bind");
  if (type == SOCK_STREAM)
    check(listen(fd, 16), "listen");
  return fd;
}

static int make_unix(unsigned number) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  int fd = check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  /* An abstract name, which leaves no file. */
  int length = snprintf(at.sun_path + 1, sizeof(at.sun_path) - 1,
                        "netloss-churn-%010u", number);
  socklen_t size =
      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
  check(bind(fd, (const struct sockaddr *)&at, size), "bind");
  check(listen(fd, 16), "listen");
  return fd;
}

static int make_client(unsigned number) {
  const struct sockaddr_in at = address_of(number);
  int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  check(connect(fd, (const struct sockaddr *)&at, sizeof(at)), "connect");
  return fd;
}

void churn(unsigned number) {
  int *slot = kept[number % CHURN_KEPT];
  if (number == 0)
    set_up("lo");
  for (int kind = 0; kind < KINDS && number >= CHURN_KEPT; kind++)
    close(slot[kind]);
  slot[TAP] = make_tap(number);
  slot[LISTENER] = make_bound(SOCK_STREAM, number);
  slot[RECEIVER] = make_bound(SOCK_DGRAM, number);
  slot[UNIX_LISTENER] = make_unix(number);
  slot[CLIENT] = make_client(number);
  slot[SERVER] =
      check(accept4(slot[LISTENER], NULL, NULL, SOCK_CLOEXEC), "accept");
}
