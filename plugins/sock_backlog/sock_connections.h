/* SPDX-License-Identifier: MIT */
/* What the TCP connections of a namespace come to, all together and for each
 * port that is reported. */
#ifndef SOCK_CONNECTIONS_H
#define SOCK_CONNECTIONS_H

#include "layer.h"
#include "layer_problem.h"
#include "sock_ephemeral.h"
#include "sock_table.h"

/* The kernel's numbers of states are below this. */
#define SOCK_STATES 12

/* The connections of one local port, or of all. */
struct sock_traffic {
  uint16_t port;
  uint32_t states[SOCK_STATES]; /* how many are in each */
  uint64_t receive_queue;       /* bytes, added up */
  uint64_t send_queue;
  uint32_t receive_most; /* of one connection */
  uint32_t send_most;
  uint32_t receive_high; /* connections with more than the limit */
  uint32_t send_high;
};

struct sock_connections {
  bool is_read;  /* in this read */
  bool is_whole; /* with all states and queues, not only half-open ones */
  struct port_set listening;
  uint16_t places[UINT16_MAX + 1]; /* of a port in ports, from 1; 0: none */
  struct sock_traffic *ports;      /* those that are reported */
  size_t count, room;
  struct sock_traffic total;
  struct sock_ephemeral ephemeral;
  bool has_settings;
  double settings_read; /* when, if it has them */
  uint32_t syn_most; /* that no SYN queue exceeds, whatever its listener asked
                        for */
  struct layer_problem problem;
};

struct sock_backlog;
struct sock_space;

/* Begins a read, before listeners are looked for. */
void sock_connections_begin(const struct sock_backlog *sock,
                            struct sock_space *space);

/* Looks at the connections, if that is asked for, once it is known which ports
 * are reported. */
void sock_connections_read(const struct sock_backlog *sock,
                           struct sock_space *space);

/* Those of a group's port in this read, or NULL. */
const struct sock_traffic *sock_connections_of(const struct sock_space *space,
                                               const struct sock_group *group);

void sock_connections_free(struct sock_connections *connections);

/* To be called before the first report. */
void sock_connections_hold_back(struct report *report);

/* Report what was found of one port, and of all. */
void sock_connections_report(const struct sock_space *space,
                             const struct sock_group *group,
                             struct report *report,
                             struct report_object *object);
void sock_connections_report_total(const struct sock_space *space,
                                   struct report *report,
                                   struct report_object *object);

/* How many half-open connections a group's listeners take before they answer
 * with cookies, or not at all. */
uint64_t sock_connections_syn_limit(const struct sock_space *space,
                                    const struct sock_group *group);

/* Says which destination has how many of the ports, and what can be done. */
void sock_connections_explain(const struct sock_backlog *sock,
                              const struct sock_space *space,
                              struct explanation *explanation);

#endif
