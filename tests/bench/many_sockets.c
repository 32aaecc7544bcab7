/* SPDX-License-Identifier: MIT */
#include "many_sockets.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Processes that share the sockets, more than one process can open. */
#define HOLDERS 100
#define FIRST_PORT 1024

/* The sockets of one process. */
struct share {
  unsigned first_port;
  unsigned listeners, udp, pairs;
  int fds[MANY_LISTENERS / HOLDERS + 1]; /* of the listeners */
};

static int give_up(int fd) {
  int error = errno;
  close(fd);
  return -error;
}

static int set_loopback_up(void) {
  struct ifreq request = {.ifr_flags = IFF_UP};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -errno;
  strcpy(request.ifr_name, "lo");
  if (ioctl(fd, SIOCSIFFLAGS, &request) != 0)
    return give_up(fd);
  close(fd);
  return 0;
}

static struct sockaddr_in at_port(unsigned port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Returns a descriptor or -errno. */
static int make_bound(int type, unsigned port) {
  const struct sockaddr_in at = at_port(port);
  int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -errno;
  if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
      (type == SOCK_STREAM && listen(fd, 128) != 0))
    return give_up(fd);
  return fd;
}

static int make_pair(const struct share *share, unsigned which) {
  unsigned i = which % share->listeners;
  const struct sockaddr_in at = at_port(share->first_port + i);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -errno;
  if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
      accept4(share->fds[i], NULL, NULL, SOCK_CLOEXEC) < 0)
    return give_up(fd);
  return 0;
}

static int make_bound_sockets(struct share *share) {
  struct rlimit files;
  int r = getrlimit(RLIMIT_NOFILE, &files) == 0 ? 0 : -errno;
  files.rlim_cur = files.rlim_max;
  if (r == 0 && setrlimit(RLIMIT_NOFILE, &files) != 0)
    r = -errno;
  for (unsigned i = 0; i < share->listeners && r >= 0; i++)
    r = share->fds[i] = make_bound(SOCK_STREAM, share->first_port + i);
  for (unsigned i = 0; i < share->udp && r >= 0; i++)
    r = make_bound(SOCK_DGRAM, share->first_port + i);
  return r < 0 ? r : 0;
}

static int make_pairs(const struct share *share) {
  int r = 0;
  for (unsigned i = 0; i < share->pairs && r == 0; i++)
    r = make_pair(share, i);
  return r;
}

/* Pipes between the holders and this process: each holder writes the result of
 * a step to done, then waits for a byte from next, or for the end of end. */
struct pipes {
  int done[2], next[2], end[2];
};

static int report_and_wait(const struct pipes *pipes, const int wait[2],
                           int r) {
  char byte;
  if (write(pipes->done[1], &r, sizeof(r)) != sizeof(r) || r < 0)
    return -EIO;
  return read(wait[0], &byte, 1) == 1 ? 0 : -EPIPE;
}

static int hold(struct share *share, const struct pipes *pipes) {
  pid_t child = fork();
  if (child != 0)
    return child < 0 ? -errno : 0;
  close(pipes->next[1]);
  close(pipes->end[1]);
  int r = report_and_wait(pipes, pipes->next, make_bound_sockets(share));
  if (r == 0)
    report_and_wait(pipes, pipes->end, make_pairs(share));
  _exit(0);
}

static int wait_for_report(const struct pipes *pipes) {
  int r;
  return read(pipes->done[0], &r, sizeof(r)) == sizeof(r) ? r : -EIO;
}

/* Makes all listeners before any connection, because a connection may take any
 * free port. */
int many_sockets_make(const struct many_sockets *many) {
  struct share share = {.first_port = FIRST_PORT,
                        .listeners = many->listeners / HOLDERS,
                        .udp = many->udp / HOLDERS,
                        .pairs = many->connections / HOLDERS / 2};
  struct pipes pipes;
  unsigned ports = share.listeners > share.udp ? share.listeners : share.udp;
  if (ports > MANY_LISTENERS / HOLDERS ||
      (share.listeners == 0 && share.pairs > 0))
    return -EINVAL;
  int r = set_loopback_up();
  if (r == 0 &&
      (pipe(pipes.done) < 0 || pipe(pipes.next) < 0 || pipe(pipes.end) < 0))
    r = -errno;
  for (int i = 0; i < HOLDERS && r == 0; i++) {
    r = hold(&share, &pipes);
    if (r == 0)
      r = wait_for_report(&pipes);
    share.first_port += ports;
  }
  for (int i = 0; i < HOLDERS && r == 0; i++) {
    r = write(pipes.next[1], "", 1) == 1 ? 0 : -errno;
    if (r == 0)
      r = wait_for_report(&pipes);
  }
  return r;
}
