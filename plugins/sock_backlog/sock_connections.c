/* SPDX-License-Identifier: MIT */
#include "sock_connections.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "array.h"
#include "sock_sources.h"
#include "sysctl.h"
#include "text.h"

/* State of a walk over all connections, passed to take(). */
struct walk_context {
  const struct sock_backlog *sock;
  struct sock_connections *connections;
};

void sock_connections_begin(const struct sock_backlog *sock,
                            struct sock_space *space) {
  if (!sock->report_connections && !sock->report_syn_received)
    return;
  if (space->connections == NULL) {
    space->connections = calloc(1, sizeof(*space->connections));
    if (space->connections == NULL)
      return;
    space->connections->settings_read = CLOCK_REFRESH_NEVER;
  }
  space->connections->is_read = false;
  space->connections->listening = (struct port_set){0};
}

/* Without SYN cookies, the kernel reserves the last quarter of
 * net.ipv4.tcp_max_syn_backlog for known peers (net/ipv4/tcp_input.c,
 * tcp_conn_request()). With cookies, the setting has no effect. */
static uint32_t read_syn_most(const struct sysroot *root) {
  int64_t cookies, most;
  if (sysctl_read_number(root, "net.ipv4.tcp_syncookies", &cookies) < 0 ||
      cookies != 0 ||
      sysctl_read_number(root, "net.ipv4.tcp_max_syn_backlog", &most) < 0 ||
      most < 0 || most > UINT32_MAX)
    return UINT32_MAX;
  return (uint32_t)(most - most / 4);
}

/* Settings to be read in the connections' namespace. */
struct settings_context {
  const struct sysroot *root;
  struct sock_connections *connections;
};

static int read_settings_there(void *data) {
  const struct settings_context *context = data;
  struct sock_connections *connections = context->connections;
  connections->syn_most = read_syn_most(context->root);
  /* Without a range, ephemeral ports are not reported. */
  local_ports_read(context->root, &connections->ephemeral.settings);
  return 0;
}

static void read_settings(const struct sock_backlog *sock,
                          const struct sock_space *space) {
  struct sock_connections *connections = space->connections;
  struct settings_context context = {.root = sock->context->root,
                                     .connections = connections};
  if (!clock_refresh_is_due(&connections->settings_read, sock->now))
    return;
  clock_refresh_done(&connections->settings_read, sock->now);
  connections->syn_most = UINT32_MAX;
  if (space->netns == NULL)
    read_settings_there(&context);
  else
    net_namespace_run(space->netns, read_settings_there, &context);
}

/* Takes back the places of the read before. A dense array of the ports that
 * have connections costs little, however many ports listen. */
static void clear_places(struct sock_connections *connections) {
  for (size_t i = 0; i < connections->count; i++)
    connections->places[connections->ports[i].port] = 0;
  connections->ports =
      array_shrink(connections->ports, &connections->room, connections->count,
                   sizeof(*connections->ports));
  connections->count = 0;
}

/* The sums of a port that has a listener. NULL: there is no memory. */
static struct sock_traffic *
find_or_make_place(struct sock_connections *connections, uint16_t port) {
  uint16_t place = connections->places[port];
  if (place > 0)
    return &connections->ports[place - 1];
  struct sock_traffic *ports =
      array_room(connections->ports, &connections->room, connections->count,
                 sizeof(*ports));
  if (ports == NULL)
    return NULL;
  connections->ports = ports;
  ports[connections->count] = (struct sock_traffic){.port = port};
  connections->places[port] = (uint16_t)(connections->count + 1);
  return &ports[connections->count++];
}

/* The group of a port that listens, or NULL. */
static struct sock_group *find_group(const struct sock_space *space,
                                     uint16_t port) {
  char text[TEXT_U32_SIZE];
  text_u32(text, port);
  const struct labels labels = {.protocol = "tcp", .port = text};
  return sock_table_find(&space->table, &labels);
}

/* Watches the groups whose SYN queues fill up. */
static void watch_full(struct sock_space *space) {
  const struct sock_connections *connections = space->connections;
  for (size_t i = 0; connections->is_read && i < connections->count; i++) {
    const struct sock_traffic *traffic = &connections->ports[i];
    if (traffic->states[TCP_SYN_RECV] == 0)
      continue;
    struct sock_group *group = find_group(space, traffic->port);
    if (group == NULL || group->read != space->table.read)
      continue;
    uint64_t limit = sock_connections_syn_limit(space, group);
    if (traffic->states[TCP_SYN_RECV] * UINT64_C(100) >=
        limit * SOCK_SHOWN_FULL)
      sock_shown_watch(&space->shown, &space->table, group);
  }
}

static void add_to(struct sock_traffic *traffic,
                   const struct sock_backlog *sock,
                   const struct sock_diag_connection *connection) {
  if (connection->state < SOCK_STATES)
    traffic->states[connection->state]++;
  if (connection->state == TCP_SYN_RECV && connection->retransmits > 0)
    traffic->unanswered++;
  if (connection->receive_queue > 0) {
    traffic->receive_queue += connection->receive_queue;
    if (connection->receive_queue > traffic->receive_most)
      traffic->receive_most = connection->receive_queue;
    traffic->receive_high += connection->receive_queue > sock->receive_high;
  }
  if (connection->send_queue > 0) {
    traffic->send_queue += connection->send_queue;
    if (connection->send_queue > traffic->send_most)
      traffic->send_most = connection->send_queue;
    traffic->send_high += connection->send_queue > sock->send_high;
  }
}

/* SYN_RECV at a port without a listener is a simultaneous open, and no
 * half-open connection of a server. */
static bool is_counted(const struct walk_context *context,
                       const struct sock_diag_connection *connection) {
  if (connection->state == TCP_SYN_RECV &&
      !port_set_has(&context->connections->listening, connection->port))
    return false;
  return sock_choice_selects(&context->sock->choice, connection->port,
                             connection->address);
}

static int take(const struct sock_diag_connection *connection, void *data) {
  const struct walk_context *context = data;
  struct sock_connections *connections = context->connections;
  if (connections->is_complete)
    sock_ephemeral_add(&connections->ephemeral, connection);
  if (!is_counted(context, connection))
    return 0;
  add_to(&connections->total, context->sock, connection);
  if (!port_set_has(&connections->listening, connection->port))
    return 0;
  struct sock_traffic *port = find_or_make_place(connections, connection->port);
  if (port == NULL)
    return -ENOMEM;
  add_to(port, context->sock, connection);
  return 0;
}

/* An interrupted dump lacks some connections at most, which sums tolerate. */
static int ask(struct sock_space *space, uint8_t family,
               struct walk_context *context) {
  uint32_t states = context->connections->is_complete ? SOCK_DIAG_CONNECTIONS
                                                      : SOCK_DIAG_SYN_RECV;
  int r = sock_diag_connections(&space->netlink, family, states, take, context);
  return r == -EINTR ? 0 : r;
}

static int ask_all(struct sock_space *space, struct walk_context *context) {
  if (!sock_sources_may_have_connections(space))
    return 0;
  int r = ask(space, AF_INET, context);
  if (r < 0)
    return r;
  r = ask(space, AF_INET6, context);
  return r == -ENOENT ? 0 : r;
}

static void note_result(const struct sock_backlog *sock,
                        struct sock_space *space, int r) {
  struct layer_problem *problem = &space->connections->problem;
  const char *of = space->netns != NULL ? " of namespace " : "";
  const char *name = space->netns != NULL ? space->netns->name : "";
  if (r == 0)
    layer_problem_end(problem, sock->context,
                      "TCP connections%s%s can be read again", of, name);
  else
    layer_problem_begin(
        problem, sock->context,
        "TCP connections%s%s cannot be read: %s; their values are "
        "missing until that ends",
        of, name, strerror(-r));
}

void sock_connections_read(const struct sock_backlog *sock,
                           struct sock_space *space) {
  struct sock_connections *connections = space->connections;
  if (connections == NULL || !sock_sources_have(space, SOCK_KIND_TCP))
    return;
  read_settings(sock, space);
  clear_places(connections);
  connections->is_complete = sock->report_connections;
  connections->total = (struct sock_traffic){.port = 0};
  if (connections->is_complete)
    sock_ephemeral_begin(&connections->ephemeral, &connections->listening);
  struct walk_context context = {.sock = sock, .connections = connections};
  int r = ask_all(space, &context);
  connections->is_read = r == 0;
  watch_full(space);
  note_result(sock, space, r);
}

const struct sock_traffic *
sock_connections_find(const struct sock_space *space,
                      const struct sock_group *group) {
  static const struct sock_traffic nothing;
  const struct sock_connections *connections = space->connections;
  if (connections == NULL || !connections->is_read ||
      group->kind != SOCK_KIND_TCP || group->read != space->table.read)
    return NULL;
  uint16_t place = connections->places[group->port];
  return place > 0 ? &connections->ports[place - 1] : &nothing;
}

uint64_t sock_connections_syn_limit(const struct sock_space *space,
                                    const struct sock_group *group) {
  uint64_t most = (uint64_t)space->connections->syn_most * group->sums.sockets;
  return group->sums.limit < most ? group->sums.limit : most;
}

void sock_connections_free(struct sock_connections *connections) {
  if (connections == NULL)
    return;
  sock_ephemeral_free(&connections->ephemeral);
  free(connections->ports);
  free(connections);
}
