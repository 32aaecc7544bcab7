/* SPDX-License-Identifier: MIT */
/* Reports the sockets of a namespace. */
#ifndef SOCK_REPORT_H
#define SOCK_REPORT_H

#include "sock_state.h"

/* Reports the groups that are sent, and the totals of each kind. */
void sock_report_space(struct sock_backlog *sock, struct sock_space *space,
                       struct report *report);

#endif
