/* SPDX-License-Identifier: MIT */
#include "netload.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_DATAGRAMS = 10000000,
  MAX_PAYLOAD = 65507,
  /* Far more than the smallest receive buffer holds. */
  MAX_BUFFERED = 1000,
};

/* Opens a UDP socket connected to an address. */
static int connect_datagram(const char *address, unsigned port) {
  struct endpoint to;
  if (!netload_endpoint(address, port, &to))
    return -1;
  int fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, &to.any, to.size) != 0)
    return netload_close_failed(fd);
  return fd;
}

/* A packet counts against its sender's buffer until the receiving CPU has
 * handled it, across veth too. With the usual 200 kB the sender would block
 * after some 270 packets, and no queue could overflow. */
static void lift_send_buffer(int fd) {
  const int bytes = 256 << 20;
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) != 0)
    fprintf(stderr,
            "netload: the send buffer stays small (%s): the sender will "
            "wait for the receiver\n",
            strerror(errno));
}

static void wait_for_turn(struct timespec *due, unsigned rate) {
  const long second = 1000000000;
  due->tv_nsec += second / (long)rate;
  if (due->tv_nsec >= second) {
    due->tv_nsec -= second;
    due->tv_sec++;
  }
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, due, NULL);
}

bool netload_send_burst(int fd, const void *data, const struct burst *burst) {
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (unsigned sent = 0; sent < burst->count;) {
    if (burst->rate != 0)
      wait_for_turn(&due, burst->rate);
    if (send(fd, data, burst->size, 0) >= 0)
      sent++;
    /* ECONNREFUSED answers an earlier datagram; this one was not sent. */
    else if (errno != ENOBUFS && errno != ECONNREFUSED && errno != EINTR)
      return false;
  }
  return true;
}

int netload_burst_options(const struct subcommand *self, int argc, char **argv,
                          int arguments, unsigned max_size,
                          struct burst *burst) {
  static const struct option options[] = {
      {"rate", required_argument, NULL, 'r'},
      {"size", required_argument, NULL, 's'},
      {0},
  };
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    if (c == '?')
      return netload_usage_error(self, "%s: unknown option or no value",
                                 argv[optind - 1]);
    if (c == 'r' && !netload_number(optarg, 1, MAX_DATAGRAMS, &burst->rate))
      return netload_usage_error(self, "--rate: expected 1 to %d, found %s",
                                 MAX_DATAGRAMS, optarg);
    if (c == 's' && !netload_number(optarg, 0, max_size, &burst->size))
      return netload_usage_error(self, "--size: expected 0 to %u, found %s",
                                 max_size, optarg);
  }
  if (argc - optind != arguments)
    return netload_usage_error(self, "expected %d arguments, found %d",
                               arguments, argc - optind);
  return 0;
}

int netload_burst_count(const struct subcommand *self, const char *text,
                        struct burst *burst) {
  if (!netload_number(text, 1, MAX_DATAGRAMS, &burst->count))
    return netload_usage_error(self, "COUNT: expected 1 to %d, found %s",
                               MAX_DATAGRAMS, text);
  if (burst->rate != 0 && burst->count / burst->rate >= MAX_SECONDS)
    return netload_usage_error(
        self, "%u datagrams at %u a second take more than %d s", burst->count,
        burst->rate, MAX_SECONDS);
  return 0;
}

int netload_udp_send(const struct subcommand *self, int argc, char **argv) {
  static const char payload[MAX_PAYLOAD];
  struct burst burst = {.size = 18};
  int status =
      netload_burst_options(self, argc, argv, 3, sizeof(payload), &burst);
  if (status != 0)
    return status;
  const char *address = argv[optind];
  unsigned port = 0;
  if (!netload_number(argv[optind + 1], 1, 65535, &port))
    return netload_usage_error(self, "PORT: expected 1 to 65535, found %s",
                               argv[optind + 1]);
  status = netload_burst_count(self, argv[optind + 2], &burst);
  if (status != 0)
    return status;

  alarm(MAX_SECONDS);
  int fd = connect_datagram(address, port);
  if (fd < 0)
    return netload_failure(self, address);
  lift_send_buffer(fd);
  if (netload_send_burst(fd, payload, &burst))
    printf("%u\n", burst.count);
  else
    status = netload_failure(self, "send");
  close(fd);
  return status;
}

/* Sends datagrams one at a time until the socket drops one. */
static bool fill_buffer(int fd, const struct endpoint *to) {
  const struct timespec pause = {.tv_nsec = 100000};
  uint32_t used = 0;
  for (int sent = 0; sent < MAX_BUFFERED; sent++) {
    if (sendto(fd, "", 1, 0, &to->any, to->size) != 1)
      return false;
    struct receiver_state state = netload_receiver_state(fd);
    for (int i = 0; i < 10000 && state.drops == 0 && state.used == used; i++) {
      nanosleep(&pause, NULL);
      state = netload_receiver_state(fd);
    }
    if (state.drops != 0)
      return true;
    used = state.used;
  }
  errno = ETIMEDOUT;
  return false;
}

int netload_udp_overflow(const struct subcommand *self, int argc, char **argv) {
  struct endpoint at;
  unsigned count;
  int status =
      netload_address_and_count(self, argc, argv, MAX_DATAGRAMS, &at, &count);
  if (status != 0)
    return status;
  const int smallest = 0;
  int fd = netload_bound_socket(SOCK_DGRAM, &at);
  if (fd < 0 ||
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof(smallest)) != 0)
    return netload_failure(self, argv[1]);
  if (!fill_buffer(fd, &at))
    return netload_failure(self, "filling the buffer");
  for (unsigned lost = 1; lost < count; lost++)
    if (sendto(fd, "", 1, 0, &at.any, at.size) != 1)
      return netload_failure(self, "send");
  if (!netload_wait_for_drops(fd, count))
    return netload_failure(self, "waiting for the last datagram");
  close(fd);
  printf("%u\n", count);
  return EXIT_SUCCESS;
}

int netload_udp_unroutable(const struct subcommand *self, int argc,
                           char **argv) {
  struct endpoint to;
  unsigned count;
  int status =
      netload_address_and_count(self, argc, argv, MAX_DATAGRAMS, &to, &count);
  if (status != 0)
    return status;
  if (!netload_endpoint(argv[1], 9, &to))
    return netload_failure(self, argv[1]);
  int fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return netload_failure(self, "socket");
  for (unsigned i = 0; i < count; i++) {
    if (sendto(fd, "", 1, 0, &to.any, to.size) == 1)
      return netload_usage_error(self, "there is a route to %s", argv[1]);
    if (errno != ENETUNREACH)
      return netload_failure(self, "send");
  }
  close(fd);
  printf("%u\n", count);
  return EXIT_SUCCESS;
}
