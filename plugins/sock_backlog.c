/* SPDX-License-Identifier: MIT */
/* Sockets that take in less than comes: accept queues and receive buffers. */
#include "sock_backlog.h"

#include <errno.h>
#include <linux/netlink.h>
#include <math.h>
#include <string.h>

#include "layers.h"
#include "sysctl.h"

/* How many seconds a setting is taken to stay as it was read. */
#define SETTINGS_AGE 60

/* What kernels begin with. */
#define EPHEMERAL_FIRST 32768

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

static const struct layer_option options[] = {
    {.name = "Port",
     .kind = OPTION_PARSED,
     .parse = parse_port,
     .value = "\"443\"|\"8000-8100\"",
     .help = "Looks at these TCP and UDP ports only; totals are theirs. A UDP "
             "port that is named here is sent even if it is an ephemeral one. "
             "Can be given several times. Default: all TCP listeners, and UDP "
             "sockets with ports below net.ipv4.ip_local_port_range."},
    {.name = "Address",
     .kind = OPTION_PARSED,
     .parse = parse_address,
     .value = "\"10.0.0.0/8\"|\"2001:db8::1\"",
     .help = "Looks at TCP and UDP sockets with these own addresses only; one "
             "that takes what comes to any address has 0.0.0.0 or ::. With "
             "Port too, both must fit. Can be given several times. Default: "
             "all."},
    {.name = "IgnoreSelected",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct sock_backlog, choice.ignore_selected),
     .value = "true|false",
     .help = "Looks at all TCP and UDP sockets but those. Default: false."},
    {.name = "ReportUnix",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct sock_backlog, report_unix),
     .value = "true|false",
     .help = "Whether it looks at UNIX listeners. Default: true."},
    {.name = "ReportSynReceived",
     .kind = OPTION_BOOLEAN,
     .offset = offsetof(struct sock_backlog, report_syn_received),
     .value = "true|false",
     .help = "Whether half-open connections are counted. For that the kernel "
             "has to look at all connections, which takes it some "
             "milliseconds. Default: false."},
    {.name = "MaxObjects",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct sock_backlog, max_objects),
     .min = 1,
     .max = 65536,
     .value = "COUNT",
     .help = "How many ports and paths are sent at most: those that lose and "
             "the fullest. Totals count the others too. Default: 64."},
    {.name = NULL},
};

static void set_defaults(void *state) {
  struct sock_backlog *sock = state;
  sock->max_objects = 64;
  sock->report_unix = true;
}

static int start(void *state, const struct layer_context *context,
                 struct layer_error *error) {
  struct sock_backlog *sock = state;
  sock->context = context;
  sock->host.prefix = "";
  sock->settings_read = NAN;
  sock_explain_start(sock);
  int r = sock_shown_init(&sock->host.shown, sock->max_objects);
  if (r < 0) {
    layer_fail(error, "no memory for %u objects", sock->max_objects);
    return r;
  }
  r = netlink_open(&sock->host.netlink, NETLINK_SOCK_DIAG);
  if (r < 0)
    layer_fail(error, "no sock_diag socket: %s", strerror(-r));
  return r;
}

static void stop(void *state) {
  struct sock_backlog *sock = state;
  sock_sources_close(&sock->host);
  sock_shown_free(&sock->host.shown);
  sock_table_free(&sock->host.table);
  sock_choice_free(&sock->choice);
}

static void read_settings(struct sock_backlog *sock) {
  int64_t first;
  if (sock->now - sock->settings_read < SETTINGS_AGE)
    return;
  sock->settings_read = sock->now;
  int r = sysctl_read_number(sock->context->root,
                             "net.ipv4.ip_local_port_range", &first);
  sock->ephemeral_first = r == 0 && first > 0 && first <= UINT16_MAX
                              ? (uint32_t)first
                              : EPHEMERAL_FIRST;
}

static int read_sockets(void *state, struct report *report) {
  struct sock_backlog *sock = state;
  sock->now = report_now(report);
  sock->lookups = 0;
  read_settings(sock);
  int r = sock_sources_read(sock, &sock->host);
  sock_report(sock, &sock->host, report);
  return r;
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
    .explain = sock_explain,
    .stop = stop,
};
