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
  return namespace_run(data, open_there, &opening);
}

int sock_space_open(struct sock_backlog *sock, struct sock_space *space) {
  struct namespace *namespace = space->namespace;
  space->prefix = namespace != NULL ? namespace->prefix : "";
  space->settings_read = NAN;
  space->sockstat = SOCKSTAT_READER;
  int r = sock_shown_init(&space->shown, sock->max_objects);
  if (r < 0)
    return r;
  if (namespace == NULL)
    return netlink_open(&space->netlink, NETLINK_SOCK_DIAG);
  r = open_netlink(&space->netlink, NETLINK_SOCK_DIAG, namespace);
  if (r < 0)
    return r;
  space->netlink.reopen = open_netlink;
  space->netlink.reopen_data = namespace;
  /* Without them, the kernel is asked for everything. */
  struct sysroot_file *files[] = {&space->sockstat.file,
                                  &space->sockstat.file6};
  for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
    files[i]->is_foreign = true;
  namespace_open_files(namespace, sock->context, files,
                       sizeof(files) / sizeof(files[0]));
  return 0;
}

void sock_space_close(struct sock_space *space) {
  sock_sources_close(space);
  sockstat_free(&space->sockstat);
  sock_shown_free(&space->shown);
  sock_table_free(&space->table);
}

static int begin(void *state, struct namespace *namespace) {
  struct sock_space *space = calloc(1, sizeof(*space));
  if (space == NULL)
    return -ENOMEM;
  space->namespace = namespace;
  int r = sock_space_open(state, space);
  if (r == 0) {
    namespace->space = space;
    return 0;
  }
  sock_space_close(space);
  free(space);
  return r;
}

static void end(void *state, struct namespace *namespace) {
  (void)state;
  sock_space_close(namespace->space);
  free(namespace->space);
}

const struct namespace_user sock_space_user = {.begin = begin, .end = end};

struct sock_space *sock_space_at(struct sock_backlog *sock, size_t i) {
  return i == 0 ? &sock->host : sock->namespaces.all[i - 1]->space;
}

const struct sock_group *sock_space_find_group(struct sock_backlog *sock,
                                               const char *name,
                                               struct sock_space **ret_space) {
  for (size_t i = 0; i <= sock->namespaces.count; i++) {
    struct sock_space *space = sock_space_at(sock, i);
    const struct sock_group *group =
        space != NULL ? sock_table_find(&space->table, name) : NULL;
    if (group == NULL)
      continue;
    *ret_space = space;
    return group;
  }
  const struct namespace *namespace = namespaces_of(&sock->namespaces, name);
  bool is_host = namespace == NULL || namespace->space == NULL;
  *ret_space = is_host ? &sock->host : namespace->space;
  return NULL;
}

static void read_settings(struct sock_backlog *sock, struct sock_space *space) {
  int64_t first;
  if (sock->now - space->settings_read < SOCK_SETTINGS_AGE)
    return;
  space->settings_read = sock->now;
  int r = namespace_read_number(space->namespace, sock->context,
                                "net.ipv4.ip_local_port_range", &first);
  space->ephemeral_first = r == 0 && first > 0 && first <= UINT16_MAX
                               ? (uint32_t)first
                               : EPHEMERAL_FIRST;
}

int sock_space_read(struct sock_backlog *sock, struct sock_space *space,
                    struct report *report) {
  read_settings(sock, space);
  space->counts = SOCKSTAT_NOTHING;
  if (space->namespace != NULL)
    sockstat_read(sock->context->root, &space->sockstat, &space->counts, NULL);
  int r = sock_sources_read(sock, space);
  sock_report(sock, space, report);
  return r;
}
