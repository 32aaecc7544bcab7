/* SPDX-License-Identifier: MIT */
#include "netload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int netload_usage_error(const struct subcommand *self, const char *format,
                        ...) {
  fprintf(stderr, "netload %s: ", self->name);
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "\nusage: netload %s %s\n", self->name, self->arguments);
  return EXIT_USAGE;
}

int netload_failure(const struct subcommand *self, const char *what) {
  fprintf(stderr, "netload %s: %s: %s\n", self->name, what, strerror(errno));
  return EXIT_FAILURE;
}

bool netload_number(const char *text, unsigned min, unsigned max,
                    unsigned *ret) {
  char *end = NULL;
  errno = 0;
  unsigned long number = strtoul(text, &end, 10);
  if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' ||
      number < min || number > max)
    return false;
  *ret = (unsigned)number;
  return true;
}

bool netload_endpoint(const char *address, unsigned port,
                      struct endpoint *ret) {
  struct endpoint found = {
      .ip4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)},
      .size = sizeof(found.ip4)};
  if (inet_pton(AF_INET, address, &found.ip4.sin_addr) == 1) {
    *ret = found;
    return true;
  }
  found = (struct endpoint){
      .ip6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)},
      .size = sizeof(found.ip6)};
  if (inet_pton(AF_INET6, address, &found.ip6.sin6_addr) == 1) {
    *ret = found;
    return true;
  }
  errno = EINVAL;
  return false;
}

int netload_address_and_count(const struct subcommand *self, int argc,
                              char **argv, unsigned max, struct endpoint *ret,
                              unsigned *ret_count) {
  if (argc != 3)
    return netload_usage_error(self, "expected 2 arguments, found %d",
                               argc - 1);
  if (!netload_number(argv[2], 1, max, ret_count))
    return netload_usage_error(self, "COUNT: expected 1 to %u, found %s", max,
                               argv[2]);
  if (!netload_endpoint(argv[1], 0, ret))
    return netload_failure(self, argv[1]);
  alarm(MAX_SECONDS);
  return 0;
}

int netload_close_failed(int fd) {
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int netload_bound_socket(int type, struct endpoint *at) {
  int fd = socket(at->any.sa_family, type | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  socklen_t size = at->size;
  if (bind(fd, &at->any, at->size) != 0 ||
      getsockname(fd, &at->any, &size) != 0)
    return netload_close_failed(fd);
  return fd;
}

struct receiver_state netload_receiver_state(int fd) {
  uint32_t info[SK_MEMINFO_VARS] = {0};
  socklen_t size = sizeof(info);
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size) != 0) {
    perror("netload: SO_MEMINFO");
    exit(EXIT_FAILURE);
  }
  return (struct receiver_state){.used = info[SK_MEMINFO_RMEM_ALLOC],
                                 .drops = info[SK_MEMINFO_DROPS]};
}

bool netload_wait_for_drops(int fd, uint32_t drops) {
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int i = 0; i < 5000; i++) {
    if (netload_receiver_state(fd).drops >= drops)
      return true;
    nanosleep(&pause, NULL);
  }
  errno = ETIMEDOUT;
  return false;
}

bool netload_stay_on_cpu(void) {
  int cpu = sched_getcpu();
  if (cpu < 0)
    return false;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET((unsigned)cpu, &set);
  return sched_setaffinity(0, sizeof(set), &set) == 0;
}

bool netload_drain_loopback(const struct endpoint *to) {
  struct endpoint self = *to;
  if (self.any.sa_family == AF_INET)
    self.ip4.sin_port = 0;
  else
    self.ip6.sin6_port = 0;
  int fd = netload_bound_socket(SOCK_DGRAM, &self);
  if (fd < 0)
    return false;
  struct pollfd arrival = {.fd = fd, .events = POLLIN};
  bool ok = sendto(fd, "", 1, 0, &self.any, self.size) == 1 &&
            poll(&arrival, 1, 5000) == 1;
  close(fd);
  return ok;
}

static const struct subcommand subcommands[] = {
    {"udp-send", "ADDRESS PORT COUNT [--rate N] [--size BYTES]",
     "sends exactly COUNT datagrams, as fast as possible or N a second",
     netload_udp_send},
    {"udp-overflow", "ADDRESS COUNT",
     "fills the receive buffer of a socket at ADDRESS and sends it exactly "
     "COUNT more datagrams",
     netload_udp_overflow},
    {"udp-unroutable", "ADDRESS COUNT",
     "tries to send COUNT datagrams to an ADDRESS without a route",
     netload_udp_unroutable},
    {"udp-bad-checksum", "ADDRESS COUNT",
     "sends exactly COUNT datagrams with wrong checksums to ADDRESS",
     netload_udp_bad_checksum},
    {"frames", "PORT MAC ADDRESS COUNT [--rate N] [--size BYTES]",
     "sends exactly COUNT Ethernet frames to MAC, each with a UDP datagram to "
     "the IPv4 ADDRESS; a frame goes as one datagram to PORT of 127.0.0.1, as "
     "qemu's socket networks expect it",
     netload_frames},
    {"fragments", "ADDRESS COUNT",
     "sends only the last fragments of COUNT datagrams to an IPv4 ADDRESS",
     netload_fragments},
    {"hold", "",
     "makes sockets by commands on standard input, and answers each with a "
     "line: listen NAME ADDRESS PORT BACKLOG, udp NAME ADDRESS PORT BYTES, "
     "unix NAME PATH BACKLOG, overflow NAME COUNT, filter NAME, drain NAME, "
     "close NAME; sockets may share a port. Makes connections to itself, "
     "SIDE being client or server: connect NAME LISTENER COUNT, send NAME SIDE "
     "BYTES, block NAME SIDE, hang-up NAME SIDE",
     netload_hold},
    {"listen-overflow", "ADDRESS COUNT",
     "fills the accept queue of a listener at ADDRESS and tries exactly COUNT "
     "more connections",
     netload_listen_overflow},
    {"ack-overflow", "ADDRESS COUNT",
     "fills the accept queue of a listener at ADDRESS before the last ACKs of "
     "exactly COUNT connections arrive",
     netload_ack_overflow},
    {"syn-overflow", "SOURCE ADDRESS COUNT",
     "fills the SYN queue of a listener at ADDRESS with half-open connections "
     "from SOURCE, which must not answer, and sends exactly COUNT more SYNs; "
     "IPv4 only",
     netload_syn_overflow},
    {"receive-drop", "ADDRESS COUNT",
     "makes COUNT connections to ADDRESS, each of which loses one segment at a "
     "full receive queue",
     netload_receive_drop},
    {"tun-overflow", "NAME COUNT",
     "makes a tun device NAME that nobody reads, fills its queue, sends it "
     "exactly COUNT more packets, and prints how many it dropped",
     netload_tun_overflow},
    {"strays", "PREFIX COUNT",
     "sends exactly COUNT Ethernet frames of a protocol without a handler on "
     "each interface whose name begins with PREFIX",
     netload_strays},
    {"drag", "INTERFACE [--filters N] [--seconds N]",
     "makes each packet that INTERFACE receives cost several microseconds, "
     "for 60 s by default",
     netload_drag},
    {"rename", "COUNT MS",
     "keeps COUNT full UNIX listeners, which have other names every MS "
     "milliseconds",
     netload_rename},
    {"one-bucket", "COUNT",
     "makes COUNT UNIX listeners whose names fall into one bucket of an "
     "unkeyed "
     "hash table, prints ok and keeps them",
     netload_one_bucket},
    {"inject", "PROTOCOL SECONDS",
     "sends messages to the netlink sockets of other processes and prints how "
     "many arrived",
     netload_inject},
};

enum { SUBCOMMANDS = sizeof(subcommands) / sizeof(subcommands[0]) };

static void print_help(FILE *stream) {
  fprintf(stream, "usage: netload SUBCOMMAND ...\n"
                  "Makes traffic in a network namespace, for tests.\n\n");
  for (int i = 0; i < SUBCOMMANDS; i++)
    fprintf(stream, "  %s %s\n      %s\n", subcommands[i].name,
            subcommands[i].arguments, subcommands[i].help);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    print_help(stderr);
    return EXIT_USAGE;
  }
  if (strcmp(argv[1], "--help") == 0) {
    print_help(stdout);
    return EXIT_SUCCESS;
  }
  for (int i = 0; i < SUBCOMMANDS; i++)
    if (strcmp(argv[1], subcommands[i].name) == 0)
      return subcommands[i].run(&subcommands[i], argc - 1, argv + 1);
  fprintf(stderr, "netload: no subcommand %s\n\n", argv[1]);
  print_help(stderr);
  return EXIT_USAGE;
}
