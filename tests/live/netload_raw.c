/* SPDX-License-Identifier: MIT */
/* Packets that only a raw socket can send. */
#include "netload.h"

#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  MAX_PACKETS = 60000,
  SYN_BACKLOG = 8,
  FIRST_PORT = 1024,
};

static bool is_ip4(const struct endpoint *endpoint) {
  return endpoint->any.sa_family == AF_INET;
}

uint16_t netload_checksum(uint32_t sum, const void *data, size_t size) {
  const uint8_t *bytes = data;
  for (size_t i = 0; i < size; i += 2)
    sum += (uint32_t)bytes[i] << 8 | (i + 1 < size ? bytes[i + 1] : 0U);
  while (sum >> 16 != 0)
    sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

static bool send_packet(int fd, const struct endpoint *to, const void *packet,
                        size_t size) {
  return sendto(fd, packet, size, 0, &to->any, to->size) == (ssize_t)size;
}

static int open_raw(int family, int protocol) {
  return socket(family, SOCK_RAW | SOCK_CLOEXEC, protocol);
}

/* Makes a datagram from and to the same address, with a wrong checksum. Not 0,
 * which means no checksum. */
static struct udphdr make_bad_datagram(const struct endpoint *at) {
  struct {
    uint8_t source[16], destination[16]; /* IPv4 addresses are shorter */
    struct udphdr udp;
  } summed = {.udp = {.source = htons(9),
                      .dest = is_ip4(at) ? at->ip4.sin_port : at->ip6.sin6_port,
                      .len = htons(sizeof(struct udphdr))}};
  const void *address = is_ip4(at) ? (const void *)&at->ip4.sin_addr
                                   : (const void *)&at->ip6.sin6_addr;
  size_t size =
      is_ip4(at) ? sizeof(at->ip4.sin_addr) : sizeof(at->ip6.sin6_addr);
  memcpy(summed.source, address, size);
  memcpy(summed.destination, address, size);
  uint16_t right = netload_checksum(IPPROTO_UDP + sizeof(struct udphdr),
                                    &summed, sizeof(summed));
  summed.udp.check = htons(right == UINT16_MAX ? 1 : (uint16_t)(right + 1));
  return summed.udp;
}

int netload_udp_bad_checksum(const struct subcommand *self, int argc,
                             char **argv) {
  struct endpoint to;
  unsigned count;
  int status =
      netload_address_and_count(self, argc, argv, MAX_PACKETS, &to, &count);
  if (status != 0)
    return status;
  struct endpoint receiver = to;
  if (!netload_stay_on_cpu() || netload_bound_socket(SOCK_DGRAM, &receiver) < 0)
    return netload_failure(self, argv[1]);
  int fd = open_raw(to.any.sa_family, IPPROTO_UDP);
  if (fd < 0)
    return netload_failure(self, "raw socket");
  const struct udphdr datagram = make_bad_datagram(&receiver);
  for (unsigned i = 0; i < count; i++)
    if (!send_packet(fd, &to, &datagram, sizeof(datagram)))
      return netload_failure(self, "send");
  if (!netload_drain_loopback(&to))
    return netload_failure(self, "waiting for the last datagram");
  printf("%u\n", count);
  return EXIT_SUCCESS;
}

int netload_fragments(const struct subcommand *self, int argc, char **argv) {
  struct endpoint to;
  unsigned count;
  int status =
      netload_address_and_count(self, argc, argv, MAX_PACKETS, &to, &count);
  if (status != 0)
    return status;
  if (!is_ip4(&to))
    return netload_usage_error(self, "ADDRESS: expected IPv4, found %s",
                               argv[1]);
  int fd = open_raw(AF_INET, IPPROTO_RAW);
  if (fd < 0 || !netload_stay_on_cpu())
    return netload_failure(self, "raw socket");
  /* The kernel fills in length, checksum and source. */
  struct {
    struct iphdr ip;
    char data[8];
  } fragment = {.ip = {.version = 4,
                       .ihl = 5,
                       .ttl = 64,
                       .protocol = IPPROTO_UDP,
                       .frag_off = htons(1),
                       .daddr = to.ip4.sin_addr.s_addr}};
  for (unsigned i = 1; i <= count; i++) {
    fragment.ip.id = htons((uint16_t)i);
    if (!send_packet(fd, &to, &fragment, sizeof(fragment)))
      return netload_failure(self, "send");
  }
  if (!netload_drain_loopback(&to))
    return netload_failure(self, "waiting for the last fragment");
  printf("%u\n", count);
  return EXIT_SUCCESS;
}

struct syn {
  struct iphdr ip;
  struct tcphdr tcp;
};

static void make_syn(const struct endpoint *from, const struct endpoint *to,
                     unsigned port, struct syn *ret) {
  struct {
    uint32_t source, destination;
    uint8_t zero, protocol;
    uint16_t length;
    struct tcphdr tcp;
  } summed = {
      .source = from->ip4.sin_addr.s_addr,
      .destination = to->ip4.sin_addr.s_addr,
      .protocol = IPPROTO_TCP,
      .length = htons(sizeof(struct tcphdr)),
      .tcp = {.source = htons((uint16_t)port),
              .dest = to->ip4.sin_port,
              .seq = htonl(port),
              .doff = sizeof(struct tcphdr) / 4,
              .syn = 1,
              .window = htons(65535)},
  };
  summed.tcp.check = htons(netload_checksum(0, &summed, sizeof(summed)));
  *ret = (struct syn){.ip = {.version = 4,
                             .ihl = 5,
                             .ttl = 64,
                             .protocol = IPPROTO_TCP,
                             .saddr = summed.source,
                             .daddr = summed.destination},
                      .tcp = summed.tcp};
}

static bool send_syns(int fd, const struct endpoint *from,
                      const struct endpoint *to, unsigned first,
                      unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    struct syn syn;
    make_syn(from, to, FIRST_PORT + first + i, &syn);
    if (!send_packet(fd, to, &syn, sizeof(syn)))
      return false;
  }
  return netload_drain_loopback(to);
}

/* Counts the half-open connections of a port of this namespace. */
static unsigned half_open(in_port_t port) {
  enum { SYN_RECEIVED = 3 };
  FILE *table = fopen("/proc/self/net/tcp", "re");
  if (table == NULL)
    return 0;
  unsigned found = 0, owner, state;
  char line[256];
  while (fgets(line, sizeof(line), table) != NULL)
    if (sscanf(line, " %*d: %*x:%x %*x:%*x %x", &owner, &state) == 2 &&
        owner == ntohs(port) && state == SYN_RECEIVED)
      found++;
  fclose(table);
  return found;
}

/* Sends SYNs one by one until one adds no half-open connection. Returns the
 * number sent, or 0, with errno set, if that never happens. */
static unsigned fill_syn_queue(int fd, const struct endpoint *from,
                               const struct endpoint *to) {
  unsigned before = 0;
  for (unsigned sent = 1; sent <= 2 * SYN_BACKLOG; sent++) {
    if (!send_syns(fd, from, to, sent, 1))
      return 0;
    unsigned now = half_open(to->ip4.sin_port);
    if (now == before)
      return sent;
    before = now;
  }
  errno = ETIMEDOUT;
  return 0;
}

int netload_syn_overflow(const struct subcommand *self, int argc, char **argv) {
  if (argc != 4)
    return netload_usage_error(self, "expected 3 arguments, found %d",
                               argc - 1);
  struct endpoint from, at;
  if (!netload_endpoint(argv[1], 0, &from))
    return netload_failure(self, argv[1]);
  unsigned count;
  int status = netload_address_and_count(self, argc - 1, argv + 1, MAX_PACKETS,
                                         &at, &count);
  if (status != 0)
    return status;
  if (!is_ip4(&from) || !is_ip4(&at))
    return netload_usage_error(self, "expected IPv4, found %s and %s", argv[1],
                               argv[2]);
  int listener = netload_bound_socket(SOCK_STREAM, &at);
  if (listener < 0 || listen(listener, SYN_BACKLOG) != 0)
    return netload_failure(self, argv[2]);
  int fd = open_raw(AF_INET, IPPROTO_RAW);
  if (fd < 0 || !netload_stay_on_cpu())
    return netload_failure(self, "raw socket");
  unsigned sent = fill_syn_queue(fd, &from, &at);
  if (sent == 0)
    return netload_failure(self, "filling the SYN queue");
  if (!send_syns(fd, &from, &at, sent + 1, count - 1))
    return netload_failure(self, "send");
  printf("%u\n", count);
  return EXIT_SUCCESS;
}
