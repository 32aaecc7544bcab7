/* SPDX-License-Identifier: MIT */
#include "sock_space.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>

#include "sock_connections.h"
#include "sock_meters.h"
#include "sock_refusals.h"
#include "sock_report.h"
#include "sock_sources.h"
#include "sock_udp_errors.h"

/* The first ephemeral port of kernels without other settings. */
#define EPHEMERAL_FIRST 32768

/* A netlink socket to be opened in another namespace. */
struct open_context {
  struct netlink *netlink;
  int protocol;
};

static int open_there(void *data) {
  const struct open_context *context = data;
  return netlink_open(context->netlink, context->protocol);
}

static int open_netlink(struct netlink *ret, int protocol, void *data) {
  struct open_context context = {.netlink = ret, .protocol = protocol};
  return net_namespace_run(data, open_there, &context);
}

/* What is there when the plugin starts is not new, nor is what a namespace has
 * to which root gave a name. */
static uint64_t settled(const struct sock_backlog *sock,
                        const struct sock_space *space) {
  bool is_old = sock->host.table.read == 0 || space->netns->entry.pid == 0;
  return is_old ? 1 : 0;
}

int sock_space_open(struct sock_backlog *sock, struct sock_space *space) {
  struct net_namespace *netns = space->netns;
  space->settings_read = CLOCK_REFRESH_NEVER;
  space->sockstat = SOCKSTAT_READER;
  sock_table_init(&space->table, sock->max_objects);
  int r =
      sock_shown_init(&space->shown, sock->max_objects, settled(sock, space));
  if (r < 0)
    return r;
  sock_refusals_start(sock, space);
  sock_udp_errors_start(sock, space);
  if (netns == NULL)
    return netlink_open(&space->netlink, NETLINK_SOCK_DIAG);
  r = open_netlink(&space->netlink, NETLINK_SOCK_DIAG, netns);
  if (r < 0)
    return r;
  space->netlink.reopen = open_netlink;
  space->netlink.reopen_data = netns;
  /* Without these files, every source is asked. */
  struct sysroot_file *files[] = {&space->sockstat.file,
                                  &space->sockstat.file6};
  for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
    files[i]->is_foreign = true;
  net_namespace_open_files(netns, sock->context, files,
                           sizeof(files) / sizeof(files[0]));
  return 0;
}

void sock_space_close(struct sock_space *space) {
  netlink_close(&space->netlink);
  sock_sources_close(space);
  sock_connections_free(space->connections);
  sockstat_free(&space->sockstat);
  sock_refusals_free(&space->refusals);
  sock_udp_errors_free(&space->udp_errors);
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

struct sock_space *sock_space_at(struct sock_backlog *sock, size_t index) {
  return index == 0 ? &sock->host : sock->namespaces.all[index - 1]->space;
}

struct sock_space *sock_space_find(struct sock_backlog *sock,
                                   const struct labels *labels) {
  const struct net_namespace *netns = namespaces_of(&sock->namespaces, labels);
  return netns == NULL || netns->space == NULL ? &sock->host : netns->space;
}

static void read_settings(const struct sock_backlog *sock,
                          struct sock_space *space) {
  int64_t first;
  if (!clock_refresh_is_due(&space->settings_read, sock->now))
    return;
  clock_refresh_done(&space->settings_read, sock->now);
  int r = net_namespace_read_number(space->netns, sock->context,
                                    "net.ipv4.ip_local_port_range", &first);
  space->ephemeral_first = r == 0 && first > 0 && first <= UINT16_MAX
                               ? (uint32_t)first
                               : EPHEMERAL_FIRST;
}

/* A user's threshold may be for any group, whatever its limits are. */
static void watch_all_if_asked(struct sock_space *space,
                               const struct report *report) {
  for (unsigned meter = 0; meter < SOCK_TOTALS_BEGIN; meter++)
    if (report_has_rule(report, meter))
      space->shown.watches_all = true;
  if (space->shown.watches_all)
    space->table.grouped_always = SIZE_MAX;
}

int sock_space_read(struct sock_backlog *sock, struct sock_space *space,
                    struct report *report) {
  read_settings(sock, space);
  space->counts = SOCKSTAT_NOTHING;
  if (space->netns != NULL)
    sockstat_read(sock->context->root, &space->sockstat, &space->counts, NULL);
  if (space->table.read == 0)
    watch_all_if_asked(space, report);
  sock_connections_begin(sock, space);
  struct port_set *listening =
      space->connections != NULL ? &space->connections->listening : NULL;
  int r = sock_sources_read(sock, space, listening);
  sock_udp_errors_read(sock, space);
  sock_connections_read(sock, space);
  sock_shown_choose(&space->shown, &space->table);
  sock_report_space(sock, space, report);
  return r;
}
