/* SPDX-License-Identifier: MIT */
/* What is reported of a group of sockets, and of all of a kind. */
#include "sock_backlog.h"

/* A count has no rate at its first reading. For a group that is new, or newly
 * shown, because it loses, that is what it had before: so the next one tells
 * what it lost. */
static uint64_t drops_of(const struct sock_table *table,
                         const struct sock_group *group) {
  const struct sock_sums *sums = &group->sums;
  bool goes_on = group->reported_read + 1 == table->read;
  return goes_on ? sums->drops : sums->drops - sums->gained;
}

/* A namespace can have come in the place of another of the same name, whose
 * counts were others. */
static struct report_object *take_object(const struct sock_space *space,
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

/* A full accept queue and the connections that it refuses are one loss, of
 * which the queue tells more: while it is raised as a failure, the drops raise
 * nothing. What is raised already is judged on, until it is over. */
static void report_listener(const struct sock_space *space,
                            const struct sock_group *group, uint64_t drops,
                            struct report *report,
                            struct report_object *object) {
  const struct sock_sums *sums = &group->sums;
  report_gauge(report, object, SOCK_ACCEPT, (double)sums->queue);
  if (sums->has_limit)
    report_gauge(report, object, SOCK_ACCEPT_LIMIT, (double)sums->limit);
  report_gauge(report, object, SOCK_ACCEPT_QUEUE, sums->percent);
  bool is_told = report_state(object, SOCK_ACCEPT_QUEUE) == THRESHOLD_FAILURE &&
                 report_state(object, SOCK_ACCEPT_DROPPED) == THRESHOLD_OKAY;
  if (sums->has_drops && is_told)
    report_counter_unjudged(report, object, SOCK_ACCEPT_DROPPED, drops);
  else if (sums->has_drops)
    report_counter(report, object, SOCK_ACCEPT_DROPPED, drops);
  sock_connections_report(space, group, report, object);
}

/* Of a receive buffer it is the other way round: it fills and empties between
 * two reads, and the drops tell more. */
static void report_receiver(const struct sock_group *group, uint64_t drops,
                            struct report *report,
                            struct report_object *object) {
  const struct sock_sums *sums = &group->sums;
  if (sums->has_drops)
    report_counter(report, object, SOCK_RECEIVE_DROPPED, drops);
  report_gauge(report, object, SOCK_RECEIVE_BYTES, (double)sums->queue);
  if (sums->has_limit)
    report_gauge(report, object, SOCK_RECEIVE_LIMIT, (double)sums->limit);
  bool is_told = report_state(object, SOCK_RECEIVE_DROPPED) != THRESHOLD_OKAY &&
                 report_state(object, SOCK_RECEIVE_QUEUE) == THRESHOLD_OKAY;
  if (is_told)
    report_gauge_unjudged(report, object, SOCK_RECEIVE_QUEUE, sums->percent);
  else
    report_gauge(report, object, SOCK_RECEIVE_QUEUE, sums->percent);
}

static void report_group(const struct sock_space *space,
                         struct sock_group *group, struct report *report) {
  const struct sock_table *table = &space->table;
  struct report_object *object = take_object(space, &group->labels, report);
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
  struct report_object *object = take_object(space, &labels, report);
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

/* Those that are gone are said by their absence. */
void sock_report(struct sock_backlog *sock, struct sock_space *space,
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
  if (space->shown.hidden == 0 || space->is_crowding_said)
    return;
  space->is_crowding_said = true;
  /* Of namespaces that come and go, one is enough. */
  if (space->netns != NULL && sock->is_crowding_said)
    return;
  sock->is_crowding_said = sock->is_crowding_said || space->netns != NULL;
  layer_log(sock->context, LAYER_NOTICE,
            "%s%sthere are %zu ports and paths more than MaxObjects %u: those "
            "that lose and the fullest are sent, and the totals count all",
            space->netns != NULL ? space->netns->name : "",
            space->netns != NULL ? ": " : "", space->shown.hidden,
            sock->max_objects);
}
