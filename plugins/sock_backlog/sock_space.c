/* SPDX-License-Identifier: MIT */
/* The network namespaces whose sockets are looked at: the host's, and those
 * that the user asked for. */
#include <errno.h>
#include <linux/netlink.h>
#include <math.h>
#include <stdlib.h>

#include "sock_backlog.h"

/* What kernels begin with. */
#define EPHEMERAL_FIRST 32768

/* A netlink socket that is to be opened in a namespace. */
struct opening {
  struct netlink *netlink;
  int protocol;
};

static int open_there(void *data) {
  const struct opening *opening = data;
  return netlink_open(opening->netlink, opening->protocol);
}

static int open_netlink(struct netlink *ret, int protocol, void *data) {
  struct opening opening = {.netlink = ret, .protocol = protocol};
  return net_namespace_run(data, open_there, &opening);
}

int sock_space_open(struct sock_backlog *sock, struct sock_space *space) {
  struct net_namespace *netns = space->netns;
  space->settings_read = NAN;
  space->sockstat = SOCKSTAT_READER;
  int r = sock_shown_init(&space->shown, sock->max_objects);
  if (r < 0)
    return r;
  if (netns == NULL)
    return netlink_open(&space->netlink, NETLINK_SOCK_DIAG);
  r = open_netlink(&space->netlink, NETLINK_SOCK_DIAG, netns);
  if (r < 0)
    return r;
  space->netlink.reopen = open_netlink;
  space->netlink.reopen_data = netns;
  /* Without them, the kernel is asked for everything. */
  struct sysroot_file *files[] = {&space->sockstat.file,
                                  &space->sockstat.file6};
  for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
    files[i]->is_foreign = true;
  net_namespace_open_files(netns, sock->context, files,
                           sizeof(files) / sizeof(files[0]));
  return 0;
}

void sock_space_close(struct sock_space *space) {
  sock_sources_close(space);
  sockstat_free(&space->sockstat);
  sock_shown_free(&space->shown);
  sock_table_free(&space->table);
}

static int begin(void *state, struct net_namespace *netns) {
  struct sock_space *space = calloc(1, sizeof(*space));
  if (space == NULL)
    return -ENOMEM;
  space->netns = netns;
  int r = sock_space_open(state, space);
  if (r == 0) {
    netns->space = space;
    return 0;
  }
  sock_space_close(space);
  free(space);
  return r;
}

static void end(void *state, struct net_namespace *netns) {
  (void)state;
  sock_space_close(netns->space);
  free(netns->space);
}

/* The netlink socket and two files of sockstat. */
const struct namespaces_user sock_space_user = {
    .files = 3, .begin = begin, .end = end};

struct sock_space *sock_space_at(struct sock_backlog *sock, size_t i) {
  return i == 0 ? &sock->host : sock->namespaces.all[i - 1]->space;
}

const struct sock_group *sock_space_find_group(struct sock_backlog *sock,
                                               const struct labels *labels,
                                               struct sock_space **ret_space) {
  const struct net_namespace *netns = namespaces_of(&sock->namespaces, labels);
  bool is_host = netns == NULL || netns->space == NULL;
  *ret_space = is_host ? &sock->host : netns->space;
  return sock_table_find(&(*ret_space)->table, labels);
}

static void read_settings(struct sock_backlog *sock, struct sock_space *space) {
  int64_t first;
  if (sock->now - space->settings_read < SOCK_SETTINGS_AGE)
    return;
  space->settings_read = sock->now;
  int r = net_namespace_read_number(space->netns, sock->context,
                                    "net.ipv4.ip_local_port_range", &first);
  space->ephemeral_first = r == 0 && first > 0 && first <= UINT16_MAX
                               ? (uint32_t)first
                               : EPHEMERAL_FIRST;
}

int sock_space_read(struct sock_backlog *sock, struct sock_space *space,
                    struct report *report) {
  read_settings(sock, space);
  space->counts = SOCKSTAT_NOTHING;
  if (space->netns != NULL)
    sockstat_read(sock->context->root, &space->sockstat, &space->counts, NULL);
  int r = sock_sources_read(sock, space);
  sock_report(sock, space, report);
  return r;
}
