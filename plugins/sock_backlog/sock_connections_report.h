/* SPDX-License-Identifier: MIT */
/* Reports the TCP connections of a namespace. */
#ifndef SOCK_CONNECTIONS_REPORT_H
#define SOCK_CONNECTIONS_REPORT_H

#include "sock_state.h"

/* Holds back the meters of rare states until they count something. To be called
 * before the first report. */
void sock_connections_report_start(struct report *report);

/* Reports the connections of a group's port, if they were read. */
void sock_connections_report_port(const struct sock_space *space,
                                  const struct sock_group *group,
                                  struct report *report,
                                  struct report_object *object);

/* Reports all connections and the ephemeral ports, if they were read. */
void sock_connections_report_total(const struct sock_space *space,
                                   struct report *report,
                                   struct report_object *object);

#endif
