/* SPDX-License-Identifier: MIT */
/* Traffic for the live tests, exact and reproducible: so many datagrams and no
 * more; a receiving CPU that is slow on purpose. Meant for network namespaces
 * that a test made for itself: it asks nobody whether the network can bear it.
 * Every run is bounded in count and time. */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  EXIT_USAGE = 2,
  MAX_DATAGRAMS = 10000000,
  MAX_PAYLOAD = 65507,
  MAX_SECONDS = 600,
  MAX_FILTERS = 64,
};

struct subcommand {
  const char *name;
  const char *arguments;
  const char *help;
  int (*run)(const struct subcommand *self, int argc, char **argv);
};

static int __attribute__((format(printf, 2, 3)))
usage_error(const struct subcommand *self, const char *format, ...) {
  fprintf(stderr, "netload %s: ", self->name);
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "\nusage: netload %s %s\n", self->name, self->arguments);
  return EXIT_USAGE;
}

static int failure(const struct subcommand *self, const char *what) {
  fprintf(stderr, "netload %s: %s: %s\n", self->name, what, strerror(errno));
  return EXIT_FAILURE;
}

static bool parse_number(const char *text, unsigned min, unsigned max,
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

/* A socket whose datagrams go to a numeric address. */
static int connect_datagram(const char *address, unsigned port) {
  struct sockaddr_in ip4 = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port)};
  struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6,
                             .sin6_port = htons((uint16_t)port)};
  const bool is_ip4 = inet_pton(AF_INET, address, &ip4.sin_addr) == 1;
  if (!is_ip4 && inet_pton(AF_INET6, address, &ip6.sin6_addr) != 1) {
    errno = EINVAL;
    return -1;
  }
  int fd = socket(is_ip4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if ((is_ip4 ? connect(fd, (const struct sockaddr *)&ip4, sizeof(ip4))
              : connect(fd, (const struct sockaddr *)&ip6, sizeof(ip6))) != 0) {
    int error = errno;
    close(fd);
    errno = error;
    return -1;
  }
  return fd;
}

/* A packet counts against its sender's buffer until the receiving CPU is done
 * with it, across veth too. With the usual 200 kB the sender would wait for the
 * receiver at some 270 packets, and no queue behind it could overflow. */
static void lift_send_buffer(int fd) {
  const int bytes = 256 << 20;
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) != 0)
    fprintf(stderr,
            "netload: the send buffer stays small (%s), and the sender "
            "will wait for the receiver\n",
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

static bool send_datagrams(int fd, unsigned count, unsigned rate,
                           unsigned size) {
  static const char payload[MAX_PAYLOAD];
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (unsigned sent = 0; sent < count;) {
    if (rate != 0)
      wait_for_turn(&due, rate);
    if (send(fd, payload, size, 0) >= 0)
      sent++;
    /* ECONNREFUSED is the answer to a datagram before: this one was not sent
     * either. */
    else if (errno != ENOBUFS && errno != ECONNREFUSED && errno != EINTR)
      return false;
  }
  return true;
}

static int udp_send(const struct subcommand *self, int argc, char **argv) {
  static const struct option options[] = {
      {"rate", required_argument, NULL, 'r'},
      {"size", required_argument, NULL, 's'},
      {0},
  };
  unsigned rate = 0;
  unsigned size = 18;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    if (c == '?')
      return usage_error(self, "%s: unknown, or without its value",
                         argv[optind - 1]);
    if (c == 'r' && !parse_number(optarg, 1, MAX_DATAGRAMS, &rate))
      return usage_error(self, "--rate: expected 1 to %d, found %s",
                         MAX_DATAGRAMS, optarg);
    if (c == 's' && !parse_number(optarg, 0, MAX_PAYLOAD, &size))
      return usage_error(self, "--size: expected 0 to %d, found %s",
                         MAX_PAYLOAD, optarg);
  }
  if (argc - optind != 3)
    return usage_error(self, "expected 3 arguments, found %d", argc - optind);
  const char *address = argv[optind];
  unsigned port = 0;
  if (!parse_number(argv[optind + 1], 1, 65535, &port))
    return usage_error(self, "PORT: expected 1 to 65535, found %s",
                       argv[optind + 1]);
  unsigned count = 0;
  if (!parse_number(argv[optind + 2], 1, MAX_DATAGRAMS, &count))
    return usage_error(self, "COUNT: expected 1 to %d, found %s", MAX_DATAGRAMS,
                       argv[optind + 2]);
  if (rate != 0 && count / rate >= MAX_SECONDS)
    return usage_error(self, "%u datagrams at %u a second take more than %d s",
                       count, rate, MAX_SECONDS);

  alarm(MAX_SECONDS);
  int fd = connect_datagram(address, port);
  if (fd < 0)
    return failure(self, address);
  lift_send_buffer(fd);
  int status = EXIT_SUCCESS;
  if (send_datagrams(fd, count, rate, size))
    printf("%u\n", count);
  else
    status = failure(self, "send");
  close(fd);
  return status;
}

/* Has the kernel run a filter on each packet that the interface takes in. Its
 * divisions hang on one another, so that no processor can hurry through them;
 * all of it takes several microseconds. It keeps no packet. */
static int attach_slow_filter(int fd) {
  static struct sock_filter code[BPF_MAXINSNS];
  const unsigned last = BPF_MAXINSNS - 1;
  code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0);
  for (unsigned i = 1; i < last; i++)
    if (i % 2 == 1)
      code[i] =
          (struct sock_filter)BPF_STMT(BPF_ALU | BPF_OR | BPF_K, 0xfffffff1);
    else
      code[i] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 3);
  code[last] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
  const struct sock_fprog program = {.len = BPF_MAXINSNS, .filter = code};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                    sizeof(program));
}

static int open_slow_socket(unsigned interface) {
  const int on = 1;
  const struct sockaddr_ll address = {
      .sll_family = AF_PACKET,
      .sll_protocol = htons(ETH_P_ALL),
      .sll_ifindex = (int)interface,
  };
  int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (attach_slow_filter(fd) != 0 ||
      setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) !=
          0 ||
      bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
    int error = errno;
    close(fd);
    errno = error;
    return -1;
  }
  return fd;
}

static int drag(const struct subcommand *self, int argc, char **argv) {
  static const struct option options[] = {
      {"filters", required_argument, NULL, 'f'},
      {"seconds", required_argument, NULL, 's'},
      {0},
  };
  unsigned filters = 2;
  unsigned seconds = 60;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    if (c == '?')
      return usage_error(self, "%s: unknown, or without its value",
                         argv[optind - 1]);
    if (c == 'f' && !parse_number(optarg, 1, MAX_FILTERS, &filters))
      return usage_error(self, "--filters: expected 1 to %d, found %s",
                         MAX_FILTERS, optarg);
    if (c == 's' && !parse_number(optarg, 1, MAX_SECONDS, &seconds))
      return usage_error(self, "--seconds: expected 1 to %d, found %s",
                         MAX_SECONDS, optarg);
  }
  if (argc - optind != 1)
    return usage_error(self, "expected 1 argument, found %d", argc - optind);

  unsigned interface = if_nametoindex(argv[optind]);
  if (interface == 0)
    return failure(self, argv[optind]);
  for (unsigned i = 0; i < filters; i++)
    if (open_slow_socket(interface) < 0)
      return failure(self, "packet socket");

  /* Whoever started this learns that the filters stand. */
  puts("ready");
  fflush(stdout);
  sleep(seconds);
  return EXIT_SUCCESS;
}

static const struct subcommand subcommands[] = {
    {"udp-send", "ADDRESS PORT COUNT [--rate N] [--size BYTES]",
     "sends exactly COUNT datagrams, as fast as it goes or N a second",
     udp_send},
    {"drag", "INTERFACE [--filters N] [--seconds N]",
     "makes each packet that INTERFACE takes in cost several microseconds, "
     "until it is killed or 60 s are over",
     drag},
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
  opterr = 0;
  for (int i = 0; i < SUBCOMMANDS; i++)
    if (strcmp(argv[1], subcommands[i].name) == 0)
      return subcommands[i].run(&subcommands[i], argc - 1, argv + 1);
  fprintf(stderr, "netload: there is no subcommand %s\n\n", argv[1]);
  print_help(stderr);
  return EXIT_USAGE;
}
