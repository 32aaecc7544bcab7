/* SPDX-License-Identifier: MIT */
#include "local_ports.h"

#include <errno.h>

#include "sysctl.h"

/* Milliseconds; fixed before net.ipv4.tcp_tw_reuse_delay existed. */
#define USUAL_DELAY 1000

static int64_t read_number(const struct sysroot *root, const char *name,
                           int64_t fallback) {
  int64_t number;
  return sysctl_read_number(root, name, &number) == 0 ? number : fallback;
}

/* Adds the range without the reserved ports, "8080,9000-9100". */
static int add_range(const struct sysroot *root, struct local_ports *ports) {
  int64_t first, last;
  int r = sysctl_read_number(root, "net.ipv4.ip_local_port_range", &first);
  if (r == 0)
    r = sysctl_read_number(root, "net.ipv4.ip_local_port_range[1]", &last);
  if (r < 0)
    return r;
  if (first < 1 || last > UINT16_MAX || first > last)
    return -EBADMSG;
  r = cpulist_read(root, "proc/sys/net/ipv4/ip_local_reserved_ports",
                   &ports->reserved);
  if (r < 0 && r != -ENOENT)
    return r;
  for (uint32_t port = (uint32_t)first; port <= (uint32_t)last; port++)
    if (!cpulist_has(&ports->reserved, port))
      port_set_add(&ports->range, (uint16_t)port);
  return 0;
}

int local_ports_read(const struct sysroot *root, struct local_ports *ports) {
  ports->range = (struct port_set){{0}};
  int64_t reuse = read_number(root, "net.ipv4.tcp_tw_reuse", 0);
  if (read_number(root, "net.ipv4.tcp_timestamps", 1) == 0)
    reuse = 0;
  ports->reuse =
      reuse == LOCAL_PORTS_REUSE_ALL || reuse == LOCAL_PORTS_REUSE_LOOPBACK
          ? (enum local_ports_reuse)reuse
          : LOCAL_PORTS_REUSE_NONE;
  int64_t delay = read_number(root, "net.ipv4.tcp_tw_reuse_delay", USUAL_DELAY);
  ports->reuse_delay =
      delay >= 0 && delay <= UINT32_MAX ? (uint32_t)delay : USUAL_DELAY;
  return add_range(root, ports);
}

void local_ports_free(struct local_ports *ports) {
  cpulist_free(&ports->reserved);
}
