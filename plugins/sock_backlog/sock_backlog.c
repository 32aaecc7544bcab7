/* SPDX-License-Identifier: MIT */
/* Sockets that lose connections or datagrams: full accept queues and receive
 * buffers. */
#include <errno.h>
#include <malloc.h>
#include <string.h>

#include "layers.h"
#include "sock_connections_report.h"
#include "sock_explain.h"
#include "sock_meters.h"
#include "sock_space.h"

/* Once so many fewer sockets are left, their memory is worth giving back. */
#define MANY_SOCKETS 4096

/* What a freed end of memory may keep, in bytes: as glibc begins. */
#define TRIM_THRESHOLD (128 * 1024)

static int parse_port(void *state, const char *value,
                      struct layer_error *error) {
  struct sock_backlog *sock = state;
  return sock_choice_add_ports(&sock->choice, value, error);
}

static int parse_address(void *state, const char *value,
                         struct layer_error *error) {
  struct sock_backlog *sock = state;
  return sock_choice_add_network(&sock->choice, value, error);
}

static int parse_owner(void *state, const char *value,
                       struct layer_error *error) {
  struct sock_backlog *sock = state;
  return sock_choice_add_owner(&sock->choice, value, error);
}

static const struct layer_option options[] = {
    {.name = "Port",
     .kind = OPTION_PARSED,
     .parse = parse_port,
     .value = "\"443\"|\"8000-8100\"",
     .help =
         "Watches these TCP and UDP ports only; totals cover them alone. A "
         "UDP port named here is sent even if it is ephemeral. Can be given "
         "several times. Default: all TCP listeners, and UDP sockets with "
         "ports below net.ipv4.ip_local_port_range."},
    {.name = "Address",
     .kind = OPTION_PARSED,
     .parse = parse_address,
     .value = "\"10.0.0.0/8\"|\"2001:db8::1\"",
     .help = "Watches TCP and UDP sockets bound to these local addresses only; "
             "a socket bound to any address has 0.0.0.0 or ::. With Port, both "
             "must match. Can be given several times. Default: all."},
    {.name = "Path",
     .kind = OPTION_MATCH,
     .offset = offsetof(struct sock_backlog, choice.paths),
     .value = "\"/run/docker.sock\"|\"/^@/\"",
     .help = "Watches UNIX listeners with these paths only; an abstract path "
             "begins with @. Can be given several times. Default: all."},
    {.name = "Owner",
     .kind = OPTION_PARSED,
     .parse = parse_owner,
     .value = "\"root\"|\"33\"",
     .help = "Watches listeners and UDP sockets that these users made only, by "
             "name or number; Port, Address and Path must match as well. Does "
             "not choose connections. UNIX listeners show their owners since "
             "Linux 5.2. Can be given several times. Default: all."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct sock_backlog, choice.ignore_selected),
     .value = "true|false",
     .help = "Watches all sockets except those that Port, Address, Path and "
             "Owner choose. Default: false."},
    {.name = "ReportUnix",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct sock_backlog, report_unix),
     .value = "true|false",
     .help = "Watches UNIX listeners too. Default: true."},
    {.name = "ReportSynReceived",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct sock_backlog, report_syn_received),
     .value = "true|false",
     .help = "Counts half-open connections. The kernel walks all connections "
             "for that, which takes some milliseconds. Default: false."},
    {.name = "ReportConnections",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct sock_backlog, report_connections),
     .value = "true|false",
     .help = "Reads all TCP connections: their states and queues, half-open "
             "ones, and the ephemeral ports in use. The kernel needs about a "
             "microsecond per connection. Default: false."},
    {.name = "RecvQueueHigh",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct sock_backlog, receive_high),
     .min = 0,
     .max = UINT32_MAX,
     .value = "BYTES",
     .help = "A connection with more bytes than this in its Recv-Q counts in "
             "recv_q_high: its application does not read. Default: 65536, the "
             "first window that a peer may fill."},
    {.name = "SendQueueHigh",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct sock_backlog, send_high),
     .min = 0,
     .max = UINT32_MAX,
     .value = "BYTES",
     .help = "A connection with more bytes than this in its Send-Q counts in "
             "send_q_high: the peer or the path is slow, or there is much to "
             "send. Default: 262144."},
    {.name = "MaxObjects",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct sock_backlog, max_objects),
     .min = 1,
     .max = 65536,
     .value = "COUNT",
     .help =
         "The most ports and paths that are sent for each network namespace: "
         "those that lose now, then the fullest. All are judged, and totals "
         "count all. Default: 64."},
    NAMESPACES_OPTIONS(struct sock_backlog, namespaces),
    {.name = NULL},
};

static void set_defaults(void *state) {
  struct sock_backlog *sock = state;
  sock->max_objects = 64;
  sock->report_unix = true;
  sock->receive_high = 65536;
  sock->send_high = 262144;
  sock->namespaces.max = NAMESPACES_MAX;
}

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  struct sock_backlog *sock = state;
  sock->context = context;
  sock_explain_start(sock);
  int r = sock_space_open(sock, &sock->host);
  if (r < 0)
    return layer_fail(error, "no sock_diag socket: %s", strerror(-r));
  namespaces_start(&sock->namespaces, context, &sock_space_user, sock);
  return 0;
}

static void stop(void *state) {
  struct sock_backlog *sock = state;
  namespaces_stop(&sock->namespaces);
  sock_space_close(&sock->host);
  sock_choice_free(&sock->choice);
}

static int read_sockets(void *state, struct report *report) {
  struct sock_backlog *sock = state;
  int result = -ENOENT;
  sock->now = report_now(report);
  sock_owners_begin(&sock->owners);
  if (sock->host.table.read == 0)
    sock_connections_report_start(report);
  namespaces_update(&sock->namespaces, sock->now);
  for (size_t i = 0; i <= sock->namespaces.count; i++) {
    struct sock_space *space = sock_space_at(sock, i);
    if (space == NULL)
      continue;
    int r = sock_space_read(sock, space, report);
    if (r == 0 || result == -ENOENT)
      result = r;
  }
  return result;
}

/* Freed blocks of many sockets lie among others: the C library keeps their
 * pages until malloc_trim() gives them back. */
static void give_memory_back(void *state) {
  struct sock_backlog *sock = state;
  size_t sockets = 0;
  for (size_t i = 0; i <= sock->namespaces.count; i++) {
    const struct sock_space *space = sock_space_at(sock, i);
    sockets += space != NULL ? sock_table_count(&space->table) : 0;
  }
#ifdef __GLIBC__
  /* The end of a thread's arena is given back only above a threshold, which
   * glibc raises by itself, to 64 MB at most. Setting it fixes it. */
  if (sock->most_sockets < MANY_SOCKETS && sockets >= MANY_SOCKETS)
    mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
#endif
  if (sockets > sock->most_sockets)
    sock->most_sockets = sockets;
  if (sock->most_sockets - sockets < MANY_SOCKETS ||
      sockets > sock->most_sockets / 2)
    return;
  sock->most_sockets = sockets;
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

static int read_setting(void *state, const struct report_object *object,
                        const char *name, char *ret, size_t size) {
  struct sock_backlog *sock = state;
  const struct sock_space *space =
      sock_space_find(sock, report_object_labels(object));
  return net_namespace_read_text(space->netns, sock->context, name, ret, size);
}

const struct layer sock_backlog_layer = {
    .name = "sock_backlog",
    .summary = "connections and datagrams lost at sockets that are full",
    .noun = "",
    .options = options,
    .meters = sock_meters,
    .meter_count = SOCK_METER_COUNT,
    .settings_on_demand = true,
    .state_size = sizeof(struct sock_backlog),
    .set_defaults = set_defaults,
    .start = start,
    .read = read_sockets,
    .after = give_memory_back,
    .explain = sock_explain_alert,
    .read_setting = read_setting,
    .stop = stop,
};
