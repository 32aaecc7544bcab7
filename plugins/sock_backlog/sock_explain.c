/* SPDX-License-Identifier: MIT */
#include "sock_explain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>

#include "capabilities.h"
#include "process_name.h"
#include "sock_advice.h"
#include "sock_connections.h"
#include "sock_meters.h"
#include "sock_space.h"

/* The most processes that are looked up in one read. */
#define MAX_LOOKUPS 8

/* Another user's process: CAP_DAC_READ_SEARCH (or CAP_DAC_OVERRIDE) lists its
 * open files, CAP_SYS_PTRACE shows what they are. */
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
            "only the user's number",
            may_look ? "" : "CAP_SYS_PTRACE",
            may_look || may_list ? "" : " and ",
            may_list ? "" : "CAP_DAC_READ_SEARCH");
}

/* Adds "nginx[812] at 192.0.2.1", as far as it can be found out. */
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
  const struct sock_traffic *traffic = sock_connections_find(space, group);
  add_owner(sock, &text, group->fullest);
  if (traffic != NULL)
    text_add(&text, ": %u of %llu half open", traffic->states[TCP_SYN_RECV],
             (unsigned long long)sock_connections_syn_limit(space, group));
}

static void explain_syn_queue(struct sock_backlog *sock,
                              const struct sock_space *space,
                              const struct sock_group *group,
                              struct explanation *explanation) {
  add_half_open(sock, space, group, explanation);
  sock_advice_syn_queue(sock, space, group, explanation);
}

static void
explain_queue(struct sock_backlog *sock, const struct sock_space *space,
              const struct sock_group *group, const struct report *report,
              const struct alert *alert, struct explanation *explanation) {
  bool is_udp = group->kind == SOCK_KIND_UDP;
  unsigned drops = is_udp ? SOCK_RECEIVE_DROPPED : SOCK_ACCEPT_DROPPED;
  bool is_loss = alert->meter == &sock_meters[drops];
  bool has_lost = is_loss && group->lost_read == group->read;
  const struct sock_entry *socket =
      has_lost ? group->most_lost : group->fullest;
  double dropped = is_loss ? 0 : report_rate(report, alert->object, drops);
  struct text detail = TEXT_IN(explanation->detail);
  add_detail(sock, &detail, group, socket, dropped);
  if (is_udp)
    sock_advice_buffer(sock, space, socket, explanation);
  else
    sock_advice_backlog(sock, space, socket, explanation);
}

void sock_explain_alert(void *state, const struct report *report,
                        const struct alert *alert,
                        struct explanation *explanation) {
  struct sock_backlog *sock = state;
  const struct labels *labels = report_object_labels(alert->object);
  const struct sock_space *space = sock_space_find(sock, labels);
  const struct sock_group *group = sock_table_find(&space->table, labels);
  if (alert->meter == &sock_meters[SOCK_EPHEMERAL_PORTS])
    sock_advice_ephemeral(sock, space, explanation);
  else if (group == NULL || group->read != space->table.read)
    return;
  else if (alert->meter == &sock_meters[SOCK_SYN_QUEUE])
    explain_syn_queue(sock, space, group, explanation);
  else
    explain_queue(sock, space, group, report, alert, explanation);
}
