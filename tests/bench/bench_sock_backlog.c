/* SPDX-License-Identifier: MIT */
/* sock_backlog: all listeners and all UDP sockets, by seven dumps, and all TCP
 * connections by two more. */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "bench_netlink.h"
#include "layers.h"
#include "many_namespaces.h"
#include "many_sockets.h"
#include "netlink.h"
#include "sock_diag.h"

/* Each takes half a minute. */
#define FEW_ROUNDS 7

static const struct config_value on = {.kind = CONFIG_BOOLEAN, .boolean = true};
static const struct config_node report_connections = {
    .key = "ReportConnections", .values = &on, .value_count = 1};
static const struct config_node with_connections = {
    .key = "Plugin", .children = &report_connections, .child_count = 1};

/* How a floor is asked. */
struct floor {
  struct netlink netlink;
  bool has_connections;
};

static void ask_inet(struct netlink *netlink, uint8_t family, uint8_t protocol,
                     uint32_t states, bool has_memory) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, SOCK_DIAG_BY_FAMILY, true);
  struct inet_diag_req_v2 *body =
      mnl_nlmsg_put_extra_header(request, sizeof(*body));
  body->sdiag_family = family;
  body->sdiag_protocol = protocol;
  body->idiag_states = states;
  if (has_memory)
    body->idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1);
  bench_ask(netlink, request);
}

static void ask_unix(struct netlink *netlink) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, SOCK_DIAG_BY_FAMILY, true);
  struct unix_diag_req *body =
      mnl_nlmsg_put_extra_header(request, sizeof(*body));
  body->sdiag_family = AF_UNIX;
  body->udiag_states = SOCK_DIAG_LISTEN;
  body->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
  bench_ask(netlink, request);
}

static void *floor_open(const struct bench_case *bench) {
  struct floor *floor = calloc(1, sizeof(*floor));
  if (floor == NULL || netlink_open(&floor->netlink, NETLINK_SOCK_DIAG) < 0)
    bench_die("netlink");
  floor->has_connections = bench->block == &with_connections;
  return floor;
}

static void drain_settings(bool has_connections) {
  static const char *const settings[] = {
      "ip_local_port_range", "ip_local_port_range", "ip_local_reserved_ports",
      "tcp_syncookies",      "tcp_tw_reuse",        "tcp_timestamps",
  };
  char path[64];
  bench_drain_path("/proc/sys/net/ipv4/ip_local_port_range");
  for (size_t i = 0; has_connections && i < 6; i++) {
    snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", settings[i]);
    bench_drain_path(path);
  }
}

static void floor_read(void *data, unsigned read_number) {
  static const uint8_t families[] = {AF_INET, AF_INET6};
  struct floor *floor = data;
  struct netlink *netlink = &floor->netlink;
  for (size_t i = 0; i < sizeof(families); i++) {
    ask_inet(netlink, families[i], IPPROTO_TCP, SOCK_DIAG_LISTEN, true);
    ask_inet(netlink, families[i], IPPROTO_UDP, SOCK_DIAG_ANY_UDP, true);
    ask_inet(netlink, families[i], IPPROTO_UDPLITE, SOCK_DIAG_ANY_UDP, true);
    if (floor->has_connections)
      ask_inet(netlink, families[i], IPPROTO_TCP, SOCK_DIAG_CONNECTIONS, false);
  }
  ask_unix(netlink);
  if (read_number % 60 == 0)
    drain_settings(floor->has_connections);
}

static void floor_close(void *data) {
  struct floor *floor = data;
  netlink_close(&floor->netlink);
  free(floor);
}

/* The host's own, and one socket for each namespace. */
struct spaces_floor {
  struct floor *floors[1 + BENCH_NAMESPACES];
};

static void *spaces_open(const struct bench_case *bench) {
  struct spaces_floor *floor = calloc(1, sizeof(*floor));
  if (floor == NULL)
    bench_die("calloc");
  for (int i = 0; i <= BENCH_NAMESPACES; i++) {
    many_namespaces_enter(i - 1);
    floor->floors[i] = floor_open(bench);
  }
  many_namespaces_enter(-1);
  return floor;
}

static void spaces_read(void *data, unsigned read_number) {
  struct spaces_floor *floor = data;
  for (int i = 0; i <= BENCH_NAMESPACES; i++)
    floor_read(floor->floors[i], read_number);
}

static void spaces_close(void *data) {
  struct spaces_floor *floor = data;
  for (int i = 0; i <= BENCH_NAMESPACES; i++)
    floor_close(floor->floors[i]);
  free(floor);
}

static void run_in_namespaces(void) {
  const struct bench_case bench = {.layer = &sock_backlog_layer,
                                   .floor_open = spaces_open,
                                   .floor_read = spaces_read,
                                   .floor_close = spaces_close};
  bench_in_namespaces(&bench);
}

static void run(const char *situation, size_t rounds, bool has_connections) {
  const struct bench_case bench = {.layer = &sock_backlog_layer,
                                   .situation = situation,
                                   .rounds = rounds,
                                   .block = has_connections ? &with_connections
                                                            : NULL,
                                   .floor_open = floor_open,
                                   .floor_read = floor_read,
                                   .floor_close = floor_close};
  struct bench_result result = bench_run(&bench);
  bench_print(&bench, &result);
  bench_print_memory(&bench, &result);
  fflush(stdout);
}

/* In a process of its own, with which the namespace and its sockets end. */
static void in_namespace(const char *situation, unsigned connections,
                         bool is_reported) {
  const struct many_sockets many = {
      .listeners = MANY_LISTENERS, .udp = MANY_UDP, .connections = connections};
  fflush(stdout);
  pid_t child = fork();
  if (child < 0)
    bench_die("fork");
  if (child == 0) {
    int r = unshare(CLONE_NEWNET) < 0 ? -errno : many_sockets_make(&many);
    if (r < 0)
      printf("%-14s %s: skipped: %s\n", sock_backlog_layer.name, situation,
             strerror(-r));
    else
      run(situation, FEW_ROUNDS, is_reported);
    fflush(stdout);
    _exit(0);
  }
  int status;
  if (waitpid(child, &status, 0) < 0 || status != 0)
    bench_die("many sockets");
}

void bench_sock_backlog(void) {
  run("this host", 0, false);
  run("this host, connections", 0, true);
  run_in_namespaces();
  in_namespace("39000 TCP, 39000 UDP", 0, false);
  in_namespace("+ 97000 connections", MANY_CONNECTIONS, false);
  in_namespace("+ 97000, ReportConnections", MANY_CONNECTIONS, true);
}
