/* SPDX-License-Identifier: MIT */
#include "netload.h"

#include <errno.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FILTERS = 64 };

/* Attaches a filter that takes several microseconds and accepts no packet. Each
 * division depends on the one before, so that no processor can run them in
 * parallel. */
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
    return netload_close_failed(fd);
  }
  return fd;
}

int netload_drag(const struct subcommand *self, int argc, char **argv) {
  static const struct option options[] = {
      {"filters", required_argument, NULL, 'f'},
      {"seconds", required_argument, NULL, 's'},
      {0},
  };
  opterr = 0;
  unsigned filters = 2;
  unsigned seconds = 60;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    if (c == '?')
      return netload_usage_error(self, "%s: unknown option or no value",
                                 argv[optind - 1]);
    if (c == 'f' && !netload_number(optarg, 1, MAX_FILTERS, &filters))
      return netload_usage_error(self, "--filters: expected 1 to %d, found %s",
                                 MAX_FILTERS, optarg);
    if (c == 's' && !netload_number(optarg, 1, MAX_SECONDS, &seconds))
      return netload_usage_error(self, "--seconds: expected 1 to %d, found %s",
                                 MAX_SECONDS, optarg);
  }
  if (argc - optind != 1)
    return netload_usage_error(self, "expected 1 argument, found %d",
                               argc - optind);

  unsigned interface = if_nametoindex(argv[optind]);
  if (interface == 0)
    return netload_failure(self, argv[optind]);
  for (unsigned i = 0; i < filters; i++)
    if (open_slow_socket(interface) < 0)
      return netload_failure(self, "packet socket");

  /* Tells the script that the filters are in place. */
  puts("ready");
  fflush(stdout);
  sleep(seconds);
  return EXIT_SUCCESS;
}
