/* SPDX-License-Identifier: MIT */
#include "sock_udp_errors.h"

#include "sock_counters.h"

/* The last two are kinds of the first. A kernel without MemErrors counts those
 * in no table. */
static const char *const names[SOCK_UDP_COUNTERS] = {
    [SOCK_UDP_IN_ERRORS] = "InErrors",
    [SOCK_UDP_BUFFER_ERRORS] = "RcvbufErrors",
    [SOCK_UDP_MEMORY_ERRORS] = "MemErrors",
    [SOCK_UDP_CHECKSUM_ERRORS] = "InCsumErrors",
};

static const char *const protocols6[] = {"UdpLite6", "Udp6", NULL};

static void look(const struct sock_backlog *sock, struct sock_space *space) {
  struct sock_udp_errors *errors = &space->udp_errors;
  bool was_known = errors->is_known;
  errors->is_known = sock_counters_read(sock, space, &errors->ip4) == 0;
  sock_counters_read(sock, space, &errors->ip6);
  errors->has_gains = was_known && errors->is_known;
  for (size_t i = 0; i < SOCK_UDP_COUNTERS; i++) {
    uint64_t sum = sock_counters_find(&errors->ip4, "Udp", names[i]) +
                   sock_counters_find(&errors->ip4, "UdpLite", names[i]) +
                   sock_counters_find(&errors->ip6, "Udp6", names[i]) +
                   sock_counters_find(&errors->ip6, "UdpLite6", names[i]);
    errors->gained[i] = sum >= errors->last[i] ? sum - errors->last[i] : 0;
    errors->last[i] = sum;
  }
}

void sock_udp_errors_start(const struct sock_backlog *sock,
                           struct sock_space *space) {
  struct sock_udp_errors *errors = &space->udp_errors;
  sock_counters_init(&errors->ip4, "proc/net/snmp", PROTO_PAIRS);
  sock_counters_init(&errors->ip6, "proc/net/snmp6", PROTO_LINES);
  errors->ip6.text.prefixes = protocols6;
  look(sock, space);
}

void sock_udp_errors_read(const struct sock_backlog *sock,
                          struct sock_space *space) {
  if (space->table.totals[SOCK_KIND_UDP].gained > 0)
    look(sock, space);
}

enum sock_udp_cause sock_udp_errors_cause(const struct sock_space *space) {
  const struct sock_udp_errors *errors = &space->udp_errors;
  const uint64_t *gained = errors->gained;
  uint64_t buffer = gained[SOCK_UDP_BUFFER_ERRORS];
  uint64_t memory = gained[SOCK_UDP_MEMORY_ERRORS];
  uint64_t checksum = gained[SOCK_UDP_CHECKSUM_ERRORS];
  uint64_t known = buffer + memory + checksum;
  uint64_t all = gained[SOCK_UDP_IN_ERRORS];
  uint64_t filter = all > known ? all - known : 0;
  if (!errors->has_gains || (buffer > 0 && buffer >= memory &&
                             buffer >= checksum && buffer >= filter))
    return SOCK_UDP_BUFFER;
  if (all == 0 || (memory > 0 && memory >= checksum && memory >= filter))
    return SOCK_UDP_MEMORY;
  return checksum >= filter ? SOCK_UDP_CHECKSUM : SOCK_UDP_FILTER;
}

void sock_udp_errors_free(struct sock_udp_errors *errors) {
  sock_counters_free(&errors->ip4);
  sock_counters_free(&errors->ip6);
}
