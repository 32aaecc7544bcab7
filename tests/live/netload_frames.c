/* SPDX-License-Identifier: MIT */
/* Ethernet frames for a virtual machine whose network is a UDP socket. */
#include "netload.h"

#include <getopt.h>
#include <net/ethernet.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  MAX_DATA = 1472, /* payload of a datagram with an MTU of 1500 */
  DISCARD_PORT = 9,
};

struct frame {
  struct ether_header ethernet;
  struct iphdr ip;
  struct udphdr udp;
  char data[MAX_DATA];
} __attribute__((packed));

static void make_frame(const struct ether_addr *mac, const struct endpoint *to,
                       unsigned size, struct frame *ret) {
  struct iphdr ip = {
      .version = 4,
      .ihl = 5,
      .ttl = 64,
      .protocol = IPPROTO_UDP,
      .tot_len = htons((uint16_t)(sizeof(ret->ip) + sizeof(ret->udp) + size)),
      /* 198.18.0.1, of the range for benchmarks (RFC 2544) */
      .saddr = htonl(0xc6120001),
      .daddr = to->ip4.sin_addr.s_addr};
  ip.check = htons(netload_checksum(0, &ip, sizeof(ip)));
  *ret = (struct frame){
      .ethernet = {.ether_shost = {2, 0, 0, 0, 0, 1},
                   .ether_type = htons(ETHERTYPE_IP)},
      .ip = ip,
      .udp = {.source = htons(DISCARD_PORT),
              .dest = htons(DISCARD_PORT),
              .len = htons((uint16_t)(sizeof(ret->udp) + size))}};
  memcpy(ret->ethernet.ether_dhost, mac, sizeof(*mac));
}

int netload_frames(const struct subcommand *self, int argc, char **argv) {
  struct burst burst = {.size = 18};
  int status = netload_burst_options(self, argc, argv, 4, MAX_DATA, &burst);
  if (status != 0)
    return status;
  argv += optind;
  unsigned port = 0;
  if (!netload_number(argv[0], 1, 65535, &port))
    return netload_usage_error(self, "PORT: expected 1 to 65535, found %s",
                               argv[0]);
  struct ether_addr mac;
  if (ether_aton_r(argv[1], &mac) == NULL)
    return netload_usage_error(self, "MAC: expected six bytes, found %s",
                               argv[1]);
  struct endpoint guest;
  if (!netload_endpoint(argv[2], 0, &guest) || guest.any.sa_family != AF_INET)
    return netload_usage_error(self, "ADDRESS: expected IPv4, found %s",
                               argv[2]);
  status = netload_burst_count(self, argv[3], &burst);
  if (status != 0)
    return status;

  alarm(MAX_SECONDS);
  struct frame frame;
  make_frame(&mac, &guest, burst.size, &frame);
  burst.size += (unsigned)(sizeof(frame) - sizeof(frame.data));
  struct endpoint to;
  netload_endpoint("127.0.0.1", port, &to);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, &to.any, to.size) != 0)
    return netload_failure(self, "socket");
  if (netload_send_burst(fd, &frame, &burst))
    printf("%u\n", burst.count);
  else
    status = netload_failure(self, "send");
  close(fd);
  return status;
}
