/* SPDX-License-Identifier: MIT */
#include "netload.h"

#include <errno.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_CONNECTIONS = 100000,
  MAX_SLOW = 100,
  /* Two segments overfill the smallest receive buffer, but may be in flight at
   * once. */
  SEGMENT = 4096,
  MAX_SEGMENTS = 8,
};

static const struct timespec poll_pause = {.tv_nsec = 100000};

static int listen_at(struct endpoint *at, int backlog) {
  int fd = netload_bound_socket(SOCK_STREAM, at);
  if (fd >= 0 && listen(fd, backlog) != 0)
    return netload_close_failed(fd);
  return fd;
}

static int connect_to(const struct endpoint *to, int flags) {
  int fd = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd >= 0 && connect(fd, &to->any, to->size) != 0 && errno != EINPROGRESS)
    return netload_close_failed(fd);
  return fd;
}

/* For a listener, TCP_INFO has the length of the accept queue in tcpi_unacked
 * and the backlog in tcpi_sacked. The queue is full once it is longer than the
 * backlog. */
static bool accept_queue_is_full(int fd) {
  struct tcp_info info = {0};
  socklen_t size = sizeof(info);
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         info.tcpi_unacked > info.tcpi_sacked;
}

static bool fill_accept_queue(int listener, const struct endpoint *at,
                              int backlog) {
  for (int i = 0; i <= backlog; i++)
    if (connect_to(at, 0) < 0)
      return false;
  for (int i = 0; i < 50000; i++) {
    if (accept_queue_is_full(listener))
      return true;
    nanosleep(&poll_pause, NULL);
  }
  errno = ETIMEDOUT;
  return false;
}

int netload_listen_overflow(const struct subcommand *self, int argc,
                            char **argv) {
  const int backlog = 1;
  struct endpoint at;
  unsigned count;
  int status =
      netload_address_and_count(self, argc, argv, MAX_CONNECTIONS, &at, &count);
  if (status != 0)
    return status;
  int listener = listen_at(&at, backlog);
  if (listener < 0)
    return netload_failure(self, argv[1]);
  if (!fill_accept_queue(listener, &at, backlog))
    return netload_failure(self, "filling the accept queue");
  /* A connection that is closed at once does not repeat its SYN. */
  for (unsigned i = 0; i < count; i++) {
    int fd = connect_to(&at, SOCK_NONBLOCK);
    if (fd < 0)
      return netload_failure(self, "connect");
    close(fd);
  }
  if (!netload_wait_for_drops(listener, count))
    return netload_failure(self, "waiting for the last SYN");
  printf("%u\n", count);
  return EXIT_SUCCESS;
}

/* Connects, delaying the last ACK of the handshake by up to 200 ms. */
static bool connect_slowly(const struct endpoint *to) {
  const int off = 0;
  int fd = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return fd >= 0 &&
         setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off)) == 0 &&
         connect(fd, &to->any, to->size) == 0;
}

int netload_ack_overflow(const struct subcommand *self, int argc, char **argv) {
  struct endpoint at;
  unsigned count;
  int status =
      netload_address_and_count(self, argc, argv, MAX_SLOW, &at, &count);
  if (status != 0)
    return status;
  /* The backlog limits the SYN queue too. */
  int backlog = (int)count + 1;
  int listener = listen_at(&at, backlog);
  if (listener < 0)
    return netload_failure(self, argv[1]);
  for (unsigned i = 0; i < count; i++)
    if (!connect_slowly(&at))
      return netload_failure(self, "connect");
  if (!fill_accept_queue(listener, &at, backlog))
    return netload_failure(self, "filling the accept queue");
  if (!netload_wait_for_drops(listener, count))
    return netload_failure(self, "waiting for the drops");
  return EXIT_SUCCESS;
}

/* Waits until the bytes sent are queued or a segment is dropped. */
static bool wait_for_arrival(int fd, int sent) {
  for (int i = 0; i < 50000; i++) {
    int queued = 0;
    if (netload_receiver_state(fd).drops != 0 ||
        (ioctl(fd, FIONREAD, &queued) == 0 && queued == sent))
      return true;
    nanosleep(&poll_pause, NULL);
  }
  errno = ETIMEDOUT;
  return false;
}

/* Shrinks the receive buffer after the sender was offered a larger window, and
 * sends until a segment is dropped. */
static bool overfill(int sender, int receiver) {
  static const char segment[SEGMENT];
  const int smallest = 0, on = 1;
  if (setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &smallest,
                 sizeof(smallest)) != 0 ||
      setsockopt(sender, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
    return false;
  for (int sent = 1; sent <= MAX_SEGMENTS; sent++) {
    if (send(sender, segment, SEGMENT, MSG_DONTWAIT) != SEGMENT ||
        !wait_for_arrival(receiver, sent * SEGMENT))
      return false;
    if (netload_receiver_state(receiver).drops != 0)
      return true;
  }
  errno = ETIMEDOUT;
  return false;
}

/* Closes with a reset, so that nothing is sent again. */
static void close_by_reset(int fd) {
  const struct linger linger = {.l_onoff = 1};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
  close(fd);
}

static bool drop_a_segment(int listener, const struct endpoint *at) {
  int sender = connect_to(at, 0);
  int receiver = sender < 0 ? -1 : accept(listener, NULL, NULL);
  bool done = receiver >= 0 && overfill(sender, receiver);
  int error = errno;
  if (sender >= 0)
    close_by_reset(sender);
  if (receiver >= 0)
    close_by_reset(receiver);
  errno = error;
  return done;
}

int netload_receive_drop(const struct subcommand *self, int argc, char **argv) {
  struct endpoint at;
  unsigned count;
  int status =
      netload_address_and_count(self, argc, argv, MAX_CONNECTIONS, &at, &count);
  if (status != 0)
    return status;
  int listener = listen_at(&at, 8);
  if (listener < 0)
    return netload_failure(self, argv[1]);
  for (unsigned i = 0; i < count; i++)
    if (!drop_a_segment(listener, &at))
      return netload_failure(self, "dropping a segment");
  printf("%u\n", count);
  return EXIT_SUCCESS;
}
