/* SPDX-License-Identifier: MIT */
/* Frames that their receiver has no handler for, on many interfaces. */
#include "netload.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
  MAX_FRAMES = 1000,
  EXPERIMENTAL = 0x88b5, /* an ethertype that nobody handles */
};

/* Sends frames to everybody, which a veth pair's other end receives. */
static bool send_frames(int fd, unsigned index, unsigned count) {
  const struct sockaddr_ll to = {.sll_family = AF_PACKET,
                                 .sll_protocol = htons(EXPERIMENTAL),
                                 .sll_ifindex = (int)index,
                                 .sll_halen = 6,
                                 .sll_addr = {255, 255, 255, 255, 255, 255}};
  const char payload[46] = "";
  for (unsigned i = 0; i < count; i++)
    if (sendto(fd, payload, sizeof(payload), 0, (const struct sockaddr *)&to,
               sizeof(to)) < 0)
      return false;
  return true;
}

int netload_strays(const struct subcommand *self, int argc, char **argv) {
  unsigned count, sent = 0;
  if (argc != 3)
    return netload_usage_error(self, "expected 2 arguments, found %d",
                               argc - 1);
  if (!netload_number(argv[2], 1, MAX_FRAMES, &count))
    return netload_usage_error(self, "COUNT: expected 1 to %u, found %s",
                               (unsigned)MAX_FRAMES, argv[2]);
  int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct if_nameindex *all = fd >= 0 ? if_nameindex() : NULL;
  if (all == NULL)
    return netload_failure(self, "packet socket");
  for (const struct if_nameindex *each = all; each->if_index != 0; each++) {
    if (strncmp(each->if_name, argv[1], strlen(argv[1])) != 0)
      continue;
    if (!send_frames(fd, each->if_index, count))
      return netload_failure(self, each->if_name);
    sent += count;
  }
  if_freenameindex(all);
  close(fd);
  printf("%u\n", sent);
  return 0;
}
