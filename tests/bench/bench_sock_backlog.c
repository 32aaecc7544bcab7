/* SPDX-License-Identifier: MIT */
/* sock_backlog: all listeners and all UDP sockets, by seven dumps. */
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
#include "layers.h"
#include "many_namespaces.h"
#include "netlink.h"
#include "sock_diag.h"

#define MANY 39000
#define HOLDERS 100
#define FIRST_PORT 1024
/* What the plugin receives into. */
#define BUFFER_SIZE 32768

/* The kernel ends a dump by such a message, which stands alone or last. */
static bool is_end(const uint8_t *buffer, size_t length) {
  struct nlmsghdr first, last;
  size_t end = (size_t)mnl_nlmsg_size(sizeof(int));
  if (length < end)
    return true;
  memcpy(&first, buffer, sizeof(first));
  memcpy(&last, buffer + length - end, sizeof(last));
  return first.nlmsg_type == NLMSG_ERROR ||
         (last.nlmsg_type == NLMSG_DONE && last.nlmsg_len == end);
}

static void ask(struct netlink *netlink, const struct nlmsghdr *request) {
  int fd = mnl_socket_get_fd(netlink->socket);
  ssize_t n = mnl_socket_sendto(netlink->socket, request, request->nlmsg_len);
  do {
    if (n >= 0)
      n = recv(fd, netlink->buffer, BUFFER_SIZE, 0);
    if (n < 0)
      bench_die("netlink");
  } while (!is_end(netlink->buffer, (size_t)n));
}

static void ask_inet(struct netlink *netlink, uint8_t family, uint8_t protocol,
                     uint32_t states) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, SOCK_DIAG_BY_FAMILY, true);
  struct inet_diag_req_v2 *body =
      mnl_nlmsg_put_extra_header(request, sizeof(*body));
  body->sdiag_family = family;
  body->sdiag_protocol = protocol;
  body->idiag_states = states;
  body->idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1);
  ask(netlink, request);
}

static void ask_unix(struct netlink *netlink) {
  uint8_t buffer[NETLINK_REQUEST_SIZE];
  struct nlmsghdr *request = netlink_begin(buffer, SOCK_DIAG_BY_FAMILY, true);
  struct unix_diag_req *body =
      mnl_nlmsg_put_extra_header(request, sizeof(*body));
  body->sdiag_family = AF_UNIX;
  body->udiag_states = SOCK_DIAG_LISTEN;
  body->udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
  ask(netlink, request);
}

static void *floor_open(const struct bench_case *bench) {
  (void)bench;
  struct netlink *netlink = calloc(1, sizeof(*netlink));
  if (netlink == NULL || netlink_open(netlink, NETLINK_SOCK_DIAG) < 0)
    bench_die("netlink");
  return netlink;
}

static void floor_read(void *data, unsigned read_number) {
  static const uint8_t families[] = {AF_INET, AF_INET6};
  struct netlink *netlink = data;
  for (size_t i = 0; i < sizeof(families); i++) {
    ask_inet(netlink, families[i], IPPROTO_TCP, SOCK_DIAG_LISTEN);
    ask_inet(netlink, families[i], IPPROTO_UDP, SOCK_DIAG_ANY_UDP);
    ask_inet(netlink, families[i], IPPROTO_UDPLITE, SOCK_DIAG_ANY_UDP);
  }
  ask_unix(netlink);
  if (read_number % 60 == 0)
    bench_drain_path("/proc/sys/net/ipv4/ip_local_port_range");
}

static void floor_close(void *data) {
  netlink_close(data);
  free(data);
}

/* The host's own, and one socket for each namespace. */
struct spaces_floor {
  struct netlink *netlinks[1 + BENCH_NAMESPACES];
};

static void *spaces_open(const struct bench_case *bench) {
  struct spaces_floor *floor = calloc(1, sizeof(*floor));
  if (floor == NULL)
    bench_die("calloc");
  for (int i = 0; i <= BENCH_NAMESPACES; i++) {
    many_namespaces_enter(i - 1);
    floor->netlinks[i] = floor_open(bench);
  }
  many_namespaces_enter(-1);
  return floor;
}

static void spaces_read(void *data, unsigned read_number) {
  struct spaces_floor *floor = data;
  for (int i = 0; i <= BENCH_NAMESPACES; i++)
    floor_read(floor->netlinks[i], read_number);
}

static void spaces_close(void *data) {
  struct spaces_floor *floor = data;
  for (int i = 0; i <= BENCH_NAMESPACES; i++)
    floor_close(floor->netlinks[i]);
  free(floor);
}

static void run_in_namespaces(void) {
  const struct bench_case bench = {.layer = &sock_backlog_layer,
                                   .floor_open = spaces_open,
                                   .floor_read = spaces_read,
                                   .floor_close = spaces_close};
  bench_in_namespaces(&bench);
}

static void run(const char *situation) {
  const struct bench_case bench = {.layer = &sock_backlog_layer,
                                   .situation = situation,
                                   .floor_open = floor_open,
                                   .floor_read = floor_read,
                                   .floor_close = floor_close};
  struct bench_result result = bench_run(&bench);
  bench_print(&bench, &result);
  fflush(stdout);
}

static int make_socket(int type, int port) {
  const struct sockaddr_in at = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
      (type == SOCK_STREAM && listen(fd, 128) != 0))
    return -errno;
  return 0;
}

/* Processes that hold the sockets: one has not as many files. They end with the
 * pipe. */
static int hold(int first, int count, const int ready[2], const int end[2]) {
  pid_t child = fork();
  if (child != 0)
    return child < 0 ? -errno : 0;
  close(end[1]);
  int r = 0;
  for (int i = first; i < first + count && r == 0; i++) {
    r = make_socket(SOCK_STREAM, FIRST_PORT + i);
    if (r == 0)
      r = make_socket(SOCK_DGRAM, FIRST_PORT + i);
  }
  char byte;
  if (write(ready[1], &r, sizeof(r)) == sizeof(r) && r == 0)
    r = (int)read(end[0], &byte, 1);
  _exit(0);
}

/* A network namespace full of sockets, for this process and its children. */
static int make_many(void) {
  const int each = MANY / HOLDERS;
  int ready[2], end[2];
  if (unshare(CLONE_NEWNET) < 0 || pipe(ready) < 0 || pipe(end) < 0)
    return -errno;
  int result = 0;
  for (int i = 0; i < HOLDERS && result == 0; i++) {
    result = hold(i * each, each, ready, end);
    int r;
    if (result == 0 && read(ready[0], &r, sizeof(r)) != sizeof(r))
      r = -EIO;
    if (result == 0)
      result = r;
  }
  return result;
}

static void run_many(void) {
  char situation[64];
  int r = make_many();
  snprintf(situation, sizeof(situation), "%d TCP, %d UDP", MANY, MANY);
  if (r < 0)
    printf("%-14s %s: skipped: %s\n", sock_backlog_layer.name, situation,
           strerror(-r));
  else
    run(situation);
}

void bench_sock_backlog(void) {
  run("this host");
  run_in_namespaces();
  /* In a process of its own, with which the namespace ends. */
  fflush(stdout);
  pid_t child = fork();
  if (child < 0)
    bench_die("fork");
  if (child == 0) {
    run_many();
    fflush(stdout);
    _exit(0);
  }
  int status;
  if (waitpid(child, &status, 0) < 0 || status != 0)
    bench_die("many sockets");
}
