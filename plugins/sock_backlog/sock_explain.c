/* SPDX-License-Identifier: MIT */
#include "sock_explain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "capabilities.h"
#include "sock_advice.h"
#include "sock_connections.h"
#include "sock_connections_advice.h"
#include "sock_meters.h"
#include "sock_space.h"

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
static void add_owner(const struct sock_backlog *sock, struct text *text,
                      const struct sock_entry *socket) {
  sock_owners_add(&sock->owners, socket, text);
  char address[INET6_ADDRSTRLEN];
  if (socket->family != AF_UNIX && inet_ntop(socket->family, socket->address,
                                             address, sizeof(address)) != NULL)
    text_add(text, " at %s", address);
}

static void add_detail(const struct sock_backlog *sock, struct text *text,
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

static void explain_syn_queue(const struct sock_backlog *sock,
                              const struct sock_space *space,
                              const struct sock_group *group,
                              struct explanation *explanation) {
  struct text text = TEXT_IN(explanation->detail);
  const struct sock_traffic *traffic = sock_connections_find(space, group);
  add_owner(sock, &text, group->fullest);
  if (traffic == NULL)
    return;
  text_add(&text, ": %u of %llu half open", traffic->states[TCP_SYN_RECV],
           (unsigned long long)sock_connections_syn_limit(space, group));
  sock_connections_advice_syn_queue(sock, space, group, explanation);
}

/* Whether drops may be something else than refusals: the kernel's total of
 * refusals cannot be read, and the queue has room. */
static bool may_be_no_refusal(const struct sock_space *space,
                              const struct sock_entry *socket) {
  return !space->refusals.is_known && socket->queue <= socket->limit &&
         socket->last_queue <= socket->limit;
}

static void explain_accept_queue(const struct sock_backlog *sock,
                                 const struct sock_space *space,
                                 const struct sock_entry *socket, bool is_loss,
                                 struct explanation *explanation) {
  sock_advice_backlog(sock, space, socket, explanation);
  if (!is_loss || !may_be_no_refusal(space, socket))
    return;
  explanation->setting = NULL;
  TEXT_FILL(explanation->advice,
            "none was refused unless this grows: nstat -az TcpExtListenDrops");
}

/* The socket of a group that lost most in this read, or that is the fullest. */
static const struct sock_entry *worst_socket(const struct sock_group *group,
                                             bool is_loss) {
  return is_loss ? sock_group_worst(group) : group->fullest;
}

/* dropped is a rate per second that belongs to a full queue; 0: none. */
static void explain_queue(const struct sock_backlog *sock,
                          const struct sock_space *space,
                          const struct sock_group *group, bool is_loss,
                          double dropped, struct explanation *explanation) {
  const struct sock_entry *socket = worst_socket(group, is_loss);
  struct text detail = TEXT_IN(explanation->detail);
  add_detail(sock, &detail, group, socket, dropped);
  if (group->kind != SOCK_KIND_UDP)
    explain_accept_queue(sock, space, socket, is_loss, explanation);
  else if (is_loss)
    sock_advice_datagrams(sock, space, socket, explanation);
  else
    sock_advice_buffer(sock, space, socket, explanation);
}

/* The group of a total that lost most in this read, or that is the fullest. */
static const struct sock_group *worst_group(const struct sock_space *space,
                                            const struct labels *total,
                                            bool is_loss) {
  enum sock_kind kind = strcmp(total->protocol, "udp") == 0    ? SOCK_KIND_UDP
                        : strcmp(total->protocol, "unix") == 0 ? SOCK_KIND_UNIX
                                                               : SOCK_KIND_TCP;
  const struct sock_group *worst = NULL, *group, *next;
  HASH_ITER(hh, space->table.groups.by_name, group, next) {
    if (group->kind != kind || group->read != space->table.read)
      continue;
    if (worst == NULL || (is_loss ? group->sums.gained > worst->sums.gained
                                  : group->sums.percent > worst->sums.percent))
      worst = group;
  }
  return worst;
}

static void explain_total(const struct sock_backlog *sock,
                          const struct sock_space *space,
                          const struct labels *labels, bool is_loss,
                          struct explanation *explanation) {
  const struct sock_group *worst = worst_group(space, labels, is_loss);
  if (worst == NULL || (is_loss && worst->sums.gained == 0))
    return;
  explain_queue(sock, space, worst, is_loss, 0, explanation);
  char rest[sizeof(explanation->detail)];
  memcpy(rest, explanation->detail, sizeof(rest));
  TEXT_FILL(explanation->detail, "most at %s: %s", worst->name, rest);
}

/* Adds the owner to a meter that has advice of its own, or none. */
static void explain_other(const struct sock_backlog *sock,
                          const struct sock_group *group,
                          struct explanation *explanation) {
  struct text detail = TEXT_IN(explanation->detail);
  add_owner(sock, &detail, group->fullest);
}

/* What an alert of a meter is about. */
enum subject {
  SUBJECT_OTHER,
  SUBJECT_QUEUE,
  SUBJECT_LOSS,
  SUBJECT_SYN_QUEUE,
  SUBJECT_EPHEMERAL_PORTS,
  SUBJECT_ALL_QUEUES,
  SUBJECT_ALL_LOSSES,
};

static const enum subject subjects[SOCK_METER_COUNT] = {
    [SOCK_ACCEPT] = SUBJECT_QUEUE,
    [SOCK_ACCEPT_QUEUE] = SUBJECT_QUEUE,
    [SOCK_ACCEPT_DROPPED] = SUBJECT_LOSS,
    [SOCK_SYN_RECEIVED] = SUBJECT_SYN_QUEUE,
    [SOCK_SYN_QUEUE] = SUBJECT_SYN_QUEUE,
    [SOCK_RECEIVE_BYTES] = SUBJECT_QUEUE,
    [SOCK_RECEIVE_QUEUE] = SUBJECT_QUEUE,
    [SOCK_RECEIVE_DROPPED] = SUBJECT_LOSS,
    [SOCK_TOTAL_ACCEPT] = SUBJECT_ALL_QUEUES,
    [SOCK_TOTAL_ACCEPT_QUEUE] = SUBJECT_ALL_QUEUES,
    [SOCK_TOTAL_ACCEPT_DROPPED] = SUBJECT_ALL_LOSSES,
    [SOCK_TOTAL_RECEIVE_BYTES] = SUBJECT_ALL_QUEUES,
    [SOCK_TOTAL_RECEIVE_QUEUE] = SUBJECT_ALL_QUEUES,
    [SOCK_TOTAL_RECEIVE_DROPPED] = SUBJECT_ALL_LOSSES,
    [SOCK_EPHEMERAL_PORTS] = SUBJECT_EPHEMERAL_PORTS,
};

static void explain_group(const struct sock_backlog *sock,
                          const struct sock_space *space,
                          const struct sock_group *group, enum subject subject,
                          const struct report *report,
                          const struct alert *alert,
                          struct explanation *explanation) {
  unsigned drops =
      group->kind == SOCK_KIND_UDP ? SOCK_RECEIVE_DROPPED : SOCK_ACCEPT_DROPPED;
  if (subject == SUBJECT_LOSS)
    explain_queue(sock, space, group, true, 0, explanation);
  else if (subject == SUBJECT_QUEUE)
    explain_queue(sock, space, group, false,
                  report_rate(report, alert->object, drops), explanation);
  else if (subject == SUBJECT_SYN_QUEUE)
    explain_syn_queue(sock, space, group, explanation);
  else
    explain_other(sock, group, explanation);
}

/* The socket that an alert is about, or NULL. */
static const struct sock_entry *socket_of(struct sock_backlog *sock,
                                          const struct alert *alert) {
  const struct labels *labels = report_object_labels(alert->object);
  const struct sock_space *space = sock_space_find(sock, labels);
  enum subject subject = subjects[alert->meter - sock_meters];
  bool is_loss = subject == SUBJECT_LOSS || subject == SUBJECT_ALL_LOSSES;
  const struct sock_group *group;
  if (subject == SUBJECT_EPHEMERAL_PORTS)
    return NULL;
  if (subject == SUBJECT_ALL_QUEUES || subject == SUBJECT_ALL_LOSSES)
    group = worst_group(space, labels, is_loss);
  else
    group = sock_table_find(&space->table, labels);
  return group != NULL && group->read == space->table.read
             ? worst_socket(group, is_loss)
             : NULL;
}

/* Finds the processes of all alerts at once, that of the first one in any case.
 */
static void find_owners(struct sock_backlog *sock, const struct report *report,
                        const struct alert *first) {
  size_t count;
  const struct alert *alerts = report_alerts(report, &count);
  if (sock->owners.is_searched)
    return;
  const struct sock_entry *socket = socket_of(sock, first);
  if (socket != NULL)
    sock_owners_want(&sock->owners, socket);
  for (size_t i = 0; i < count && sock->owners.count < SOCK_OWNERS_MOST; i++) {
    socket =
        alerts[i].state > alerts[i].before ? socket_of(sock, &alerts[i]) : NULL;
    if (socket != NULL)
      sock_owners_want(&sock->owners, socket);
  }
  sock_owners_search(&sock->owners, sock->context->root);
}

void sock_explain_alert(void *state, const struct report *report,
                        const struct alert *alert,
                        struct explanation *explanation) {
  struct sock_backlog *sock = state;
  const struct labels *labels = report_object_labels(alert->object);
  const struct sock_space *space = sock_space_find(sock, labels);
  const struct sock_group *group = sock_table_find(&space->table, labels);
  enum subject subject = subjects[alert->meter - sock_meters];
  find_owners(sock, report, alert);
  if (subject == SUBJECT_EPHEMERAL_PORTS)
    sock_connections_advice_ephemeral(sock, space, explanation);
  else if (subject == SUBJECT_ALL_QUEUES || subject == SUBJECT_ALL_LOSSES)
    explain_total(sock, space, labels, subject == SUBJECT_ALL_LOSSES,
                  explanation);
  else if (group != NULL && group->read == space->table.read)
    explain_group(sock, space, group, subject, report, alert, explanation);
}
