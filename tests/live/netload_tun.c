/* SPDX-License-Identifier: MIT */
#include "netload.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MAX_PACKETS = 1000000 };

/* Makes a tun device, which exists until the descriptor is closed. Puts the
 * number of packets that its ring holds into ret_room. */
static int make_device(const char *name, unsigned *ret_room) {
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
  int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return -1;
  if (ioctl(fd, TUNSETIFF, &request) != 0)
    return netload_close_failed(fd);
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0)
    return netload_close_failed(fd);
  bool ok = ioctl(control, SIOCGIFTXQLEN, &request) == 0;
  *ret_room = (unsigned)request.ifr_qlen;
  request.ifr_flags = IFF_UP;
  ok = ok && ioctl(control, SIOCSIFFLAGS, &request) == 0;
  netload_close_failed(control);
  return ok ? fd : netload_close_failed(fd);
}

/* Opens a socket that bypasses the qdisc. */
static int open_sender(void) {
  const int on = 1;
  /* Protocol 0 receives nothing. */
  int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) != 0)
    return netload_close_failed(fd);
  return fd;
}

/* Sends bare IPv4 headers. Some kernels return ENOBUFS for a packet that the
 * device drops. */
static bool send_packets(int fd, const char *name, unsigned count) {
  static const unsigned char packet[20] = {0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17};
  const struct sockaddr_ll to = {
      .sll_family = AF_PACKET,
      .sll_protocol = htons(ETH_P_IP),
      .sll_ifindex = (int)if_nametoindex(name),
  };
  for (unsigned i = 0; i < count; i++)
    if (sendto(fd, packet, sizeof(packet), 0, (const struct sockaddr *)&to,
               sizeof(to)) < 0 &&
        errno != ENOBUFS)
      return false;
  return true;
}

/* Prints the kernel's counter. /sys shows the namespace it was mounted in. */
static bool print_dropped(const char *name) {
  char path[128], text[32];
  snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/tx_dropped", name);
  FILE *file = fopen(path, "re");
  if (file == NULL)
    return false;
  bool ok = fgets(text, sizeof(text), file) != NULL;
  fclose(file);
  if (ok)
    fputs(text, stdout);
  return ok;
}

int netload_tun_overflow(const struct subcommand *self, int argc, char **argv) {
  unsigned count, room = 0;
  if (argc != 3)
    return netload_usage_error(self, "expected 2 arguments, found %d",
                               argc - 1);
  if (strlen(argv[1]) >= IFNAMSIZ)
    return netload_usage_error(self, "NAME: expected less than %d characters",
                               IFNAMSIZ);
  if (!netload_number(argv[2], 1, MAX_PACKETS, &count))
    return netload_usage_error(self, "COUNT: expected 1 to %d, found %s",
                               MAX_PACKETS, argv[2]);
  alarm(MAX_SECONDS);
  int device = make_device(argv[1], &room);
  if (device < 0)
    return netload_failure(self, argv[1]);
  int sender = open_sender();
  if (sender < 0)
    return netload_failure(self, "a packet socket");
  if (!send_packets(sender, argv[1], room + count))
    return netload_failure(self, "sending");
  if (!print_dropped(argv[1]))
    return netload_failure(self, "tx_dropped");
  return EXIT_SUCCESS;
}
