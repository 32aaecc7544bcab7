/* SPDX-License-Identifier: MIT */
/* sock_backlog: sockets of every kind are closed and others opened, at the same
 * and at other ports and paths, here and in a namespace that comes and goes;
 * they lose, fill up, and cannot be read. */
#include "soak.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include "fake_netns.h"
#include "fake_sockets.h"
#include "layers.h"

enum { KINDS = 3, OF_KIND = 30 };

static struct {
  uint64_t cookie;
  uint32_t drops;
  char path[32];
} known[KINDS][OF_KIND];
static uint64_t next_cookie = 1000000, refused;

static bool is_open(unsigned kind, unsigned i, unsigned place) {
  return soak_choice(place / 5, 100 * kind + i, 4) > 0;
}

static struct fake_socket *add(unsigned kind, unsigned i) {
  switch (kind) {
  case 0:
    return fake_socket_tcp((uint16_t)(1000 + i), 128);
  case 1:
    return fake_socket_udp((uint16_t)(2000 + i), 212992);
  default:
    return fake_socket_unix(known[kind][i].path, 64);
  }
}

static void move_socket(unsigned kind, unsigned i, unsigned place) {
  if (!is_open(kind, i, place)) {
    known[kind][i].cookie = 0;
    return;
  }
  if (known[kind][i].cookie == 0) {
    known[kind][i].cookie = ++next_cookie;
    known[kind][i].drops = 0;
    snprintf(known[kind][i].path, sizeof(known[kind][i].path),
             "/run/netloss-%010u", (unsigned)next_cookie);
  }
  struct fake_socket *socket = add(kind, i);
  socket->cookie = known[kind][i].cookie;
  socket->inode = (uint32_t)socket->cookie;
  bool is_full = soak_loses(place) && i % 7 == 0;
  if (is_full) {
    socket->queue = socket->limit + 1;
    known[kind][i].drops += kind < 2 ? 2000 : 0;
    refused += kind == 0 ? 2000 : 0;
  }
  socket->drops = known[kind][i].drops;
  if (i % 5 == 0)
    socket->netns = "s";
}

static void lay_refusals(const struct temp_tree *tree) {
  static const char *const paths[] = {"proc/net/netstat",
                                      "spaces/s/net/netstat"};
  char text[128];
  snprintf(text, sizeof(text), "TcpExt: ListenDrops\nTcpExt: %ju\n",
           (uintmax_t)refused);
  for (size_t i = 0; i < 2; i++)
    temp_tree_write(tree, paths[i], text);
}

static void move_connections(unsigned place) {
  static const int states[] = {TCP_ESTABLISHED, TCP_TIME_WAIT, TCP_CLOSE_WAIT,
                               TCP_SYN_RECV};
  unsigned count = soak_choice(place, 500, 60);
  for (unsigned i = 0; i < count; i++)
    fake_socket_connection(states[i % 4], (uint16_t)(1000 + i % OF_KIND),
                           (uint16_t)(40000 + i));
}

/* A namespace that is there for some reads of each hundred. */
static void move_namespace(const struct temp_tree *tree, unsigned place) {
  if (place % 100 == 20) {
    fake_netns_name(tree, "s", "web");
  } else if (place % 100 == 80) {
    fake_netns_unname(tree, "web");
    temp_tree_unlink(tree, "spaces/s/file");
  }
}

static void move(const struct temp_tree *tree, unsigned read, unsigned place) {
  (void)read;
  fake_sockets.count = 0;
  for (unsigned kind = 0; kind < KINDS; kind++)
    for (unsigned i = 0; i < OF_KIND; i++)
      move_socket(kind, i, place);
  move_connections(place);
  move_namespace(tree, place);
  lay_refusals(tree);
  fake_sockets.error = soak_choice(place, 501, 70) == 0 ? ENOBUFS : 0;
  fake_sockets.is_interrupted = soak_choice(place, 502, 20) == 0;
  fake_sockets.no_udp = soak_choice(place / 10, 503, 20) == 0;
}

static void make(const struct temp_tree *tree) {
  fake_sockets_reset();
  fake_netns_reset(tree);
  lay_refusals(tree);
  temp_tree_write(tree, "proc/sys/net/core/somaxconn", "4096\n");
  temp_tree_write(tree, "proc/sys/net/core/rmem_max", "212992\n");
  temp_tree_write(tree, "proc/sys/net/ipv4/ip_local_port_range",
                  "32768\t60999\n");
}

int main(int argc, char **argv) {
  static const struct config_value web = {.kind = CONFIG_STRING,
                                          .string = "web"};
  static const struct config_value yes = {.kind = CONFIG_BOOLEAN,
                                          .boolean = true};
  static const struct config_value most = {.kind = CONFIG_NUMBER, .number = 20};
  static const struct config_node options[] = {
      {.key = "Namespace", .values = &web, .value_count = 1},
      {.key = "ReportConnections", .values = &yes, .value_count = 1},
      {.key = "MaxObjects", .values = &most, .value_count = 1},
  };
  static const struct soak soak = {.layer = &sock_backlog_layer,
                                   .options = options,
                                   .option_count = 3,
                                   .make = make,
                                   .move = move};
  return soak_run(&soak, argc, argv);
}
