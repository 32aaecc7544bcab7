/* SPDX-License-Identifier: MIT */
#include "sock_report.h"

#include "sock_connections_report.h"
#include "sock_meters.h"
#include "sock_path.h"
#include "sock_sources.h"

/* A namespace may have replaced another of the same name, which had its own
 * counters. */
static struct report_object *find_object(const struct sock_space *space,
                                         const struct labels *labels,
                                         bool is_hidden,
                                         struct report *report) {
  struct labels of_space = *labels;
  if (space->netns != NULL)
    of_space.netns = space->netns->name;
  struct report_object *object =
      report_object(report, NULL, &of_space, is_hidden);
  report_object_set_users(object, net_namespace_is_users(space->netns));
  if (space->table.read == 1)
    report_object_rebase(object);
  return object;
}

/* Reports the drops of a group. One that is reported for the first time because
 * it loses has lost that since the read before. */
static void report_drops(struct report *report, struct report_object *object,
                         unsigned meter, const struct sock_sums *sums) {
  if (sums->gained > 0)
    report_counter_since(report, object, meter, sums->drops - sums->gained,
                         sums->drops);
  else
    report_counter(report, object, meter, sums->drops);
}

static void report_listener(const struct sock_space *space,
                            const struct sock_group *group,
                            struct report *report,
                            struct report_object *object) {
  const struct sock_sums *sums = &group->sums;
  report_gauge(report, object, SOCK_ACCEPT, (double)sums->queue);
  if (sums->has_limit)
    report_gauge(report, object, SOCK_ACCEPT_LIMIT, (double)sums->limit);
  report_gauge(report, object, SOCK_ACCEPT_QUEUE, sums->percent);
  if (sums->has_drops)
    report_drops(report, object, SOCK_ACCEPT_DROPPED, sums);
  sock_connections_report_port(space, group, report, object);
}

static void report_receiver(const struct sock_group *group,
                            struct report *report,
                            struct report_object *object) {
  const struct sock_sums *sums = &group->sums;
  if (sums->has_drops)
    report_drops(report, object, SOCK_RECEIVE_DROPPED, sums);
  report_gauge(report, object, SOCK_RECEIVE_BYTES, (double)sums->queue);
  if (sums->has_limit)
    report_gauge(report, object, SOCK_RECEIVE_LIMIT, (double)sums->limit);
  report_gauge(report, object, SOCK_RECEIVE_QUEUE, sums->percent);
}

/* Whether an alert of a group is still to be cleared. */
static bool is_raised(const struct report_object *object) {
  static const unsigned judged[] = {SOCK_ACCEPT_QUEUE, SOCK_ACCEPT_DROPPED,
                                    SOCK_SYN_QUEUE, SOCK_RECEIVE_QUEUE,
                                    SOCK_RECEIVE_DROPPED};
  for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++)
    if (report_state(object, judged[i]) != THRESHOLD_OKAY)
      return true;
  return false;
}

/* Reports a group, or only mentions it if it could not be read. A group that is
 * not mentioned is gone. */
static void report_group(const struct sock_space *space,
                         const struct sock_group *group, struct report *report,
                         struct report_object *object) {
  if (!sock_table_is_current(&space->table, group))
    return;
  if (group->kind == SOCK_KIND_UDP)
    report_receiver(group, report, object);
  else
    report_listener(space, group, report, object);
  report_gauge(report, object, SOCK_SOCKETS, group->sums.sockets);
  const struct sock_entry *worst = sock_group_worst(group);
  report_object_set_users(object,
                          net_namespace_is_users(space->netns) ||
                              sock_path_is_users(worst->has_uid, worst->uid));
}

static bool is_present(const struct sock_table *table,
                       const struct sock_group *group) {
  return group->read == table->read || sock_table_may_lack(table, group);
}

static void report_shown(struct sock_space *space, struct report *report) {
  for (size_t i = 0; i < space->shown.count; i++) {
    struct sock_group *group = space->shown.groups[i];
    if (is_present(&space->table, group))
      report_group(space, group, report,
                   find_object(space, &group->labels, false, report));
  }
}

/* Groups that are judged and not sent. Unwatching one puts the last one in its
 * place, so they are taken from the end. */
static void report_watched(struct sock_space *space, struct report *report) {
  for (size_t i = space->shown.watched_count; i-- > 0;) {
    struct sock_group *group = space->shown.watched[i];
    struct report_object *object = NULL;
    if (is_present(&space->table, group) && !sock_shown_has(group)) {
      object = find_object(space, &group->labels, true, report);
      report_group(space, group, report, object);
    }
    if (object == NULL || !is_raised(object))
      sock_shown_unwatch_quiet(&space->shown, &space->table, group);
  }
}

static void report_total(const struct sock_space *space, enum sock_kind kind,
                         struct report *report) {
  static const char *const names[SOCK_KINDS] = {[SOCK_KIND_TCP] = "tcp",
                                                [SOCK_KIND_UDP] = "udp",
                                                [SOCK_KIND_UNIX] = "unix"};
  const struct sock_sums *total = &space->table.totals[kind];
  bool is_udp = kind == SOCK_KIND_UDP;
  const struct labels labels = {.protocol = names[kind]};
  bool is_new = space->shown.settled == 0 && space->table.read < SOCK_SHOWN_NEW;
  struct report_object *object = find_object(space, &labels, is_new, report);
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
            "that lose and the fullest are sent, and the totals count all",
            space->netns != NULL ? space->netns->name : "",
            space->netns != NULL ? ": " : "", space->shown.hidden,
            sock->max_objects);
}

void sock_report_space(struct sock_backlog *sock, struct sock_space *space,
                       struct report *report) {
  if (space->table.lacks_memory)
    report_set_incomplete(report);
  for (int kind = 0; kind < SOCK_KINDS; kind++)
    if (sock_sources_have(space, (enum sock_kind)kind))
      report_total(space, (enum sock_kind)kind, report);
  report_shown(space, report);
  report_watched(space, report);
  log_hidden(sock, space);
}
