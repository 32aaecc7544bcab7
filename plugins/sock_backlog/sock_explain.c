/* SPDX-License-Identifier: MIT */
/* What an operator is told about a socket that is full: whose it is, and which
 * setting it was that decided. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>

#include "capabilities.h"
#include "process_name.h"
#include "sock_backlog.h"

/* So many processes at most are looked up in one read. */
#define MAX_LOOKUPS 8

/* The files of another user's process: one to list them, the other to see what
 * they are. CAP_DAC_OVERRIDE does what CAP_DAC_READ_SEARCH does. */
void sock_explain_start(const struct sock_backlog *sock) {
  uint64_t held;
  if (capabilities_read(sock->context->root, &held) < 0)
    return;
  bool may_list = (held & (CAPABILITY(CAP_DAC_READ_SEARCH) |
                           CAPABILITY(CAP_DAC_OVERRIDE))) != 0;
  bool may_look = (held & CAPABILITY(CAP_SYS_PTRACE)) != 0;
  if (may_list && may_look)
    return;
  layer_log(sock->context, LAYER_NOTICE,
            "without %s%s%s, notifications name no processes of other users, "
            "but tell the user's number",
            may_look ? "" : "CAP_SYS_PTRACE",
            may_look || may_list ? "" : " and ",
            may_list ? "" : "CAP_DAC_READ_SEARCH");
}

/* "nginx[812] at 192.0.2.1", as far as it can be found out. */
static void add_owner(struct sock_backlog *sock, struct text *text,
                      const struct sock_entry *socket) {
  struct process_name process;
  int r = -ENOENT;
  if (sock->lookups < MAX_LOOKUPS) {
    sock->lookups++;
    r = process_name_find(sock->context->root, socket->inode, &process);
  }
  if (r == 0)
    text_add(text, "%s[%u]", process.name, process.pid);
  else if (socket->has_uid)
    text_add(text, "a process of uid %u", socket->uid);
  else
    text_add(text, "a socket");
  char address[INET6_ADDRSTRLEN];
  if (socket->family != AF_UNIX && inet_ntop(socket->family, socket->address,
                                             address, sizeof(address)) != NULL)
    text_add(text, " at %s", address);
}

static void add_detail(struct sock_backlog *sock, struct text *text,
                       const struct sock_group *group,
                       const struct sock_entry *socket, double dropped) {
  bool is_udp = group->kind == SOCK_KIND_UDP;
  add_owner(sock, text, socket);
  text_add(text, ": %u of %u %s", socket->queue, socket->limit,
           is_udp ? "bytes" : "waiting");
  if (dropped > 0)
    text_add(text, ", %.1f/s %s", dropped, is_udp ? "lost" : "refused");
  if (group->sums.sockets > 1)
    text_add(text, "; one of %u sockets", group->sums.sockets);
}

static void add_half_open(struct sock_backlog *sock,
                          const struct sock_space *space,
                          const struct sock_group *group,
                          struct explanation *explanation) {
  struct text text = TEXT_IN(explanation->detail);
  const struct sock_traffic *traffic = sock_connections_of(space, group);
  add_owner(sock, &text, group->fullest);
  if (traffic != NULL)
    text_add(&text, ": %u of %llu half open", traffic->states[TCP_SYN_RECV],
             (unsigned long long)sock_connections_syn_limit(space, group));
}

/* The kernel goes by the smaller one of what it was asked for and of the
 * setting. */
static void explain_backlog(const struct sock_backlog *sock,
                            const struct sock_space *space,
                            const struct sock_entry *socket,
                            struct explanation *explanation) {
  int64_t most;
  int r = net_namespace_read_number(space->netns, sock->context,
                                    "net.core.somaxconn", &most);
  if (r == 0 && socket->limit >= most) {
    explanation->setting = "net.core.somaxconn";
    TEXT_FILL(explanation->setting_value, "%lld", (long long)most);
    TEXT_FILL(explanation->advice,
              "raise it and the listen() backlog, or accept "
              "faster");
    return;
  }
  explanation->setting = "listen() backlog";
  TEXT_FILL(explanation->setting_value, "%u", socket->limit);
  if (r == 0)
    TEXT_FILL(explanation->advice,
              "raise it (net.core.somaxconn is %lld), or accept faster",
              (long long)most);
  else
    TEXT_FILL(explanation->advice, "raise it, or accept faster");
}

/* A SYN queue has the backlog for a limit as well; without SYN cookies also
 * three quarters of net.ipv4.tcp_max_syn_backlog. */
static void explain_syn_queue(const struct sock_backlog *sock,
                              const struct sock_space *space,
                              const struct sock_group *group,
                              struct explanation *explanation) {
  int64_t cookies, most;
  bool has_cookies =
      net_namespace_read_number(space->netns, sock->context,
                                "net.ipv4.tcp_syncookies", &cookies) < 0 ||
      cookies != 0;
  if (!has_cookies &&
      sock_connections_syn_limit(space, group) < group->sums.limit &&
      net_namespace_read_number(space->netns, sock->context,
                                "net.ipv4.tcp_max_syn_backlog", &most) == 0) {
    explanation->setting = "net.ipv4.tcp_max_syn_backlog";
    TEXT_FILL(explanation->setting_value, "%lld", (long long)most);
  } else {
    explain_backlog(sock, space, group->fullest, explanation);
  }
  TEXT_FILL(explanation->advice,
            has_cookies
                ? "a flood, or too small: raise it; SYN cookies are sent "
                  "meanwhile"
                : "a flood, or too small: raise it, or set "
                  "net.ipv4.tcp_syncookies to 1");
}

/* SO_RCVBUF is cut to rmem_max and then doubled; rmem_default is not. */
static void explain_buffer(const struct sock_backlog *sock,
                           const struct sock_space *space,
                           const struct sock_entry *socket,
                           struct explanation *explanation) {
  int64_t most, usual;
  if (socket->limit == 0)
    return;
  int r = net_namespace_read_number(space->netns, sock->context,
                                    "net.core.rmem_default", &usual);
  if (r == 0 && socket->limit == usual) {
    explanation->setting = "net.core.rmem_default";
    TEXT_FILL(explanation->setting_value, "%lld", (long long)usual);
    TEXT_FILL(explanation->advice, "raise it or SO_RCVBUF, or read faster");
    return;
  }
  r = net_namespace_read_number(space->netns, sock->context,
                                "net.core.rmem_max", &most);
  if (r == 0 && socket->limit == 2 * most) {
    explanation->setting = "net.core.rmem_max";
    TEXT_FILL(explanation->setting_value, "%lld", (long long)most);
    TEXT_FILL(explanation->advice, "raise it: SO_RCVBUF is cut to it");
    return;
  }
  explanation->setting = "SO_RCVBUF";
  TEXT_FILL(explanation->setting_value, "%u", socket->limit / 2);
  if (r == 0)
    TEXT_FILL(explanation->advice,
              "raise it (net.core.rmem_max is %lld), or read faster",
              (long long)most);
  else
    TEXT_FILL(explanation->advice, "raise it, or read faster");
}

void sock_explain(void *state, const struct report *report,
                  const struct alert *alert, struct explanation *explanation) {
  struct sock_backlog *sock = state;
  struct sock_space *space;
  const struct sock_group *group =
      sock_space_find_group(sock, report_object_labels(alert->object), &space);
  if (alert->meter == &sock_meters[SOCK_EPHEMERAL_PORTS]) {
    sock_connections_explain(sock, space, explanation);
    return;
  }
  if (group == NULL || group->read != space->table.read)
    return;
  if (alert->meter == &sock_meters[SOCK_SYN_QUEUE]) {
    add_half_open(sock, space, group, explanation);
    explain_syn_queue(sock, space, group, explanation);
    return;
  }
  bool is_udp = group->kind == SOCK_KIND_UDP;
  unsigned drops = is_udp ? SOCK_RECEIVE_DROPPED : SOCK_ACCEPT_DROPPED;
  bool is_loss = alert->meter == &sock_meters[drops];
  bool has_lost = is_loss && group->lost_read == group->read;
  const struct sock_entry *socket = has_lost ? group->losing : group->fullest;
  double dropped = is_loss ? 0 : report_rate(report, alert->object, drops);
  struct text detail = TEXT_IN(explanation->detail);
  add_detail(sock, &detail, group, socket, dropped);
  if (is_udp)
    explain_buffer(sock, space, socket, explanation);
  else
    explain_backlog(sock, space, socket, explanation);
}
