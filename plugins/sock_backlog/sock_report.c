/* SPDX-License-Identifier: MIT */
#include "sock_report.h"

#include "sock_connections_report.h"
#include "sock_meters.h"
#include "sock_sources.h"

/* A counter has no rate at its first reading. A group that is reported for the
 * first time because it loses begins with its count of the read before, so that
 * the next reading shows what it lost. */
static uint64_t drops_of(const struct sock_table *table,
                         const struct sock_group *group) {
  const struct sock_sums *sums = &group->sums;
  bool goes_on = group->reported_read + 1 == table->read;
  return goes_on ? sums->drops : sums->drops - sums->gained;
}

/* A namespace may have replaced another of the same name, which had its own
 * counters. */
static struct report_object *find_object(const struct sock_space *space,
                                         const struct labels *labels,
                                         struct report *report) {
  struct labels of_space = *labels;
  if (space->netns != NULL)
    of_space.netns = space->netns->name;
  struct report_object *object = report_object(report, NULL, &of_space, false);
  if (space->table.read == 1)
    report_object_rebase(object);
  return object;
}

/* A full accept queue and the connections that it refuses are one loss. While
 * the queue is raised as a failure, the drops raise nothing. An alert of drops
 * that was there first stays until it clears. */
static void report_listener(const struct sock_space *space,
                            const struct sock_group *group, uint64_t drops,
                            struct report *report,
                            struct report_object *object) {
  const struct sock_sums *sums = &group->sums;
  report_gauge(report, object, SOCK_ACCEPT, (double)sums->queue);
  if (sums->has_limit)
    report_gauge(report, object, SOCK_ACCEPT_LIMIT, (double)sums->limit);
  report_gauge(report, object, SOCK_ACCEPT_QUEUE, sums->percent);
  bool is_explained =
      report_state(object, SOCK_ACCEPT_QUEUE) == THRESHOLD_FAILURE &&
      report_state(object, SOCK_ACCEPT_DROPPED) == THRESHOLD_OKAY;
  if (sums->has_drops && is_explained)
    report_counter_unjudged(report, object, SOCK_ACCEPT_DROPPED, drops);
  else if (sums->has_drops)
    report_counter(report, object, SOCK_ACCEPT_DROPPED, drops);
  sock_connections_report_port(space, group, report, object);
}

/* A receive buffer fills and empties between two reads, so here the drops
 * explain the queue. */
static void report_receiver(const struct sock_group *group, uint64_t drops,
                            struct report *report,
                            struct report_object *object) {
  const struct sock_sums *sums = &group->sums;
  if (sums->has_drops)
    report_counter(report, object, SOCK_RECEIVE_DROPPED, drops);
  report_gauge(report, object, SOCK_RECEIVE_BYTES, (double)sums->queue);
  if (sums->has_limit)
    report_gauge(report, object, SOCK_RECEIVE_LIMIT, (double)sums->limit);
  bool is_explained =
      report_state(object, SOCK_RECEIVE_DROPPED) != THRESHOLD_OKAY &&
      report_state(object, SOCK_RECEIVE_QUEUE) == THRESHOLD_OKAY;
  if (is_explained)
    report_gauge_unjudged(report, object, SOCK_RECEIVE_QUEUE, sums->percent);
  else
    report_gauge(report, object, SOCK_RECEIVE_QUEUE, sums->percent);
}

static void report_group(const struct sock_space *space,
                         struct sock_group *group, struct report *report) {
  const struct sock_table *table = &space->table;
  struct report_object *object = find_object(space, &group->labels, report);
  uint64_t drops = drops_of(table, group);
  if (group->kind == SOCK_KIND_UDP)
    report_receiver(group, drops, report, object);
  else
    report_listener(space, group, drops, report, object);
  report_gauge(report, object, SOCK_SOCKETS, group->sums.sockets);
  group->reported_read = table->read;
}

static void report_total(const struct sock_space *space, enum sock_kind kind,
                         struct report *report) {
  static const char *const names[SOCK_KINDS] = {[SOCK_KIND_TCP] = "tcp",
                                                [SOCK_KIND_UDP] = "udp",
                                                [SOCK_KIND_UNIX] = "unix"};
  const struct sock_sums *total = &space->table.totals[kind];
  bool is_udp = kind == SOCK_KIND_UDP;
  const struct labels labels = {.protocol = names[kind]};
  struct report_object *object = find_object(space, &labels, report);
  report_gauge(report, object,
               is_udp ? SOCK_TOTAL_RECEIVE_BYTES : SOCK_TOTAL_ACCEPT,
               (double)total->queue);
  report_gauge(report, object,
               is_udp ? SOCK_TOTAL_RECEIVE_QUEUE : SOCK_TOTAL_ACCEPT_QUEUE,
               total->percent);
  if (total->has_drops)
    report_counter(report, object,
                   is_udp ? SOCK_TOTAL_RECEIVE_DROPPED
                          : SOCK_TOTAL_ACCEPT_DROPPED,
                   total->drops);
  if (kind == SOCK_KIND_TCP)
    sock_connections_report_total(space, report, object);
  report_gauge(report, object, SOCK_TOTAL_SOCKETS, total->sockets);
}

/* Logs once that not all groups are sent; of all namespaces other than the
 * host's, which can be many, the first only. */
static void log_hidden(struct sock_backlog *sock, struct sock_space *space) {
  if (space->shown.hidden == 0 || space->has_warned_of_limit)
    return;
  space->has_warned_of_limit = true;
  if (space->netns != NULL && sock->has_warned_of_limit)
    return;
  sock->has_warned_of_limit = sock->has_warned_of_limit || space->netns != NULL;
  layer_log(sock->context, LAYER_NOTICE,
            "%s%sthere are %zu ports and paths more than MaxObjects %u: those "
            "that lose "
            "and the fullest are sent, and the totals count all",
            space->netns != NULL ? space->netns->name : "",
            space->netns != NULL ? ": " : "", space->shown.hidden,
            sock->max_objects);
}

/* An object that is not reported is gone. */
void sock_report_space(struct sock_backlog *sock, struct sock_space *space,
                       struct report *report) {
  const struct sock_table *table = &space->table;
  if (!table->is_whole)
    report_set_incomplete(report);
  for (int kind = 0; kind < SOCK_KINDS; kind++)
    if (sock_sources_have(space, (enum sock_kind)kind))
      report_total(space, (enum sock_kind)kind, report);
  for (size_t i = 0; i < space->shown.count; i++)
    if (space->shown.groups[i]->read == table->read)
      report_group(space, space->shown.groups[i], report);
  log_hidden(sock, space);
}
