/* SPDX-License-Identifier: MIT */
#include "sock_connections_report.h"

#include <netinet/tcp.h>

#include "sock_connections.h"
#include "sock_meters.h"

/* The meters of a struct sock_traffic. */
struct traffic_meters {
  unsigned states[SOCK_STATES]; /* 0: not reported */
  unsigned receive_queue, receive_most, receive_high;
  unsigned send_queue, send_most, send_high;
};

static const struct traffic_meters of_port = {
    .states = {[TCP_ESTABLISHED] = SOCK_ESTABLISHED,
               [TCP_FIN_WAIT1] = SOCK_FIN_WAIT1,
               [TCP_FIN_WAIT2] = SOCK_FIN_WAIT2,
               [TCP_TIME_WAIT] = SOCK_TIME_WAIT,
               [TCP_CLOSE_WAIT] = SOCK_CLOSE_WAIT,
               [TCP_LAST_ACK] = SOCK_LAST_ACK,
               [TCP_CLOSING] = SOCK_CLOSING},
    .receive_queue = SOCK_RECV_Q,
    .receive_most = SOCK_RECV_Q_MAX,
    .receive_high = SOCK_RECV_Q_HIGH,
    .send_queue = SOCK_SEND_Q,
    .send_most = SOCK_SEND_Q_MAX,
    .send_high = SOCK_SEND_Q_HIGH,
};

static const struct traffic_meters of_total = {
    .states = {[TCP_ESTABLISHED] = SOCK_TOTAL_ESTABLISHED,
               [TCP_SYN_SENT] = SOCK_TOTAL_SYN_SENT,
               [TCP_FIN_WAIT1] = SOCK_TOTAL_FIN_WAIT1,
               [TCP_FIN_WAIT2] = SOCK_TOTAL_FIN_WAIT2,
               [TCP_TIME_WAIT] = SOCK_TOTAL_TIME_WAIT,
               [TCP_CLOSE_WAIT] = SOCK_TOTAL_CLOSE_WAIT,
               [TCP_LAST_ACK] = SOCK_TOTAL_LAST_ACK,
               [TCP_CLOSING] = SOCK_TOTAL_CLOSING},
    .receive_queue = SOCK_TOTAL_RECV_Q,
    .receive_most = SOCK_TOTAL_RECV_Q_MAX,
    .receive_high = SOCK_TOTAL_RECV_Q_HIGH,
    .send_queue = SOCK_TOTAL_SEND_Q,
    .send_most = SOCK_TOTAL_SEND_Q_MAX,
    .send_high = SOCK_TOTAL_SEND_Q_HIGH,
};

/* States that connections only pass through, and a state of clients. */
void sock_connections_report_start(struct report *report) {
  static const unsigned meters[] = {
      SOCK_FIN_WAIT1,      SOCK_FIN_WAIT2,       SOCK_LAST_ACK,
      SOCK_CLOSING,        SOCK_TOTAL_FIN_WAIT1, SOCK_TOTAL_FIN_WAIT2,
      SOCK_TOTAL_LAST_ACK, SOCK_TOTAL_CLOSING,   SOCK_TOTAL_SYN_SENT,
  };
  for (size_t i = 0; i < sizeof(meters) / sizeof(meters[0]); i++)
    report_set_sending(report, meters[i], METER_SENT_ONCE_COUNTED);
}

static void report_traffic(const struct sock_traffic *traffic,
                           const struct traffic_meters *meters,
                           struct report *report,
                           struct report_object *object) {
  for (unsigned i = 0; i < SOCK_STATES; i++)
    if (meters->states[i] != 0)
      report_gauge(report, object, meters->states[i], traffic->states[i]);
  report_gauge(report, object, meters->receive_queue,
               (double)traffic->receive_queue);
  report_gauge(report, object, meters->receive_most, traffic->receive_most);
  report_gauge(report, object, meters->receive_high, traffic->receive_high);
  report_gauge(report, object, meters->send_queue, (double)traffic->send_queue);
  report_gauge(report, object, meters->send_most, traffic->send_most);
  report_gauge(report, object, meters->send_high, traffic->send_high);
}

static double share(uint64_t part, uint64_t whole) {
  if (part >= whole)
    return part > 0 ? 100 : 0;
  return 100.0 * (double)part / (double)whole;
}

static void report_syn_queue(const struct sock_space *space,
                             const struct sock_group *group, uint32_t half_open,
                             struct report *report,
                             struct report_object *object) {
  report_gauge(report, object, SOCK_SYN_RECEIVED, half_open);
  if (!group->sums.has_limit)
    return;
  uint64_t limit = sock_connections_syn_limit(space, group);
  report_gauge(report, object, SOCK_SYN_LIMIT, (double)limit);
  report_gauge(report, object, SOCK_SYN_QUEUE, share(half_open, limit));
}

void sock_connections_report_port(const struct sock_space *space,
                                  const struct sock_group *group,
                                  struct report *report,
                                  struct report_object *object) {
  const struct sock_traffic *traffic = sock_connections_find(space, group);
  if (traffic == NULL)
    return;
  report_syn_queue(space, group, traffic->states[TCP_SYN_RECV], report, object);
  if (space->connections->is_complete)
    report_traffic(traffic, &of_port, report, object);
}

static void report_ephemeral(const struct sock_ephemeral *ephemeral,
                             struct report *report,
                             struct report_object *object) {
  const struct sock_destination *busiest = ephemeral->busiest;
  if (ephemeral->capacity == 0)
    return;
  uint32_t taken = busiest != NULL ? busiest->taken : 0;
  report_gauge(report, object, SOCK_EPHEMERAL_PORTS,
               share(taken, ephemeral->capacity));
  report_gauge(report, object, SOCK_EPHEMERAL_TAKEN, taken);
  report_gauge(report, object, SOCK_EPHEMERAL_LIMIT, ephemeral->capacity);
  report_gauge(report, object, SOCK_EPHEMERAL_TIME_WAIT,
               busiest != NULL ? busiest->time_wait : 0);
  report_gauge(report, object, SOCK_EPHEMERAL_ALL,
               port_set_count(&ephemeral->seen));
}

void sock_connections_report_total(const struct sock_space *space,
                                   struct report *report,
                                   struct report_object *object) {
  const struct sock_connections *connections = space->connections;
  if (connections == NULL || !connections->is_read)
    return;
  report_gauge(report, object, SOCK_TOTAL_SYN_RECEIVED,
               connections->total.states[TCP_SYN_RECV]);
  if (!connections->is_complete)
    return;
  report_traffic(&connections->total, &of_total, report, object);
  report_ephemeral(&connections->ephemeral, report, object);
}
